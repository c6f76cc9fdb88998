#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks 22 to 29: goal-seek, help, rebinding, finding, the command line, panes, mouse, plain mode."""
import os
import re
import sys

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

VOLUME = "Requests/day"
EDGE = re.compile(r"[│|]")


def config(text):
    """A home with a configuration."""
    home = fresh("home")
    folder = os.path.join(home, ".config/breakeven")
    os.makedirs(folder)
    write(os.path.join(folder, "config.yaml"), text)
    return surroundings(home)


@check(22, "g on the GPU price opens the flip of solve --json; Enter turns the verdict, u turns it back")
def _():
    path = copy_of("bank-india.yaml")
    want = solve(path)
    pick = want["verdict"]["pick"]
    field = "arms.%s.gpu_price_usd_h" % pick
    flip = [f for f in want["flips"] if f["field"] == field][0]
    with Pane(path, size=(120, 40)) as p:
        p.jump(field)
        before = p.row(1)
        expect(pick in before, before)
        p.keys("g")
        said = re.search(r"flips at \$([0-9.]+)", p.screen())
        expect(said, "no flip:", p.screen())
        expect(abs(float(said.group(1)) - flip["to"]) <= 0.006 * flip["to"], said.group(0), "is not", flip["to"])
        p.keys("<Enter>")
        expect(flip["pick"] in p.row(1) and p.row(1).split("  ")[2] != before.split("  ")[2], "the verdict stays:", p.row(1))
        p.keys("u")
        equal(p.row(1).replace("•", " ").split(), before.split(), "verdict after u")


@check(23, "the help shows each row of --dump-keys once and leaves the screen as it was")
def _():
    rows = dump_keys()
    with Pane(size=(80, 24)) as p:
        before = p.screen()
        p.keys("?")
        pages = []
        for _ in range(40):
            page = p.screen()
            if pages and page == pages[-1]:
                break
            pages.append(page)
            p.keys("<PgDn>")
        # a page may show rows of the one before it again: a row is what stands on it, once
        shown = []
        for page in pages:
            lines = [line.strip(" ━▸") for line in page.split("\n")[1:-4]]
            for line in lines:
                if line and line not in shown:
                    shown.append(line)
        text = "\n".join(shown)
        for keys, where, name, help_text in rows:
            found = [line for line in shown if line.startswith(keys.strip() + " ") and help_text[:42].strip() in line]
            expect(len(found) == 1, "%s (%s) is there %d times in\n%s" % (keys, help_text, len(found), text))
        p.keys("<Esc>")
        same_screen(p.screen(), before)


@check(24, "keys bound anew show in help, bottom line and --dump-keys, and work")
def _():
    env = config("keys:\n  help: ^G\n  raise: p\n  lower: m\n")
    rows = {name: keys for keys, where, name, help_text in dump_keys(env)}
    equal((rows["help"], rows["raise"], rows["lower"]), ("^G", "p", "m"), "--dump-keys")
    with Pane(copy_of(ARTICLE), env=env) as p:
        bottom = p.row(24)
        expect("^G help" in bottom and "p/m nudge" in bottom and "? help" not in bottom, bottom)
        p.keys("p")
        equal(p.value(VOLUME), "21k", "after p")
        p.keys("+?")
        equal(p.value(VOLUME), "21k", "+ is free")
        expect("Esc closes" not in p.screen(), "? is free")
        p.keys("<C-g>")
        for _ in range(20):
            if re.search(r"^ +\^G +This help", p.screen(), re.M):
                break
            p.keys("<PgDn>")
        expect(re.search(r"^ +\^G +This help", p.screen(), re.M), p.screen())
        p.keys("<Esc>mm")
        equal(p.value(VOLUME), "19k", "after m m")
    with Pane(copy_of(ARTICLE), env=config("keys:\n  hepl: x\n")) as p:
        expect("config.yaml:2:3" in p.status() and "help" in p.status(), p.status())
    # what is open over the panes has keys of its own, by the same table
    env = config("keys:\n  entry-keep: F5\n  list-take: ^T\n  page-close: F6\n")
    rows = {name: (keys, where) for keys, where, name, help_text in dump_keys(env)}
    equal((rows["entry-keep"], rows["list-take"], rows["page-close"]), (("F5", "entry"), ("^T", "list"), ("F6", "page")),
          "--dump-keys")
    with Pane(copy_of(ARTICLE), env=env) as p:
        p.keys("40k<Enter>")
        expect("F5 keep" in p.row(24) and "[40k" in p.screen(), p.screen())
        p.keys("<F5>")
        equal(p.value(VOLUME), "40k", "after F5")
        p.keys("/input_tok<Enter>")
        expect("^T takes" in p.row(24), p.row(24))
        p.keys("<C-t>")
        expect(re.match(r"[▸>]Input tokens", p.rows()[p.state()["y"]]), p.screen())
        p.keys("?<Esc>")
        expect("F6 closes" in p.row(24), p.row(24))
        p.keys("<F6>")
        expect("closes" not in p.row(24), p.row(24))
    with Pane(copy_of(ARTICLE), size=(120, 40), env=config("keys:\n  entry-swap: Esc ^C\n")) as p:
        expect("config.yaml:2:3" in p.status() and "no key that closes an entry" in p.status(), p.status())
        p.keys("9<Esc>")
        equal(p.value(VOLUME), "20k", "after Esc, which stays")


@check(25, "/thr finds Throughput, n the next match, Esc goes back to the former field")
def _():
    with Pane(copy_of(ARTICLE), size=(120, 40)) as p:
        p.keys("<Down><Down>")
        former = p.rows()[p.state()["y"]]
        p.keys("/thr")
        expect("throughput" in p.screen(), p.screen())
        p.keys("<Enter>")
        first = p.rows()[p.state()["y"]]
        expect(re.match(r"[▸>]Throughput", first), "the cursor is on", first)
        p.keys("n")
        second = p.rows()[p.state()["y"]]
        expect(second != first and re.match(r"[▸>]", second), "n leads to", second)
        p.keys("<Esc>")
        equal(p.rows()[p.state()["y"]][:40], former[:40], "the field after Esc")


@check(26, ":set completes a field's name, and names the nearest field for a wrong one")
def _():
    with Pane(copy_of(ARTICLE), size=(120, 40)) as p:
        p.keys(":set thr")
        p.keys("<Tab>")
        prompt = [r for r in p.rows() if r.startswith(":set ")][0].strip()
        expect(prompt.startswith(":set throughput"), prompt)
        p.keys("tok<Tab>" if prompt.endswith("_") else "")
        prompt = [r for r in p.rows() if r.startswith(":set ")][0].strip()
        equal(prompt, ":set throughput_tok_s=", "completed")
        p.keys("<Esc>")
        before = p.screen().split("\n")[:37]
        p.keys(":set thrx=1<Enter>")
        expect("no field thrx" in p.status() and "nearest thr" in p.status(), p.status())
        equal(p.screen().split("\n")[:37], before, "the screen")


@check(27, "Tab and Shift-Tab walk the panes and the view in one order, the cursor always inside the focus")
def _():
    with Pane(copy_of(ARTICLE)) as p:
        def place():
            s = p.state()
            expect(s["cursor"], "the cursor is hidden")
            row = p.rows()[s["y"]]
            if re.match(r"[▸>]", row):
                edge = EDGE.search(row).start()
                expect(0 < s["x"] < edge, "the cursor is at", s["x"], "of", row)
                return row[:edge]
            expect(s["x"] > 30, "the cursor is at", s["x"], s["y"], "where nothing has the focus:", row)
            return "view"
        way = [place()]
        for _ in range(8):
            p.keys("<Tab>")
            way.append(place())
        back = [place()]
        for _ in range(8):
            p.keys("<S-Tab>")
            back.append(place())
        equal(back, way[::-1], "the way back")
        equal(len(set(way)), 7, "stops")
        expect("view" in way, "the view is no stop")
        p.keys("40")
        s = p.state()
        expect("[40" in p.rows()[s["y"]][:s["x"]], "the cursor is not behind the entry")


@check(28, "the mouse: fields, tabs, the chart, the wheel; off when the configuration says so")
def _():
    with Pane(copy_of(ARTICLE), size=(120, 40)) as p:
        expect(p.state()["mouse"], "no mouse reports")
        k = p.field_row("Output tokens")
        p.click(5, k)
        equal(p.state()["y"], k, "the focus")
        expect(re.match(r"[▸>]Output tokens", p.rows()[k]), p.rows()[k])
        # a flip beside the verdict leads to its field
        poll("the flips", lambda: "gpt4o: Tokenizer" in p.screen())
        k = [k for k, row in enumerate(p.rows()) if "gpt4o: Tokenizer" in row[46:]][0]
        p.click(60, k)
        expect(re.search(r"^[▸>]Tokenizer", p.screen(), re.M) and "B gpt4o" in p.screen(), "the flip's field:\n" + p.screen())
        p.keys("<A-1>")
        tabs = p.rows()[1]
        name = re.search(r"\bT(?= |\b)", tabs[47:])
        p.click(47 + name.start(), 1)
        expect(re.search(r"T [A-Z][a-z]+", p.rows()[1]), "the view's tab:", p.rows()[1])
        p.click(re.search(r"\bC\b", p.rows()[1][46:]).start() + 46, 1)
        # inside the chart: the readout is at that place of the axis
        plot = [k for k, row in enumerate(p.rows()) if re.search(r"\$1k ", row[46:])][0]
        ticks = [row for row in p.rows() if re.search(r" 1M +10M +100M +1B", row)][0]
        axis = p.rows()[p.rows().index(ticks) - 1]
        at = [m.start() for m in re.finditer(r"[┬+]", axis)]
        p.click(at[1], plot - 1)
        said = re.search(r"([0-9.]+)([kMB])(?: tokens)?/day  ", p.screen())
        expect(said, "no readout:\n" + p.screen())
        x = float(said.group(1)) * {"k": 1e3, "M": 1e6, "B": 1e9}[said.group(2)]
        column = 10 ** (3 / (at[-1] - at[0])) if len(at) == 4 else 1.2
        expect(10e6 / column ** 1.6 < x < 10e6 * column ** 1.6, "the readout says", said.group(0))
        p.keys("<A-1><Home>")
        values = [r[:46] for r in p.rows()]
        p.click(5, 5, button=65)
        p.click(5, 5, button=65)
        p.keys("<C-c>")
        after = {r[1:17].strip(): r[17:30].strip() for r in (r[:46] for r in p.rows())}
        for r in values:
            label, value = r[1:17].strip(), r[17:30].strip()
            if label in after and re.match(r"[A-Z]", label) and label != "Requests/day":
                equal(after[label], value, "value of " + label + " after the wheel")
        expect([r[:46] for r in p.rows()] != values, "the wheel scrolls nothing")
        p.keys("u")
        expect("nothing to undo" in p.status(), "the wheel changed a value:", p.status())
        # a row of a table by one click; a list by its rows, the second click takes one
        p.keys("W")
        k = [k for k, row in enumerate(p.rows()) if "one change" in row[46:]][0]
        p.click(60, k)
        marked = [row[46:] for row in p.rows() if re.match(r"[│|][▸>]", row[46:])]
        expect(len(marked) == 1 and "one change" in marked[0], "after a click on", p.rows()[k], "marked are", marked)
        p.keys("<A-4><Home><Down>")
        k = p.field_row("Data may leave")
        p.click(20, k)
        expect("letters narrow" in p.row(40), "a click on the focused field opens no list:\n" + p.screen())
        before = [row for row in p.rows()[1:12]]
        other = [i for i, row in enumerate(before, 1) if re.match(r"  \s*[a-z-]+ ", row) and not re.match(r"\s*[▸>]", row)][0]
        word = before[other - 1].split()[0]
        p.click(6, other)
        expect(re.match(r"\s*[▸>]" + word, p.rows()[other]), p.screen())
        p.click(6, other)
        expect("Data may leave" in p.status() and word in p.status(), p.status())
        p.keys("u")
    with Pane(copy_of(ARTICLE), env=config("mouse: off\n")) as p:
        expect(not p.state()["mouse"], "mouse reports are on")


@check(29, "--plain: no frames, no alternate screen, one line a change with field, old, new and verdict")
def _():
    with Terminal("--plain", copy_of(ARTICLE)) as t:
        t.wait_for("help lists what can be typed")
        t.settle()
        start = len(t.out)
        t.send("requests_per_day=40k\n")
        t.wait_for("set Requests/day")
        t.settle()
        said = t.out[start:].decode().replace("\r", "").split("\n")
        said = [line for line in said if line and line != "requests_per_day=40k"]
        equal(len(said), 1, "lines for one change: %s" % said)
        expect(all(w in said[0] for w in ("Requests/day", "20k", "40k", "gpt4o")), said[0])
        start = len(t.out)
        t.send("u\n")
        t.wait_for("undone")
        t.settle()
        said = [line for line in t.out[start:].decode().replace("\r", "").split("\n") if line and line != "u"]
        equal(len(said), 1, "lines for one undo: %s" % said)
        t.send("requests_per_day = 41k\n")
        t.wait_for("set Requests/day 20k -> 41k")
        t.send("u\n")
        t.wait_for("undone: Requests/day 41k")
        start = len(t.out)
        t.send("pilot=200 150 250\n")
        t.wait_for("set Pilot 1")
        t.settle()
        t.send("fields\n")
        t.wait_for("pilot.1 = 200: 150 of 250")
        t.send("u\n")
        t.wait_for("undone: Pilot 1")
        t.send("verdict\n")
        t.settle()
        t.send("q\n")
        t.wait()
        expect(b"\x1b" not in t.out, "an escape sequence")
        expect(not re.search("[\u2500-\u259f\u2800-\u28ff]", t.out.decode()), "frame characters")


main()
