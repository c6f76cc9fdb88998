/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pen.h"

/* Tables. Figures are never broken; words are wrapped in their column, so that every one can be read;
 * columns that find no room beside the others are scrolled to. */

#define GAP 2
#define WORDS_LEAST 16 /* a column of words is not made narrower than this...            */
#define NARROW 60      /* ... nor where there is less room than this, than the next:     */
#define WORDS_NARROW 13
#define HEADING_LEAST 6
#define TOWER 5        /* lines of a cell, beyond which its column goes below the rows   */
#define INDENT 2

/* ---- columns -------------------------------------------------------------------------------- */

void
table_widths(const struct chart *c, int width[TABLE_COLUMNS_MAX], int available)
{
    int sum = 0;

    for (int k = 0; k < c->n_columns; k++) {
        width[k] = text_width(c->columns[k]);
        for (int r = 0; r < c->n_rows; r++)
            if (text_width(c->rows[r].cells[k]) > width[k])
                width[k] = text_width(c->rows[r].cells[k]);
        sum += width[k] + GAP;
    }
    /* The widest gives way first. */
    while (sum > available) {
        int widest = 0;
        for (int k = 1; k < c->n_columns; k++)
            if (width[k] > width[widest])
                widest = k;
        if (width[widest] <= 4)
            break;
        width[widest]--;
        sum--;
    }
}

/* "$1.8k", "240 to 320", "<0.1%"; not a sentence that begins with a number. */
static bool
looks_numeric(const char *s)
{
    if (text_width(s) > 20)
        return false;
    while (*s == '$' || *s == '-' || *s == '+' || *s == '~' || *s == '<')
        s++;
    return *s >= '0' && *s <= '9';
}

bool
table_right(const struct chart *c, int column)
{
    int numbers = 0;

    for (int r = 0; r < c->n_rows; r++) {
        const char *text = c->rows[r].cells[column];
        if (text[0] == '\0' || strcmp(text, "-") == 0)
            continue;
        if (!looks_numeric(text))
            return false;
        numbers++;
    }
    return numbers > 0;
}

struct table {
    const struct chart *chart;
    int n, column[TABLE_COLUMNS_MAX], width[TABLE_COLUMNS_MAX]; /* those that are drawn       */
    bool right[TABLE_COLUMNS_MAX];
    int below, below_width;                                     /* column that stands below its row; 0: none */
    int hidden;                                                 /* that find no room          */
};

static int
longest_word(const char *text)
{
    int most = 0;

    while (*text != '\0') {
        char word[80];
        size_t n = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), text);
        most = text_width(word) > most ? text_width(word) : most;
        text += n + strspn(text + n, " ");
    }
    return most;
}

/* A column's width as it would be, the least that it can do with, and how much stands in it. */
static void
measure(const struct chart *c, int column, bool right, int words_least, int *natural, int *least, int *load)
{
    int cells = 0, words = 0;

    *load = 1;

    for (int r = 0; r < c->n_rows; r++) {
        int w = text_width(c->rows[r].cells[column]), word = longest_word(c->rows[r].cells[column]);
        cells = w > cells ? w : cells;
        words = word > words ? word : words;
        *load += w;
    }
    int heading = text_width(c->columns[column]);
    *natural = cells > heading ? cells : heading;
    if (right)
        *least = cells > HEADING_LEAST ? cells : heading < HEADING_LEAST ? heading : HEADING_LEAST;
    else
        *least = words > words_least ? words_least : words;
    if (*least > *natural)
        *least = *natural;
    if (*least < 1)
        *least = *natural = 1;
}

/* As many columns as have room at their least, from the one that was scrolled to; then each as wide as
 * it would be, and the one that is widest for what stands in it gives way. */
static void
lay_out_columns(struct table *t, const struct chart *c, int columns, int available, int skip)
{
    int natural[TABLE_COLUMNS_MAX], least[TABLE_COLUMNS_MAX], load[TABLE_COLUMNS_MAX], sum = 0, all = 0;
    bool right[TABLE_COLUMNS_MAX];

    *t = (struct table){ .chart = c };
    for (int k = 0; k < columns; k++) {
        right[k] = k > 0 && table_right(c, k);
        measure(c, k, right[k], available < NARROW ? WORDS_NARROW : WORDS_LEAST, &natural[k], &least[k], &load[k]);
        all += least[k] + (k > 0 ? GAP : 0);
    }
    int most = columns > 2 ? columns - 2 : 0, from = 1 + (all <= available ? 0 : skip < most ? skip : most);
    for (int k = 0; k < columns; k = k == 0 ? from : k + 1) {
        int more = least[k] + (t->n > 0 ? GAP : 0);
        if (t->n > 0 && (k < from || sum + more > available))
            break;
        sum += more;
        t->column[t->n] = k;
        t->right[t->n] = right[k];
        t->width[t->n++] = natural[k];
    }
    t->hidden = columns - t->n;
    sum = (t->n - 1) * GAP;
    for (int k = 0; k < t->n; k++)
        sum += t->width[k];
    while (sum > available) {
        int widest = -1;
        for (int k = 0; k < t->n; k++)
            if (t->width[k] > least[t->column[k]] &&
                (widest < 0 || t->width[k] / sqrt(load[t->column[k]]) > t->width[widest] / sqrt(load[t->column[widest]])))
                widest = k;
        if (widest < 0)
            break;
        t->width[widest]--;
        sum--;
    }
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static const char *
cell_text(const struct table *t, int row, int k)
{
    return row < 0 ? t->chart->columns[t->column[k]] : t->chart->rows[row].cells[t->column[k]];
}

/* The next line of words wrapped at so many cells; false at their end. */
static bool
next_line(const char **words, int cells, char *line, size_t size)
{
    size_t n = **words != '\0' && cells > 0 ? text_break(*words, cells) : 0;

    if (n == 0)
        return false;
    snprintf(line, size, "%.*s", (int)(n < size ? n : size - 1), *words);
    *words += n;
    *words += strspn(*words, " ");
    return true;
}

static int
row_height(const struct table *t, int row)
{
    char line[SENTENCE + 1];
    int most = 1;

    for (int k = 0; k < t->n; k++) {
        const char *words = cell_text(t, row, k);
        int n = 0;
        if (text_width(words) <= t->width[k]) /* nearly always */
            continue;
        while (next_line(&words, t->width[k], line, sizeof line))
            n++;
        most = n > most ? n : most;
    }
    if (t->below > 0 && row >= 0) {
        const char *words = t->chart->rows[row].cells[t->below];
        while (next_line(&words, t->below_width, line, sizeof line))
            most++;
    }
    return most;
}

/* Would the last column be one of sentences in a narrow tower, or find no room? */
static bool
is_tower(const struct table *t, int last)
{
    char line[SENTENCE + 1];
    int k = t->n - 1;

    for (int r = 0; r < t->chart->n_rows; r++) {
        const char *words = t->chart->rows[r].cells[last];
        int n = 0;
        if (t->column[k] != last && text_width(words) > 3 * WORDS_LEAST)
            return true;
        while (t->column[k] == last && n <= TOWER && next_line(&words, t->width[k], line, sizeof line))
            n++;
        if (n > TOWER)
            return true;
    }
    return false;
}

/* Such a column goes below its rows instead. */
static void
lay_out(struct table *t, const struct chart *c, int available, int skip)
{
    int last = c->n_columns - 1;

    lay_out_columns(t, c, c->n_columns, available, skip);
    if (last < 2 || table_right(c, last) || !is_tower(t, last))
        return;
    lay_out_columns(t, c, last, available, skip);
    t->below = last;
    t->below_width = available - INDENT;
}

int
chart_table_hidden(const struct chart *c, int columns)
{
    struct table t;

    lay_out(&t, c, columns - 1, 0);
    return t.hidden;
}

/* The first row to draw so that the cursor's lies amidst the others, and nothing is left free at the end. */
static int
first_row(const struct table *t, int cursor, int rows)
{
    int n = t->chart->n_rows, first = cursor < n ? cursor : n - 1, above = 0, below = 0;

    if (first <= 0)
        return 0;
    int here = row_height(t, first), half = here < rows / 2 ? rows / 2 : rows - here;
    while (first > 0 && above + row_height(t, first - 1) <= half)
        above += row_height(t, --first);
    for (int r = first; r < n && below <= rows; r++)
        below += row_height(t, r);
    while (first > 0 && below + row_height(t, first - 1) <= rows)
        below += row_height(t, --first);
    return first;
}

static void
put_row(struct canvas *canvas, const struct table *t, int row, int y, int lines, const struct chart_place *at,
        const struct glyphs *g)
{
    bool here = row >= 0 && row == at->cursor && at->marked;
    enum ink ink = row < 0 ? INK_TITLE : here ? INK_FOCUS : INK_PLAIN;
    unsigned pen = row < 0 ? PEN_BOLD : 0;
    int column = at->column + 1, tallest = 1;

    if (here)
        canvas_text(canvas, y, at->column, g->focus, INK_FOCUS, PEN_BOLD);
    for (int k = 0; k < t->n; k++) {
        const char *words = cell_text(t, row, k);
        char line[SENTENCE + 1];
        int l = 0;
        for (; l < lines && next_line(&words, t->width[k], line, sizeof line); l++) {
            int w = text_width(line), pad = t->right[k] && w < t->width[k] ? t->width[k] - w : 0;
            canvas_text_fit(canvas, y + l, column + pad, t->width[k] - pad, line, ink,
                            here && k == 0 ? pen | PEN_REVERSE : pen, g->ascii);
        }
        tallest = l > tallest ? l : tallest;
        column += t->width[k] + GAP;
    }
    if (t->below > 0 && row >= 0) {
        const char *words = t->chart->rows[row].cells[t->below];
        char line[SENTENCE + 1];
        for (int l = tallest; l < lines && next_line(&words, t->below_width, line, sizeof line); l++)
            canvas_text_fit(canvas, y + l, at->column + 1 + INDENT, t->below_width, line, here ? INK_FOCUS : INK_FAINT, 0, g->ascii);
    }
}

/* ---- the sentence below ----------------------------------------------------------------------------- */

static const char *
table_words(const struct chart *c)
{
    return c->sentence[0] != '\0' ? c->sentence : c->note;
}

int
chart_sentence_rows(const struct chart *c, int columns)
{
    const char *words = table_words(c);
    char line[1024];
    int n = 0;

    while (next_line(&words, columns - 2, line, sizeof line))
        n++;
    return n;
}

void
chart_sentence(struct buffer *out, const struct chart *c, int columns)
{
    char clean[sizeof c->sentence], line[1024];
    const char *words = text_clean(clean, sizeof clean, table_words(c));

    while (next_line(&words, columns - 2, line, sizeof line))
        buffer_printf(out, " %s\n", line);
}

static int
all_rows(const struct table *t)
{
    int n = row_height(t, -1);

    for (int r = 0; r < t->chart->n_rows; r++)
        n += row_height(t, r);
    return n;
}

int
chart_table_height(const struct chart *c, int columns)
{
    struct table t;

    lay_out(&t, c, columns - 1, 0);
    return all_rows(&t) + (t.hidden > 0 ? 1 : 0) + chart_sentence_rows(c, columns);
}

/* Rows for the sentence: what the table leaves, and at most a quarter where it fills all. */
static int
words_rows(const struct table *t, int columns, int rows)
{
    int words = chart_sentence_rows(t->chart, columns), left = rows - all_rows(t), most = left > rows / 4 ? left : rows / 4;

    return words < most ? words : most;
}

/* What is not in sight, and what brings it there. */
static void
put_rest(struct canvas *canvas, const struct table *t, const struct chart_place *at, int y, int above, int below)
{
    char text[160];
    int n = 0;

    if (above + below > 0)
        n = snprintf(text, sizeof text, "%d more row%s", above + below, above + below == 1 ? "" : "s");
    if (t->hidden > 0)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%d more column%s", n > 0 ? ", " : "", t->hidden,
                      t->hidden == 1 ? "" : "s");
    if (n > 0)
        canvas_text_fit(canvas, y, at->column + 1, at->columns - 1, text, INK_WARNING, 0, true);
}

/* What finds no row ends in an ellipsis. */
static void
put_sentence(struct canvas *canvas, const struct chart *c, const struct chart_place *at, int row, int rows, const struct glyphs *g)
{
    const char *words = table_words(c), *rest = words;
    char line[1024];

    for (int k = 0; k < rows && next_line(&words, at->columns - 2, line, sizeof line); k++) {
        bool cut = k + 1 == rows && *words != '\0';
        canvas_text_fit(canvas, row + k, at->column + 1, at->columns - 2, cut ? rest : line, INK_FAINT, 0, g->ascii);
        rest = words;
    }
}

void
draw_table(struct canvas *canvas, const struct chart *c, const struct chart_place *at, const struct glyphs *g,
           struct chart_area *area)
{
    struct table t;

    if (c->n_columns > 0) {
        lay_out(&t, c, at->columns - 1, at->skip);
        int words = words_rows(&t, at->columns, at->rows), rows = at->rows - words, heading = row_height(&t, -1);
        int room = rows - heading - (t.hidden > 0 || all_rows(&t) > rows ? 1 : 0), used = 0, shown = 0;
        int first = first_row(&t, at->cursor, room);

        put_row(canvas, &t, -1, at->row, heading < rows ? heading : rows, at, g);
        for (int r = first; r < c->n_rows && used < room; r++) {
            int height = row_height(&t, r);
            if (used > 0 && used + height > room && room - used < 2)
                break;
            if (at->marked && r == at->cursor) {
                area->cursor_row = at->row + heading + used;
                area->cursor_column = at->column + 1;
            }
            int seen = height < room - used ? height : room - used;
            note_item(area, at->row + heading + used, seen, r);
            put_row(canvas, &t, r, at->row + heading + used, seen, at, g);
            used += height;
            shown += used <= room || shown == 0;
        }
        if (room >= 0 && rows > heading)
            put_rest(canvas, &t, at, at->row + heading + (used < room ? used : room), first, c->n_rows - first - shown);
        put_sentence(canvas, c, at, at->row + rows, words, g);
    } else
        put_sentence(canvas, c, at, at->row, at->rows, g);
}
