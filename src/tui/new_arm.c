/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "actions.h"

/* What can be added as an arm: every priced model at its host, every open model whose shape is known
 * on own GPUs, as it is or tuned, and the two kinds that are made of arms. */

static bool
made_of_arms(const struct scenario *sc, int kind, struct offer *o)
{
    int tokens = -1, own = -1;

    for (int a = sc->n_arms - 1; a >= 0; a--) {
        if (KIND(sc->arms[a].kind) & KINDS_TOKENS)
            tokens = a;
        if (KIND(sc->arms[a].kind) & KINDS_SELF)
            own = a;
    }
    if (tokens < 0 || own < 0)
        return false;
    *o = (struct offer){ .kind = kind, .host = "", .tokens = tokens, .own = own };
    snprintf(o->word, sizeof o->word, "%s %s + %s", arm_kind_word(kind), sc->arms[kind == ARM_STAGED ? tokens : own].name,
             sc->arms[kind == ARM_STAGED ? own : tokens].name);
    text_copy(o->about, sizeof o->about, kind == ARM_STAGED ? "start with the first, move to the second at a month"
                                                            : "the first answers, what it cannot goes to the second");
    return true;
}

static void
priced(const struct catalog *c, int i, int kind, struct offer *o)
{
    const struct cat_price *p = &c->prices[i];

    *o = (struct offer){ .kind = kind, .model = p->model, .tokens = -1, .own = -1,
                         .host = catalog_price(c, p->model, NULL) == p ? "" : p->host };
    snprintf(o->word, sizeof o->word, "%s %s at %s", arm_kind_word(kind), p->model, p->host);
    catalog_describe(c, CATALOG_PRICES, i, o->about, sizeof o->about);
}

static void
served(const struct catalog *c, int i, int kind, struct offer *o)
{
    *o = (struct offer){ .kind = kind, .model = c->models[i].id, .host = "", .tokens = -1, .own = -1 };
    snprintf(o->word, sizeof o->word, "%s %s", arm_kind_word(kind), c->models[i].id);
    catalog_describe(c, CATALOG_MODELS, i, o->about, sizeof o->about);
}

static bool
can_be_served(const struct catalog *c, int i)
{
    return c->models[i].open_weights && c->models[i].has_shape;
}

/* The i-th candidate: 1, or 0 if there is none at i, or -1 past the end. */
int
offer_at(const struct app *app, int i, struct offer *o)
{
    const struct catalog *c = app->catalog;

    if (i < c->n_prices) {
        const struct cat_model *m = catalog_model(c, c->prices[i].model);
        priced(c, i, m != NULL && m->open_weights ? ARM_HOSTED_OPEN : ARM_API, o);
        return m != NULL;
    }
    i -= c->n_prices;
    for (int kind = ARM_SELF_OPEN; kind <= ARM_SELF_TUNED; kind++, i -= c->n_models)
        if (i < c->n_models) {
            served(c, i, kind, o);
            return can_be_served(c, i);
        }
    if (i < c->n_prices) {
        priced(c, i, ARM_HOSTED_TUNED, o);
        return c->prices[i].training_usd_mtok > 0 && catalog_model(c, c->prices[i].model) != NULL;
    }
    i -= c->n_prices;
    if (i < 2)
        return made_of_arms(&app_doc_const(app)->file.scenario, i == 0 ? ARM_STAGED : ARM_CASCADE, o);
    return -1;
}

/* Of the model's name, what an arm's name may hold. */
static void
stem_of(const struct offer *o, char out[NAME_MAX_BYTES])
{
    const char *from = o->model != NULL ? o->model : arm_kind_word(o->kind);
    int n = 0;

    for (; *from != '\0' && n < 20; from++)
        out[n++] = isalnum((unsigned char)*from) ? *from : '-';
    out[n] = '\0';
    if (arm_kind_is_tuned(o->kind))
        snprintf(out + n, (size_t)(NAME_MAX_BYTES - n), "-tuned");
}

/* Add it as one step; an arm on own GPUs asks for the GPU next. */
void
offer_take(struct app *app, const struct offer *o)
{
    struct scenario *copy = malloc(sizeof *copy);
    struct error err;
    char stem[NAME_MAX_BYTES], name[NAME_MAX_BYTES], what[96], path[96];
    struct field_ref ref;

    if (copy == NULL)
        return;
    *copy = app_doc(app)->file.scenario;
    stem_of(o, stem);
    fresh_name(copy, stem, name);
    int at = scenario_add_arm(copy, name, o->kind, &err);
    if (at >= 0) {
        struct arm *arm = &copy->arms[at];
        if (o->model != NULL)
            text_copy(arm->model, sizeof arm->model, o->model);
        text_copy(arm->host, sizeof arm->host, o->host);
        if (o->kind == ARM_STAGED) {
            text_copy(arm->first, sizeof arm->first, copy->arms[o->tokens].name);
            text_copy(arm->second, sizeof arm->second, copy->arms[o->own].name);
        } else if (o->kind == ARM_CASCADE) {
            text_copy(arm->small, sizeof arm->small, copy->arms[o->own].name);
            text_copy(arm->large, sizeof arm->large, copy->arms[o->tokens].name);
        }
    }
    snprintf(what, sizeof what, "added arm %s", name);
    arms_take(app, copy, at, at, what, &err);
    snprintf(path, sizeof path, "arms.%s.gpu", name);
    if (at >= 0 && arm_kind_is_self(o->kind) && field_find(&app_doc(app)->file.scenario, path, &ref, &err) == 0) {
        app_goto(app, ref);
        list_open(app);
        app_say(app, "added arm %s; on which GPU?", name);
    }
}
