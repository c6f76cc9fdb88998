/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"

/* ---- grids ------------------------------------------------------------------------- */

void
grid_init(struct grid *g, int columns)
{
    memset(g, 0, sizeof *g);
    g->columns = columns;
}

void
grid_release(struct grid *g)
{
    free(g->cells);
    memset(g, 0, sizeof *g);
}

int
grid_row(struct grid *g)
{
    if (g->rows == g->cap) {
        int cap = g->cap > 0 ? 2 * g->cap : 16;
        void *grown = realloc(g->cells, (size_t)cap * sizeof *g->cells);
        if (grown == NULL)
            return -1;
        g->cells = grown;
        g->cap = cap;
    }
    memset(g->cells[g->rows], 0, sizeof g->cells[0]);
    return g->rows++;
}

void
grid_set(struct grid *g, int row, int column, const char *fmt, ...)
{
    va_list ap;

    if (row < 0 || row >= g->rows || column < 0 || column >= g->columns)
        return;
    va_start(ap, fmt);
    vsnprintf(g->cells[row][column], sizeof g->cells[row][column], fmt, ap);
    va_end(ap);
}

static const char *
grid_cell(const void *ctx, int row, int column)
{
    const struct grid *g = ctx;

    return g->cells[row][column];
}

void
grid_put(struct page *p, const struct grid *g, unsigned numeric)
{
    if (g->rows > 1)
        p->table(p, g->rows, g->columns, grid_cell, g, numeric);
}

static void
header(struct grid *g, const char *const *names)
{
    int row = grid_row(g);

    for (int k = 0; k < g->columns; k++)
        grid_set(g, row, k, "%s", names[k]);
}

/* ---- sections ------------------------------------------------------------------------- */

static void
write_verdict(struct page *p)
{
    const struct answer *an = p->in->answer;
    char text[SENTENCE + 64];

    snprintf(text, sizeof text, "%s.", an->verdict.headline);
    p->paragraph(p, text);
    for (int k = 0; k < an->verdict.n_reasons; k++)
        p->item(p, an->verdict.reasons[k]);
    p->end_items(p);
}

static void
write_costs(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "arm", "kind", "passes", "TCO mean", "90% range", "once", "month 1", "P(best)" };
    struct grid g;
    char a[32], b[32], text[200];

    grid_init(&g, 8);
    header(&g, names);
    for (int k = 0; k < an->n_arms; k++) {
        const struct arm_answer *x = &an->arms[k];
        int row = grid_row(&g);

        grid_set(&g, row, 0, "%s", x->name);
        grid_set(&g, row, 1, "%s", arm_kind_word(x->kind));
        grid_set(&g, row, 2, "%s", x->passes ? "yes" : "no");
        if (!x->known) {
            grid_set(&g, row, 3, "unknown");
            continue;
        }
        grid_set(&g, row, 3, "%s", number_usd_full(a, sizeof a, x->tco_usd.mean, 0));
        grid_set(&g, row, 4, "%s to %s", number_usd_full(a, sizeof a, x->tco_usd.p5, 0),
                 number_usd_full(b, sizeof b, x->tco_usd.p95, 0));
        grid_set(&g, row, 5, "%s", number_usd_full(a, sizeof a, x->once_usd, 0));
        grid_set(&g, row, 6, "%s", number_usd_full(a, sizeof a, x->month_usd.p50, 0));
        grid_set(&g, row, 7, "%.0f%%", 100 * x->p_best);
    }
    grid_put(p, &g, 0xf8);
    grid_release(&g);
    snprintf(text, sizeof text, "Total cost of ownership over %d months, discounted, in USD; %s samples, seed %llu.",
             an->horizon_months, number_full(a, sizeof a, an->samples, 0), (unsigned long long)an->seed);
    p->paragraph(p, text);
}

static void
write_lines(struct page *p)
{
    const struct answer *an = p->in->answer;
    struct grid g;
    char a[32];
    int shown = an->n_arms < GRID_COLUMNS - 1 ? an->n_arms : GRID_COLUMNS - 1;

    grid_init(&g, shown + 1);
    int row = grid_row(&g);
    grid_set(&g, row, 0, "line");
    for (int k = 0; k < shown; k++)
        grid_set(&g, row, k + 1, "%s", an->arms[k].name);
    for (int l = 0; l < LINE_COUNT; l++) {
        row = grid_row(&g);
        grid_set(&g, row, 0, "%s", cost_lines[l].label);
        for (int k = 0; k < shown; k++)
            grid_set(&g, row, k + 1, "%s",
                     an->arms[k].known ? number_usd_full(a, sizeof a, an->arms[k].lines_usd[l], 0) : "unknown");
    }
    grid_put(p, &g, ~1u);
    grid_release(&g);
    p->paragraph(p, "Undiscounted over the horizon, once costs included, with every uncertain figure at its median.");
}

static void
write_charts(struct page *p)
{
    static const char *const ids[] = { "cost", "unit", "cumulative" };

    for (size_t k = 0; k < BE_LEN(ids); k++)
        p->chart(p, view_find(ids[k]));
}

static void
crossings_words(const struct crossing_set *s, char *out, size_t size)
{
    char number[24];
    int n = 0;

    if (s->n == 0) {
        text_copy(out, size, "never");
        return;
    }
    out[0] = '\0';
    for (int k = 0; k < s->n && k < 4; k++)
        n += snprintf(out + n, size - (size_t)n, "%s%s", k > 0 ? ", " : "", number_si(number, sizeof number, s->tokens_per_day[k]));
    if (s->n > 4)
        n += snprintf(out + n, size - (size_t)n, ", ... (%d%s)", s->n, s->truncated ? " and more" : "");
    snprintf(out + n, size - (size_t)n, "; stays from %s", number_si(number, sizeof number, s->stays_from));
}

static void
write_crossings(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "pair", "running cost, tokens/day", "all costs, tokens/day", "payback" };
    struct grid g;
    char run[120], total[120];

    grid_init(&g, 4);
    header(&g, names);
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *c = &an->crossings[k];
        int row = grid_row(&g);

        crossings_words(&c->run, run, sizeof run);
        crossings_words(&c->total, total, sizeof total);
        grid_set(&g, row, 0, "%s and %s%s", an->arms[c->a].name, an->arms[c->b].name,
                 c->marked ? " (one fails a gate)" : "");
        grid_set(&g, row, 1, "%s", run);
        grid_set(&g, row, 2, "%s", total);
        if (c->payback_month > 0)
            grid_set(&g, row, 3, "month %d", c->payback_month);
        else
            grid_set(&g, row, 3, "never");
    }
    grid_put(p, &g, 0);
    grid_release(&g);
}

static void
write_gates(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "arm", "gate", "state", "why", "what lifts it" };
    struct grid g;

    grid_init(&g, 5);
    header(&g, names);
    for (int a = 0; a < an->n_arms; a++)
        for (int k = 0; k < an->arms[a].n_gates; k++) {
            const struct gate_result *gate = &an->arms[a].gates[k];
            int row = grid_row(&g);

            grid_set(&g, row, 0, "%s", an->arms[a].name);
            grid_set(&g, row, 1, "%s", gate->id);
            grid_set(&g, row, 2, "%s", gate_state_word(gate->state));
            grid_set(&g, row, 3, "%s", gate->why);
            grid_set(&g, row, 4, "%s", gate->lift);
        }
    grid_put(p, &g, 0);
    grid_release(&g);
    p->paragraph(p, "This informs a decision; it is not legal advice.");
}

static void
write_rules(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "side", "rule", "fires", "share of samples", "fact" };
    struct grid g;

    grid_init(&g, 5);
    header(&g, names);
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        int row = grid_row(&g);

        grid_set(&g, row, 0, "%s", r->side == SIDE_API ? "API" : "tune");
        grid_set(&g, row, 1, "%s", r->words);
        grid_set(&g, row, 2, "%s", r->fires ? "yes" : "no");
        grid_set(&g, row, 3, "%.0f%%", 100 * r->share);
        grid_set(&g, row, 4, "%s", r->fact);
    }
    grid_put(p, &g, 0x08);
    grid_release(&g);
    p->paragraph(p, an->rules_say);
}

static void
write_change(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "field", "now", "flips at", "then" };
    struct grid g;
    char a[24];

    grid_init(&g, 4);
    header(&g, names);
    for (int k = 0; k < an->n_flips; k++) {
        const struct flip *f = &an->flips[k];
        int row = isfinite(f->to) ? grid_row(&g) : -1;

        if (row < 0)
            continue;
        grid_set(&g, row, 0, "%s", f->path);
        grid_set(&g, row, 1, "%s", number_si(a, sizeof a, f->from));
        grid_set(&g, row, 2, "%s%s", number_si(a, sizeof a, f->to), f->z < 1 ? " (within its range)" : "");
        grid_set(&g, row, 3, "%s", f->pick >= 0 ? an->arms[f->pick].name : "no arm passes");
    }
    if (g.rows == 1)
        p->paragraph(p, "No single field, within its legal range, changes the pick.");
    grid_put(p, &g, 0x06);
    grid_release(&g);
}

static void
write_measure(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "study", "costs", "is worth", "net" };
    struct grid g;
    char a[32], text[200];

    if (isfinite(an->evpi_usd)) {
        snprintf(text, sizeof text, "Knowing everything before choosing would be worth %s.",
                 number_usd_full(a, sizeof a, an->evpi_usd, 0));
        p->paragraph(p, text);
    }
    grid_init(&g, 4);
    header(&g, names);
    for (int k = 0; k < an->n_studies; k++) {
        const struct study_result *s = &an->studies[k];
        int row = grid_row(&g);

        grid_set(&g, row, 0, "%s", s->words);
        grid_set(&g, row, 1, "%s", number_usd_full(a, sizeof a, s->cost_usd, 0));
        grid_set(&g, row, 2, "%s", number_usd_full(a, sizeof a, s->evsi_usd, 0));
        grid_set(&g, row, 3, "%s", number_usd_full(a, sizeof a, s->net_usd, 0));
    }
    grid_put(p, &g, 0x0e);
    grid_release(&g);
}

static void
write_warnings(struct page *p)
{
    const struct answer *an = p->in->answer;

    if (an->verdict.n_warnings == 0) {
        p->paragraph(p, "None.");
        return;
    }
    for (int k = 0; k < an->verdict.n_warnings; k++)
        p->item(p, an->verdict.warnings[k]);
    p->end_items(p);
}

static void
write_assumptions(struct page *p)
{
    const struct answer *an = p->in->answer;
    static const char *const names[] = { "field", "value", "unit", "source" };
    struct grid g;
    struct field_ref ref;
    char path[112], value[512], source[600];

    grid_init(&g, 4);
    header(&g, names);
    for (int i = 0; field_each(p->in->scenario, i, &ref); i++) {
        enum figure_how how = figure_source(&an->setup, p->in->scenario, ref, source, sizeof source);
        if (how == FIGURE_SCENARIO)
            continue;
        field_get_text(&an->setup.sc, ref, value, sizeof value, p->in->catalog);
        if (value[0] == '\0' && how != FIGURE_UNKNOWN)
            continue;
        int row = grid_row(&g);
        grid_set(&g, row, 0, "%s", field_path(p->in->scenario, ref, path, sizeof path));
        grid_set(&g, row, 1, "%s", value[0] != '\0' ? value : "unknown");
        grid_set(&g, row, 2, "%s", ref.field->unit != NULL ? ref.field->unit : "");
        grid_set(&g, row, 3, "%s", source);
    }
    grid_put(p, &g, 0);
    grid_release(&g);
}

static void
write_reproduce(struct page *p)
{
    p->command(p, p->in->command != NULL ? p->in->command : "breakeven report");
}

const struct section report_sections[] = {
    { "verdict", "Recommendation", write_verdict },
    { "costs", "What it costs", write_costs },
    { "lines", "Where the money goes", write_lines },
    { "charts", "Charts", write_charts },
    { "crossings", "Break-even", write_crossings },
    { "change", "What would change it", write_change },
    { "measure", "What to measure first", write_measure },
    { "gates", "Gates", write_gates },
    { "rules", "The article's rules as a cross-check", write_rules },
    { "warnings", "Warnings", write_warnings },
    { "assumptions", "Assumptions", write_assumptions },
    { "reproduce", "How to reproduce this", write_reproduce },
};
const int report_sections_n = BE_LEN(report_sections);
