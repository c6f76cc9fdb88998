/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_ANSWER_SUPPORT_H
#define BREAKEVEN_TESTS_ANSWER_SUPPORT_H

#include "breakeven/decide.h"
#include "support.h"

/* All bytes of two answers but those that no member owns, behind the setup's last one. */
static inline void
assert_same_answer(const struct answer *got, const struct answer *want)
{
    const size_t end = offsetof(struct answer, setup) + offsetof(struct setup, start) + sizeof want->setup.start;
    const size_t behind = offsetof(struct answer, has_map);

    assert_memory_equal(got, want, end);
    assert_memory_equal((const char *)got + behind, (const char *)want + behind, sizeof *want - behind);
}

#endif
