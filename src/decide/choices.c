/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * What a rule or a fact about an arm decides: each choice that no cost depends on, and each regime, is set
 * otherwise, one at a time, and the same losses are judged again.  Only the gates of fact can turn by it, so
 * that a choice costs a look at them; a ruling is made once for each set of arms that pass.
 */

struct judging {
    const struct ruling *r;     /* as it is                                             */
    struct samples *s;          /* a copy, for its setup alone                            */
    bool numeric[ARMS_MAX];     /* the other gates hold                                   */
    struct ruling again;
    int picked[1 << ARMS_MAX];  /* by the arms that pass; -2: not asked yet                */
    struct error *err;
};

static bool
decides_gates_alone(const struct field *f)
{
    return (f->affects & AFFECTS_GATES) != 0 && (f->affects & ~(AFFECTS_GATES | AFFECTS_RULES)) == 0;
}

/* The arm that is picked as the copy's setup has it; -1: none; -3: no memory. */
static int
pick_now(struct judging *j)
{
    bool passes[ARMS_MAX] = { false };
    const int failed[ARMS_MAX] = { 0 };
    unsigned set = 0;

    for (int a = 0; a < j->r->n_arms; a++) {
        passes[a] = j->numeric[a] && gates_of_fact_pass(j->s, a);
        set |= passes[a] ? 1u << a : 0;
    }
    if (j->picked[set] == -2)
        j->picked[set] = ruling_make(&j->again, j->r->samples, passes, failed, j->r->attitude, false, j->err) < 0 ? -3 : j->again.pick;
    return j->picked[set];
}

static int
note(struct answer *an, struct judging *j, struct field_ref ref, const char *words)
{
    int pick = pick_now(j);

    if (pick == -3)
        return -1;
    if (pick == an->verdict.pick || an->n_choice_flips == CHOICE_FLIPS_MAX)
        return 0;
    struct choice_flip *f = &an->choice_flips[an->n_choice_flips++];
    field_path(&an->setup.sc, ref, f->path, sizeof f->path);
    field_get_text(&j->s->setup.sc, ref, f->text, sizeof f->text, an->setup.catalog);
    text_copy(f->words, sizeof f->words, words);
    f->pick = pick;
    return 0;
}

/* Each other word of a choice that says something: what is not known is no other world, and the catalog's word is
 * one of the others. */
static int
try_choice(struct answer *an, struct judging *j, struct field_ref ref)
{
    const struct choice *list = ref.field->choices;
    int *value = field_at(&j->s->setup.sc, ref), now = *value, status = 0;

    for (int k = 0; list[k].word != NULL && status == 0; k++) {
        if (k == now || strcmp(list[k].word, "unknown") == 0 || strcmp(list[k].word, "catalog") == 0)
            continue;
        *value = k;
        status = note(an, j, ref, list[k].word);
    }
    *value = now;
    return status;
}

static int
try_regimes(struct answer *an, struct judging *j, struct field_ref ref)
{
    const struct catalog *catalog = an->setup.catalog;
    uint32_t *set = field_at(&j->s->setup.sc, ref), now = *set;
    int status = 0;

    for (int i = 0; catalog != NULL && i < catalog->n_regimes && i < 32 && status == 0; i++) {
        char words[96];
        *set = now ^ (uint32_t)1 << i;
        snprintf(words, sizeof words, "%s %s", now >> i & 1 ? "without" : "with", catalog->regimes[i].id);
        status = note(an, j, ref, words);
    }
    *set = now;
    return status;
}

/* "with gdpr" goes on as ", soc2" after "with hipaa"; "never" as ", never". */
static const char *
goes_on(const char *words, const char *first)
{
    size_t same = strcspn(first, " ");

    if (strncmp(first, "with", 4) != 0 || first[same] != ' ')
        return words;
    return strncmp(words, first, same + 1) == 0 ? words + same + 1 : NULL;
}

int
choice_flips_words(const struct answer *an, int first, char *out, size_t size)
{
    const struct choice_flip *f = &an->choice_flips[first], *next = f + 1, *end = an->choice_flips + an->n_choice_flips;
    const struct scenario *sc = &an->setup.sc;
    const char *more;
    struct field_ref ref;
    struct error ignored;
    char name[96];

    if (field_find(sc, f->path, &ref, &ignored) < 0) {
        text_copy(out, size, f->path);
        return first + 1;
    }
    int n = snprintf(out, size, "%s%s%s", field_words(sc, ref, name, sizeof name), ref.field->type == &field_set ? " " : " = ", f->words);
    for (; next < end && next->pick == f->pick && strcmp(next->path, f->path) == 0; next++) {
        more = goes_on(next->words, f->words);
        if (more == NULL || n < 0 || (size_t)n + strlen(more) + 8 > size)
            break;
        bool last = next + 1 == end || next[1].pick != f->pick || strcmp(next[1].path, f->path) != 0 ||
            goes_on(next[1].words, f->words) == NULL;
        n += snprintf(out + n, size - (size_t)n, "%s%s", last ? " or " : ", ", more);
    }
    return (int)(next - an->choice_flips);
}

int
choices_find(struct answer *an, const struct ruling *r, struct error *err)
{
    struct judging *j = malloc(sizeof *j);
    unsigned char *holds = malloc((size_t)r->n);
    struct field_ref ref;
    int status = 0;

    if (j != NULL) {
        memset(j, 0, sizeof *j);
        j->s = malloc(sizeof *j->s);
    }
    if (j == NULL || holds == NULL || j->s == NULL) {
        status = error_set(err, ERR_BUG, "no memory for %d samples", r->n);
        goto done;
    }
    *j->s = *r->samples;
    j->r = r;
    j->err = err;
    for (size_t k = 0; k < BE_LEN(j->picked); k++)
        j->picked[k] = -2;
    for (int a = 0; a < r->n_arms; a++)
        j->numeric[a] = r->passes[a] || gates_margin(r->samples, a, holds) >= 0;
    for (int i = 0; field_each(&an->setup.sc, i, &ref) && status == 0; i++) {
        if (!decides_gates_alone(ref.field))
            continue;
        if (ref.field->type == &field_choice)
            status = try_choice(an, j, ref);
        else if (ref.field->type == &field_set)
            status = try_regimes(an, j, ref);
    }

done:
    if (j != NULL)
        free(j->s);
    if (j != NULL)
        ruling_release(&j->again);
    free(j);
    free(holds);
    return status;
}
