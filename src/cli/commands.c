/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "cli.h"

#define SOLVE_ROWS \
    { "set", 0, "KEY=VALUE", true, "set a field for this run (the last word of its path is enough)" }, \
    { "samples", 0, "N", false, "samples: a power of two, 256 to 1,048,576 (16,384)" }, \
    { "seed", 0, "S", false, "seed of the draws (1)" }
#define END_ROW { NULL, 0, NULL, false, NULL }

static const struct option_row workbench_rows[] = {
    { "plain", 0, NULL, false, "linear mode: no frames, no alternate screen, one line a change" },
    { "glyphs", 0, "SET", false, "braille, block, line, ascii or linux" },
    { "color", 0, "WHEN", false, "auto or never" },
    { "samples", 0, "N", false, "fix the number of samples and do not refine" },
    { "seed", 0, "S", false, "seed of the draws (1)" },
    { "keys", 0, "FILE", false, "replay keys from a file without a terminal" },
    { "size", 0, "CxR", false, "columns and rows for --keys (80x24)" },
    { "dump", 0, NULL, false, "with --keys: print the last frame" },
    { "dump-keys", 0, NULL, false, "print the key table" },
    { "manual", 0, "PART", false, "print a part of the manual as mdoc: commands, keys, exit or fields" },
    END_ROW,
};
const struct command workbench = {
    "", "[FILE]...", "the workbench",
    "Opens scenarios in the workbench. Without a terminal it prints the verdict and the cost chart.",
    workbench_rows, cmd_workbench,
};

static const struct option_row solve_rows[] = {
    SOLVE_ROWS,
    { "json", 0, NULL, false, "one JSON object a file, one a line" },
    END_ROW,
};
static const struct option_row report_rows[] = {
    { "output", 'o', "FILE", false, "write to FILE; its suffix names the format" },
    { "format", 0, "FORMAT", false, "md, html, json, csv or txt" },
    SOLVE_ROWS,
    END_ROW,
};
static const struct option_row json_rows[] = {
    { "json", 0, NULL, false, "as JSON" },
    END_ROW,
};

const struct command commands[] = {
    { "solve", "FILE...", "verdict, costs, break-evens, what would change them",
      "Solves each scenario and prints the verdict, the costs of every arm with their ranges, the\n"
      "break-even volumes and the reasons.",
      solve_rows, cmd_solve },
    { "report", "FILE", "the recommendation report",
      "Writes the report that goes to the person who signs. Without -o it is Markdown on standard output.",
      report_rows, cmd_report },
    { "fields", "", "every field: path, unit, limits, default, meaning",
      "Lists the fields of a scenario as the field tables hold them.", json_rows, cmd_fields },
    { "catalog", "[models|prices|gpus|gpu-prices|hosts|engines|regimes|claims]",
      "what the catalog knows, with source and date",
      "Lists the catalog's entries of one kind, or how many there are of each.", json_rows, cmd_catalog },
};
const int commands_n = BE_LEN(commands);
