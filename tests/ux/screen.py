#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks 30 to 37: windows of every size, axes, break-evens, terminals without colour or UTF-8,
tables and exports."""
import base64
import concurrent.futures
import glob
import json
import math
import os
import random
import re
import sys
import time

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

VOLUME = "Requests/day"
FEW = ["--samples", "256"]  # where the number of samples does not matter
SIZES = [(80, 24), (120, 40), (200, 50)]
CHARTS = "CUDKTSLB"
VIEWS = "CUDKTSWLBMIAXR"
SHIPPED = sorted(glob.glob(os.path.join(SCENARIOS, "*.yaml")))


def columns(row):
    """Cells of a row; every glyph of ours is one cell wide."""
    return len(row)


@check(30, "every window from 1x1 to 200x50 shows what fits, and the first size looks as at first")
def _():
    with Pane(copy_of(ARTICLE)) as p:
        first = p.screen()
        for size in ((200, 50), (120, 40), (40, 10), (20, 4), (1, 1), (80, 24)):
            p.resize(*size)
            expect(p.alive(), "dead at", size)
            screen = p.screen()
            expect(all(columns(r) <= size[0] for r in screen.split("\n")), "a row is too wide at", size)
            if size != (1, 1):
                expect("gpt4o" in screen, "no verdict at", size, "\n" + screen)
        same_screen(p.screen(), first)
    with Pane(copy_of(ARTICLE), size=(1, 1)) as p:
        expect(p.alive(), "dead at 1x1")
        p.resize(80, 24)
        same_screen(p.screen(), first, "after a start at 1x1")


@check(31, "200 random sizes while typing leave the value right and the screen as after a fresh start")
def _():
    chance = random.Random(31)
    path = copy_of(ARTICLE)
    with Pane(path) as p:
        p.keys("<Enter><C-u>")
        for k in range(200):
            p.resize(chance.randint(1, 200), chance.randint(1, 60), settle=False)
            if k % 10 == 5:
                p.text("40k"[k // 10] if k < 30 else " ")
        p.keys("<Enter>")
        for size in ((80, 24), (120, 40)):
            p.resize(*size)
            equal(p.value(VOLUME), "40k", "the value")
        late = p.screen()
    with Pane(copy_of(ARTICLE), size=(120, 40)) as q:
        q.keys("40k<Enter>")
        same_screen(late, q.screen())


@check(32, "LINES and COLUMNS of the environment do not count")
def _():
    with Pane(size=(120, 40), env=surroundings(LINES="10", COLUMNS="30")) as p:
        expect("? help" in p.row(40) and columns(p.row(1)) > 100, p.screen())
        p.resize(100, 30)
        expect("? help" in p.row(30), p.screen())


# ---- axes ---------------------------------------------------------------------------------------

UNITS = {"": 1, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "%": 1}
LABEL = r"[-−]?\$?[-−]?[0-9][0-9.]*[kMBT%]?"


def number(text):
    m = re.fullmatch(r"([-−]?)\$?([-−]?)([0-9.]+)([kMBT%]?)", text)
    return (-1 if m.group(1) or m.group(2) else 1) * float(m.group(3)) * UNITS[m.group(4)]


def round_number(x, of):
    """Whether x is q times a power of ten."""
    if x <= 0:
        return False
    mantissa = x / 10 ** math.floor(math.log10(x) + 1e-9)
    return any(abs(mantissa - q) < 1e-6 * q for q in of)


def axis_fault(marks, slack, what):
    """What is wrong with the labels of an axis: (value, place) in the order of their places."""
    values = [v for v, _ in marks]
    if len(values) < 2:
        return None
    steps = [b - a for a, b in zip(values, values[1:])]
    if len(values) == 2 and min(values) > 0 and abs(abs(math.log10(values[1] / values[0])) - 1) < 1e-9 and round_number(values[0], (1,)):
        return None  # one decade: nothing between them to be wrong
    if all(abs(s - steps[0]) < 1e-6 * max(abs(s), 1e-12) for s in steps):
        if not round_number(abs(steps[0]), (1, 2, 2.5, 3, 4, 5)):
            return "%s: step %g of %s" % (what, steps[0], values)
        scale = values
    elif min(values) > 0 and all(round_number(v, (1, 2, 5)) for v in values):
        scale = [math.log10(v) for v in values]
    else:
        return "%s: labels %s are neither even nor 1, 2, 5 of decades" % (what, values)
    places = [p for _, p in marks]
    for v, p in zip(scale, places):
        want = places[0] + (v - scale[0]) / (scale[-1] - scale[0]) * (places[-1] - places[0])
        if abs(p - want) > slack:
            return "%s: label of %g lies %.1f from its value's place" % (what, v, p - want)
    return None


def axis_faults(frame):
    """Faults of the axes on a frame that shows one view alone."""
    rows = frame.split("\n")
    faults, y_marks, x_seen = [], [], 0
    for k, row in enumerate(rows):
        m = re.match(r"\s*(%s) ?[┤+]" % LABEL, row)
        if m:
            y_marks.append((number(m.group(1)), k))
        if re.match(r"\s*└", row) and k + 1 < len(rows):
            x_seen += 1
            ticks = [m.start() for m in re.finditer("┬", row)]
            labels = [(m.group(0), m.start(), m.end()) for m in re.finditer(r"(?<!\S)%s(?!\S)" % LABEL, rows[k + 1])]
            for a, b in zip(labels, labels[1:]):
                if b[1] - a[2] < 2:
                    faults.append("x labels %s and %s touch" % (a[0], b[0]))
            if len(labels) > len(ticks):
                faults.append("%d x labels, %d ticks" % (len(labels), len(ticks)))
            marks = []
            for text, start, end in labels:
                near = min(ticks, key=lambda t: abs(t - (start + end - 1) / 2)) if ticks else None
                if near is None or abs(near - (start + end - 1) / 2) > len(text):
                    faults.append("x label %s is far from a tick" % text)
                else:
                    marks.append((number(text), near))
            fault = axis_fault(marks, 1.01, "x")
            if fault:
                faults.append(fault)
    for a, b in zip(y_marks, y_marks[1:]):
        if b[1] - a[1] < 2:
            faults.append("y labels %g and %g are on neighbouring rows" % (a[0], b[0]))
    fault = axis_fault(y_marks, 0.25, "y")
    if fault:
        faults.append(fault)
    return faults, len(y_marks), x_seen


def random_edits(chance, fields):
    """A few legal :set lines for rows that every scenario has."""
    keys = ""
    for f in chance.sample(fields, 3):
        low = f["low"] if f["low"] is not None else 0
        high = f["high"] if f["high"] is not None else 1e6
        low, high = max(low, 1e-3), min(high, 1e7)
        if not low < high:
            continue
        x = math.exp(math.log(low) + chance.random() * (math.log(high) - math.log(low)))
        text = "%.3g%%" % (100 * x) if f["unit"] and "share" in f["unit"] else "%.3g" % x
        keys += ":set %s=%s<Enter>" % (f["path"], text)
    return keys


@check(33, "axes of every view: round labels where their values lie, none touching another")
def _():
    fields = [f for f in json.loads(run(["fields", "--json"]).stdout)
              if f["type"] == "quantity" and f["path"].split(".")[0] in ("workload", "labels", "people", "horizon", "quality")]
    chance = random.Random(33)
    cases = [(path, "") for path in SHIPPED]
    while len(cases) < 50:
        cases.append((chance.choice(SHIPPED), random_edits(chance, fields)))
    # what ships at every size, what chance made of it at one of them
    jobs = [(path, edits, size) for k, (path, edits) in enumerate(cases) for n, size in enumerate(SIZES)
            if not edits or k % 3 == n]

    def one(job):
        path, edits, size = job
        script = edits + "z" + "".join(v + "<Dump>" for v in CHARTS)
        frames = frames_of(replay(script, size, [path], options=FEW), size[1])
        found, seen = [], [0, 0]
        for view, frame in zip(CHARTS, frames):
            faults, y, x = axis_faults(frame)
            seen[0] += y
            seen[1] += x
            found += ["%s %s view %s %s: %s" % (os.path.basename(path), size, view, edits, f) for f in faults]
        return found, seen

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(one, jobs))
    faults = [f for found, _ in results for f in found]
    y = sum(seen[0] for _, seen in results)
    x = sum(seen[1] for _, seen in results)
    comment("%d frames' axes read: %d y labels, %d x axes" % (len(jobs) * len(CHARTS), y, x))
    expect(y > 1000 and x > 250, "too few axes were seen:", y, x)
    expect(not faults, "%d faults:\n" % len(faults) + "\n".join(faults[:20]))


@check(34, "the break-even marker stands at the solver's volume, and the text names it or says none")
def _():
    seen = 0
    for name in ("medical-qa.yaml", "support-intents.yaml", "startup-mvp.yaml", "article-corrected.yaml"):
        path = os.path.join(SCENARIOS, name)
        want = solve(path, samples=FEW)
        letters = {chr(65 + k): a["name"] for k, a in enumerate(want["arms"])}
        for size in SIZES:
            frame = run(["chart", path, "--view", "cost", "--size", "%dx%d" % size] + FEW).stdout.decode().split("\n")
            axis = [k for k, r in enumerate(frame) if re.match(r"\s*└", r)][0]
            labels = {m.group(0): m for m in re.finditer(LABEL, frame[axis + 1])}
            ticks = [m.start() for m in re.finditer("┬", frame[axis])]
            texts = list(labels)
            low, decades = number(texts[0]), math.log10(number(texts[-1]) / number(texts[0]))
            left, width = ticks[0], ticks[-1] - ticks[0]
            marks = sorted({m.start() for r in frame[:axis] for m in re.finditer("┊", r)})
            text = " ".join(" ".join(frame[axis + 2:]).split())
            named = re.search(r"┊ (?:first and last )?break-even (\w)/(\w)", text)
            if not named:
                expect(not marks, "markers without a name:", marks)
                expect("none between" in text or "o break-even" in text, "nothing is said:", text)
                continue
            pair = {letters[named.group(1)], letters[named.group(2)]}
            c = [c for c in want["crossings"] if {c["a"], c["b"]} == pair][0]
            volumes = c["run"]["tokens_per_day"] + ([c["run"]["stays_from"]] if c["run"]["stays_from"] else [])
            expect(volumes, "a marker without a crossing")
            at = [left + width * math.log10(v / low) / decades for v in volumes if 0 <= math.log10(v / low) <= decades]
            for m in marks:
                expect(any(abs(m - a) <= 1 for a in at), name, size, "a marker at", m, "crossings at", at)
            for edge in (at[0], at[-1]):
                expect(any(abs(m - edge) <= 1 for m in marks), name, size, "no marker at", edge, "only", marks)
            said = [number(m) for m in re.findall(LABEL, text)]
            for v in (volumes[0], volumes[min(1, len(volumes) - 1)], volumes[-1]):
                expect(any(abs(x - v) < 0.01 * v for x in said), "a crossing is not named:", v, text)
            seen += 1
    expect(seen >= 3, "only", seen, "charts had a marker")
    text = " ".join(run(["chart", ARTICLE, "--view", "cost"] + FEW).stdout.decode().split())
    expect("none between" in text, "no word of none:", text[-900:])


def all_keys(p_send, settle):
    for v in VIEWS:
        p_send(v)
        settle()
    p_send("C?")
    settle()
    p_send("\x1b")
    settle()


@check(35, "without colour no colour is sent, focus is reverse, series have letters, the text is the same")
def _():
    plain = []
    with Pane(size=(120, 40)) as p:
        coloured = p.screen()
        expect("\x1b[38;5;" in p.screen("-e"), "the coloured run has no colours")
    for env, options in ((surroundings(NO_COLOR="1"), []), (surroundings(), ["--color=never"]),
                         (surroundings(TERM="vt100"), [])):
        with Pane(*options, size=(120, 40), env=env) as p:
            same_screen(p.screen(), coloured, "text with %s %s" % (env["TERM"], options))
            expect("\x1b[7m" in p.screen("-e") or ";7m" in p.screen("-e"), "no reverse")
        with Terminal(*options, size=(120, 40), env=env) as t:
            t.wait_for("? help")
            t.settle()
            all_keys(t.send, t.settle)
            for m in re.findall(rb"\x1b\[([0-9;]*)m", t.out):
                for code in m.split(b";"):
                    n = int(code or b"0")
                    expect(not (30 <= n <= 49 or 90 <= n <= 107), "SGR", m, "with", env["TERM"], options)
        plain.append(env["TERM"])
    view = [re.split("│", r, 1)[1] for r in coloured.split("\n")[2:] if "│" in r]
    text = "\n".join(view)
    for letter, name in (("A", "claude"), ("B", "gpt4o"), ("C", "tuned")):
        expect(re.search(r"[⠀-⣿]%s|%s[⠀-⣿]" % (letter, letter), text), "no letter", letter, "on a line:\n" + text)
        expect("%s %s" % (letter, name) in text, "no letter", letter, "in the legend")


@check(36, "LC_ALL=C sends ASCII alone; the Linux console gets no glyph that its fonts lack")
def _():
    with Terminal(size=(120, 40), env=surroundings(LC_ALL="C")) as t:
        t.wait_for("? help")
        t.settle()
        all_keys(t.send, t.settle)
        t.send("8M to 12M\r")
        t.settle()
        expect(max(t.out) < 0x80, "bytes above 0x7f:", re.findall(rb".{20}[\x80-\xff]+", t.out)[:3])
        expect(b"\x0e" not in t.out and b"\x1b(0" not in t.out, "alternate character set")
    with Terminal(size=(120, 40), env=surroundings(TERM="linux")) as t:
        t.wait_for("? help")
        t.settle()
        all_keys(t.send, t.settle)
        text = t.out.decode("utf-8", "replace")
        bad = set(re.findall("[\u2800-\u28ff▀▄▌▐▁▂▃▅▆▇▉▊▋▍▎▏▓○◆✓✗▸▾╎╌┊]", text))
        expect(not bad, "glyphs that the console lacks:", sorted(bad))


# ---- tables and exports ----------------------------------------------------------------------------

def money(text):
    return set(re.findall(r"-?\$[0-9][0-9.,]*[kMBT]?", text))


@check(37, "tables, exports and copies carry the numbers of the screen; the report preview is the file")
def _():
    path = copy_of("medical-qa.yaml")
    for view in ("cost", "unit", "diff", "cumulative", "tornado", "spread", "latency", "labels"):
        shown, table = (run(["chart", path, "--view", view, "--size", "200x40"] + more + FEW) for more in ([], ["--table"]))
        equal((shown.returncode, table.returncode), (0, 0), "chart " + view)
        rows = shown.stdout.decode().split("\n")
        starts = [k for k, r in enumerate(rows) if re.match(r" [A-Za-z]", r) and "┤" not in r]
        said = " ".join(rows[starts[-1]:])  # the sentence under the picture
        rest = " ".join(table.stdout.decode().split())
        expect(money(said) <= money(rest), view, "the table lacks", money(said) - money(rest))
        expect(len(re.findall(r"[0-9]", rest)) > 10, view, "the table has no numbers:", rest)
    folder = fresh("out")
    with Pane(path, size=(120, 40)) as p:
        for view in VIEWS:
            p.keys(view + "#")
            expect("table" in p.status() or view in "WIAXRM", view, p.status())
            p.keys("#")
        p.keys("R")
        preview = [re.split("│", r, 1)[1].rstrip() for r in p.rows()[2:20] if "│" in r]
        p.keys(":export %s/r.md<Enter>" % folder)
        poll("the report", lambda: os.path.exists(folder + "/r.md"))
        p.keys(":export %s/r.json<Enter>" % folder)
        poll("the report", lambda: os.path.exists(folder + "/r.json"))
    written = read(folder + "/r.md").decode()
    flat = " ".join(written.split())
    # the preview wraps long lines: the words come in the file's order
    words = " ".join(" ".join(preview).split())
    expect(len(words) > 200, "a short preview:", preview)
    missing = [line for line in preview if line.strip() and " ".join(line.split()).rstrip("…") not in flat]
    expect(not missing, "lines of the preview that the file lacks:", missing[:4])
    exported, solved = json.loads(read(folder + "/r.json")), solve(path)
    equal(exported.get("verdict", exported)["pick"], solved["verdict"]["pick"], "the pick in the JSON")
    equal({a["name"]: a["tco_usd"]["mean"] for a in exported["arms"]},
          {a["name"]: a["tco_usd"]["mean"] for a in solved["arms"]}, "costs in the JSON")
    with Terminal(path, size=(120, 40)) as t:
        t.wait_for("? help")
        t.settle()
        t.send("\x1b[Z")  # to the view
        t.settle()
        t.send("y")
        t.wait_for("copied")
        payload = re.search(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]+)(\x07|\x1b\\)", t.out)
        expect(payload, "no OSC 52")
        text = base64.b64decode(payload.group(1)).decode()
    want = run(["chart", path, "--view", "cost", "--table"] + SAMPLES).stdout.decode()
    expect(money(want) & money(text) and len(money(want) - money(text)) <= 0.05 * len(money(want)),
           "the copy lacks", sorted(money(want) - money(text))[:8])


main()
