#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person who knows none of the keys: open, change the volume, type a range, see a flip, save, save under a
new name, export, quit. Before each key the screen has said that it is one: words on it are asserted, and the
key is taken out of them where they name it."""
import os
import re
import sys

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

WAYS = ["article.yaml", "article-corrected.yaml"]
SIZES = [(80, 24), (120, 40)]


def says(pane, pattern):
    """What a regular expression finds on the screen; its first group is the key or the figure."""
    found = []

    def seen():
        match = re.search(pattern, pane.screen(), re.M)
        if match:
            found.append(match)
        return match
    try:
        poll(repr(pattern), seen)
    except AssertionError as e:
        raise AssertionError("%s; the screen:\n%s" % (e, pane.screen())) from None
    return found[-1].group(1) if found[-1].groups() else found[-1].group(0)


def walk(scenario, size):
    path = copy_of(scenario)
    folder = os.path.dirname(path)
    env = surroundings()
    steps = []

    def step(what, keys, pane):
        steps.append("%s: %s" % (what, keys))
        pane.keys(keys)

    with Pane(path, size=size, env=env) as p:
        # open: the file, the verdict, and what can be done
        says(p, r"Opened %s\. Nothing is written until :w" % re.escape(scenario))
        says(p, r"0-9 edit")
        # change the volume: the cursor stands on it, figures edit, Enter keeps
        says(p, r"^[▸>]Requests/day")
        step("change the volume", "25k", p)
        keep = says(p, r"(Enter) keep")
        says(p, r"reads as")
        step("keep it", "<%s>" % keep, p)
        says(p, r"set Requests/day .*25k")
        # a range: the entry itself shows the form of one
        step("type a range", "15k", p)
        says(p, r"forms: .*8M to 12M")
        step("its other end", " to 60k", p)
        says(p, r"reads as .*90% sure it is 15k to 60k")
        step("keep it", "<Enter>", p)
        says(p, r"set Requests/day 25k → 15k to 60k")
        # a flip: the verdict names the nearest, the bottom line says how a field is found
        p.settle()
        label = says(p, r"(?:Flips it:|Nearest flips, one change at a time .*\n.*│)\s+(?:[\w-]+: )?([A-Z1][\w-]+(?: [\w-]+)*?) +\S*\d")
        find = says(p, r"(\S) find")
        step("find its field", find + label.split()[0], p)
        says(p, r"Enter takes")
        rows = p.screen().split("\n")
        path_found = next(r for r in rows if re.match(r"\s*[▸>]\S", r)).split()[0][1:]
        step("go there", "<Enter>", p)
        if not re.search(r"flips at .*\(key (\S)\)", p.screen()):
            # several arms have a field of this name: the line says how to see the next
            again = says(p, r"(\S) \S+ next")
            for _ in range(8):
                if re.search(r"flips at .*\(key (\S)\)", p.screen()):
                    break
                step("the next of its name", again, p)
        goal = says(p, r"flips at .*\(key (\S)\)")
        verdict = p.row(1)
        step("open the entry at the flip", goal, p)
        says(p, r"preview: ")
        step("try it", "<Enter>", p)
        p.settle()
        expect(p.row(1) != verdict, "the verdict did not turn:", verdict)
        undo = says(p, r"(\S) undo")
        step("take it back", undo, p)
        # save: unsaved edits put the key on the bottom line
        save = says(p, r"\^(\S) save")
        step("save", "<C-%s>" % save.lower(), p)
        says(p, r"(?:saved|wrote|written)")
        expect(b"15k to 60k" in read(path), "the file has not the range")
        # under a new name: what is found says which command takes one
        step("look for it", find + "save", p)
        for _ in range(8):
            if re.search(r"^ *[▸>]:w +command +Save; with a FILE", p.screen(), re.M):
                break
            step("down the list", "<Down>", p)
        says(p, r"^ *[▸>]:w +command +Save; with a FILE")
        step("take it", "<Enter>", p)
        says(p, r":w \[FILE\] +Save; with a FILE, under that name")
        step("under a new name", os.path.join(folder, "plan-b.yaml") + "<Enter>", p)
        says(p, r"plan-b\.yaml")
        expect(b"15k to 60k" in read(os.path.join(folder, "plan-b.yaml")), "the new file has not the range")
        # export
        step("find the export", find + "export", p)
        says(p, r"^ *[▸>]:export +command")
        step("take it", "<Enter>", p)
        says(p, r":export .*FILE")
        step("its file", os.path.join(folder, "report.md") + "<Enter>", p)
        says(p, r"report\.md")
        expect(b"15k to 60k" in read(os.path.join(folder, "report.md")), "the report has not the range")
        # quit
        leave = says(p, r"(\S) quit")
        steps.append("quit: " + leave)
        p.keys(leave, settle=False)
        p.died()
        state = p.state()
        expect(state["status"] in (0, None) and not state["signal"], "left with", state)
    return steps


@check(42, "a person who knows no key edits, sees a flip, saves, exports and leaves by what the screen says")
def _():
    for scenario in WAYS:
        for size in SIZES:
            steps = walk(scenario, size)
            comment("%s at %dx%d: %d steps" % (scenario, size[0], size[1], len(steps)))
            if size == SIZES[0]:
                comment("; ".join(steps))


main()
