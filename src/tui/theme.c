/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <string.h>

#include "app.h"

/* Colours by meaning: in the 256-colour cube, and of the eight where there are no more (-1: the
 * terminal's own). Meaning never rests on colour alone, and the ground is always the terminal's.
 * The figures of "auto" keep a contrast of 3.6 or more on black and on white, and its first two
 * series a colour difference (CIEDE2000) of 52 or more for normal, protan, deutan and tritan eyes;
 * of the eight only magenta and red read on both grounds. Okabe and Ito's colours fall to 1.5 on
 * white: for a dark ground alone. */

#define MAGENTA 5
#define RED 1
#define CYAN 6
#define YELLOW 3
#define BLUE 4

/* The rows that all but mono share, so that a theme is its own row of figures. */
#define INKS(faint, problem, warning, good, delta, s0, s1, s2, s3, s4, s5, s6, s7) \
    { [INK_PLAIN] = -1, [INK_FAINT] = faint, [INK_TITLE] = -1, [INK_FRAME] = faint, [INK_FOCUS] = -1, \
      [INK_PROBLEM] = problem, [INK_WARNING] = warning, [INK_GOOD] = good, [INK_DELTA] = delta, \
      [INK_KEY] = faint, [INK_ZONE] = delta, [INK_SERIES_0] = s0, [INK_SERIES_1] = s1, [INK_SERIES_2] = s2, \
      [INK_SERIES_3] = s3, [INK_SERIES_4] = s4, [INK_SERIES_5] = s5, [INK_SERIES_6] = s6, [INK_SERIES_7] = s7 }

const struct theme themes[] = {
    { "auto", "readable on a dark and on a light ground",
      INKS(102, 160, 166, 33, 133, 33, 166, 102, 133, 30, 128, 61, 65),
      INKS(-1, RED, RED, -1, MAGENTA, MAGENTA, RED, -1, MAGENTA, -1, RED, MAGENTA, RED) },
    { "dark", "brighter, for a dark ground",
      INKS(248, 203, 215, 75, 176, 75, 209, 250, 176, 80, 221, 147, 211),
      INKS(-1, RED, YELLOW, CYAN, MAGENTA, CYAN, YELLOW, -1, MAGENTA, CYAN, YELLOW, MAGENTA, RED) },
    { "light", "darker, for a light ground",
      INKS(241, 124, 130, 25, 90, 25, 130, 240, 90, 23, 94, 55, 89),
      INKS(-1, RED, RED, BLUE, MAGENTA, BLUE, RED, -1, MAGENTA, BLUE, RED, MAGENTA, RED) },
    { "okabe", "Okabe and Ito's colours, for a dark ground",
      INKS(250, 166, 214, 36, 175, 74, 214, 36, 227, 32, 166, 175, 250),
      INKS(-1, RED, YELLOW, CYAN, MAGENTA, CYAN, YELLOW, -1, YELLOW, BLUE, RED, MAGENTA, -1) },
    { "mono", "no colour: bold, underline and reverse alone",
      INKS(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1),
      INKS(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1) },
};
const int themes_n = BE_LEN(themes);

const struct theme *
theme_find(const char *name)
{
    for (int k = 0; k < themes_n; k++)
        if (strcmp(themes[k].name, name) == 0)
            return &themes[k];
    return NULL;
}
