# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that scripts rely on, written out a second time by hand, against what each command prints. A key
may be added; none may be missing, of another kind, or not finite. TAP on standard output."""

import json
import os
import subprocess
import sys

program, src = sys.argv[1:3]
env = dict(os.environ, BREAKEVEN_DATADIR=src)
count = 0


class Maybe:
    """A value or null."""

    def __init__(self, shape):
        self.shape = shape


class OneOf:
    def __init__(self, *shapes):
        self.shapes = shapes


NUM, TEXT, BOOL = "number", "text", "bool"
NUMBER, STRING = Maybe(NUM), Maybe(TEXT)  # unknown is null


def wrong(shape, value, path="$"):
    """What is wrong with the value, or None."""
    if isinstance(shape, Maybe):
        return None if value is None else wrong(shape.shape, value, path)
    if isinstance(shape, OneOf):
        found = [wrong(s, value, path) for s in shape.shapes]
        return None if None in found else found[0]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"{path} is no object"
        for key, inner in shape.items():
            if key not in value:
                return f"{path}.{key} is missing"
            found = wrong(inner, value[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{path} is no array"
        for i, item in enumerate(value):
            found = wrong(shape[0], item, f"{path}[{i}]")
            if found:
                return found
        return None
    if isinstance(shape, (set, frozenset)):
        return None if value in shape else f"{path} is {value!r}"
    kind = {NUM: isinstance(value, (int, float)) and not isinstance(value, bool), TEXT: isinstance(value, str),
            BOOL: isinstance(value, bool)}[shape]
    return None if kind else f"{path} is {value!r}, not a {shape}"


def no_constant(word):
    raise ValueError(f"{word} in JSON")


def result(good, name, *facts):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for fact in facts if not good else ():
        print(f"# {str(fact)[:400]}")


def run(*args):
    done = subprocess.run([program, *args], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        result(False, " ".join(args), done.stderr)
    return done.stdout


def check(name, shape, text):
    try:
        value = json.loads(text, parse_constant=no_constant)
    except ValueError as e:
        result(False, name, e)
        return None
    found = wrong(shape, value)
    result(found is None, name, found)
    return value


CONFIDENCE = {"clear", "leaning", "open"}
KIND = {"api", "hosted-open", "hosted-tuned", "self-open", "self-tuned", "staged", "cascade"}
SPREAD = dict.fromkeys(("mean", "p5", "p25", "p50", "p75", "p95"), NUMBER)
LINES = dict.fromkeys(("api", "gpu", "labels", "training", "evaluation", "people", "errors", "other"), NUMBER)
SOLVE = {
    "scenario": TEXT, "title": TEXT, "samples": NUM, "seed": NUM, "horizon_months": NUM, "tokens_per_day": NUM,
    "verdict": {
        "pick": STRING, "kind": Maybe(KIND), "confidence": CONFIDENCE, "p_best": NUMBER, "expected_regret_usd": NUMBER,
        "cheaper": STRING, "better": STRING, "reasons": [TEXT], "warnings": [TEXT],
    },
    "arms": [{
        "name": TEXT, "kind": KIND, "passes": BOOL,
        "gates": [{"id": TEXT, "state": {"met", "conditional", "unknown", "breached"}, "why": TEXT}],
        "tco_usd": SPREAD, "once_usd": NUMBER, "monthly_usd": [NUM], "cumulative_usd": [NUM], "lines": LINES,
        "gpu_for_latency_usd": NUMBER, "usd_per_1k_requests": NUMBER, "usd_per_million_tokens": NUMBER,
        "accepted_answer_usd": NUMBER, "quality": NUMBER, "ttft_p95_ms": NUMBER, "output_tokens_per_s": NUMBER,
        "utilization": NUMBER, "replicas": [NUM], "p_best": NUMBER, "max_regret_usd": NUMBER,
    }],
    "crossings": [{
        "a": TEXT, "b": TEXT, "marked": BOOL,
        "run": {"tokens_per_day": [NUM], "stays_from": NUMBER, "utilization": NUMBER, "truncated": BOOL},
        "total": {"tokens_per_day": [NUM], "stays_from": NUMBER, "truncated": BOOL}, "payback_month": NUMBER,
    }],
    "rules": [{"id": TEXT, "side": {"api", "tune"}, "fires": BOOL, "share": NUMBER, "fact": TEXT}], "rules_say": TEXT,
    "choice_flips": [{"field": TEXT, "to": TEXT, "change": TEXT, "pick": STRING}],
    "flips": [{"field": TEXT, "from": NUMBER, "to": NUMBER, "z": NUMBER, "pick": STRING}],
    "tornado": [{"field": TEXT, "low_usd": NUMBER, "high_usd": NUMBER}], "rank_correlation": [{"field": TEXT, "rho": NUMBER}],
    "measure_next": [{"field": TEXT, "evppi_usd": NUMBER}],
    "studies": [{"id": TEXT, "cost_usd": NUMBER, "evsi_usd": NUMBER, "net_usd": NUMBER}], "evpi_usd": NUMBER,
    "label_budget": {"n": NUMBER, "saves_usd": NUMBER},
    "staged": {"switch_month": NUMBER, "trigger_tokens_per_day": NUMBER, "value_of_waiting_usd": NUMBER},
}
CELL_ARMS = [{"name": TEXT, "tco_mean_usd": NUMBER}]
COMPARE = {
    "files": [TEXT], "differs": [{"field": TEXT, "values": [STRING]}],
    "verdicts": [{"scenario": TEXT, "pick": STRING, "kind": Maybe(KIND), "confidence": CONFIDENCE, "p_best": NUMBER,
                  "expected_regret_usd": NUMBER, "arms": CELL_ARMS}],
}
CELL = {"cell": {}, "pick": STRING, "confidence": Maybe(CONFIDENCE), "p_best": NUMBER, "arms": CELL_ARMS}
LEARN = {
    "fit": dict.fromkeys(("e_inf", "e_0", "n_scale", "alpha"), NUM),
    "at": [{"n": NUM, "accuracy": NUM, "low": NUM, "high": NUM}], "budget": {"n": NUMBER, "saves_usd": NUMBER},
}
RANGE = Maybe(OneOf(NUM, [NUM], TEXT))
AUDIT = {"claims": [{
    "id": TEXT, "article": RANGE, "recomputed": RANGE, "factor": NUMBER,
    "verdict": {"holds", "near", "unit-error", "contradicts", "infeasible", "not-derivable"}, "note": TEXT,
}]}
FIELDS = [{
    "path": TEXT, "type": {"quantity", "choice", "text", "name", "arm", "date", "set"}, "unit": STRING, "low": NUMBER,
    "high": NUMBER, "default": STRING, "label": TEXT, "help": TEXT, "source": TEXT,
}]
PRICE = {"model": TEXT, "cost_usd": NUM, "input_usd": NUM, "output_usd": NUM, "rule": TEXT, "list": TEXT, "as_of": STRING}
CAPACITY = {
    "output_tok_s": NUMBER, "low": NUMBER, "high": NUMBER, "ttft_ms": NUMBER, "tpot_ms": NUMBER, "limit": STRING,
    "fits": BOOL, "need_gib": NUM, "have_gib": NUM, "batch": NUMBER,
}

# ---- solve: every shipped scenario, one object a line, in their order ---------------------------------
scenarios = sorted(n for n in os.listdir(f"{src}/scenarios") if n.endswith(".yaml"))
paths = [f"{src}/scenarios/{n}" for n in scenarios]
lines = run("solve", "--samples", "256", "--json", *paths).splitlines()
result(len(lines) == len(paths), "one object a file, one a line", len(lines))
for name, line in zip(scenarios, lines):
    answer = check(f"solve --json {name}", SOLVE, line)
    if answer is None:
        continue
    months = answer["horizon_months"]
    facts = []
    if answer["scenario"] != name[:-5] or answer["samples"] != 256 or answer["seed"] != 1:
        facts.append("names itself wrongly")
    for arm in answer["arms"]:
        if arm["tco_usd"]["mean"] is None:
            continue
        if not len(arm["monthly_usd"]) == len(arm["cumulative_usd"]) == len(arm["replicas"]) == months:
            facts.append(f"{arm['name']}: not {months} months")
        total = arm["once_usd"] + sum(arm["monthly_usd"])
        if abs(total - arm["cumulative_usd"][-1]) > 1e-6 * abs(total) + 0.01:
            facts.append(f"{arm['name']}: months and once make {total}, not {arm['cumulative_usd'][-1]}")
        if abs(sum(arm["lines"].values()) - total) > 1e-6 * abs(total) + 0.01:
            facts.append(f"{arm['name']}: lines make {sum(arm['lines'].values())}, not {total}")
        spread = [arm["tco_usd"][k] for k in ("p5", "p25", "p50", "p75", "p95")]
        if spread != sorted(spread):
            facts.append(f"{arm['name']}: {spread}")
    shares = [arm["p_best"] for arm in answer["arms"] if arm["p_best"] is not None]
    if abs(sum(shares) - 1) > 1e-9:
        facts.append(f"the shares of being best are {shares}")
    result(not facts, f"{name}: months, lines and shares add up", *facts)

# ---- the others -----------------------------------------------------------------------------------------
check("compare --json", COMPARE, run("compare", "--samples", "256", "--json", *paths[:3]))
for line in run("sweep", paths[0], "--samples", "256", "--over", "months=12:24:2").splitlines():
    check("a line of sweep", CELL, line)
check("learn --json", LEARN, run("learn", "--points", "100:62/100,300:71/100,1000:80/100", "--at", "5000", "--json"))
check("audit --json", AUDIT, run("audit", "--json"))
check("fields --json", FIELDS, run("fields", "--json"))
check("price --json", PRICE, run("price", "gpt-4o", "--input", "1000", "--output", "100", "--json"))
machine = ["--gpu", "a100-80-sxm", "--input", "500", "--output", "100", "--json"]
check("capacity --json", CAPACITY, run("capacity", "--model", "llama-3-70b", "--gpus", "4", *machine))
check("capacity --json of what does not fit", CAPACITY, run("capacity", "--model", "llama-3-70b", *machine))
print(f"1..{count}")
