/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "breakeven/chart.h"

/* What each set may use follows from what fonts have: the Linux console lacks
 * braille, half and eighth blocks and check marks; ASCII stays below 0x80. */

#define FRAME_UNICODE \
    .horizontal = "━", .vertical = "│", .corner = "└", .tick_left = "┤", .tick_down = "┬", \
    .tick_minor = "╷", .thick = "━", .zone = "┊", .median = "●", .low = "├", .high = "┤", .zero = "┃"
#define SIGNS_UNICODE \
    .focus = "▸", .problem = "!", .yes = "✓", .no = "✗", .unknown = "?", .changed = "•", .arrow = "→", \
    .ellipsis = "…", .times = "×", .at_most = "≤", .at_least = "≥", .dash = "–", .dot = "·", \
    .series_ascii = "ABCDEFGH"
#define BARS_UNICODE \
    .eighths = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, \
    .bars = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" }
#define BARS_ASCII \
    .eighths = { " ", "_", "_", ".", ".", "-", "=", "*", "#" }, \
    .bars = { " ", " ", " ", " ", "=", "=", "=", "=", "#" }

static const struct glyphs sets[] = {
    [GLYPHS_BRAILLE] = { .name = "braille", .dots_x = 2, .dots_y = 4, FRAME_UNICODE, SIGNS_UNICODE,
                         BARS_UNICODE },
    [GLYPHS_BLOCK] = { .name = "block", .dots_x = 1, .dots_y = 2, FRAME_UNICODE, SIGNS_UNICODE,
                       BARS_UNICODE },
    [GLYPHS_LINE] = { .name = "line", .dots_x = 1, .dots_y = 1, FRAME_UNICODE, SIGNS_UNICODE,
                      BARS_UNICODE },
    [GLYPHS_ASCII] = { .name = "ascii", .ascii = true, .dots_x = 1, .dots_y = 1, .horizontal = "-",
                       .vertical = "|", .corner = "+", .tick_left = "+", .tick_down = "+",
                       .tick_minor = "'", .thick = "=", .zone = ":", .median = "o", .low = "[",
                       .high = "]", .zero = "|", .focus = ">", .problem = "!", .yes = "y", .no = "n",
                       .unknown = "?", .changed = "*", .arrow = "->", .ellipsis = "...", .times = "x",
                       .at_most = "<=", .at_least = ">=", .dash = "-", .dot = ".",
                       .series_ascii = "*#o%@&$~", BARS_ASCII },
    [GLYPHS_LINUX] = { .name = "linux", .dots_x = 1, .dots_y = 1, .horizontal = "─", .vertical = "│",
                       .corner = "└", .tick_left = "┤", .tick_down = "┬", .tick_minor = "'",
                       .thick = "═", .zone = ":", .median = "■", .low = "├", .high = "┤", .zero = "│",
                       .focus = "►", .problem = "!", .yes = "y", .no = "n", .unknown = "?",
                       .changed = "*", .arrow = "→", .ellipsis = "...", .times = "×", .at_most = "≤",
                       .at_least = "≥", .dash = "-", .dot = ".", .series_ascii = "*#o%@&$~",
                       .eighths = { " ", "_", "_", "░", "░", "▒", "▒", "█", "█" },
                       .bars = { " ", " ", " ", "░", "░", "▒", "▒", "█", "█" } },
};

const struct glyphs *
glyphs_of(enum glyph_set set)
{
    return &sets[set];
}

int
glyphs_parse(const char *name, enum glyph_set *set)
{
    for (int k = 0; k < (int)BE_LEN(sets); k++)
        if (strcmp(sets[k].name, name) == 0) {
            *set = (enum glyph_set)k;
            return 0;
        }
    return -1;
}
