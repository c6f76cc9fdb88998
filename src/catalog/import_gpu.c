/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/*
 * Prices of GPUs by the hour, as a table: provider, region, instance, gpu_id, gpu_count and
 * prices of the machine or of one of its GPUs, each row with its own source and day.
 */

/* One GPU has cost $0.05 to $15 an hour. */
#define USD_H_LOW 0.02
#define USD_H_HIGH 50
#define AGREE 0.01 /* the machine's price over its GPUs, and the price per GPU */

#define ROWS_MAX 20000 /* each is compared with those before it */

static const char *const needed[] = { "provider", "region", "instance", "gpu_id" };

bool
import_is_gpu_table(const char *bytes, size_t n)
{
    size_t skip = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, end = skip;
    char line[1024];

    while (end < n && bytes[end] != '\n' && end - skip < sizeof line - 1)
        end++;
    memcpy(line, bytes + skip, end - skip);
    line[end - skip] = '\0';
    return line[0] != '{' && line[0] != '[' && strstr(line, "gpu_id") != NULL && strchr(line, ',') != NULL;
}

static const char *
cell(const struct csv *t, size_t row, const char *column)
{
    int c = csv_column(t, column);

    return c < 0 ? "" : t->rows[row][c];
}

/* NAN for an empty cell; 0, below 0 and words are doubted and unknown. */
static double
price_cell(struct importer *im, const struct csv *t, size_t row, const char *column)
{
    struct node n = { .kind = NODE_SCALAR, .text = (char *)(uintptr_t)cell(t, row, column) };
    double x;

    if (n.text[0] == '\0')
        return NAN;
    if (!node_number(&n, &x)) {
        import_doubt(im, "%s is not a number", column);
        return NAN;
    }
    if (!(x > 0)) {
        import_doubt(im, "%s is not above 0", column);
        return NAN;
    }
    return x;
}

/* The price of one GPU: its own column, else the machine's over its GPUs. */
static double
per_gpu(struct importer *im, const struct csv *t, size_t row, const char *kind, double gpus)
{
    char machine[48], single[48];

    snprintf(machine, sizeof machine, "%s_usd_h", kind);
    snprintf(single, sizeof single, "%s_per_gpu_h", kind);
    double whole = price_cell(im, t, row, machine), one = price_cell(im, t, row, single);
    if (!known(one))
        return whole / gpus;
    if (known(whole) && fabs(whole / gpus - one) > AGREE * one)
        import_doubt(im, "%s: $%.6g for %.6g GPUs is not $%.6g each", kind, whole, gpus, one);
    return one;
}

/* More than a catalog can hold (tables.c). */
static bool
impossible(double usd_h)
{
    return known(usd_h) && usd_h > 1e4;
}

static void
doubt_unit(struct importer *im, double usd_h, const char *what)
{
    if (known(usd_h) && (usd_h < USD_H_LOW || usd_h > USD_H_HIGH))
        import_doubt(im, "$%.6g a GPU-hour %s looks like a wrong unit", usd_h, what);
}

/* What a machine is called: without how it is sold, and in characters that need no quotes.
 * A row that is "the lowest of many" is named after its card. */
static void
machine_name(const struct csv *t, size_t row, char *out, size_t size)
{
    const char *text = cell(t, row, "instance"), *region = cell(t, row, "region"), *via = strstr(text, ": ");
    const char *gpu = cell(t, row, "gpu_id");
    size_t n = 0, gpu_n = strlen(gpu);

    if (strstr(text, "via ") == text && via != NULL)
        text = via + 2;
    else if (strcmp(region, "lowest listed") == 0 || strcmp(region, "secure cloud") == 0 || strcmp(text, "1x") == 0 ||
             (strncmp(text, gpu, gpu_n) == 0 && text[gpu_n] == ' '))
        text = gpu;
    for (; *text != '\0' && n + 1 < size; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9') || strchr("_.+-", *text) != NULL;
        if (plain)
            out[n++] = *text;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = '\0';
}

static bool
is_taken(const struct importer *im, const struct cat_gpu_price *p)
{
    for (int i = 0; i < im->out->n_gpu_prices; i++)
        if (strcmp(im->out->gpu_prices[i].id, p->id) == 0)
            return true;
    return false;
}

/* Two cards in machines of one name: the card tells them apart. False: nothing does. */
static bool
name_row(struct importer *im, const struct csv *t, size_t row, struct cat_gpu_price *p)
{
    char machine[96], region[96], id[320];

    machine_name(t, row, machine, sizeof machine - 40);
    text_clean(region, sizeof region, cell(t, row, "region"));
    for (char *c = region; *c != '\0'; c++)
        *c = *c == ' ' ? '-' : *c;
    p->provider = import_keep(im, cell(t, row, "provider"));
    p->gpu = import_keep(im, cell(t, row, "gpu_id"));
    p->region = import_keep(im, region);
    for (int attempt = 0; attempt < 2; attempt++) {
        snprintf(id, sizeof id, "%.90s/%s/%s", p->provider, region, machine);
        p->id = import_keep(im, id);
        p->instance = import_keep(im, machine);
        if (im->no_memory || !is_taken(im, p))
            return true;
        size_t n = strlen(machine);
        snprintf(machine + n, sizeof machine - n, "-%.38s", p->gpu);
    }
    return false;
}

/* "2026-08-03", "2026-02", or a year and words. */
static void
read_day(struct importer *im, const char *text, struct date *day)
{
    char year[8];
    struct error e;

    if (text[0] == '\0' || date_parse(day, text, &e) == 0)
        return;
    snprintf(year, sizeof year, "%.4s", text);
    if (strspn(year, "0123456789") == 4 && (text[4] == '\0' || text[4] == ' ') && atoi(year) >= 1970) {
        *day = (struct date){ atoi(year), 1, 1 };
        import_doubt(im, "of the year %s, the day is not known", year);
    } else
        import_doubt(im, "as_of \"%.20s\" is not a date", text);
}

static void
read_row(struct importer *im, const struct csv *t, size_t row)
{
    struct cat_gpu_price p = { .id = "" };
    const char *note = cell(t, row, "notes"), *source = cell(t, row, "source");
    char key[64];

    snprintf(key, sizeof key, "line %d", t->lines[row]);
    for (size_t k = 0; k < BE_LEN(needed); k++)
        if (cell(t, row, needed[k])[0] == '\0') {
            import_skip(im, key, "no provider, region, instance or gpu_id");
            return;
        }
    if (!name_row(im, t, row, &p) || p.instance[0] == '\0') {
        import_skip(im, p.id, "the table has this machine with this card already");
        return;
    }
    double gpus = price_cell(im, t, row, "gpu_count");
    p.gpus = known(gpus) && gpus >= 1 && gpus <= 1024 ? gpus : 1;
    if (p.gpus != gpus)
        import_doubt(im, "gpu_count is not in 1..1024; one GPU is assumed");
    p.note = note[0] != '\0' ? import_keep(im, note) : NULL;
    p.on_demand_usd_h = per_gpu(im, t, row, "on_demand", p.gpus);
    p.spot_usd_h = per_gpu(im, t, row, "spot", p.gpus);
    p.reserved_1y_usd_h = per_gpu(im, t, row, "reserved_1y", p.gpus);
    p.origin = (struct origin){ .text = source[0] != '\0' ? import_keep(im, source) : im->source,
                                .as_of = im->as_of, .file = im->out->list, .line = t->lines[row] };
    read_day(im, cell(t, row, "as_of"), &p.origin.as_of);
    if (!known(p.on_demand_usd_h) && !known(p.spot_usd_h) && !known(p.reserved_1y_usd_h)) {
        import_skip(im, p.id, "no price");
        return;
    }
    if (impossible(p.on_demand_usd_h) || impossible(p.spot_usd_h) || impossible(p.reserved_1y_usd_h)) {
        import_skip(im, p.id, "a price above $10,000 a GPU-hour is none");
        return;
    }
    doubt_unit(im, p.on_demand_usd_h, "on demand");
    doubt_unit(im, p.spot_usd_h, "as spot");
    doubt_unit(im, p.reserved_1y_usd_h, "reserved");
    import_take_gpu(im, &p);
}

int
import_read_gpu_table(struct importer *im, const char *bytes, size_t n, struct error *err)
{
    struct csv t;

    if (csv_parse(&t, bytes, n, err) < 0)
        return -1;
    int status = 0;
    for (size_t k = 0; k < BE_LEN(needed) && status == 0; k++)
        if (csv_column(&t, needed[k]) < 0)
            status = error_at(err, ERR_SYNTAX, 1, 1, "the table has no column %s", needed[k]);
    if (status == 0 && t.n_rows > ROWS_MAX)
        status = error_set(err, ERR_SIZE, "more than %d rows", ROWS_MAX);
    for (size_t r = 1; status == 0 && r < t.n_rows && !im->no_memory; r++)
        read_row(im, &t, r);
    csv_release(&t);
    return status;
}
