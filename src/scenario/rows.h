/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_ROWS_H
#define BREAKEVEN_SCENARIO_ROWS_H

/*
 * How a row of a field table names its member: the C path is the key, and the
 * compiler checks that the member has the row's type.  A table defines ROW_OF
 * (struct scenario or struct arm) before its first row.
 */

#include "breakeven/scenario.h"

#define ROW_MEMBER(member) (((ROW_OF *)0)->member)
#define ROW_AT(member, ctype) \
    (offsetof(ROW_OF, member) + 0 * sizeof((ctype *)0 == &ROW_MEMBER(member)))
#define ROW_AT_TEXT(member) \
    (offsetof(ROW_OF, member) + \
     0 * sizeof((char (*)[sizeof(ROW_MEMBER(member))])0 == &ROW_MEMBER(member)))

#define QUANTITY(member) \
    .key = #member, .type = &field_quantity, .offset = ROW_AT(member, struct quantity), \
    .size = sizeof(struct quantity)
#define CHOICE(member, list) \
    .key = #member, .type = &field_choice, .offset = ROW_AT(member, int), .size = sizeof(int), \
    .choices = list
#define TEXT(member) \
    .key = #member, .type = &field_text, .offset = ROW_AT_TEXT(member), \
    .size = sizeof(ROW_MEMBER(member))
#define NAME(member, kind) \
    .key = #member, .type = &field_name, .offset = ROW_AT_TEXT(member), \
    .size = sizeof(ROW_MEMBER(member)), .names = kind
#define ARM(member) \
    .key = #member, .type = &field_arm, .offset = ROW_AT_TEXT(member), \
    .size = sizeof(ROW_MEMBER(member))
#define DATE(member) \
    .key = #member, .type = &field_date, .offset = ROW_AT(member, struct date), \
    .size = sizeof(struct date)
#define SET(member, kind) \
    .key = #member, .type = &field_set, .offset = ROW_AT(member, uint32_t), \
    .size = sizeof(uint32_t), .names = kind

/* Texts longer than this may have lines of their own. */
#define LONG_TEXT 256

/* Is a name good for an arm: letters, digits, "-" and "_", no dot (paths)? */
int arm_name_check(const char *name, struct error *);

/* Where the figures of arms come from that nobody typed: resolve.c. */
#define SUPPLY(name) \
    bool supply_##name(const struct setup_arm *, const struct arm *, const struct setup *, \
                       char *text, size_t size, char *source, size_t source_size)
SUPPLY(input_price);
SUPPLY(output_price);
SUPPLY(cache_read_price);
SUPPLY(cache_write_price);
SUPPLY(batch_input_price);
SUPPLY(batch_output_price);
SUPPLY(monthly_minimum);
SUPPLY(training_price);
SUPPLY(endpoint_price);
SUPPLY(throughput_factor);
SUPPLY(ttft);
SUPPLY(ttft_factor);
SUPPLY(tpot);
SUPPLY(gpu_price);
SUPPLY(commit_discount);
SUPPLY(training_gpus);
SUPPLY(training_gpu_price);
SUPPLY(training_hours_factor);
SUPPLY(quality);
SUPPLY(quant_points);
SUPPLY(setup_person_months);
SUPPLY(run_fte);
SUPPLY(launch_delay);

#endif
