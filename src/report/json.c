/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <math.h>
#include <string.h>

#include "sections.h"

/* The object of "solve --json": a contract that scripts depend on. Unknown is null. */

static void
put_arm_name(struct json *j, const char *key, const struct answer *an, int arm)
{
    json_put_string(j, key, arm >= 0 ? an->arms[arm].name : NULL);
}

static void
put_numbers(struct json *j, const char *key, const double *list, int n)
{
    json_key(j, key);
    json_array(j);
    for (int k = 0; k < n; k++)
        json_number(j, list[k]);
    json_end(j, ']');
}

static void
put_sentences(struct json *j, const char *key, const char (*list)[SENTENCE], int n)
{
    json_key(j, key);
    json_array(j);
    for (int k = 0; k < n; k++)
        json_string(j, list[k]);
    json_end(j, ']');
}

static void
put_verdict(struct json *j, const struct answer *an)
{
    const struct verdict *v = &an->verdict;

    json_key(j, "verdict");
    json_object(j);
    put_arm_name(j, "pick", an, v->pick);
    json_put_string(j, "kind", v->pick >= 0 ? arm_kind_word(an->arms[v->pick].kind) : NULL);
    json_put_string(j, "confidence", confidence_word(v->confidence));
    json_put_number(j, "p_best", v->p_best);
    json_put_number(j, "expected_regret_usd", v->regret_usd);
    put_arm_name(j, "cheaper", an, v->cheaper);
    put_arm_name(j, "better", an, v->better);
    put_sentences(j, "reasons", v->reasons, v->n_reasons);
    put_sentences(j, "warnings", v->warnings, v->n_warnings);
    json_end(j, '}');
}

static void
put_spread(struct json *j, const char *key, const struct spread *s)
{
    json_key(j, key);
    json_object(j);
    json_put_number(j, "mean", s->mean);
    json_put_number(j, "p5", s->p5);
    json_put_number(j, "p25", s->p25);
    json_put_number(j, "p50", s->p50);
    json_put_number(j, "p75", s->p75);
    json_put_number(j, "p95", s->p95);
    json_end(j, '}');
}

static void
put_gates(struct json *j, const struct arm_answer *a)
{
    json_key(j, "gates");
    json_array(j);
    for (int g = 0; g < a->n_gates; g++) {
        json_object(j);
        json_put_string(j, "id", a->gates[g].id);
        json_put_string(j, "state", gate_state_word(a->gates[g].state));
        json_put_string(j, "why", a->gates[g].why);
        if (a->gates[g].lift[0] != '\0')
            json_put_string(j, "lift", a->gates[g].lift);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_arm(struct json *j, const struct answer *an, const struct arm_answer *a)
{
    int months = an->horizon_months;

    json_object(j);
    json_put_string(j, "name", a->name);
    json_put_string(j, "kind", arm_kind_word(a->kind));
    json_put_bool(j, "passes", a->passes);
    put_gates(j, a);
    put_spread(j, "tco_usd", &a->tco_usd);
    json_put_number(j, "once_usd", a->known ? a->once_usd : NAN);
    put_numbers(j, "monthly_usd", a->monthly_usd, a->known ? months : 0);
    put_numbers(j, "cumulative_usd", a->cumulative_usd, a->known ? months : 0);
    json_key(j, "lines");
    json_object(j);
    for (int l = 0; l < LINE_COUNT; l++)
        json_put_number(j, cost_lines[l].id, a->known ? a->lines_usd[l] : NAN);
    json_end(j, '}');
    json_put_number(j, "gpu_for_latency_usd", a->known ? a->gpu_for_latency_usd : NAN);
    json_put_number(j, "usd_per_1k_requests", a->usd_per_1k_requests);
    json_put_number(j, "usd_per_million_tokens", a->usd_per_million_tokens);
    json_put_number(j, "accepted_answer_usd", a->accepted_answer_usd);
    json_put_number(j, "quality", a->quality.p50);
    json_put_number(j, "ttft_p95_ms", a->ttft_p95_ms);
    json_put_number(j, "output_tokens_per_s", a->output_tok_s);
    json_put_number(j, "utilization", a->utilization);
    json_key(j, "replicas");
    json_array(j);
    for (int m = 0; m < months; m++)
        json_number(j, a->replicas[m]);
    json_end(j, ']');
    json_put_number(j, "p_best", a->p_best);
    json_put_number(j, "max_regret_usd", a->max_regret_usd);
    json_end(j, '}');
}

static void
put_crossing_set(struct json *j, const char *key, const struct crossing_set *s, bool with_utilization)
{
    json_key(j, key);
    json_object(j);
    put_numbers(j, "tokens_per_day", s->tokens_per_day, s->n);
    json_put_number(j, "stays_from", s->n > 0 ? s->stays_from : NAN);
    if (with_utilization)
        json_put_number(j, "utilization", s->utilization);
    json_put_bool(j, "truncated", s->truncated);
    json_end(j, '}');
}

static void
put_crossings(struct json *j, const struct answer *an)
{
    json_key(j, "crossings");
    json_array(j);
    for (int k = 0; k < an->n_crossings; k++) {
        const struct crossing_answer *c = &an->crossings[k];
        json_object(j);
        put_arm_name(j, "a", an, c->a);
        put_arm_name(j, "b", an, c->b);
        json_put_bool(j, "marked", c->marked);
        put_crossing_set(j, "run", &c->run, true);
        put_crossing_set(j, "total", &c->total, false);
        json_put_number(j, "payback_month", c->payback_month > 0 ? c->payback_month : NAN);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_rules(struct json *j, const struct answer *an)
{
    json_key(j, "rules");
    json_array(j);
    for (int k = 0; k < an->n_rules; k++) {
        const struct rule_result *r = &an->rules[k];
        json_object(j);
        json_put_string(j, "id", r->id);
        json_put_string(j, "side", r->side == SIDE_API ? "api" : "tune");
        json_put_bool(j, "fires", r->fires);
        json_put_number(j, "share", r->share);
        json_put_string(j, "fact", r->fact);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_put_string(j, "rules_say", an->rules_say);
}

static void
put_ranked(struct json *j, const char *key, const char *value_key, const struct ranked *list, int n)
{
    json_key(j, key);
    json_array(j);
    for (int k = 0; k < n; k++) {
        json_object(j);
        json_put_string(j, "field", list[k].path);
        json_put_number(j, value_key, list[k].value);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_flips(struct json *j, const struct answer *an)
{
    json_key(j, "flips");
    json_array(j);
    for (int k = 0; k < an->n_flips; k++) {
        const struct flip *f = &an->flips[k];
        json_object(j);
        json_put_string(j, "field", f->path);
        json_put_number(j, "from", f->from);
        json_put_number(j, "to", f->to);
        json_put_number(j, "z", f->z);
        put_arm_name(j, "pick", an, f->pick);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "choice_flips");
    json_array(j);
    for (int k = 0; k < an->n_choice_flips; k++) {
        const struct choice_flip *f = &an->choice_flips[k];
        json_object(j);
        json_put_string(j, "field", f->path);
        json_put_string(j, "to", f->text);
        json_put_string(j, "change", f->words);
        put_arm_name(j, "pick", an, f->pick);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "tornado");
    json_array(j);
    for (int k = 0; k < an->n_tornado; k++) {
        json_object(j);
        json_put_string(j, "field", an->tornado[k].path);
        json_put_number(j, "low_usd", an->tornado[k].low_usd);
        json_put_number(j, "high_usd", an->tornado[k].high_usd);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void
put_information(struct json *j, const struct answer *an)
{
    put_ranked(j, "rank_correlation", "rho", an->rank_correlation, an->n_rank);
    put_ranked(j, "measure_next", "evppi_usd", an->evppi, an->n_evppi);
    json_key(j, "studies");
    json_array(j);
    for (int k = 0; k < an->n_studies; k++) {
        const struct study_result *s = &an->studies[k];
        json_object(j);
        json_put_string(j, "id", s->id);
        json_put_number(j, "cost_usd", s->cost_usd);
        json_put_number(j, "evsi_usd", s->evsi_usd);
        json_put_number(j, "net_usd", s->net_usd);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_put_number(j, "evpi_usd", an->evpi_usd);
    json_key(j, "label_budget");
    json_object(j);
    json_put_number(j, "n", an->label_budget.n);
    json_put_number(j, "saves_usd", an->label_budget.saves_usd);
    json_end(j, '}');
    json_key(j, "staged");
    json_object(j);
    json_put_number(j, "switch_month", an->switch_month > 0 ? an->switch_month : NAN);
    json_put_number(j, "trigger_tokens_per_day", an->trigger_tokens_per_day);
    json_put_number(j, "value_of_waiting_usd", an->value_of_waiting_usd);
    json_end(j, '}');
}

void
answer_json_members(struct json *j, const struct answer *an)
{
    json_put_string(j, "scenario", an->scenario);
    json_put_string(j, "title", an->title);
    json_put_number(j, "samples", an->samples);
    json_put_number(j, "seed", (double)an->seed);
    json_put_number(j, "horizon_months", an->horizon_months);
    json_put_number(j, "tokens_per_day", an->tokens_per_day);
    put_verdict(j, an);
    json_key(j, "arms");
    json_array(j);
    for (int a = 0; a < an->n_arms; a++)
        put_arm(j, an, &an->arms[a]);
    json_end(j, ']');
    put_crossings(j, an);
    put_rules(j, an);
    put_flips(j, an);
    put_information(j, an);
}

void
answer_json(struct buffer *out, const struct answer *an)
{
    struct json j;

    json_init(&j, out, 0);
    json_object(&j);
    answer_json_members(&j, an);
    json_end(&j, '}');
    buffer_putc(out, '\n');
}
