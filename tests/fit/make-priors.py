#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write catalog/priors.yaml: quality before any tuning, by type of task.

    tests/fit/make-priors.py finetune-results.csv > catalog/priors.yaml

For each type of task the 5th and 95th percentile over the distinct (study, task,
model) results of an untuned frontier model and of untuned open models, on metrics
that can be read as a share of right answers: accuracy, pass@1, and for extraction
ROUGE, where the whole answer is a short list.  ROUGE of free text, and of labels in
free form, is left out.  Run by hand.
"""
import csv
import sys

# Metric -> factor to a share of right answers. Others (mae, correlation, points) are left out.
SHARES = {"accuracy": 1, "accuracy_pct": 0.01, "humaneval": 1}
SHARES_OF = {"extraction": {"rouge": 1}}
# Types in the table -> quality.task_type. "other" takes what has no name of its own.
TYPES = {"classification": "classification", "extraction": "extraction", "qa": "qa",
         "generation": "generation", "code": "code", "summarization": "summarization"}
FEWEST = 5  # distinct results below which no percentile is given


def percentile(values, p):
    """Linear interpolation between order statistics."""
    v = sorted(values)
    at = p * (len(v) - 1)
    i = int(at)
    return v[i] + (at - i) * (v[min(i + 1, len(v) - 1)] - v[i])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    frontier, base = {}, {}
    with open(sys.argv[1], newline="") as f:
        for r in csv.DictReader(f):
            task = TYPES.get(r["task_type"], "other")
            factor = {**SHARES, **SHARES_OF.get(task, {})}.get(r["metric"])
            if factor is None or r["higher_is_better"] != "yes" or r["study"] == "article":
                continue
            if r["frontier_score"]:
                key = (r["study"], r["task"], r["frontier_model"])
                frontier.setdefault(task, {})[key] = float(r["frontier_score"]) * factor
            if r["base_score"]:
                key = (r["study"], r["task"], r["model"])
                base.setdefault(task, {})[key] = float(r["base_score"]) * factor
    print("""# SPDX-License-Identifier: GPL-3.0-or-later
# Share of right answers of untuned models by type of task: 5th and 95th percentile of
# published results (accuracy, pass@1; for extraction also ROUGE of short answers).
# A prior for a task that nobody has measured yet, so it is wide.
# Written by tests/fit/make-priors.py.

sources:
  results:
    text: "LoRA Land technical report (arXiv 2405.00732), FinLoRA (Open-Finance-Lab/FinLoRA@7e1cf82803aa)"
    as_of: 2026-08-22

priors:""")
    for task in ("classification", "extraction", "qa", "generation", "summarization", "code", "other"):
        f, b = frontier.get(task, {}).values(), base.get(task, {}).values()
        if len(f) < FEWEST or len(b) < FEWEST:
            print("# %s: %d frontier and %d open results, too few" % (task, len(f), len(b)))
            continue
        print("- task: %s   # %d frontier, %d open results" % (task, len(f), len(b)))
        for name, values in (("frontier", f), ("base", b)):
            for p in (5, 95):
                print("  %s_p%d: %.3f" % (name, p, percentile(values, p / 100)))
        print("  source: results")


if __name__ == "__main__":
    main()
