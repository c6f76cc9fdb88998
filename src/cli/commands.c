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
    { "manual", 0, "PART", false, "print a part of the manual as mdoc: commands, keys, prompt, settings, exit, fields or catalog" },
    END_ROW,
};
const struct command workbench = {
    "", "[FILE]...", "the workbench",
    "Opens scenarios in the workbench. Without a terminal it prints the verdict and the cost chart.",
    workbench_rows, cmd_workbench,
    "breakeven plan.yaml\n"
    "breakeven --plain plan.yaml\n",
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
static const struct option_row chart_rows[] = {
    { "view", 0, "VIEW", false, "cost, unit, diff, cumulative, tornado, spread, why, latency, labels, map, lines, audit, compare or report (cost)" },
    { "size", 0, "CxR", false, "columns and rows (80x24); of a picture its pixels (720x420)" },
    { "glyphs", 0, "SET", false, "braille, block, line, ascii or linux" },
    { "table", 0, NULL, false, "the same figures as a table with one sentence" },
    { "over", 0, "FIELD", true, "map: a field along x, given again: along y (the two nearest flips)" },
    { "output", 'o', "FILE", false, "write to FILE; a name that ends in .svg holds a picture" },
    SOLVE_ROWS,
    END_ROW,
};
static const struct option_row json_rows[] = {
    { "json", 0, NULL, false, "as JSON" },
    END_ROW,
};

static const struct option_row price_rows[] = {
    { "input", 0, "N", false, "tokens of the whole prompt" },
    { "cached", 0, "N", false, "the part of the prompt that is read from the cache (0)" },
    { "output", 0, "N", false, "tokens of the answer (0)" },
    { "batch", 0, NULL, false, "as part of a batch" },
    { "prices", 0, "FILE", false, "prices of this list, as import reads them, instead of the catalog's" },
    { "csv", 0, "FILE", false, "price each row; - reads standard input" },
    { "json", 0, NULL, false, "as JSON" },
    END_ROW,
};
static const struct option_row capacity_rows[] = {
    { "model", 0, "M", false, "a model of the catalog whose shape is known" },
    { "gpu", 0, "G", false, "a GPU of the catalog" },
    { "gpus", 0, "N", false, "GPUs that hold the model together (1)" },
    { "precision", 0, "P", false, "fp16, fp8, int8, w8a16, int4, q4_k_m, fp4 or mxfp4 (fp16)" },
    { "kv-precision", 0, "P", false, "fp16, fp8 or int8 (fp16)" },
    { "engine", 0, "E", false, "an engine of the catalog (vllm)" },
    { "input", 0, "N", false, "mean tokens of a prompt" },
    { "output", 0, "N", false, "mean tokens of an answer" },
    { "concurrency", 0, "C", false, "requests at once (as many as fit)" },
    { "csv", 0, "FILE", false, "predict each row; - reads standard input" },
    { "json", 0, NULL, false, "as JSON" },
    END_ROW,
};
static const struct option_row learn_rows[] = {
    { "points", 0, "LIST", false, "n:right/total,...: trained on n examples, so many of the test right" },
    { "at", 0, "N", true, "predict at this many examples (1, 2 and 4 times the largest point)" },
    { "set", 0, "KEY=VALUE", true, "set a field, such as quality.error_cost_usd" },
    { "json", 0, NULL, false, "as JSON" },
    END_ROW,
};

static const struct option_row import_rows[] = {
    { "from", 0, "PRICE-LIST", false, "litellm, models.dev, openrouter, genai-prices or gpu-prices (what it looks like)" },
    { "as-of", 0, "DATE", false, "the day that the list is of (the day of its file)" },
    { "source", 0, "TEXT", false, "words for where the list comes from (the list and the file's name)" },
    { "diff", 0, NULL, false, "say what would change, and change nothing" },
    { "all", 0, NULL, false, "every line of the summary, however many" },
    { "usage", 0, "LOG", false, "a log of requests instead: workload fields with their spread" },
    { "map", 0, "FIELD=COLUMN", true, "with --usage: time, input, output, cached, requests or batch is in this column" },
    { "into", 0, "FILE", false, "with --usage: write the fields into this scenario" },
    { "json", 0, NULL, false, "the summary as JSON" },
    END_ROW,
};
static const struct option_row compare_rows[] = {
    SOLVE_ROWS,
    { "json", 0, NULL, false, "as one JSON object" },
    END_ROW,
};
static const struct option_row sweep_rows[] = {
    { "over", 0, "KEY=LOW:HIGH:STEPS", true, "an axis of the grid; :log behind it for equal factors" },
    { "shard", 0, "I/N", false, "the I-th of N runs of cells, to be put one behind the other" },
    { "jobs", 0, "N", false, "processes at once (1); 0: one a processor" },
    SOLVE_ROWS,
    END_ROW,
};
static const struct option_row check_rows[] = {
    { "pick", 0, "ARM", false, "the arm that should be picked, instead of the recorded one" },
    { "p-best", 0, "X", false, "crossed if the arm is cheapest in fewer than this share of samples" },
    { "max-regret", 0, "USD", false, "crossed if its expected regret is more" },
    { "stale-days", 0, "N", false, "crossed if the decision, or a price it rests on, is older" },
    { "record", 0, NULL, false, "write the decision into the file: --pick, else the arm picked now" },
    { "today", 0, "YYYY-MM-DD", false, "the day (today's, in UTC)" },
    { "samples", 0, "N", false, "samples: a power of two, 256 to 1,048,576 (16,384)" },
    { "seed", 0, "S", false, "seed of the draws (1)" },
    END_ROW,
};
static const struct option_row no_rows[] = {
    END_ROW,
};

const struct command commands[] = {
    { "solve", "FILE...", "verdict, costs, break-evens, what would change them",
      "Solves each scenario and prints the verdict, the costs of every arm with their ranges, the\n"
      "break-even volumes and the reasons.",
      solve_rows, cmd_solve,
      "breakeven solve plan.yaml\n"
      "breakeven solve plan.yaml --set requests_per_day=200k --json\n"
      "breakeven solve - <plan.yaml\n" },
    { "report", "FILE", "the recommendation report",
      "Writes the report that goes to the person who signs. Without -o it is Markdown on standard output.",
      report_rows, cmd_report,
      "breakeven report plan.yaml -o plan.html\n"
      "breakeven report plan.yaml --format txt\n" },
    { "chart", "FILE", "one view as text, table or SVG picture",
      "Draws one view of the workbench: as text of the given size, as its table twin, or into a picture file.",
      chart_rows, cmd_chart,
      "breakeven chart plan.yaml --view cost --size 100x30\n"
      "breakeven chart plan.yaml --view tornado -o tornado.svg\n" },
    { "compare", "FILE FILE...", "scenarios side by side: what differs, what it does to the verdict",
      "Shows the fields that differ with each scenario's value, the verdicts and the costs. Of two scenarios it\n"
      "also says what each difference would do to the first one alone: the change of the expected cost of\n"
      "what is picked, or the arm that is picked instead.",
      compare_rows, cmd_compare,
      "breakeven compare plan.yaml other.yaml\n"
      "breakeven compare plan.yaml other.yaml --json\n" },
    { "sweep", "FILE", "a grid of scenarios, one JSON line a cell",
      "Solves the scenario at each cell of a grid and prints a JSON line for each, the last axis running\n"
      "fastest. The same bytes come out of one process, of several, and of shards one behind the other.",
      sweep_rows, cmd_sweep,
      "breakeven sweep plan.yaml --over requests_per_day=1k:1M:4:log --jobs 0\n"
      "breakeven sweep plan.yaml --over months=12:36:5 --shard 2/5 --samples 1024\n" },
    { "check", "FILE", "for a pipeline: does the decision still hold?",
      "Exits 0 while the recorded decision (or --pick) still holds, and 1 with the reason on standard output\n"
      "when a tripwire is crossed: another arm is picked, or a limit given here is passed. Prices that moved\n"
      "since the decision are named. Any other exit status is an error and no answer.",
      check_rows, cmd_check,
      "breakeven check plan.yaml --record\n"
      "breakeven check plan.yaml --p-best 0.6 --max-regret 5k --stale-days 10000\n" },
    { "audit", "", "the source article's claims, recomputed",
      "Recomputes each claim of the article from the article's own inputs and says what follows.", json_rows, cmd_audit,
      "breakeven audit\n"
      "breakeven audit --json\n" },
    { "price", "MODEL", "what a request costs",
      "Prices one request, or with --csv each row of a table with the columns id, model, provider,\n"
      "prompt_tokens, cached_prompt_tokens, completion_tokens and batch: id, cost_usd and error come out.",
      price_rows, cmd_price,
      "breakeven price gpt-4o --input 100k --cached 80k --output 1500\n"
      "breakeven price gpt-4o --input 2k --output 300 --batch --json\n" },
    { "capacity", "", "tokens a second, latency and memory of a model on GPUs",
      "Predicts what a machine delivers, with the range in which 80 % of measurements lie. With --csv it reads\n"
      "the columns id, model, gpu, n_gpus, tp, pp, weight_precision, kv_precision, engine, engine_version, isl,\n"
      "osl, osl_max, concurrency, load, source, date and note, in any order. A row that does not fit says why.",
      capacity_rows, cmd_capacity,
      "breakeven capacity --model llama-3-70b --gpu l4 --input 500 --output 100\n"
      "breakeven capacity --model llama-3.1-8b --gpu l4 --input 2k --output 200\n" },
    { "learn", "[FILE]", "the learning curve of pilot trainings",
      "Fits a learning curve to pilots, those of the scenario unless --points gives others, and predicts more\n"
      "examples with a 90 % interval. The best label budget needs what a wrong answer costs.",
      learn_rows, cmd_learn,
      "breakeven learn --points 100:62/100,300:71/100,1000:80/100 --at 5k\n" },
    { "import", "FILE|FOLDER", "a price list into your catalog, or a usage log into a workload",
      "Reads a price list into a catalog of your own, which lies over the shipped one, and says what was\n"
      "taken, skipped, doubted and changed. With --usage it reads a log of requests (CSV or JSON lines) and prints\n"
      "the workload fields that it shows. Nothing that a file names is opened or fetched.",
      import_rows, cmd_import,
      "breakeven import prices.json --from litellm --diff\n"
      "breakeven import --usage requests.csv\n" },
    { "fields", "", "every field: path, unit, limits, default, meaning",
      "Lists the fields of a scenario as the field tables hold them.", json_rows, cmd_fields,
      "breakeven fields\n"
      "breakeven fields --json\n" },
    { "catalog", "[models|prices|gpus|gpu-prices|hosts|engines|regimes|claims [MODEL]]",
      "what the catalog knows, with source and date",
      "Lists the catalog's entries of one kind, or how many there are of each. \"catalog prices MODEL\" shows what\n"
      "every list says of one model, side by side.", json_rows, cmd_catalog,
      "breakeven catalog\n"
      "breakeven catalog gpus\n"
      "breakeven catalog prices llama-3.3-70b\n"
      "breakeven catalog models --json\n" },
    { "schema", "", "the JSON Schema of a scenario file",
      "Prints a JSON Schema (2020-12) made from the field tables, for editors that check YAML as it is typed.",
      no_rows, cmd_schema,
      "breakeven schema >scenario.schema.json\n" },
    { "completion", "bash|zsh|fish", "completion for a shell",
      "Prints a script that completes commands, options, fields and names of the catalog.",
      no_rows, cmd_completion,
      "breakeven completion bash >breakeven.bash\n" },
};
const int commands_n = BE_LEN(commands);
