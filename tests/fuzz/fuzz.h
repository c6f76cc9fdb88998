/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_FUZZ_H
#define BREAKEVEN_TESTS_FUZZ_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One input of a target. libFuzzer calls it with what it thinks up, replay.c with the files
 * of tests/fuzz/corpus/TARGET. What must hold is asked by MUST, which ends the program. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

/* The catalog that ships, loaded at the first call and kept. */
struct catalog;
const struct catalog *fuzz_catalog(void);

/* The next number of a recipe read from the input; 0 past its end. */
struct recipe {
    const uint8_t *at, *end;
};
static inline unsigned
next_byte(struct recipe *r)
{
    return r->at < r->end ? *r->at++ : 0;
}
static inline unsigned
next_below(struct recipe *r, unsigned limit)
{
    unsigned high = next_byte(r), low = next_byte(r);

    return (high << 8 | low) % limit;
}

#endif
