/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "sections.h"

const struct section report_sections[] = {
    { "verdict", "Recommendation", write_verdict },
    { "costs", "What it costs", write_costs },
    { "lines", "Where the money goes", write_lines },
    { "charts", "Charts", write_charts },
    { "gates", "Conditions and obligations", write_gates },
    { "why", "Why", write_why },
    { "change", "What would change it", write_change },
    { "measure", "What to measure next, and what that is worth", write_measure },
    { "alternatives", "Cheaper and more capable alternatives", write_alternatives },
    { "crossings", "Break-even volumes", write_crossings },
    { "rules", "The source article's rules as a cross-check", write_rules },
    { "warnings", "Caveats", write_warnings },
    { "claims", "The source article's figures, corrected", write_claims },
    { "words", "Words used here", write_words },
    { "assumptions", "Assumptions", write_assumptions },
    { "reproduce", "How to reproduce this", write_reproduce },
};
const int report_sections_n = BE_LEN(report_sections);
