/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "breakeven/scenario.h"
#include "support.h"

/* The field tables, the kinds of value, places and their texts. */

static struct scenario *
fresh(void **state)
{
    struct scenario *sc = malloc(sizeof *sc);

    assert_non_null(sc);
    scenario_init(sc);
    *state = sc;
    return sc;
}

static int
release(void **state)
{
    free(*state);
    *state = NULL;
    return 0;
}

static int
add(struct scenario *sc, const char *name, int kind)
{
    struct error err;
    int a = scenario_add_arm(sc, name, kind, &err);

    if (a < 0)
        fail_msg("%s: %s", name, err.text);
    return a;
}

static struct field_ref
find(const struct scenario *sc, const char *path)
{
    struct field_ref ref = { NULL, -1 };
    struct error err;

    if (field_find(sc, path, &ref, &err) < 0)
        fail_msg("%s: %s", path, err.text);
    return ref;
}

static void
set(struct scenario *sc, const char *path, const char *text)
{
    struct error err;

    if (field_set_text(sc, find(sc, path), text, NULL, &err) < 0)
        fail_msg("%s=%s: %s", path, text, err.text);
}

static void
refuse(struct scenario *sc, const char *path, const char *text, enum error_code code)
{
    struct scenario *before = malloc(sizeof *before);
    struct error err = { 0 };

    assert_non_null(before);
    memcpy(before, sc, sizeof *sc);
    assert_int_equal(field_set_text(sc, find(sc, path), text, NULL, &err), -1);
    assert_int_equal(err.code, code);
    assert_true(err.text[0] != '\0');
    assert_memory_equal(before, sc, sizeof *sc);
    free(before);
}

static void
assert_text(const struct scenario *sc, const char *path, const char *want)
{
    char text[600];

    assert_string_equal(field_get_text(sc, find(sc, path), text, sizeof text, NULL), want);
}

/* ---- the tables ------------------------------------------------------------------- */

/* Both tables as one list; kind -1: a scenario field. */
struct row {
    const struct field *field;
    bool of_arm;
};

static bool
row_at(int i, struct row *row)
{
    if (i < scenario_fields_n)
        *row = (struct row){ &scenario_fields[i], false };
    else if (i - scenario_fields_n < arm_fields_n)
        *row = (struct row){ &arm_fields[i - scenario_fields_n], true };
    else
        return false;
    return true;
}

static void
every_default_is_legal_and_reads_back(void **state)
{
    struct scenario *sc = fresh(state);
    struct row row;
    int defaults = 0;

    for (int i = 0; row_at(i, &row); i++)
        for (int kind = 0; row.field->initial != NULL && kind < ARM_KINDS; kind++) {
            struct field_ref ref = { row.field, row.of_arm ? 0 : -1 };
            struct error err;
            char text[600];
            if (row.of_arm && !field_applies(row.field, kind))
                continue;
            scenario_init(sc);
            add(sc, "one", kind);
            assert_string_equal(field_get_text(sc, ref, text, sizeof text, NULL),
                                strcmp(row.field->key, "kind") == 0 ? arm_kind_word(kind) : row.field->initial);
            if (field_set_text(sc, ref, row.field->initial, NULL, &err) < 0)
                fail_msg("%s: %s", row.field->key, err.text);
            assert_string_equal(field_get_text(sc, ref, text, sizeof text, NULL), row.field->initial);
            if (field_is_quantity(row.field)) {
                const struct quantity *q = field_value(sc, ref);
                assert_true(isfinite(q->x));
                assert_true(q->x >= row.field->low && q->x <= row.field->high);
            }
            defaults++;
        }
    assert_true(defaults > 100);
}

static void
both_ends_of_every_range_are_legal_and_beyond_is_not(void **state)
{
    struct scenario *sc = fresh(state);
    struct row row;

    for (int i = 0; row_at(i, &row); i++) {
        const struct field *f = row.field;
        struct field_ref ref = { f, row.of_arm ? 0 : -1 };
        struct quantity_rules rules;
        struct error err;
        char text[64];
        if (!field_is_quantity(f))
            continue;
        field_rules(f, NULL, &rules);
        for (int end = 0; end < 2; end++) {
            double limit = end == 0 ? f->low : f->high;
            scenario_init(sc);
            for (int kind = 0; row.of_arm && sc->n_arms == 0; kind++)
                if (field_applies(f, kind))
                    add(sc, "one", kind);
            quantity_print(text, sizeof text, limit, &rules);
            if (field_set_text(sc, ref, text, NULL, &err) < 0)
                fail_msg("%s=%s: %s", f->key, text, err.text);
            assert_close(((const struct quantity *)field_value(sc, ref))->x, limit, 1e-12);
            rules.low = -1e300, rules.high = 1e300;
            quantity_print(text, sizeof text, end == 0 ? limit - fabs(limit) - 1 : 2 * limit + 1, &rules);
            assert_int_equal(field_set_text(sc, ref, text, NULL, &err), -1);
        }
    }
}

static void
every_row_says_what_a_person_needs(void **state)
{
    struct row row;

    (void)state;
    for (int i = 0; row_at(i, &row); i++) {
        const struct field *f = row.field;
        assert_non_null(f->label);
        assert_true(text_width(f->label) > 0 && text_width(f->label) <= 16);
        assert_non_null(f->help);
        assert_true(f->help[strlen(f->help) - 1] == '.');
        assert_non_null(f->source);
        assert_true(f->source[0] != '\0');
        assert_true((unsigned)f->pane < PANE_COUNT);
        assert_true((f->pane == PANE_ARMS) == row.of_arm);
        assert_true((f->kinds != 0) == row.of_arm);
        assert_true((f->type == &field_choice) == (f->choices != NULL));
        for (const struct choice *c = f->choices; c != NULL && c->word != NULL; c++)
            assert_true(c->label != NULL && c->label[0] != '\0');
        if (field_is_quantity(f)) {
            assert_non_null(f->unit);
            assert_true(f->unit[0] != '\0');
            assert_true(f->low < f->high);
            assert_true(f->step > 0);
            assert_true(!(f->whole && f->step < 1));
        }
        /* An unset figure of an arm has at most one giver. */
        assert_true((f->initial != NULL && f->type != &field_choice) + (f->fallback != NULL) + (f->supply != NULL) <= 1);
    }
}

static void
every_fallback_is_a_scenario_field_of_the_same_form(void **state)
{
    int n = 0;

    (void)state;
    for (int k = 0; k < arm_fields_n; k++) {
        const struct field *f = &arm_fields[k], *from = NULL;
        if (f->fallback == NULL)
            continue;
        for (int i = 0; i < scenario_fields_n; i++)
            if (strcmp(scenario_fields[i].key, f->fallback) == 0)
                from = &scenario_fields[i];
        assert_non_null(from);
        assert_ptr_equal(f->type, from->type);
        assert_int_equal(f->form, from->form);
        assert_true(f->low == from->low && f->high == from->high && f->whole == from->whole);
        n++;
    }
    assert_true(n >= 6);
    assert_true(arm_fields_n <= 128); /* bits of setup_arm.inherited */
}

static void
no_key_occurs_twice(void **state)
{
    (void)state;
    for (int i = 0; i < scenario_fields_n; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(scenario_fields[i].key, scenario_fields[k].key);
    for (int i = 0; i < arm_fields_n; i++) {
        assert_null(strchr(arm_fields[i].key, '.'));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(arm_fields[i].key, arm_fields[k].key);
    }
}

static void
choice_words_follow_their_enums(void **state)
{
    struct scenario *sc = fresh(state);

    add(sc, "own", ARM_SELF_TUNED);
    set(sc, "attitude", "minimax");
    assert_int_equal(sc->attitude, ATTITUDE_MINIMAX);
    set(sc, "task_type", "code");
    assert_int_equal(sc->quality.task_type, TASK_CODE);
    set(sc, "ml_team", "full-time");
    assert_int_equal(sc->constraints.ml_team, TEAM_FULL_TIME);
    set(sc, "task_breadth", "broad");
    assert_int_equal(sc->constraints.task_breadth, BREADTH_BROAD);
    set(sc, "data_may_leave", "never");
    assert_int_equal(sc->constraints.data_may_leave, LEAVE_NEVER);
    set(sc, "rag", "yes");
    assert_int_equal(sc->constraints.rag, TRI_YES);
    set(sc, "retirement", "ignore");
    assert_int_equal(sc->prices.retirement, RETIREMENT_IGNORE);
    set(sc, "serving.scaling", "follow-load");
    assert_int_equal(sc->serving.scaling, SCALING_FOLLOW_LOAD);
    set(sc, "whole_people", "yes");
    assert_int_equal(sc->people.whole_people, 1);
    set(sc, "arms.own.precision", "q4_k_m");
    assert_int_equal(sc->arms[0].precision, WEIGHTS_Q4_K_M);
    set(sc, "kv_precision", "int8");
    assert_int_equal(sc->arms[0].kv_precision, WEIGHTS_INT8);
    set(sc, "throughput_counts", "all");
    assert_int_equal(sc->arms[0].throughput_counts, COUNTS_ALL);
    set(sc, "arms.own.scaling", "follow-load");
    assert_int_equal(sc->arms[0].scaling, 1 + SCALING_FOLLOW_LOAD);
    set(sc, "method", "full");
    assert_int_equal(sc->arms[0].method, METHOD_FULL);
    set(sc, "dpa", "unknown");
    assert_int_equal(sc->arms[0].dpa, STATE_UNKNOWN);
    set(sc, "retention", "unknown");
    assert_int_equal(sc->arms[0].retention, KEEP_UNKNOWN);
    for (int kind = 0; kind < ARM_KINDS; kind++) {
        set(sc, "kind", arm_kind_word(kind));
        assert_int_equal(sc->arms[0].kind, kind);
    }
}

/* ---- poison: a member without a row ---------------------------------------------------- */

/* Filled with one pattern and with another, reset row by row: a byte that still differs
 * was reached by no row. */
static const int patterns[2] = { 0xAA, 0x55 };

struct span {
    size_t from, to;
};
#define END_OF(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))
#define MEMBER(type, member) { offsetof(type, member), END_OF(type, member) }
#define HOLE(type, before, after) { END_OF(type, before), offsetof(type, after) }

static bool
is_excepted(const struct span *spans, size_t n, size_t at)
{
    for (size_t i = 0; i < n; i++)
        if (at >= spans[i].from && at < spans[i].to)
            return true;
    return false;
}

static void
assert_all_reached(const void *one, const void *other, size_t n, const struct span *except, size_t n_except)
{
    const unsigned char *p = one, *q = other;

    for (size_t at = 0; at < n; at++)
        if (p[at] != q[at] && !is_excepted(except, n_except, at))
            fail_msg("no row covers byte %zu of %zu", at, n);
}

static void
every_member_of_a_scenario_has_a_row(void **state)
{
    static const struct span except[] = {
        MEMBER(struct scenario, arms), MEMBER(struct scenario, n_arms),
        MEMBER(struct scenario, pilots), MEMBER(struct scenario, n_pilots),
        MEMBER(struct scenario, sources), MEMBER(struct scenario, n_sources),
        MEMBER(struct scenario, decision),
        /* padding */
        HOLE(struct scenario, attitude, currency_per_usd),
        HOLE(struct scenario, prices.retirement, labels),
        HOLE(struct scenario, people.whole_people, quality),
        HOLE(struct scenario, quality.task_type, quality.error_cost_usd),
        HOLE(struct scenario, serving.scaling, serving.startup_minutes),
        HOLE(struct scenario, constraints, arms),
        HOLE(struct scenario, n_arms, pilots), HOLE(struct scenario, n_pilots, sources),
        HOLE(struct scenario, n_sources, decision),
        { END_OF(struct scenario, decision), sizeof(struct scenario) },
    };
    struct scenario *sc = malloc(2 * sizeof *sc);

    assert_non_null(sc);
    *state = sc;
    for (int i = 0; i < 2; i++) {
        memset(&sc[i], patterns[i], sizeof *sc);
        for (int k = 0; k < scenario_fields_n; k++)
            field_reset(&sc[i], (struct field_ref){ &scenario_fields[k], -1 });
    }
    assert_all_reached(&sc[0], &sc[1], sizeof *sc, except, BE_LEN(except));
}

static void
every_member_of_an_arm_has_a_row(void **state)
{
    static const struct span except[] = {
        MEMBER(struct arm, name),
        /* padding */
        HOLE(struct arm, large, switch_month),
        HOLE(struct arm, throughput_counts, throughput_factor),
        HOLE(struct arm, scaling, startup_minutes),
        HOLE(struct arm, training_gpu, training_gpus),
        { END_OF(struct arm, transfer_clauses), sizeof(struct arm) },
    };
    struct scenario *sc = fresh(state);

    for (int kind = 0; kind < ARM_KINDS; kind++) {
        for (int i = 0; i < 2; i++) {
            memset(&sc->arms[i], patterns[i], sizeof sc->arms[i]);
            sc->arms[i].kind = kind;
            for (int k = 0; k < arm_fields_n; k++)
                field_reset(sc, (struct field_ref){ &arm_fields[k], i });
        }
        assert_all_reached(&sc->arms[0], &sc->arms[1], sizeof sc->arms[0], except, BE_LEN(except));
    }
}

static void
no_two_rows_share_a_byte(void **state)
{
    (void)state;
    for (int table = 0; table < 2; table++) {
        const struct field *list = table == 0 ? scenario_fields : arm_fields;
        int n = table == 0 ? scenario_fields_n : arm_fields_n;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < i; k++)
                assert_true(list[i].offset >= list[k].offset + list[k].size ||
                            list[k].offset >= list[i].offset + list[i].size);
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

static void
the_walk_visits_every_place_once_and_starts_with_the_volume(void **state)
{
    struct scenario *sc = fresh(state);
    struct field_ref ref, back;
    struct error err;
    char path[112];
    int n = 0, pane = 0;

    add(sc, "vendor", ARM_API);
    add(sc, "own", ARM_SELF_TUNED);
    assert_true(field_each(sc, 0, &ref));
    assert_string_equal(ref.field->key, "workload.requests_per_day");
    for (; field_each(sc, n, &ref); n++) {
        assert_true((int)ref.field->pane >= pane);
        pane = (int)ref.field->pane;
        field_path(sc, ref, path, sizeof path);
        assert_int_equal(field_find(sc, path, &back, &err), 0);
        assert_ptr_equal(back.field, ref.field);
        assert_int_equal(back.arm, ref.arm);
    }
    assert_int_equal(n, field_count(sc));
    assert_true(n > scenario_fields_n + 40);
    assert_false(field_each(sc, -1, &ref));
}

static void
the_last_word_finds_a_field_where_it_is_unique(void **state)
{
    struct scenario *sc = fresh(state);
    struct field_ref ref;
    struct error err;

    add(sc, "own", ARM_SELF_OPEN);
    assert_string_equal(find(sc, "requests_per_day").field->key, "workload.requests_per_day");
    assert_string_equal(find(sc, "title").field->key, "title");
    ref = find(sc, "gpu_price_usd_h");
    assert_string_equal(ref.field->key, "gpu_price_usd_h");
    assert_int_equal(ref.arm, 0);

    add(sc, "second", ARM_SELF_OPEN);
    assert_int_equal(field_find(sc, "gpu_price_usd_h", &ref, &err), -1);
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_non_null(strstr(err.text, "arms.own.gpu_price_usd_h"));
    assert_non_null(strstr(err.text, "arms.second.gpu_price_usd_h"));
    assert_int_equal(find(sc, "arms.second.gpu_price_usd_h").arm, 1);
    assert_int_equal(field_find(sc, "utilization_target", &ref, &err), -1);
    assert_int_equal(field_find(sc, "serving.utilization_target", &ref, &err), 0);
}

static void
an_unknown_field_is_refused_with_the_nearest(void **state)
{
    static const struct {
        const char *path, *near;
    } cases[] = {
        { "requests_per_dya", "requests_per_day" },
        { "workload.request_per_day", "workload.requests_per_day" },
        { "hourlyrate", "hourly_rate" },
        { "arms.own.gpu_price_usd", "arms.own.gpu_price_usd_h" },
        { "throughput_tok", "throughput_tok_s" },
    };
    struct scenario *sc = fresh(state);
    struct field_ref ref;
    struct error err;

    add(sc, "own", ARM_SELF_TUNED);
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_int_equal(field_find(sc, cases[i].path, &ref, &err), -1);
        assert_int_equal(err.code, ERR_UNKNOWN);
        assert_non_null(strstr(err.text, cases[i].path));
        if (strstr(err.text, cases[i].near) == NULL)
            fail_msg("%s: %s", cases[i].path, err.text);
    }
    assert_int_equal(field_find(sc, "arms.nobody.gpu", &ref, &err), -1);
    assert_non_null(strstr(err.text, "nobody"));
    assert_int_equal(field_find(sc, "", &ref, &err), -1);
    assert_int_equal(field_find(sc, "arms.", &ref, &err), -1);
    assert_int_equal(field_find(sc, "arms.own", &ref, &err), -1);
}

static void
a_field_of_another_kind_of_arm_is_refused_by_that_name(void **state)
{
    struct scenario *sc = fresh(state);
    struct field_ref ref;
    struct error err;

    add(sc, "vendor", ARM_API);
    assert_int_equal(field_find(sc, "arms.vendor.gpu", &ref, &err), -1);
    assert_non_null(strstr(err.text, "api"));
}

/* ---- texts -------------------------------------------------------------------------------------- */

static void
a_refused_text_changes_nothing(void **state)
{
    struct scenario *sc = fresh(state);

    add(sc, "own", ARM_SELF_TUNED);
    refuse(sc, "requests_per_day", "", ERR_RANGE);
    refuse(sc, "requests_per_day", "fast", ERR_SYNTAX);
    refuse(sc, "horizon.months", "121", ERR_RANGE);
    refuse(sc, "horizon.months", "0", ERR_RANGE);
    refuse(sc, "attitude", "meen", ERR_RANGE);
    refuse(sc, "attitude", "", ERR_RANGE);
    refuse(sc, "start", "2026-13", ERR_RANGE);
    refuse(sc, "title", "two\nlines", ERR_SYNTAX);
    refuse(sc, "title", "\x1b[31m", ERR_SYNTAX);
    refuse(sc, "title", "\xff", ERR_SYNTAX);
    refuse(sc, "currency", "A LONG NAME", ERR_SIZE);
    refuse(sc, "regimes", "nobody-knows-it", ERR_UNKNOWN);
}

static void
a_refused_choice_names_the_legal_words(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;

    assert_int_equal(field_set_text(sc, find(sc, "attitude"), "p9", NULL, &err), -1);
    assert_non_null(strstr(err.text, "mean, p90 or minimax"));
    assert_non_null(strstr(err.text, "nearest is p90"));
}

static void
empty_text_gives_an_arm_its_catalog_figure_back(void **state)
{
    struct scenario *sc = fresh(state);

    add(sc, "own", ARM_SELF_TUNED);
    assert_false(field_is_set(sc, find(sc, "gpu_price_usd_h")));
    set(sc, "gpu_price_usd_h", " $2.50 ");
    assert_text(sc, "gpu_price_usd_h", "$2.50");
    assert_true(field_is_set(sc, find(sc, "gpu_price_usd_h")));
    assert_close(sc->arms[0].gpu_price_usd_h.x, 2.5, 0);
    set(sc, "gpu_price_usd_h", "  ");
    assert_false(field_is_set(sc, find(sc, "gpu_price_usd_h")));
    assert_true(isnan(sc->arms[0].gpu_price_usd_h.x));
    set(sc, "quality.floor", "90%");
    set(sc, "quality.floor", "");
    assert_false(field_is_set(sc, find(sc, "quality.floor")));
}

static void
texts_keep_what_was_typed(void **state)
{
    static const char *const cases[][2] = {
        { "requests_per_day", "8k to 12k" }, { "requests_per_day", "1,000,000" }, { "requests_per_day", "=5*30" },
        { "cached_share", "45%" }, { "notes", "first line\nsecond: line, \xe2\x82\xb9" }, { "title", "" },
        { "start", "2026-03" }, { "start", "2026-03-15" }, { "start", "" }, { "currency", "INR" },
    };
    struct scenario *sc = fresh(state);

    for (size_t i = 0; i < BE_LEN(cases); i++) {
        set(sc, cases[i][0], cases[i][1]);
        assert_text(sc, cases[i][0], cases[i][1]);
    }
}

static void
a_rate_changes_what_amounts_mean(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;

    set(sc, "currency", "INR");
    set(sc, "currency_per_usd", "80");
    set(sc, "hourly_rate", "\xe2\x82\xb9" "400");
    assert_close(sc->labels.hourly_rate.x, 5, 1e-12);
    set(sc, "currency_per_usd", "100");
    assert_close(sc->labels.hourly_rate.x, 4, 1e-12);
    assert_text(sc, "hourly_rate", "\xe2\x82\xb9" "400");
    /* A rate by which 400 rupees are over the limit of $10,000 is refused. */
    assert_int_equal(field_set_text(sc, find(sc, "currency_per_usd"), "0.001", NULL, &err), -1);
    assert_non_null(strstr(err.text, "labels.hourly_rate"));
    assert_close(sc->labels.hourly_rate.x, 4, 1e-12);
    assert_text(sc, "currency_per_usd", "100");
}

static void
the_days_of_a_month_change_what_a_monthly_volume_means(void **state)
{
    struct scenario *sc = fresh(state);

    set(sc, "requests_per_day", "600k/month");
    assert_close(sc->workload.requests_per_day.x, 20000, 1e-12);
    set(sc, "days_per_month", "20");
    assert_close(sc->workload.requests_per_day.x, 30000, 1e-12);
    assert_text(sc, "requests_per_day", "600k/month");
}

static void
sets_without_a_catalog_are_written_by_number(void **state)
{
    struct scenario *sc = fresh(state);

    set(sc, "regimes", "none");
    assert_int_equal(sc->constraints.regimes, 0);
    set(sc, "regimes", "[#0, #3]");
    assert_int_equal(sc->constraints.regimes, 9);
    assert_text(sc, "regimes", "#0, #3");
    set(sc, "regimes", "#0, #3");
    assert_int_equal(sc->constraints.regimes, 9);
    set(sc, "regimes", "");
    assert_text(sc, "regimes", "none");
}

/* ---- nudges -------------------------------------------------------------------------------------- */

static void
assert_nudge(struct scenario *sc, const char *path, const char *from, int by, bool coarse, const char *want)
{
    char text[128];
    struct error err;

    set(sc, path, from);
    if (field_nudge(sc, find(sc, path), by, coarse, NULL, text, sizeof text, &err) < 0)
        fail_msg("%s %s %+d: %s", path, from, by, err.text);
    if (strcmp(text, want) != 0)
        fail_msg("%s %s %+d: %s, not %s", path, from, by, text, want);
}

static void
a_nudge_moves_the_second_digit_and_a_coarse_one_the_first(void **state)
{
    struct scenario *sc = fresh(state);

    add(sc, "own", ARM_SELF_TUNED);
    assert_nudge(sc, "requests_per_day", "12M", 1, false, "13M");
    assert_nudge(sc, "requests_per_day", "13M", -1, false, "12M");
    assert_nudge(sc, "requests_per_day", "20M", 1, true, "30M");
    assert_nudge(sc, "requests_per_day", "20k", 1, false, "21k");
    assert_nudge(sc, "requests_per_day", "12M", 3, false, "15M");
    assert_nudge(sc, "requests_per_day", "8M to 12M", 1, false, "8.1M to 12.1M");
    assert_nudge(sc, "serving.utilization_target", "70%", 1, false, "71%");
}

static void
a_nudge_back_undoes_a_nudge_across_a_power_of_ten(void **state)
{
    static const char *const pairs[][2] = {
        { "99", "100" }, { "9.9", "10" }, { "990k", "1M" }, { "12M", "13M" }, { "1", "1.1" },
    };
    struct scenario *sc = fresh(state);

    for (size_t i = 0; i < BE_LEN(pairs); i++) {
        assert_nudge(sc, "input_tokens", pairs[i][0], 1, false, pairs[i][1]);
        assert_nudge(sc, "input_tokens", pairs[i][1], -1, false, pairs[i][0]);
    }
}

static void
nudges_know_whole_numbers_zero_and_limits(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;
    char text[64];

    add(sc, "own", ARM_SELF_TUNED);
    assert_nudge(sc, "gpus_per_replica", "2", 1, false, "3");
    assert_nudge(sc, "gpus_per_replica", "2", -1, false, "1");
    assert_nudge(sc, "retrain_every_months", "0", 1, false, "1");
    assert_nudge(sc, "growth_per_month", "0%", 1, false, "1%");
    assert_nudge(sc, "growth_per_month", "0%", -1, false, "-1%");
    assert_nudge(sc, "cached_share", "99%", 1, false, "100%");
    assert_nudge(sc, "error_cost_usd", "$0", 1, false, "$0.01");
    set(sc, "gpus_per_replica", "1");
    assert_int_equal(field_nudge(sc, find(sc, "gpus_per_replica"), -1, false, NULL, text, sizeof text, &err), -1);
    assert_non_null(strstr(err.text, "lowest"));
    set(sc, "cached_share", "100%");
    assert_int_equal(field_nudge(sc, find(sc, "cached_share"), 1, false, NULL, text, sizeof text, &err), -1);
    /* Nothing typed and no catalog: nothing to step from. */
    assert_int_equal(field_nudge(sc, find(sc, "gpu_price_usd_h"), 1, false, NULL, text, sizeof text, &err), -1);
    assert_int_equal(field_nudge(sc, find(sc, "title"), 1, false, NULL, text, sizeof text, &err), -1);
}

static void
choices_arms_and_dates_step_to_the_next(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;
    char text[64];

    assert_nudge(sc, "attitude", "mean", 1, false, "p90");
    assert_nudge(sc, "attitude", "mean", -1, false, "minimax");
    assert_nudge(sc, "attitude", "minimax", 1, false, "mean");
    assert_nudge(sc, "start", "2026-12", 1, false, "2027-01");
    assert_nudge(sc, "start", "2026-12", -1, true, "2025-12");
    add(sc, "plan", ARM_STAGED);
    add(sc, "vendor", ARM_API);
    add(sc, "own", ARM_SELF_TUNED);
    assert_nudge(sc, "first", "vendor", 1, false, "own");
    assert_nudge(sc, "first", "own", 1, false, "vendor");
    set(sc, "first", "");
    assert_int_equal(field_nudge(sc, find(sc, "first"), 1, false, NULL, text, sizeof text, &err), 0);
    assert_string_equal(text, "vendor");
}

/* Check 17 of the screens: halving and doubling keep the text's own form. */
static void
scaling_a_text_keeps_its_form(void **state)
{
    static const struct {
        const char *from;
        double factor;
        const char *want;
    } cases[] = { { "12M", 2, "24M" }, { "24M", 0.5, "12M" }, { "12M", 10, "120M" }, { "120M", 0.1, "12M" } };
    struct scenario *sc = fresh(state);
    struct quantity_rules rules;
    struct error err;
    char text[64];

    field_rules(find(sc, "requests_per_day").field, sc, &rules);
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        assert_int_equal(quantity_scale_text(text, sizeof text, cases[i].from, cases[i].factor, &rules, &err), 0);
        assert_string_equal(text, cases[i].want);
    }
}

/* ---- arms -------------------------------------------------------------------------------------------- */

static void
arms_are_added_copied_moved_and_removed(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;

    add(sc, "a", ARM_API);
    add(sc, "b", ARM_SELF_TUNED);
    add(sc, "c", ARM_HOSTED_OPEN);
    set(sc, "arms.b.gpu_price_usd_h", "$2");
    assert_int_equal(scenario_copy_arm(sc, 1, "b2", &err), 2);
    assert_string_equal(sc->arms[2].name, "b2");
    assert_string_equal(sc->arms[3].name, "c");
    assert_text(sc, "arms.b2.gpu_price_usd_h", "$2");
    assert_int_equal(scenario_move_arm(sc, 3, 0, &err), 0);
    assert_int_equal(scenario_find_arm(sc, "c"), 0);
    assert_int_equal(scenario_find_arm(sc, "b2"), 3);
    assert_int_equal(scenario_move_arm(sc, 0, 3, &err), 0);
    assert_int_equal(scenario_find_arm(sc, "a"), 0);
    assert_int_equal(scenario_remove_arm(sc, 1, &err), 0);
    assert_int_equal(scenario_find_arm(sc, "b"), -1);
    assert_int_equal(sc->n_arms, 3);
    assert_int_equal(scenario_move_arm(sc, 0, 3, &err), -1);
    assert_int_equal(scenario_remove_arm(sc, 7, &err), -1);
}

static void
an_arm_in_use_is_not_removed(void **state)
{
    struct scenario *sc = fresh(state);
    struct error err;

    add(sc, "vendor", ARM_API);
    add(sc, "plan", ARM_STAGED);
    set(sc, "arms.plan.first", "vendor");
    assert_int_equal(scenario_remove_arm(sc, 0, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "plan"));
    assert_int_equal(sc->n_arms, 2);
    set(sc, "arms.plan.first", "");
    assert_int_equal(scenario_remove_arm(sc, 0, &err), 0);
}

static void
arms_need_good_names_and_there_are_eight_at_most(void **state)
{
    static const char *const bad[] = { "", "two words", "a.b", "a/b", "a\nb", "\xff",
                                       "a-name-that-is-longer-than-it-may-be" };
    struct scenario *sc = fresh(state);
    struct error err;
    char name[8];

    for (size_t i = 0; i < BE_LEN(bad); i++)
        assert_int_equal(scenario_add_arm(sc, bad[i], ARM_API, &err), -1);
    assert_int_equal(sc->n_arms, 0);
    add(sc, "m\xc3\xbcnchen-2_x", ARM_API);
    assert_int_equal(scenario_add_arm(sc, "m\xc3\xbcnchen-2_x", ARM_API, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
    for (int i = 1; i < ARMS_MAX; i++) {
        snprintf(name, sizeof name, "arm%d", i);
        add(sc, name, i % ARM_KINDS);
    }
    assert_int_equal(scenario_add_arm(sc, "ninth", ARM_API, &err), -1);
    assert_int_equal(err.code, ERR_SIZE);
    assert_int_equal(scenario_copy_arm(sc, 0, "ninth", &err), -1);
    assert_int_equal(scenario_add_arm(sc, "none", ARM_KINDS, &err), -1);
}

static void
scenarios_are_equal_in_what_a_file_stores(void **state)
{
    struct scenario *a = fresh(state), *b = malloc(sizeof *b);

    assert_non_null(b);
    add(a, "vendor", ARM_API);
    *b = *a;
    assert_true(scenario_equal(a, b));
    b->workload.requests_per_day.x = 1; /* a draw is not stored */
    assert_true(scenario_equal(a, b));
    set(b, "requests_per_day", "21k");
    assert_false(scenario_equal(a, b));
    set(b, "requests_per_day", "20k");
    assert_true(scenario_equal(a, b));
    set(b, "input_usd_mtok", "$1");
    assert_false(scenario_equal(a, b));
    set(b, "input_usd_mtok", "");
    assert_true(scenario_equal(a, b));
    b->arms[0].gpu[0] = 'x'; /* an api arm stores no GPU */
    assert_true(scenario_equal(a, b));
    b->n_pilots = 1;
    assert_false(scenario_equal(a, b));
    free(b);
}

#define CASE(test) cmocka_unit_test_teardown(test, release)

static void
one_label_in_the_panes(const struct field *list, int n)
{
    for (int k = 0; k < n; k++) {
        if (text_width(list[k].label) > 15)
            fail_msg("%s: \"%s\" finds no room in a narrow pane", list[k].key, list[k].label);
        for (int i = 0; i < k; i++)
            if (strcmp(list[i].label, list[k].label) == 0)
                fail_msg("%s and %s are both called \"%s\"", list[i].key, list[k].key, list[k].label);
    }
}

/* A label stands alone: in a pane of 80 columns, in a sentence, in a table of a report. */
static void
every_label_is_whole_and_its_own(void **state)
{
    (void)state;
    one_label_in_the_panes(scenario_fields, scenario_fields_n);
    one_label_in_the_panes(arm_fields, arm_fields_n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_default_is_legal_and_reads_back),
        CASE(both_ends_of_every_range_are_legal_and_beyond_is_not),
        cmocka_unit_test(every_row_says_what_a_person_needs),
        cmocka_unit_test(every_fallback_is_a_scenario_field_of_the_same_form),
        cmocka_unit_test(no_key_occurs_twice),
        cmocka_unit_test(every_label_is_whole_and_its_own),
        CASE(choice_words_follow_their_enums),
        CASE(every_member_of_a_scenario_has_a_row),
        CASE(every_member_of_an_arm_has_a_row),
        cmocka_unit_test(no_two_rows_share_a_byte),
        CASE(the_walk_visits_every_place_once_and_starts_with_the_volume),
        CASE(the_last_word_finds_a_field_where_it_is_unique),
        CASE(an_unknown_field_is_refused_with_the_nearest),
        CASE(a_field_of_another_kind_of_arm_is_refused_by_that_name),
        CASE(a_refused_text_changes_nothing),
        CASE(a_refused_choice_names_the_legal_words),
        CASE(empty_text_gives_an_arm_its_catalog_figure_back),
        CASE(texts_keep_what_was_typed),
        CASE(a_rate_changes_what_amounts_mean),
        CASE(the_days_of_a_month_change_what_a_monthly_volume_means),
        CASE(sets_without_a_catalog_are_written_by_number),
        CASE(a_nudge_moves_the_second_digit_and_a_coarse_one_the_first),
        CASE(a_nudge_back_undoes_a_nudge_across_a_power_of_ten),
        CASE(nudges_know_whole_numbers_zero_and_limits),
        CASE(choices_arms_and_dates_step_to_the_next),
        CASE(scaling_a_text_keeps_its_form),
        CASE(arms_are_added_copied_moved_and_removed),
        CASE(an_arm_in_use_is_not_removed),
        CASE(arms_need_good_names_and_there_are_eight_at_most),
        CASE(scenarios_are_equal_in_what_a_file_stores),
    };

    return RUN_GROUP(tests);
}
