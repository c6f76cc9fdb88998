/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* A price list into a catalog of the person's own, and what that changes. */

#define LINES_SHOWN 12 /* of each part of the summary, without --all */

struct import_run {
    const struct args *args;
    const char *path;
    struct catalog *catalog;       /* in use, before anything is written */
    struct price_import list;
    struct price_change *changes;  /* list.n */
    const struct cat_price **gone;
    int n_gone;
    struct buffer file;            /* what the user catalog's file will hold */
    char target[1200], source[300];
    bool same, written;
};

/* ---- reading -------------------------------------------------------------------------- */

static bool
is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The day that is given, else the day on which the file was last written. */
static int
date_of(const struct args *a, const char *path, struct date *day, struct error *err)
{
    const char *text = args_value(a, "as-of");
    struct error why;

    if (text != NULL) {
        if (date_parse(day, text, &why) == 0)
            return 0;
        return error_set(err, ERR_USAGE, "--as-of %s: %s", text, why.text);
    }
    if (strcmp(path, "-") == 0)
        return error_set(err, ERR_USAGE, "what comes on standard input has no date; give --as-of YYYY-MM-DD");
    if (access(path, R_OK) < 0)
        return error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
    return file_day(path, day) ? 0 : error_set(err, ERR_USAGE, "%s has no date; give --as-of YYYY-MM-DD", path);
}

static const char *
list_name(const void *ctx, int i)
{
    (void)ctx;
    return import_list_name(i);
}

static int
check_list(const char *from, struct error *err)
{
    const char *nearest;

    if (from == NULL)
        return 0;
    for (int i = 0; import_list_name(i) != NULL; i++)
        if (strcmp(import_list_name(i), from) == 0)
            return 0;
    nearest = text_nearest(from, list_name, NULL);
    return error_set(err, ERR_USAGE, "--from %s: no such list, nearest %s", from,
                     nearest != NULL ? nearest : import_list_name(0));
}

static int
read_file(struct import_run *r, const char *from, const char *source, struct date day, struct error *err)
{
    struct error why;
    char *bytes = NULL;
    size_t n = 0;

    if (file_read(strcmp(r->path, "-") == 0 ? "/dev/stdin" : r->path, PRICE_LIST_BYTES_MAX, &bytes, &n, NULL, err) < 0)
        return -1;
    int status = import_list(&r->list, from, bytes, n, source, day, &why);
    free(bytes);
    return status < 0 ? error_in_file(err, r->path, &why) : 0;
}

static int
read_list(struct import_run *r, struct error *err)
{
    const char *from = args_value(r->args, "from"), *source = args_value(r->args, "source");
    struct date day;

    if (check_list(from, err) < 0 || date_of(r->args, r->path, &day, err) < 0)
        return -1;
    if (!is_folder(r->path))
        return read_file(r, from, source, day, err);
    if (from != NULL && strcmp(from, "models.dev") != 0)
        return error_set(err, ERR_USAGE, "%s is a folder, and %s is one file", r->path, from);
    return import_models_dev_folder(&r->list, r->path, source, day, err);
}

/* ---- writing ----------------------------------------------------------------------------- */

/* Compare with what is there, and write unless it is the same or nothing is to be changed. */
static int
write_list(struct import_run *r, struct error *err)
{
    struct places p;
    struct file_stamp stamp = { .exists = false };
    char *there = NULL;
    size_t n = 0;

    if (price_import_print(&r->list, &r->file, err) < 0 || places_find(&p, err) < 0)
        return -1;
    bool diff = args_has(r->args, "diff");
    if (!diff && places_make_catalog(&p, err) < 0)
        return -1;
    snprintf(r->target, sizeof r->target, "%s/catalog/%s.yaml", p.config, r->list.list);
    if (access(r->target, F_OK) == 0) {
        if (file_read(r->target, PRICE_LIST_BYTES_MAX, &there, &n, &stamp, err) < 0)
            return -1;
        bool ours = catalog_is_list_file(there, n);
        r->same = n == r->file.n && memcmp(there, r->file.text, n) == 0;
        free(there);
        if (!ours)
            return error_set(err, ERR_CONFLICT, "%s is not a file that import wrote; move it away first", r->target);
    }
    if (diff || r->same)
        return 0;
    r->written = true;
    return file_write(r->target, r->file.text, r->file.n, &stamp, NULL, err);
}

/* ---- the summary for people ------------------------------------------------------------------ */

struct reason {
    const char *words, *first;
    int n;
};

/* Words that differ in a number or a date alone are one reason. */
static int
compare_shape(const char *a, const char *b)
{
    static const char figure[] = "0123456789.,-";

    for (;;) {
        bool number = *a >= '0' && *a <= '9' && *b >= '0' && *b <= '9';

        if (number) {
            a += strspn(a, figure);
            b += strspn(b, figure);
            continue;
        }
        if (*a != *b || *a == '\0')
            return (unsigned char)*a - (unsigned char)*b;
        a++;
        b++;
    }
}

static int
by_words(const void *a, const void *b)
{
    const struct import_note *const *x = a, *const *y = b;

    return compare_shape((*x)->words, (*y)->words);
}

static int
by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return x->n != y->n ? y->n - x->n : strcmp(x->words, y->words);
}

static bool
all_lines(const struct import_run *r)
{
    return args_has(r->args, "all");
}

static void
put_more(struct buffer *out, int hidden, const char *what)
{
    if (hidden > 0)
        buffer_printf(out, "  ... and %d more %s; --all shows them\n", hidden, what);
}

static void
put_reasons(struct buffer *out, const struct import_run *r, const struct reason *list, int n)
{
    char key[130], words[600];
    int shown = all_lines(r) || n <= LINES_SHOWN ? n : LINES_SHOWN;

    for (int i = 0; i < shown; i++) {
        text_clean(key, sizeof key, list[i].first);
        text_clean(words, sizeof words, list[i].words);
        if (list[i].n == 1)
            buffer_printf(out, "  %5d  %s: %s\n", 1, key, words);
        else
            buffer_printf(out, "  %5d  like %s: %s\n", list[i].n, key, words);
    }
    put_more(out, n - shown, "reasons");
}

/* How many entries for each reason; with --all every entry. */
static int
put_notes(struct buffer *out, const struct import_run *r, enum import_verdict verdict)
{
    int total = r->list.n_notes, n = 0, kinds = 0;
    const struct import_note **notes = malloc(((size_t)total + 1) * sizeof *notes);
    struct reason *reasons = malloc(((size_t)total + 1) * sizeof *reasons);

    for (int i = 0; notes != NULL && i < total; i++)
        if (r->list.notes[i].verdict == verdict)
            notes[n++] = &r->list.notes[i];
    bool good = notes != NULL && reasons != NULL;
    if (good && n > 0)
        qsort(notes, (size_t)n, sizeof *notes, by_words);
    for (int i = 0; good && i < n; i++) {
        if (!all_lines(r) && kinds > 0 && compare_shape(reasons[kinds - 1].words, notes[i]->words) == 0)
            reasons[kinds - 1].n++;
        else
            reasons[kinds++] = (struct reason){ notes[i]->words, notes[i]->key, 1 };
    }
    if (good && kinds > 0)
        qsort(reasons, (size_t)kinds, sizeof *reasons, by_count);
    if (good)
        put_reasons(out, r, reasons, kinds);
    free(notes);
    free(reasons);
    return good ? 0 : -1;
}

/* "input $3 -> $2.5 (-16.7%)"; nothing where either is unknown or both are the same. */
static int
put_moved(struct buffer *out, const char *what, double was, double now)
{
    char percent[32];

    if (!known(was) || !known(now) || fabs(now - was) <= 1e-9 * fmax(fabs(was), fabs(now)))
        return 0;
    buffer_printf(out, ", %s $%.6g -> $%.6g", what, was, now);
    if (was > 0)
        buffer_printf(out, " (%s%s)", now > was ? "+" : "", number_percent(percent, sizeof percent, now / was - 1, 1));
    return 1;
}

static void
put_change(struct buffer *out, const struct price_change *c)
{
    const struct token_price *was = &price_on(c->was, c->now->origin.as_of)->price;
    const struct token_price *now = &price_on(c->now, c->now->origin.as_of)->price;
    char id[300], date[16];
    int n = 0;

    buffer_printf(out, "  %s", text_clean(id, sizeof id, c->now->id));
    n += put_moved(out, "input", was->input, now->input);
    n += put_moved(out, "output", was->output, now->output);
    n += put_moved(out, "cached", was->cache_read, now->cache_read);
    n += put_moved(out, "cache write", was->cache_write, now->cache_write);
    n += put_moved(out, "batch input", was->batch_input, now->batch_input);
    n += put_moved(out, "batch output", was->batch_output, now->batch_output);
    if (n == 0)
        buffer_puts(out, ", prices of long prompts");
    buffer_printf(out, "; was %s of %s", c->was->list != NULL ? c->was->list : "the catalog's",
                  date_print(date, sizeof date, c->was->origin.as_of, true));
    if (!c->in_force)
        buffer_printf(out, "; NOT in use: %s", price_is_doubtful(c->now) ? "the figure is doubtful" : "another is newer");
    buffer_putc(out, '\n');
}

static void
put_changes(struct buffer *out, const struct import_run *r)
{
    int n = 0, same = 0, fresh = 0;

    for (int i = 0; i < r->list.n; i++) {
        n += r->changes[i].differs;
        fresh += r->changes[i].was == NULL;
        same += r->changes[i].was != NULL && !r->changes[i].differs;
    }
    buffer_printf(out, "changed  %5d  against the catalog in use; %d are as they were, %d new to it\n", n, same, fresh);
    for (int i = 0, shown = 0; i < r->list.n; i++)
        if (r->changes[i].differs && (all_lines(r) || shown < LINES_SHOWN)) {
            put_change(out, &r->changes[i]);
            shown++;
        }
    if (!all_lines(r))
        put_more(out, n - LINES_SHOWN, "changes");
    if (r->n_gone > 0)
        buffer_printf(out, "gone     %5d  that this list had when it was last imported\n", r->n_gone);
    for (int i = 0; i < r->n_gone && (all_lines(r) || i < LINES_SHOWN); i++) {
        char id[300];
        buffer_printf(out, "  %s\n", text_clean(id, sizeof id, r->gone[i]->id));
    }
    if (!all_lines(r))
        put_more(out, r->n_gone - LINES_SHOWN, "of them");
}

static void
put_side(struct buffer *out, const struct cat_price *p, const char *list)
{
    const struct price_step *s = price_on(p, p->origin.as_of);
    const struct token_price *t = &s->price;
    char date[16];

    buffer_printf(out, "    %-13s %s  ", list, date_print(date, sizeof date, p->origin.as_of, true));
    if (known(t->input))
        buffer_printf(out, "$%.6g in", t->input);
    if (known(t->output))
        buffer_printf(out, "%s$%.6g out", known(t->input) ? ", " : "", t->output);
    if (known(t->cache_read))
        buffer_printf(out, ", $%.6g cached", t->cache_read);
    if (s->n_tiers > 0)
        buffer_printf(out, ", $%.6g in above %.15g", s->tiers[0].price.input, s->tiers[0].above_tokens);
    buffer_putc(out, '\n');
}

static bool
disagrees(const struct price_change *c, const char *list)
{
    return c->rival != NULL && c->rival->list != NULL && strcmp(c->rival->list, list) != 0 &&
           price_differs(c->now, c->rival);
}

/* Lists that say different things of one model at one host, beside each other: no average. */
static void
put_disagreements(struct buffer *out, const struct import_run *r)
{
    char id[300];
    int n = 0, shown = 0;

    for (int i = 0; i < r->list.n; i++)
        n += disagrees(&r->changes[i], r->list.list);
    if (n == 0)
        return;
    buffer_printf(out, "lists    %5d  where another list says otherwise\n", n);
    for (int i = 0; i < r->list.n; i++) {
        const struct price_change *c = &r->changes[i];

        if (!disagrees(c, r->list.list) || (!all_lines(r) && shown == LINES_SHOWN / 2))
            continue;
        buffer_printf(out, "  %s\n", text_clean(id, sizeof id, c->now->id));
        put_side(out, c->now, r->list.list);
        put_side(out, c->rival, c->rival->list);
        shown++;
    }
    put_more(out, n - shown, "of them");
}

static const struct cat_gpu_price *
offer_in_use(const struct catalog *cat, const char *id)
{
    for (int i = 0; i < cat->n_gpu_prices; i++)
        if (strcmp(cat->gpu_prices[i].id, id) == 0)
            return &cat->gpu_prices[i];
    return NULL;
}

static void
put_offers(struct buffer *out, const struct import_run *r)
{
    struct buffer line;
    int changed = 0, fresh = 0;

    buffer_init(&line);
    for (int i = 0; i < r->list.n_gpu_prices; i++) {
        const struct cat_gpu_price *now = &r->list.gpu_prices[i], *was = offer_in_use(r->catalog, now->id);
        char id[300];

        fresh += was == NULL;
        if (was == NULL)
            continue;
        size_t before = line.n;
        buffer_printf(&line, "  %s", text_clean(id, sizeof id, now->id));
        int n = put_moved(&line, "on demand", was->on_demand_usd_h, now->on_demand_usd_h) +
                put_moved(&line, "spot", was->spot_usd_h, now->spot_usd_h) +
                put_moved(&line, "one year", was->reserved_1y_usd_h, now->reserved_1y_usd_h);
        bool older = date_compare(now->origin.as_of, was->origin.as_of) < 0;
        buffer_puts(&line, older ? "; NOT in use: another is newer\n" : "\n");
        if (n > 0)
            changed++;
        if (n == 0 || (!all_lines(r) && changed > LINES_SHOWN)) {
            line.n = before;
            line.text[before] = '\0';
        }
    }
    buffer_printf(out, "changed  %5d  against the catalog in use; %d are as they were, %d new to it\n%s", changed,
                  r->list.n_gpu_prices - changed - fresh, fresh, line.text);
    if (!all_lines(r))
        put_more(out, changed - LINES_SHOWN, "changes");
    buffer_release(&line);
}

static int
put_summary(struct buffer *out, const struct import_run *r)
{
    char date[16], clean[400];

    buffer_printf(out, "list            %s, of %s%s\n", text_clean(clean, sizeof clean, r->list.source),
                  date_print(date, sizeof date, r->list.as_of, true),
                  args_has(r->args, "as-of") ? "" : " (the day of the file; --as-of says another)");
    buffer_printf(out, "taken    %5d\n", r->list.taken);
    buffer_printf(out, "doubted  %5d  of them: taken, but look at them\n", r->list.doubted);
    int status = put_notes(out, r, IMPORT_DOUBTED);
    buffer_printf(out, "skipped  %5d\n", r->list.skipped);
    if (status == 0)
        status = put_notes(out, r, IMPORT_SKIPPED);
    if (r->list.n > 0) {
        put_changes(out, r);
        put_disagreements(out, r);
    }
    if (r->list.n_gpu_prices > 0)
        put_offers(out, r);
    if (r->same)
        buffer_printf(out, "nothing to change: %s holds this already\n", r->target);
    else if (r->written)
        buffer_printf(out, "written         %s\n", r->target);
    else
        buffer_printf(out, "nothing was written; without --diff it goes to %s\n", r->target);
    return status;
}

/* ---- the summary for programs --------------------------------------------------------------------- */

static void
put_json_price(struct json *j, const char *name, const struct cat_price *p, const char *list)
{
    const struct token_price *t = &price_on(p, p->origin.as_of)->price;
    char date[16];

    json_key(j, name);
    json_object(j);
    json_put_string(j, "list", list);
    json_put_string(j, "as_of", date_print(date, sizeof date, p->origin.as_of, true));
    json_put_number(j, "input_usd_mtok", t->input);
    json_put_number(j, "output_usd_mtok", t->output);
    json_put_number(j, "cache_read_usd_mtok", t->cache_read);
    json_end(j, '}');
}

static void
put_json_rows(struct json *j, const struct import_run *r, bool changes)
{
    json_key(j, changes ? "changed" : "disagree");
    json_array(j);
    for (int i = 0; i < r->list.n; i++) {
        const struct price_change *c = &r->changes[i];

        if (changes ? !c->differs : !disagrees(c, r->list.list))
            continue;
        const struct cat_price *other = changes ? c->was : c->rival;
        json_object(j);
        json_put_string(j, "id", c->now->id);
        json_put_string(j, "key", c->now->key);
        put_json_price(j, changes ? "was" : "other", other, other->list);
        put_json_price(j, "now", c->now, r->list.list);
        json_put_bool(j, "in_use", c->in_force);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_json(struct buffer *out, const struct import_run *r)
{
    static const char *const words[] = { "taken", "doubted", "skipped" };
    char date[16];
    struct json j;
    int fresh = 0;

    for (int i = 0; i < r->list.n; i++)
        fresh += r->changes[i].was == NULL;
    json_init(&j, out, 0);
    json_object(&j);
    json_put_string(&j, "list", r->list.list);
    json_put_string(&j, "source", r->list.source);
    json_put_string(&j, "as_of", date_print(date, sizeof date, r->list.as_of, true));
    json_put_number(&j, "taken", r->list.taken);
    json_put_number(&j, "doubted", r->list.doubted);
    json_put_number(&j, "skipped", r->list.skipped);
    json_put_number(&j, "new", fresh);
    put_json_rows(&j, r, true);
    put_json_rows(&j, r, false);
    json_key(&j, "gone");
    json_array(&j);
    for (int i = 0; i < r->n_gone; i++)
        json_string(&j, r->gone[i]->id);
    json_end(&j, ']');
    json_key(&j, "notes");
    json_array(&j);
    for (int i = 0; i < r->list.n_notes; i++) {
        json_object(&j);
        json_put_string(&j, "key", r->list.notes[i].key);
        json_put_string(&j, "verdict", words[r->list.notes[i].verdict]);
        json_put_string(&j, "why", r->list.notes[i].words);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_put_string(&j, "file", r->target);
    json_put_bool(&j, "written", r->written);
    json_put_bool(&j, "same", r->same);
    json_end(&j, '}');
    buffer_putc(out, '\n');
}

/* ---- the command ------------------------------------------------------------------------------------ */

/* The list and the file, where nobody gave better words. */
static void
name_source(struct import_run *r)
{
    char clean[200];

    if (args_has(r->args, "source"))
        return;
    snprintf(r->source, sizeof r->source, "%s, %s", r->list.list, text_clean(clean, sizeof clean, base_name(r->path)));
    r->list.source = r->source;
}

static int
run_import(struct import_run *r, struct error *err)
{
    struct buffer out;

    name_source(r);

    if (price_import_match(&r->list, r->catalog, err) < 0)
        return -1;
    if (r->list.n == 0 && r->list.n_gpu_prices == 0)
        return error_set(err, ERR_UNKNOWN, "%s: none of its %d entries can be taken", r->path, r->list.skipped);
    if (price_import_compare(&r->list, r->catalog, &r->changes, &r->gone, &r->n_gone, err) < 0 || write_list(r, err) < 0)
        return -1;
    buffer_init(&out);
    int status = 0;
    if (args_has(r->args, "json"))
        put_json(&out, r);
    else
        status = put_summary(&out, r);
    status = status < 0 ? error_set(err, ERR_BUG, "no memory for the summary") : write_out(NULL, &out, err);
    buffer_release(&out);
    return status;
}

static int
check_usage(const struct args *a, struct error *err)
{
    static const char *const usage_alone[] = { "map", "into" };
    static const char *const list_alone[] = { "from", "as-of", "source", "diff", "all" };
    bool usage = args_has(a, "usage");

    if (a->n_operands != (usage ? 0 : 1))
        return error_set(err, ERR_USAGE, usage ? "import --usage takes one log and no list"
                                               : "import needs one price list, or --usage LOG");
    for (size_t k = 0; k < BE_LEN(usage_alone) && !usage; k++)
        if (args_has(a, usage_alone[k]))
            return error_set(err, ERR_USAGE, "--%s goes with --usage", usage_alone[k]);
    for (size_t k = 0; k < BE_LEN(list_alone) && usage; k++)
        if (args_has(a, list_alone[k]))
            return error_set(err, ERR_USAGE, "--%s does not go with --usage", list_alone[k]);
    return 0;
}

int
cmd_import(const struct args *a, struct error *err)
{
    struct import_run r = { .args = a };

    if (check_usage(a, err) < 0)
        return -1;
    if (args_has(a, "usage"))
        return cmd_usage(a, err);
    r.path = a->operands[0];
    if (catalog_open(&r.catalog, err) < 0)
        return -1;
    buffer_init(&r.file);
    int status = read_list(&r, err);
    if (status == 0) {
        status = run_import(&r, err);
        price_import_release(&r.list);
    }
    free(r.changes);
    free(r.gone);
    buffer_release(&r.file);
    catalog_free(r.catalog);
    return status;
}
