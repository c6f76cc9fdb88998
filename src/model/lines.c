/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "parts.h"

const struct cost_line_row cost_lines[LINE_COUNT] = {
    [LINE_API] = { "api", "API",
      "Tokens bought from a vendor or a host, with minimums and fees.", true, true },
    [LINE_GPU] = { "gpu", "GPUs",
      "Replica-hours of own or rented GPUs or of a dedicated endpoint, overhead included.", true, true },
    [LINE_LABELS] = { "labels", "Labels",
      "Labelled examples for training: bought, harvested from traffic, or made anew.", false, true },
    [LINE_TRAINING] = { "training", "Training",
      "Training runs, experiments included, and bought general text.", false, true },
    [LINE_EVALUATION] = { "evaluation", "Evaluation",
      "The test set, and one judged and one human evaluation a release.", false, true },
    [LINE_PEOPLE] = { "people", "People",
      "Set-up, running and forced migrations, in full-time equivalents.", true, false },
    [LINE_ERRORS] = { "errors", "Errors",
      "What wrong answers cost; off unless an error has a price.", false, false },
    [LINE_OTHER] = { "other", "Other",
      "The value that a later launch forgoes; off unless a month has a value.", false, false },
};

static const struct {
    unsigned bit;
    const char *words;
} warnings[] = {
    { WARN_CACHE_READ, "no price for cached input: it is charged as fresh input" },
    { WARN_CACHE_WRITE, "no price for writing the cache: it is charged as fresh input" },
    { WARN_NO_SUCCESSOR, "its model is retired within the horizon and no successor is priced: the price is kept" },
    { WARN_ENDPOINT_UNSIZED, "the endpoint's throughput is not known: the least number of replicas is assumed to do" },
    { WARN_FEW_LABELS, "under 500 examples a tuned model memorises rather than learns" },
    { WARN_TRAINING_MEMORY, "the training run does not fit in the memory of its GPUs" },
    { WARN_TIGHT_MEMORY, "memory is so tight that 1 or 2 GiB more or less decide what fits" },
    { WARN_SATURATED, "at the peak hour the replicas are full: the queue grows for as long as the peak lasts" },
};

const char *
model_warning(int i, unsigned *bit)
{
    if (i < 0 || i >= (int)BE_LEN(warnings))
        return NULL;
    *bit = warnings[i].bit;
    return warnings[i].words;
}
