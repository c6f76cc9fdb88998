/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_CORE_QUANTITY_H
#define BREAKEVEN_CORE_QUANTITY_H

#include "breakeven/core.h"

/* Set the truncation and the median of a quantity whose kind and parameters are set. */
void quantity_finish(struct quantity *, double low, double high, bool whole);

#endif
