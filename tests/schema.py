# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the schema of the program itself valid, does it take every shipped scenario and what the program
takes, and does it refuse what the program refuses? TAP on standard output; called by schema.sh."""

import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

program, src = sys.argv[1:3]
env = dict(os.environ, BREAKEVEN_DATADIR=src)
number = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")
count = 0


def result(good, name, *facts):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        for fact in facts:
            print(f"# {str(fact)[:300]}")


def plain(node):
    """Scalars as JSON has them: in these files "yes" is a word, as in YAML 1.2."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if node in ("", "~", "null"):
        return None
    return json.loads(node) if number.match(node) else node


def read(text):
    return plain(yaml.load(text, Loader=yaml.BaseLoader))


def accepts(text):
    """Does the program take it? What it refuses only for its sense is no matter of the schema."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(text)
        f.flush()
        done = subprocess.run([program, "solve", "--samples", "256", f.name], env=env, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


printed = subprocess.run([program, "schema"], env=env, capture_output=True, text=True, check=True).stdout
schema = json.loads(printed)
try:
    jsonschema.Draft202012Validator.check_schema(schema)
    result(True, "the schema is one")
except jsonschema.SchemaError as e:
    result(False, "the schema is one", e.message)
result(schema["$schema"].endswith("2020-12/schema"), "it says which draft it is of")
validator = jsonschema.Draft202012Validator(schema)

# ---- every shipped scenario --------------------------------------------------------------------
names = sorted(n for n in os.listdir(f"{src}/scenarios") if n.endswith(".yaml"))
result(len(names) >= 11, "scenarios are shipped", names)
for name in names:
    with open(f"{src}/scenarios/{name}", encoding="utf-8") as f:
        errors = list(validator.iter_errors(read(f.read())))
    result(not errors, name, *[(list(e.absolute_path), e.message) for e in errors])

# ---- every field, with its default, is taken ------------------------------------------------------
fields = json.loads(subprocess.run([program, "fields", "--json"], env=env, capture_output=True, text=True, check=True).stdout)
missing = []
for field in fields:
    *section, key = field["path"].replace("arms.NAME.", "").split(".")
    places = [schema["$defs"][kind] for kind in field.get("kinds", [])] or [schema]
    for place in places:
        for part in section:
            place = place["properties"].get(part, {"properties": {}})
        row = place["properties"].get(key)
        if row is None or row["title"] != field["label"] or not row["description"].startswith(field["help"]):
            missing.append(field["path"])
result(len(fields) > 100 and not missing, "every field has its row", missing)
extra = len(fields) - len({f["path"] for f in fields})
result(extra == 0, "no field twice")

# ---- right ones, wrong ones ---------------------------------------------------------------------------
arm = "arms:\n  a: {kind: api, model: gpt-4o%s}\n"
right = {
    "the least": "",
    "a range": "workload: {input_tokens: 400 to 620}\n" + arm % "",
    "a share": "workload: {cached_share: 45%}\n" + arm % "",
    "money": "people: {fte_cost_usd_month: $5k..$20k}\n" + arm % "",
    "a fraction": "workload: {cached_share: 0.45}\n" + arm % "",
    "an empty section": "workload:\n" + arm % "",
    "an unset figure": "workload: {growth_cap: }\n" + arm % "",
    "regimes as a list": "constraints: {regimes: [hipaa, dpdp]}\n" + arm % "",
    "regimes as words": "constraints: {regimes: hipaa}\n" + arm % "",
    "a day": "start: 2026-03-15\n" + arm % "",
    "a pilot": "pilots: [{n: 1k, right: 150, total: 200}]\n" + arm % "",
    "a title that is a number": "title: 2026\n" + arm % "",
    "a decision": "decision: {pick: a, on: 2026-01-01, p_best: 0.5, tco_usd: 1, prices: {a: {input_usd_mtok: 3}}}\n" + arm % "",
    "a source": "sources: {requests_per_day: product analytics}\n" + arm % "",
    "an arm of every field that it has": arm % ", host: openai, input_usd_mtok: $3, output_factor: 1.1",
}
for name, text in right.items():
    text = "breakeven: 1\n" + text
    errors = list(validator.iter_errors(read(text)))
    taken, said = accepts(text)
    result(taken and not errors, f"right: {name}", said, *[(list(e.absolute_path), e.message) for e in errors])

wrong = {
    "no format": "title: a\n",
    "another format": "breakeven: 2\n",
    "an unknown key": "breakeven: 1\ntitel: a\n",
    "an unknown field": "breakeven: 1\nworkload: {requests: 5}\n",
    "a field at the top": "breakeven: 1\nrequests_per_day: 5\n",
    "a section that is a figure": "breakeven: 1\nworkload: 5\n",
    "a figure that is a word": "breakeven: 1\nworkload: {input_tokens: many}\n",
    "a figure that is a list": "breakeven: 1\nworkload: {input_tokens: [5]}\n",
    "a figure below its limits": "breakeven: 1\nworkload: {input_tokens: -5}\n",
    "a figure above its limits": "breakeven: 1\nhorizon: {months: 1000}\n",
    "a share that is none": "breakeven: 1\nworkload: {cached_share: 45}\n",
    "a needed figure that is empty": "breakeven: 1\nworkload: {input_tokens: }\n",
    "a choice that is none": "breakeven: 1\nattitude: bold\n",
    "a date that is none": "breakeven: 1\nstart: march\n",
    "a month that is none": "breakeven: 1\nstart: 2026-13\n",
    "an arm without a kind": "breakeven: 1\narms:\n  a: {model: gpt-4o}\n",
    "an arm of no kind": "breakeven: 1\narms:\n  a: {kind: apy}\n",
    "a field that this kind has not": "breakeven: 1\narms:\n  a: {kind: api, model: gpt-4o, gpu: l4}\n",
    "arms in a list": "breakeven: 1\narms: [a]\n",
    "a name with a dot": "breakeven: 1\narms:\n  a.b: {kind: api, model: gpt-4o}\n",
    "nine arms": "breakeven: 1\narms:\n" + "".join(f"  a{i}: {{kind: api, model: gpt-4o}}\n" for i in range(9)),
    "a pilot without its total": "breakeven: 1\npilots: [{n: 1, right: 1}]\n",
    "a decision without a pick": "breakeven: 1\ndecision: {p_best: 1}\n",
    "a probability above 1": "breakeven: 1\ndecision: {pick: a, p_best: 2}\n",
    "a title that is a list": "breakeven: 1\ntitle: [a]\n",
    "a title that is too long": "breakeven: 1\ntitle: " + 200 * "a" + "\n",
}
for name, text in wrong.items():
    errors = list(validator.iter_errors(read(text)))
    taken, said = accepts(text)
    result(errors and not taken, f"wrong: {name}", f"schema: {len(errors)} errors", f"program takes it: {taken}", said)
print(f"1..{count}")
