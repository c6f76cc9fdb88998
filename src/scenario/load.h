/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_SCENARIO_LOAD_H
#define BREAKEVEN_SCENARIO_LOAD_H

#include "breakeven/scenario.h"

/* The section of a field: its key up to the first dot; "" for a field at the top. */
char *field_section(const struct field *, char *out, size_t size);

#endif
