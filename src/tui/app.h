/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TUI_APP_H
#define BREAKEVEN_TUI_APP_H

/*
 * The workbench's state and what can be done with it.  Three calls in one loop:
 * app_key changes the state, app_solve asks for an answer, app_draw (const) shows
 * it.  Nothing here knows a terminal; term.c alone does.
 */

#include "breakeven/tui.h"

#define DOCS_MAX 8
#define LINE_BYTES 256

/* ---- keys: a code point, or one of these ----------------------------------------- */

enum key_code {
    KEY_NONE = 0,
    KEY_BASE = 0x110000,
    KEY_ENTER_, KEY_ESC, KEY_TAB, KEY_BACKTAB, KEY_BACKSPACE_, KEY_DELETE_,
    KEY_UP_, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_SLEFT_, KEY_SRIGHT_, KEY_HOME_, KEY_END_,
    KEY_PGUP, KEY_PGDN, KEY_F1_, KEY_F2_, KEY_F12_ = KEY_F1_ + 11, KEY_MOUSE_, KEY_RESIZE_, KEY_PASTE_
};
#define KEY_CTRL(c) ((c) & 0x1f)
#define KEY_ALT 0x1000000 /* added to a code */

struct key {
    int code;
    int row, column;    /* mouse: where                                              */
    int button;         /* 1 left press, 4 wheel up, 5 wheel down                     */
    bool ctrl;
    const char *paste;  /* KEY_PASTE_                                                  */
    double at_ms;       /* when, for runs of nudges; any clock                         */
};

struct app;

/* ---- documents -------------------------------------------------------------------- */

struct doc {
    struct scenario_file file;
    struct history history;
    struct scenario base;
    bool has_base;
    int n_changes;               /* fields that are other than in the base; counted at each edit */
    char base_name[64], name[64];
    bool read_only_name; /* opened the shipped example: :w asks for a name */
    struct answer *answer, *base_answer;
    struct answer *whole;        /* with everything of one number of samples, where answer is not; else NULL */
    enum decide_depth depth;     /* of the answer                                         */
    bool journal_due, journal_noted; /* edits that no journal holds yet; that the disk may not  */
    bool stale;                  /* edited since                                          */
    struct problems loaded;      /* of the file, as it was opened                          */
    struct problems problems;    /* these, and of the scenario as it is                    */
};

/* ---- a one-line editor --------------------------------------------------------------- */

struct line_edit {
    char text[LINE_BYTES];
    int n, at; /* bytes */
};
void edit_set(struct line_edit *, const char *text);
enum edit_op { EDIT_LEFT, EDIT_RIGHT, EDIT_START, EDIT_END, EDIT_BACK, EDIT_DELETE, EDIT_CLEAR, EDIT_CLEAR_END };
void edit_do(struct line_edit *, enum edit_op);
bool edit_key(struct line_edit *, const struct key *); /* a character or a paste gets in; false: neither */
void edit_insert(struct line_edit *, const char *text);
/* From which byte on it is shown so that its cursor is within so many columns; the cursor's. */
int edit_shown(const struct line_edit *, int columns, int *from);

/* ---- the state --------------------------------------------------------------------------- */

enum mode { MODE_REST, MODE_ENTRY, MODE_LIST, MODE_PROMPT, MODE_FIND, MODE_HELP, MODE_HISTORY, MODE_ASK };
enum focus { FOCUS_PANE, FOCUS_VIEW };

/* A row of a pane: a field, an arm's heading, a computed line, a pilot's figure, or what adds a pilot. */
enum row_kind { ROW_FIELD, ROW_ARM, ROW_COMPUTED, ROW_PILOT, ROW_NEW_PILOT };
struct pane_row {
    enum row_kind kind;
    struct field_ref ref; /* ROW_FIELD; arm also for ROW_ARM */
    int which;            /* computed line, see rows.c; figure of the pilots, see pilots.c */
};
#define ROWS_MAX 512

struct layout {
    int columns, rows;
    int left;               /* width of the panes                                    */
    int body_top, body_rows;
    int view_top, view_rows, verdict_top, verdict_rows;
    int view_left, view_columns, bottom_rows;
    int verdict_left, verdict_columns;
    int side_left, side_columns; /* 0: no column at the right                        */
    int changes_rows;       /* at the foot of the panes, what was changed since the base; 0: nothing */
    bool tiny, single;      /* under 40x10; one pane or the view alone                 */
    bool flips, strips, sources;
};

/* ---- which key does what: actions[] and the views, as rebound -------------------------- */

#define ACTIONS_MAX 144
#define KEYMAP_MAX 256
#define KEYS_BYTES 48
#define VIEWS_MAX 20

struct action {
    const char *keys;        /* words as key_named reads them; a doubled letter: pressed twice  */
    const char *where;       /* a row of bindings.c's places: any, pane, entry, list, ...         */
    const char *name, *help;
    const char *brief;       /* on the bottom line; NULL: not there                              */
    void (*run)(struct app *, const struct key *, int by);
    int by;                  /* the row's own number: a direction, a pane, a view               */
};

struct bound {
    int code, row;
    bool twice, own;         /* own: from the configuration                                      */
};

struct keymap {
    struct action rows[ACTIONS_MAX];
    char shown[ACTIONS_MAX][KEYS_BYTES];
    char view_names[VIEWS_MAX][24], view_keys[VIEWS_MAX][2], view_help[VIEWS_MAX][40];
    struct bound bound[KEYMAP_MAX];
    int n_rows, n;
};

/* What lies where on a frame, for the mouse and the crosshair. */
#define MAP_ROWS 400
struct screen_map {
    struct chart_area area;            /* the plot                                         */
    unsigned bands;                    /* that a view beside the one in sight draws         */
    bool scenarios;                    /* all that are open are listed                      */
    int scroll_most;                   /* lines of the view beyond those shown              */
    int cursor_rows;                   /* rows of the view that a cursor can stand on         */
    int cursor_row, cursor_column;     /* where it stands; -1: nowhere                        */
    int hidden;                        /* columns of a table that find no room                */
    bool crosshair;                    /* the view has a crosshair                            */
    bool reads_apart;                  /* a panel has the crosshair's readout, not the view's last row */
    char readout[400];                 /* what lies under the crosshair                     */
    int you_column, you_row;           /* the scenario's own place in it; -1: not in it        */
    int panes_columns;                 /* 0: none                                          */
    int list_row, list_rows, list_columns, list_first, list_n; /* the open list; what of it is seen */
    int view_row, view_rows, view_column, view_columns; /* the view below its tabs                 */
    int tabs_row, tabs_end;            /* first column behind the tabs                      */
    int tabs[VIEWS_MAX];                      /* first column of each view tab                    */
    short flips[MAP_ROWS];             /* at a screen row: 1 + the answer's flip; 0: none      */
    int flips_column, flips_columns;   /* of those rows                                       */
    struct { short pane, index; } rows[MAP_ROWS]; /* pane row at a screen row; pane -1: none; index -1: heading */
};

/* Colours of the inks, by number in the 256-colour cube and of the first eight; -1: the terminal's own. */
struct theme {
    const char *name, *help;
    short c256[INK_COUNT], c8[INK_COUNT];
};
extern const struct theme themes[];
extern const int themes_n;
const struct theme *theme_find(const char *name); /* NULL */

enum ask { ASK_NONE, ASK_QUIT, ASK_OVERWRITE, ASK_RECOVER, ASK_REMOVE_ARM };

/* Where the person is. */
struct place {
    enum focus focus;
    enum pane pane;
    int cursor, open_arm, view, doc;
};
#define PLACES_MAX 32
#define FOUND_MAX 64

/* Sets of samples by how many they are: few, those of a key if they are more, all. */
enum sample_set { SET_FEW, SET_KEY, SET_FULL, SETS };

/* A step of the refiner: the verdict from so many samples, and what takes longer from "deep" of them; 0: without it. */
struct refinement {
    int samples, deep;
    int set;     /* SETS: one of its own                                              */
    bool upon;   /* what takes longer is that of the answer in force                   */
};

struct app {
    const struct tui_options *options;
    struct keymap keymap;
    int pending;                 /* first press of a doubled key                        */
    const struct catalog *catalog;
    const struct glyphs *glyphs;
    const struct theme *theme;
    struct doc docs[DOCS_MAX];
    int n_docs, doc;

    enum mode mode;
    enum focus focus;
    enum pane pane;
    int cursor[PANE_COUNT];      /* row within the pane                                 */
    int open_arm;                /* arm whose fields are unfolded in pane 6             */
    int view;                    /* index in views[]                                    */
    bool table, presentation, zoom; /* zoom: the view alone                              */
    int crosshair;               /* column within the plot, -1                          */
    int scroll;                  /* of help, the report and lists                        */
    int row, skip;               /* of the view: the cursor's row, columns scrolled past   */
    struct screen_map map;       /* what lay where on the last frame                      */

    struct line_edit edit;       /* entry, prompt, find                                  */
    char before[LINE_BYTES];     /* text when the entry opened                            */
    char complaint[400];         /* of the entry                                          */
    struct answer *preview;      /* answer with the entry applied                          */
    struct checked *checked;     /* the scenario that was checked last, as resolved; NULL: none  */
    struct samples *sets[SETS];  /* of the last answers, brought up to date by the next; the refiner's while asked */
    struct refine *refine;       /* NULL: none                                               */
    bool asked, finer;           /* the refiner has a request; it is for more than the full number */
    bool settled;                /* nothing was asked since memory was given back            */
    double last_key_ms;
    const char *find_title;
    int list_at;                 /* in MODE_LIST, MODE_FIND and MODE_HISTORY               */
    enum list_of { LIST_CHOICES, LIST_OFFERS } list_of; /* of MODE_LIST                     */
    enum ask ask;
    int offered;                 /* files whose journals were asked about                   */
    struct found { short kind, index; } found[FOUND_MAX]; /* enum found_kind of find.c */
    int n_found;
    char history_lines[32][LINE_BYTES];
    int n_history, history_at;

    char hint[400];              /* what Tab found on the command line                     */
    int tour;                    /* step, from 1; 0: none                                   */
    int problem;                 /* the one that E went to last                             */
    struct buffer report;        /* text of the report view, of the answer report_of        */
    const struct answer *report_of, *map_asked, *together_asked, *bands_asked;
    struct buffer copied;        /* for the clipboard; copy_due: the loop has to hand it over */
    bool copy_due;
    /* Text through the person's editor; NULL: there is no terminal. *out is the caller's. */
    int (*run_editor)(const char *text, size_t n, char **out, size_t *out_n, struct error *);

    char status[400];            /* what just happened                                    */
    char last_key[24];
    struct { int row, column; double at_ms; bool chose; } click; /* the last; it chose a row       */
    double last_nudge_ms;
    int nudge_run;
    int last_nudge_by;
    bool force_write;
    bool quit, redraw, suspend;
    enum error_code exit_code;
    char pick_was[NAME_MAX_BYTES]; /* before the edits that no answer is in for; ""           */
    char export_due[LINE_BYTES]; /* written as soon as the whole answer is there              */
    bool goal_waits;             /* a goal asked for before the flips were in: goal, goal_pick     */
    struct field_ref goal;
    int goal_pick;
    bool goal_offered;           /* the next goal-seek goes to the nearest field with a flip  */
    double (*clock_ms)(void);    /* NULL: each edit is answered on the spot                    */
    int key_samples;             /* of the next verdict                                     */
    double key_ms;               /* the last verdict took                                   */
    double deep_ms_per_sample;   /* the last answer with everything                         */
    char map_fields[2][112];     /* paths of the map's two fields; "" until one is asked for  */
    struct place places[PLACES_MAX]; /* before each jump, the last one last                  */
    int n_places;
    struct place find_from;      /* where "find" began; Esc returns                         */
    bool finding;                /* the last keys were a find, n or N                       */
};

int app_init(struct app *, const struct tui_options *, struct error *); /* all zero before: pages that nobody writes to cost nothing */
void app_release(struct app *);
struct doc *app_doc(struct app *);
const struct doc *app_doc_const(const struct app *);
const struct answer *app_answer(const struct app *);

int app_open(struct app *, const char *path, struct error *);
void app_show_doc(struct app *, int doc);
void app_offer_recovery(struct app *); /* of files that were not asked about yet */
void app_close_doc(struct app *);
void app_say(struct app *, const char *fmt, ...) BE_PRINTF(2, 3);

/* solving.c */
void app_after_edit(struct app *);
void app_check_doc(struct app *, struct doc *); /* its problems anew */
/* Solve the current document now with this many samples (synchronously). */
void app_solve(struct app *, int samples, enum decide_depth);
void app_solve_due(struct app *); /* the verdict, if it is due and a frame has time for it */
void app_take_answer(struct app *, int doc, struct answer *, enum decide_depth); /* owned */
bool app_refining(const struct app *); /* the answer is not whole yet, and will be */
bool app_is_whole(const struct app *); /* everything, from the full number of samples */
const struct answer *app_whole_answer(const struct app *); /* of one number of samples throughout, for reports */
bool app_next_refinement(const struct app *, bool idle, struct refinement *);
struct refinement app_first_refinement(const struct app *);
void app_note_time(struct app *, const struct refinement *, double ms);
#define FINE_SAMPLES 65536 /* when no key comes */
int app_full_samples(const struct app *);
void app_preview(struct app *, const struct scenario *); /* NULL: none */
#define MAP_SAMPLES 256
bool app_map_due(const struct app *, struct field_ref *x, struct field_ref *y);
unsigned app_bands_wanted(const struct app *); /* by all views in sight */
void app_make_bands(struct app *, unsigned bands);
bool app_together_due(const struct app *); /* what two changes do is in view and missing   */
int app_together_samples(const struct app *);
void app_make_together(struct app *);
void app_make_map(struct app *); /* the map of two fields, when it is in view and stale */

/* refining.c */
#define REST_MS 500 /* without a key before more is computed than the full number */
/* What an answer takes and gives back, the next one takes again: it need not go to the system and come anew between
 * (until nothing is asked any more). */
void refining_tune_memory(void);
int refining_start(struct app *, struct error *);
void refining_stop(struct app *); /* before app_release */
int refining_ask(struct app *); /* for what comes next; ms until it should be called again, -1: when something happens */
void refining_take(struct app *); /* what the refiner's descriptor announced */
void app_hold(struct app *); /* whatever is asked for is given up; samples and answers are the caller's */

/* keys.c */
void app_key(struct app *, const struct key *);
int key_parse(const char *text, int *used);            /* "<Enter>" or a character; its code */
int key_named(const char *word);                       /* "Enter", "^R", "Alt-1"; 0: none */
char *key_label(int code, char *out, size_t size);

/* rows.c */
int pane_rows(const struct app *, enum pane, struct pane_row *out, int max);
bool app_current(const struct app *, struct pane_row *); /* row under the cursor */
bool app_current_field(const struct app *, struct field_ref *);
void app_goto(struct app *, struct field_ref);
struct place app_place(const struct app *);
void app_return(struct app *, struct place);
void app_mark(struct app *); /* the next jump can be taken back */
char *row_value(const struct app *, const struct pane_row *, char *out, size_t size, bool *faint);
char *row_label(const struct app *, const struct pane_row *, char *out, size_t size);
bool row_is_stop(const struct pane_row *);
bool row_takes_digits(const struct pane_row *); /* a digit opens the entry of this row     */
char *row_bars(const struct app *, const struct pane_row *, int columns, char *out, size_t size, enum ink *);

/* bindings.c */
void keymap_init(struct keymap *, const struct tui_config *, struct problems *);
int keymap_row(const struct keymap *, const char *name); /* -1 */
bool keymap_run(struct app *, const struct key *); /* false: no act has this key here */
bool keymap_at_rest(const struct app *, int row);  /* the row's place is one where nothing is open over the panes */
bool app_types(const struct app *);                /* a character is text here */
char *keymap_key(const struct app *, const char *name, char *out, size_t size); /* its first key, else ":name" */
/* The panes and the view in which the key counts, in words; "": in none. */
void keymap_places(const struct app *, int code, char *out, size_t size);
void keymap_brief(const struct app *, char *out, size_t size, int columns);

/* views.c: the charts' views, then the workbench's own (build NULL) */
int app_views_n(void);
const struct view *app_view(int);
int app_view_index(const char *id); /* -1 */
bool app_view_is(const struct app *, const char *id);
bool app_view_has_rows(const struct app *); /* rather than an axis for the crosshair      */
int app_build_view(const struct app *, struct chart *, int columns); /* -1: nothing to show yet */
void app_make_view(struct app *);
void app_scroll_view(struct app *, int by);

/* values.c, changes.c, files.c */
void entry_open(struct app *, const char *text);
void entry_commit(struct app *);
void entry_changed(struct app *);
int app_set_field(struct app *, struct field_ref, const char *text, bool join, struct error *);
void write_journal(struct app *);
void note_journals(struct app *);
void settle_journals(struct app *);
void app_save(struct app *, const char *path, bool force);
void app_replace(struct app *, const struct scenario *, const char *what); /* one structural step */
void app_goal(struct app *, struct field_ref, int pick); /* pick -1: whichever arm */
bool app_goal_difference(struct app *, const char *rest); /* "ARM-ARM=USD by FIELD"; false: it is not that */
void app_set_source(struct app *, struct field_ref, const char *text); /* "": none */
void app_recover(struct app *);
void app_decide(struct app *, const char *arm);
bool view_over_volume(const struct app *); /* volume is along x */
bool over_volume(const struct app *);      /* and its chart is in sight */
void crosshair_home(struct app *); /* to the scenario's own place */

/* export.c */
void app_export(struct app *, const char *path);
void app_write_view(struct app *, const char *path);
int report_text(struct app *, struct buffer *, enum report_format, struct error *);

/* pilots.c */
bool row_is_pilot(const struct pane_row *);
int pilot_rows(const struct scenario *, struct pane_row *out, int n, int max);
char *pilot_label(const struct pane_row *, char *out, size_t size);
char *pilot_text(const struct scenario *, const struct pane_row *, char *out, size_t size); /* as an entry has it */
const char *pilot_help(const struct pane_row *);
bool pilot_changed(const struct scenario *base, const struct scenario *, const struct pane_row *);
const struct problem *pilot_problem(const struct app *, const struct pane_row *); /* NULL */
void pilot_goto(struct app *, int pilot); /* its first row; behind the last: the row that adds one */
int pilot_set_text(struct scenario *, const struct pane_row *, const char *text, struct error *);
void pilot_reads_as(const struct pane_row *, const char *text, char *out, size_t size);
int pilot_scale_text(char *out, size_t size, const struct pane_row *, const char *text, double factor, struct error *);
int pilot_nudge_text(const struct scenario *, const struct pane_row *, int by, bool coarse, char *out, size_t size);
int app_set_pilot(struct app *, const struct pane_row *, const char *text, bool join, struct error *);
/* "pilot=200 150 250" adds one, "pilot.2=..." changes the second, "pilot.2=" removes it. */
bool pilot_is_named(const char *name);
int pilot_set_named(struct app *, const char *name, const char *text, struct error *);
void pilot_lines(const struct scenario *, void (*line)(const char *name, const char *value));

/* arms.c, new_arm.c */
struct offer {
    int kind;
    const char *model, *host;    /* of the catalog; host "": the usual one                 */
    int tokens, own;             /* arms that a staged or cascade arm is made of, else -1  */
    char word[112], about[200];
};
int offer_at(const struct app *, int i, struct offer *);
void offer_take(struct app *, const struct offer *);
void fresh_name(const struct scenario *, const char *stem, char out[NAME_MAX_BYTES]);
void arms_take(struct app *, struct scenario *copy, int status, int at, const char *what, const struct error *);

/* mouse.c */
void mouse_key(struct app *, const struct key *);

/* tour.c, problems.c, history_list.c */
void tour_start(struct app *);
void tour_next(struct app *);
void tour_end(struct app *);
const char *tour_words(const struct app *); /* NULL: no tour */
int tour_steps(void);
const struct problem *row_problem(const struct app *, const struct pane_row *); /* NULL */
int history_steps(const struct app *);
void history_take(struct app *);
struct change;
void history_words(const struct app *, const struct change *from, const struct change *to, char *out, size_t size);
void draw_history(const struct app *, struct canvas *, const struct layout *, struct screen_map *);
void app_quit(struct app *, bool force);
void ask_key(struct app *, const struct key *);

/* prompt.c */
void prompt_run(struct app *, const char *line);
void prompt_complete(struct app *);
void prompt_hint(const struct app *, char *out, size_t size);
struct prompt_command {
    const char *name, *operand, *help;
    void (*run)(struct app *, const char *rest);
    enum operand { OPERAND_NONE, OPERAND_FIELD_VALUE, OPERAND_FIELDS, OPERAND_FILE, OPERAND_VIEW, OPERAND_THEME,
                   OPERAND_GLYPHS, OPERAND_ARM, OPERAND_WORD } completes;
    void (*act)(struct app *, const struct key *, int by); /* run NULL: what a key does, without one */
    int by;
};
extern const struct prompt_command prompt_commands[];
extern const int prompt_commands_n;
void prompt_open(struct app *, const char *text);

/* overlay.c */
void list_open(struct app *);
int list_rows(const struct app *); /* of what is listed: choices, what was found, steps */
void draw_help(const struct app *, struct canvas *, const struct layout *);
void draw_list(const struct app *, struct canvas *, const struct layout *, struct screen_map *);
void draw_box(const struct app *, struct canvas *, int top, int left, int rows, int columns, const char *title);

/* find.c */
void find_fields_of_view(struct app *); /* those that the view is about */
void find_update(struct app *);
void find_take(struct app *);
int sought_columns(const struct layout *); /* room for the letters of a list or find  */
void draw_sought(const struct app *, struct canvas *, const struct layout *);
void draw_find(const struct app *, struct canvas *, const struct layout *, struct screen_map *);

/* typing.c */
void text_changed(struct app *);

int help_lines(const struct app *);

/* layout.c, draw.c, draw_view.c, panels.c */
void app_layout(const struct app *, int columns, int rows, struct layout *);
void app_draw(const struct app *, struct canvas *, struct screen_map *, int *cursor_row, int *cursor_column);
/* How many fields are other than in the base: gone through one by one, so after an edit alone (n_changes). */
int changes_since_base(const struct app *);
void draw_heading(const struct app *, struct canvas *, int row, int left, int columns, const char *title);
void draw_panels(const struct app *, struct canvas *, const struct layout *, struct screen_map *);
void draw_view(const struct app *, struct canvas *, int top, int left, int rows, int columns, struct screen_map *);

#endif
