#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks 11 to 21: typing values, nudging, undo, the editor, pasting."""
import json
import os
import random
import re
import sys
import time

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

VOLUME = "Requests/day"


def flat(text):
    return " ".join(text.split())


def right_side(p):
    """The text right of the panes, as one line."""
    return flat(" ".join(re.split(r"[│|]", row, 1)[1] for row in p.rows()[1:-3] if re.search(r"[│|]", row)))


@check(11, "a typed number is previewed at each key, kept by Enter, and solved as solve --set does")
def _():
    path = copy_of(ARTICLE)
    with Pane(path, size=(120, 40)) as p:
        lines = [p.row(38)]
        for key in ("4", "0", "k"):
            p.keys(key)
            lines.append(p.row(38))
        equal(len(set(lines)), 4, "preview lines: %s" % lines)
        expect("40k" in lines[3], lines[3])
        p.keys("<Enter>")
        equal(p.status().strip(), "set Requests/day 20k → 40k")
        shown = right_side(p)
        row_1 = p.row(1)
    want = solve(path, "requests_per_day=40k")
    reason = flat(want["verdict"]["reasons"][0])
    total, more = re.search(r"costs (\$\S+) over .* costs (\$\S+) more", reason).groups()
    for said in (" %s " % total, "+%s over 12 months" % more):
        expect(said in shown, "the screen does not say", said, "of", reason, "\n", shown)
    for arm in want["arms"]:
        # dollars a month over the horizon, three digits
        expect(re.search(re.escape(arm["name"]) + r" +\$", shown), arm["name"], "is not on the screen:", shown)
    expect(want["verdict"]["pick"] in row_1, row_1)
    expect("24M" in solve_text(path, "requests_per_day=40k") and want["tokens_per_day"] == 24e6, want["tokens_per_day"])


def solve_text(path, setting):
    return run(["solve", path, "--set", setting] + SAMPLES).stdout.decode()


@check(12, "typing and Esc leaves the screen byte-equal")
def _():
    with Pane() as p:
        before = p.looks()
        p.keys("999")
        expect(p.looks() != before, "typing shows nothing")
        p.keys("<Esc>")
        same_screen(p.looks(), before)
        p.keys("<Down><Up>40k<Enter>")
        before = p.looks()
        p.keys("9<Esc>")
        same_screen(p.looks(), before, "screen after an edit")


@check(13, "a range is log-normal with its median, ranges the results, and is saved as typed")
def _():
    path = copy_of(ARTICLE)
    with Pane(path, size=(120, 40)) as p:
        p.keys("8M to 12M<Enter>")
        p.keys("<C-s>")
        help_line = p.row(38)
        expect("log-normal" in help_line and "9.8M" in help_line, help_line)
        expect("saved" in p.status(), p.status())
        expect("90% range" in right_side(p), right_side(p))
        want = solve(path)
        low, high = (want["arms"][0]["tco_usd"][q] for q in ("p5", "p95"))
        expect(high > 1.3 * low, "no range in the result:", low, high)
    expect(b"requests_per_day: 8M to 12M " in read(path), "the file:", read(path))


@check(14, "every form of a range is echoed as it was understood")
def _():
    forms = [("8 to 12M", ("8M", "12M")), ("1,000,000 to 2,000,000", ("1.41M",)), ("10M ±20%", ("normal", "8M", "12M")),
             ("8M..12M", ("uniform", "8M", "12M")), ("8M/10M/12M", ("PERT", "8M", "10M", "12M")), ("1.2Cr", ("12M",))]
    with Pane() as p:
        for typed, words in forms:
            p.keys("<Enter><C-u>", settle=False)
            p.text(typed)
            p.settle()
            line = p.row(22)
            expect("reads as" in line, typed, "->", line)
            for word in words:
                expect(word in line, typed, "->", line)
            p.keys("<Esc>")
        equal(p.value(VOLUME), "20k", "the value")


@check(15, "a refused entry says why on its own row, marks the gutter and changes nothing")
def _():
    cases = [("12M to 8M", "low"), ("fast", "number"), ("3,00", "3.00"), ("", ""), ("1e400", ""), ("-5", "")]
    with Pane() as p:
        verdict = p.row(1)
        for typed, word in cases:
            p.keys("<Enter><C-u>")
            p.text(typed)
            p.keys("<Enter>")
            row = p.rows()[p.field_row(VOLUME)]
            expect(row.startswith("!"), "no mark in the gutter for %r: %s" % (typed, row))
            expect("[" + typed in row, "the entry is gone: %r: %s" % (typed, row))
            after = row.split("]", 1)[1].strip(" │|") if "]" in row else ""
            expect(len(after) > 8 and word in after, "no reason on the row of %r: %s" % (typed, row))
            p.keys("<Esc>")
            equal(p.value(VOLUME), "20k", "value after %r" % typed)
            equal(p.row(1), verdict, "verdict after %r" % typed)


@check(16, "+ and - move the second digit; held down, the first")
def _():
    with Pane() as p:
        seen = [p.value(VOLUME)]
        for key in "+-":
            p.keys(key)
            seen.append(p.value(VOLUME))
        equal(seen, ["20k", "21k", "20k"], "values")
    # 30 presses at 30 ms; on a busy machine a press may come late, so three tries
    for attempt in range(3):
        with Pane(copy_of(ARTICLE)) as p:
            for _ in range(30):
                p.text("+")
                time.sleep(0.02)
            p.settle()
            k = {"k": 1e3, "M": 1e6}
            shown = p.value(VOLUME)
            end = float(shown[:-1]) * k[shown[-1]]
        # eight by the second digit reach 28k; then at least ten times that step
        if end >= 100e3:
            return
    raise AssertionError("30 fast presses end at %s" % shown)


@check(17, "] [ double and halve, } { multiply by ten and back")
def _():
    with Pane() as p:
        seen = []
        for key in "][}{":
            p.keys(key)
            seen.append(p.value(VOLUME))
        equal(seen, ["40k", "20k", "200k", "20k"], "values")


@check(18, "a run of nudges is one undo step, which names the field and both values")
def _():
    for attempt in range(3):
        with Pane(copy_of(ARTICLE)) as p:
            p.text("+" * 20)
            p.settle()
            top = p.value(VOLUME)
            p.keys("u")
            if p.value(VOLUME) == "20k" or attempt == 2:
                equal(p.value(VOLUME), "20k", "one undo")
                expect(all(w in p.status() for w in (VOLUME, "20k", top)), p.status())
                p.keys("<C-r>")
                equal(p.value(VOLUME), top, "redo")
                expect(all(w in p.status() for w in (VOLUME, "20k", top)), p.status())
                p.keys("u")
                p.keys("u")
                expect("nothing to undo" in p.status(), p.status())
                return


@check(19, "200 random edits undone and done again leave the screens as they were")
def _():
    fields = json.loads(run(["fields", "--json"]).stdout)
    chance = random.Random(19)
    # rows that every scenario has and whose value is a plain number between limits
    rows = [f for f in fields if f["type"] in ("quantity", "choice") and not f["path"].startswith("arms.")
            and f["path"] != "currency_per_usd"]
    keys = []
    for _ in range(200):
        f = chance.choice(rows)
        if f["type"] == "choice":
            value = chance.choice(f["choices"])
        else:
            low = f["low"] if f["low"] is not None else 0
            high = f["high"] if f["high"] is not None else 1e6
            x = low + (min(high, low + 1e4) - low) * chance.random() ** 3
            value = "%.3g" % x
            if f["unit"] and "share" in f["unit"]:
                value = "%.3g%%" % (100 * min(x, 0.9))
        keys.append(":set %s=%s<Enter>" % (f["path"], value))
    frame = "<A-1><Home><C-c><Dump>"
    script = frame + "".join(keys) + frame + "u" * 220 + frame + "<C-r>" * 220 + frame + ":q!<Enter>"
    frames = frames_of(replay(script, (120, 40), [copy_of(ARTICLE)], options=["--samples", "256"]), 40)
    equal(len(frames), 4, "frames")
    expect(frames[0] != frames[1], "the edits changed nothing")
    same_screen(frames[2], frames[0], "after undoing all")
    same_screen(frames[3], frames[1], "after doing all again")


EDITORS = {
    "edits": "sed -i 's/requests_per_day: 20k/requests_per_day: 40k/; s/input_tokens: 500/input_tokens: 600/' \"$1\"",
    "breaks": "printf 'workload:\\n  requests_per_day: [1\\n' >\"$1\"",
    "bad value": "sed -i 's/requests_per_day: 20k/requests_per_day: fast/' \"$1\"",
    "refuses": "sed -i 's/requests_per_day: 20k/requests_per_day: 40k/' \"$1\"; exit 1",
}


def editor(what):
    path = os.path.join(fresh("editor"), "edit")
    write(path, "#!/bin/sh\n" + EDITORS[what] + "\n")
    os.chmod(path, 0o755)
    return path


@check(20, "^E brings the editor's change as one undo step, or the line and column, or nothing")
def _():
    def values(p):
        return [p.value(f) for f in (VOLUME, "Input tokens")]

    with Pane(copy_of(ARTICLE), env=surroundings(EDITOR=editor("edits"))) as p:
        p.keys("<C-e>")
        poll("the edit", lambda: values(p) == ["40k", "600"])
        p.settle()
        p.keys("u")
        equal(values(p), ["20k", "500"], "after one undo")
        p.keys("u")
        expect("nothing to undo" in p.status(), p.status())
    for what in ("breaks", "bad value"):
        with Pane(copy_of(ARTICLE), env=surroundings(EDITOR=editor(what))) as p:
            p.keys("<C-e>")
            poll("the line and column", lambda: re.search(r":\d+:\d+: |line \d+ column \d+", p.status()))
            p.settle()
            equal(values(p), ["20k", "500"], "the old model (%s)" % what)
    with Pane(copy_of(ARTICLE), env=surroundings(EDITOR=editor("refuses"))) as p:
        p.keys("<C-e>")
        p.settle()
        expect(p.alive() and p.state()["alternate"], "gone")
        equal(values(p), ["20k", "500"], "after exit 1")
        p.keys("u")
        expect("nothing to undo" in p.status(), p.status())


@check(21, "pasted text is text: not committed in an entry, not run at rest")
def _():
    with Pane(copy_of(ARTICLE)) as p:
        p.keys("<Enter><C-u>")
        p.paste("8M to 12M\n")
        expect("[8M to 12M" in p.rows()[p.field_row(VOLUME)], p.screen())
        expect("log-normal" in p.row(22), p.row(22))
        p.keys("<Esc>")
        equal(p.value(VOLUME), "20k", "value after Esc")
        before = p.screen().split("\n")[:21]
        p.paste(":q!\n")
        expect(p.alive(), "the pasted text was run")
        same_screen("\n".join(p.screen().split("\n")[:21]), "\n".join(before))


main()
