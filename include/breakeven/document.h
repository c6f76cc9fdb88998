/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_DOCUMENT_H
#define BREAKEVEN_DOCUMENT_H

/*
 * Texts with structure: YAML, JSON and CSV, and the files that hold them.
 * libyaml and cJSON are known to this room alone.
 */

#include "breakeven/core.h"

/* ---- a tree, the same for YAML and JSON ---------------------------------- */

/* NODE_NULL: nothing at all, or an unquoted null or ~. */
enum node_kind { NODE_NULL, NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };
enum scalar_style { SCALAR_PLAIN, SCALAR_QUOTED, SCALAR_BLOCK }; /* JSON: strings quoted, else plain */

struct node {
    enum node_kind kind;
    enum scalar_style style;
    char *text;          /* scalar: its value, NUL-terminated, no NUL inside */
    bool flow;           /* collection written as [..] or {..} */
    int line, column;    /* of its first character, from 1; 0 in JSON */
    size_t begin, end;   /* byte offsets in the text, end exclusive; 0,0 in JSON */
    struct node *keys;   /* mapping: n scalar nodes */
    struct node *items;  /* sequence or mapping: n nodes */
    size_t n;
};

struct document; /* owns the tree */

#define DOCUMENT_MAX_DEPTH 32

/* YAML of one document. Refused with line and column: bytes that are not UTF-8,
 * duplicate keys, a second document, anchors, aliases, tags, nesting over
 * DOCUMENT_MAX_DEPTH (at the event that reaches it), keys that are not scalars.
 * An empty text is an empty mapping. */
int document_parse_yaml(struct document **, const char *bytes, size_t n, struct error *);
/* JSON. Duplicate keys are kept in order (the reader decides); the place of a
 * syntax error is given. Nesting is limited likewise, a text over 1 MiB and more than 500,000
 * values are ERR_SIZE, a text with a NUL in it is refused, and a number beyond the range of a double stays a text that is none. */
int document_parse_json(struct document **, const char *bytes, size_t n, struct error *);
/* TOML 1.0, as a tree like the others: numbers as decimal texts without their underscores
 * (of 0x, 0o and 0b too), dates and times as texts, tables as mappings and arrays of tables
 * as sequences of them. Refused with line and column: a key given twice, a table
 * defined twice, a text that is not UTF-8 or holds a NUL, nesting over the limit. */
int document_parse_toml(struct document **, const char *bytes, size_t n, struct error *);
/* YAML as catalogs are written, without holding all of it: an entry of a list that stands at the left margin is
 * given out as soon as it is read, and is gone when the call returns; what else stands there is given out as a
 * whole and stays until the end, though not the node itself. */
struct document_reader {
    void *ctx;
    bool (*section)(void *ctx, const struct node *key); /* a list begins; false: stop      */
    void (*entry)(void *ctx, const struct node *entry);
    bool (*value)(void *ctx, const struct node *key, const struct node *value);
    /* NULL, or asked before an entry that ends on its line is read (the line from its dash on, without the newline):
     * true: it is passed over, and nobody looks whether it is YAML at all. */
    bool (*skip)(void *ctx, const char *line, size_t n);
};
/* False: stopped, or there is more in the text than this way of reading knows, or an error; what
 * was given out until then is as document_parse_yaml would have it. */
bool document_give_entries(const struct document_reader *, const char *bytes, size_t n);
const struct node *document_root(const struct document *);
void document_free(struct document *);

/* NULL if absent or not a mapping. First of equal keys. */
const struct node *node_get(const struct node *mapping, const char *key);
/* Where a path of keys and, in sequences, numbers from 0 leads, "arms.own.gpu"; NULL if nowhere. */
const struct node *node_at(const struct node *root, const char *path);
/* The key node, for its place. */
const struct node *node_key(const struct node *mapping, const char *key);
/* Scalar text or "fallback". */
const char *node_text(const struct node *, const char *fallback);
/* A number in the C locale; accepts a numeric string; false if it is not one or
 * is not finite. */
bool node_number(const struct node *, double *value);

/* ---- splice: change a YAML text without touching the rest ---------------- */

/* Replace the value at path ("workload.requests_per_day", "arms.tuned.model",
 * sequences by index "pilots.0") in text by value, quoted only where YAML would
 * read the plain text otherwise. A missing key is inserted as the last line of its section, a
 * missing section is appended, indented as its neighbours are; a sequence's next index appends
 * an item to it. Value NULL removes the key's
 * line(s), a section's with the comments directly above. BOM, CRLF, comments, order and layout
 * are kept; the new text is malloc'ed into *out. With raw=true value is YAML and is
 * written as it is ("[a, b]").
 * After each edit the text must parse to the old tree with just that edit in it; what
 * cannot be written so is ERR_CONFLICT, and nothing is given out. */
struct splice_edit {
    const char *path;
    const char *value; /* NULL: remove */
    bool raw;
};
int splice_apply(char **out, size_t *out_n, const char *bytes, size_t n,
                 const struct splice_edit *edits, size_t n_edits, struct error *);
/* Arms move with their comments: operations on the keys of one mapping, checked likewise.
 * Moving leaves what stands between entries, as empty lines, where it is; a copy is put
 * behind its original. ERR_UNKNOWN if there is no such key, ERR_CONFLICT if there is new_key. */
int splice_rename_key(char **out, size_t *out_n, const char *bytes, size_t n,
                      const char *path, const char *new_key, struct error *);
int splice_move_key(char **out, size_t *out_n, const char *bytes, size_t n,
                    const char *path, int to_index, struct error *);
int splice_copy_key(char **out, size_t *out_n, const char *bytes, size_t n,
                    const char *path, const char *new_key, struct error *);
/* value as a YAML scalar: plain where that reads back as the same string, else
 * double-quoted. */
void yaml_put_scalar(struct buffer *, const char *value);

/* ---- JSON out --------------------------------------------------------------- */

/* Writes into a buffer; commas and nesting are the writer's business. Numbers
 * are the shortest that read back; a non-finite number is null. Strings are
 * escaped, and bad UTF-8 becomes U+FFFD. With indent > 0 pretty, else one line. */
struct json {
    struct buffer *out;
    int indent, depth;
    bool first[DOCUMENT_MAX_DEPTH + 2];
    bool after_key;
};
void json_init(struct json *, struct buffer *out, int indent);
void json_object(struct json *);
void json_array(struct json *);
void json_end(struct json *, char closing); /* '}' or ']' */
void json_key(struct json *, const char *key);
void json_string(struct json *, const char *text); /* NULL: null */
void json_number(struct json *, double value);
void json_bool(struct json *, bool value);
void json_null(struct json *);
/* Key and value in one call. */
void json_put_string(struct json *, const char *key, const char *text);
void json_put_number(struct json *, const char *key, double value);
void json_put_bool(struct json *, const char *key, bool value);

/* ---- CSV ---------------------------------------------------------------------- */

/* RFC 4180, any line ending, UTF-8 with or without BOM. The table owns all text. */
struct csv {
    char *bytes;
    char ***rows; /* rows[r][c], short rows padded with "" */
    int *lines;   /* line of each row, from 1 */
    size_t n_rows, n_columns;
};
/* The first row is the header and stays rows[0]; empty lines are no rows. Errors name line
 * and column; a field over 1 MiB and a table of more than 4 million cells are ERR_SIZE. csv_release is harmless after one. */
int csv_parse(struct csv *, const char *bytes, size_t n, struct error *);
void csv_release(struct csv *);
int csv_column(const struct csv *, const char *name); /* -1 if absent */
/* One field, quoted where needed; a text that a spreadsheet would run as a
 * formula (= + - @ tab CR at its start, and it is not a number) gets a leading '. */
void csv_put(struct buffer *, const char *text);

/* ---- files ---------------------------------------------------------------------- */

/* What a file looked like when it was read, to notice a change by others. */
struct file_stamp {
    bool exists;
    long long device, inode, size, mtime_s, mtime_ns;
    uint64_t hash; /* of the bytes, FNV-1a 64 */
};

/* The whole file, NUL-terminated beyond n, malloc'ed. Refused unread when it is
 * larger than limit (ERR_SIZE) or not a regular file or pipe. stamp may be NULL. */
int file_read(const char *path, size_t limit, char **bytes, size_t *n,
              struct file_stamp *stamp, struct error *);
/* A file, and nothing that reading could wait for (a pipe without a writer). */
bool file_is_plain(const char *path);
/* Write all or nothing: temporary file in the same folder (through symbolic
 * links), fsync, rename, fsync of the folder; mode and, where permitted, owner
 * kept. If expect is given and the file differs from it, by its bytes and whatever
 * its times, ERR_CONFLICT and nothing is written; one that does not exist (exists = false)
 * is then never written over. stamp (may equal expect, may be NULL) gets the new state.
 * Without either, a pipe or terminal is written as it is. What a killed program left there
 * an hour ago or longer goes. */
int file_write(const char *path, const char *bytes, size_t n,
               const struct file_stamp *expect, struct file_stamp *stamp, struct error *);
/* A file of the program's own, all or nothing but without waiting for the disk: it outlives the program
 * at once, the machine later. file_settle waits for the disk and then gives it the name "to". */
int file_note(const char *path, const char *bytes, size_t n, struct error *);
int file_settle(const char *path, const char *to, struct error *);
/* 1 changed, 0 the same, -1 cannot tell. Cheap: the bytes are read only if size or times
 * tell of a change. */
int file_changed(const char *path, const struct file_stamp *);
/* Names in a folder with this suffix, sorted; NULL-terminated, malloc'ed as one
 * block plus strings (file_list_free). A missing folder is an empty list. */
int file_list(const char *folder, const char *suffix, char ***names, struct error *);
void file_list_free(char **names);
/* Likewise of a folder and all below it, as paths relative to it: files, and links to files
 * that lie in the same folder. Links that lead to nothing or out of it are in *refused; links
 * to folders and names that begin with a dot are passed over. ERR_SIZE for more than limit
 * files, ERR_IO if the folder itself cannot be listed. Both lists are the caller's. */
int file_tree(const char *folder, const char *suffix, size_t limit, char ***names, char ***refused,
              struct error *err);

#endif
