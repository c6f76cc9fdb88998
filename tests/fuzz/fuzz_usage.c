/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/scenario.h"
#include "fuzz.h"

/* Any bytes as a usage log; the first says in what pieces it is read (its low bits) and whether
 * columns are mapped (its top bit). The pieces change nothing, and what a log shows are legal
 * values that a scenario takes. */

static const char *const mapped[USAGE_ROLES] = {
    [USAGE_TIME] = "when", [USAGE_INPUT] = "usage.in", [USAGE_OUTPUT] = "usage.out", [USAGE_STATUS] = "state",
};

static int
read_log(struct usage *u, const char *const columns[USAGE_ROLES], const char *bytes, size_t n, size_t piece,
         struct error *err)
{
    struct usage_reader *r = NULL;
    int status = 0;

    memset(u, 0, sizeof *u);
    memset(err, 0, sizeof *err);
    MUST(usage_open(&r, columns, err) == 0);
    for (size_t at = 0; at < n && status == 0; at += piece)
        status = usage_feed(r, bytes + at, piece < n - at ? piece : n - at, err);
    if (status == 0)
        status = usage_finish(r, u, err);
    usage_close(r);
    return status;
}

static void
same_usage(const struct usage *a, const struct usage *b)
{
    MUST(strcmp(a->format, b->format) == 0);
    MUST(a->records == b->records && a->bad == b->bad && a->failed == b->failed);
    MUST(a->requests == b->requests && a->days == b->days);
    MUST(a->n_fields == b->n_fields && a->n_bad == b->n_bad);
    for (int k = 0; k < a->n_fields; k++)
        MUST(strcmp(a->fields[k].key, b->fields[k].key) == 0 && strcmp(a->fields[k].text, b->fields[k].text) == 0);
    for (int k = 0; k < a->n_bad; k++)
        MUST(a->first_bad[k].line == b->first_bad[k].line && a->first_bad[k].column == b->first_bad[k].column &&
             strcmp(a->first_bad[k].text, b->first_bad[k].text) == 0);
}

static void
into_a_scenario(const struct usage *u)
{
    static struct scenario sc;
    struct error err;

    scenario_init(&sc);
    if (usage_apply(u, "fuzz.csv", &sc, fuzz_catalog(), &err) != 0) {
        fprintf(stderr, "refused: %s\n", err.text);
        MUST(!"each field of a usage is a legal value");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct usage whole, pieces;
    struct error err, again;

    if (n == 0)
        return 0;
    const char *text = (const char *)bytes + 1;
    const char *const *columns = bytes[0] & 0x80 ? mapped : NULL;
    size_t piece = (bytes[0] & 0x7f) + 1;
    int status = read_log(&whole, columns, text, n - 1, n, &err);
    MUST(read_log(&pieces, columns, text, n - 1, piece, &again) == status);
    if (status != 0) {
        MUST(err.text[0] != '\0' && strcmp(err.text, again.text) == 0);
        MUST(err.code == again.code && err.line == again.line && err.column == again.column);
        return 0;
    }
    same_usage(&whole, &pieces);
    MUST(whole.records > 0 && whole.n_bad <= USAGE_BAD_MAX && whole.n_bad <= whole.bad);
    MUST(isfinite(whole.requests) && whole.requests > 0);
    into_a_scenario(&whole);
    return 0;
}
