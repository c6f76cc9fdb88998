/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_SAVE_H
#define BREAKEVEN_SCENARIO_SAVE_H

#include "breakeven/scenario.h"

#define FIELD_TEXT_BYTES 4096 /* a set of 32 long names */

/* A text on its way from what the file says ("old") to what the scenario says ("sc"). */
struct saver {
    char *text;
    size_t n;
    const struct scenario *sc;
    struct scenario *old; /* as the text read when this pass began */
    const struct catalog *catalog;
    struct error *err;
};

/* One edit of the text; value NULL takes the key out. */
int saver_put(struct saver *, const char *path, const char *value, bool raw);
int saver_rename(struct saver *, const char *path, const char *new_key);
int saver_move(struct saver *, const char *path, int to);
/* The field is written, or taken out where it is unset. */
int saver_put_field(struct saver *, struct field_ref);
/* The same where its text is not that of the old scenario's place. */
int saver_put_changed(struct saver *, struct field_ref old, struct field_ref);

int save_arms(struct saver *);
int save_pilots(struct saver *);
int save_sources(struct saver *);
int save_decision(struct saver *);

/* A field's value as YAML that is right everywhere: a set is a list. */
void put_yaml_value(struct buffer *, const struct field *, const char *text);
/* {n: 200, right: 150, total: 200} */
void put_yaml_pilot(struct buffer *, const struct pilot *);
/* {input_usd_mtok: 3, output_usd_mtok: 15}: the known ones */
void put_yaml_price(struct buffer *, const struct decision *, int k);
/* A whole new file: what differs from the defaults, in the order of the tables. */
void put_yaml_scenario(struct buffer *, const struct scenario *, struct scenario *blank, const struct catalog *);

#endif
