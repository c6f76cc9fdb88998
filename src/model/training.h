/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_MODEL_TRAINING_PRIVATE_H
#define BREAKEVEN_MODEL_TRAINING_PRIVATE_H

#include "breakeven/capacity.h"

/* Refuses a setup that no machine could run. */
int training_check(const struct capacity_shape *, const struct training_setup *, struct error *);
/* Adapter parameters: as typed, else of this rank on every linear layer. */
double training_adapter_params(const struct capacity_shape *, const struct training_setup *);

#endif
