#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks 1 to 10: starting, leaving, dying and coming back."""
import glob
import os
import re
import signal
import sys
import time

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403


def journals(home):
    return glob.glob(os.path.join(home, ".local/state/breakeven/*"))


@check(1, "the first frame has scenario, verdict and help, and nothing is written")
def _():
    home = fresh("home")
    with Pane(env=surroundings(home)) as p:
        rows = p.rows()
        expect("article.yaml" in rows[0] and "USE THE API" in rows[0], "row 1:", rows[0])
        expect("? help" in rows[23], "row 24:", rows[23])
        expect(p.state()["alternate"], "not on the alternate screen")
    equal(files_below(home), [], "files under HOME")
    with Terminal() as t:
        t.wait_for("? help")
        took = 1000 * (time.monotonic() - t.began)
    comment("the first frame took %.0f ms" % took)
    expect(took < 100 * TIMES, "the first frame took", took, "ms")


@check(2, "q leaves without a word: status 0, the terminal and its text as before")
def _():
    before, after = os.path.join(WORK, "stty-before"), os.path.join(WORK, "stty-after")
    script = ("stty -a >%s; echo former text; '%s' %s; echo left with $?; stty -a >%s; sleep 600"
              % (before, PROGRAM, " ".join(SAMPLES), after))
    with Pane(command=["sh", "-c", script]) as p:
        p.sees("? help")
        p.keys("q", settle=False)
        p.sees("left with 0")
        expect("former text" in p.screen() and "? help" not in p.screen(), p.screen())
        poll("stty", lambda: os.path.exists(after) and os.path.getsize(after) > 100)
        equal(read(after), read(before), "stty -a")
        state = p.state()
        equal((state["alternate"], state["mouse"], state["cursor"]), (False, False, True), "modes")
    with Terminal() as t:
        t.wait_for("? help")
        t.send("q")
        status = t.wait()
        expect(os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, "status", status)
        t.restored()


@check(3, "q with unsaved edits asks and says how many; Esc stays, n leaves the file alone")
def _():
    path = copy_of(ARTICLE)
    bytes_before = read(path)
    with Pane(path) as p:
        p.keys("40k<Enter><Down>600<Enter>q")
        expect("2 unsaved edits" in p.screen(), p.screen())
        p.keys("<Esc>")
        expect(p.alive() and "2 unsaved edits" not in p.screen(), p.screen())
        equal(p.value("Requests/day"), "40k", "the value after Esc")
        p.keys("q")
        p.keys("n", settle=False)
        expect(p.died()["status"] in (0, None), "status")
    equal(read(path), bytes_before, "the file")


@check(4, "without a terminal: verdict and cost chart as plain text, status 0")
def _():
    r = run(SAMPLES)
    text = r.stdout.decode()
    equal(r.returncode, 0, "status")
    equal(r.stderr, b"", "stderr")
    expect(b"\x1b" not in r.stdout, "an ESC byte")
    expect("Use the API: gpt4o" in text, text)
    expect("tokens/day" in text and "$10k" in text and "1B" in text, "no chart:", text)


@check(5, "an unknown TERM ends with 8 and a short word; a dumb terminal gets plain text")
def _():
    with Terminal(env=surroundings(TERM="nosuch")) as t:
        status = t.wait()
        expect(os.WIFEXITED(status) and os.WEXITSTATUS(status) == 8, "status", status)
        expect(b"nosuch" in t.out and len(t.out) < 300, t.out)
        equal(t.attributes(), t.before, "terminal settings")
    with Terminal(env=surroundings(TERM="dumb")) as t:
        status = t.wait()
        expect(os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, "status", status)
        expect(b"\x1b" not in t.out and b"Use the API: gpt4o" in t.out and b"tokens/day" in t.out, t.out)


def dies_well(which, edits, words=None):
    home = fresh("home")
    path = copy_of(ARTICLE)
    with Terminal(path, env=surroundings(home)) as t:
        t.wait_for("? help")
        if edits:
            t.send("40k\r")
            t.wait_for("20k → 40k")
            if words:  # a fault writes nothing any more; the journal follows the frame
                poll("the journal", lambda: journals(home))
        began = time.monotonic()
        os.kill(t.pid, which)
        status = t.wait()
        took = 1000 * (time.monotonic() - began)
        expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == which, which, "status", status)
        t.restored()
        expect(took < 200 * TIMES, "gone after", took, "ms")
        kept = journals(home)
        if edits:
            equal(len(kept), 1, "journals")
            expect(b"unsaved edits: 1\n" in read(kept[0]) and b"requests_per_day: 40k" in read(kept[0]), read(kept[0]))
        else:
            equal(kept, [], "journals")
        if words:
            expect(words(kept) in t.out, "no word of the journal:", t.out[-400:])


@check(6, "TERM, INT, HUP and QUIT restore the terminal and keep the edits")
def _():
    for which in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        dies_well(which, False)
        dies_well(which, True)


@check(7, "SEGV, ABRT, BUS, FPE and ILL restore the terminal and say where the journal is")
def _():
    for which in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
        dies_well(which, True, lambda kept: kept[0].removesuffix(".note").encode())


@check(7, "whatever is open: each signal gives the terminal back from an entry, list, help, question and prompt")
def _():
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS,
               signal.SIGFPE, signal.SIGILL)
    doors = ("123", ":set ", "/thr", "?", "H", "40k\rq", "F", "\x0c")
    for k, which in enumerate(signals):
        home = fresh("home")
        with Terminal(copy_of(ARTICLE), env=surroundings(home)) as t:
            t.wait_for("? help")
            t.send(doors[k % len(doors)])
            t.pump(0.2)
            os.kill(t.pid, which)
            status = t.wait()
            expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == which, which, "status", status)
            t.restored()


@check(7, "a signal while it is stopped or starting leaves the terminal as it was")
def _():
    for which in (signal.SIGTERM, signal.SIGHUP):
        with Terminal() as t:  # at once: before, within or after the first frame
            os.kill(t.pid, which)
            t.wait()
            t.restored()
        with Terminal() as t:
            t.wait_for("? help")
            t.send("40k\r")
            t.pump(0.1)
            os.kill(t.pid, signal.SIGSTOP)
            os.kill(t.pid, which)
            os.kill(t.pid, signal.SIGCONT)
            status = t.wait()
            expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == which, which, "status", status)
            t.restored()


@check(8, "after kill -9 the edits are offered; n sets them aside until the file is saved")
def _():
    home = fresh("home")
    path = copy_of(ARTICLE)

    def killed():
        with Pane(path, env=surroundings(home)) as p:
            p.keys("40k<Enter><Down>600<Enter><Down>200<Enter>")
            os.kill(p.pid, signal.SIGKILL)
            p.died()

    killed()
    with Pane(path, env=surroundings(home)) as p:
        expect("3 unsaved edits" in p.screen(), p.screen())
        p.keys("y")
        equal([p.value(f) for f in ("Requests/day", "Input tokens", "Output tokens")], ["40k", "600", "200"], "values back")
        p.keys("q")
        p.keys("n", settle=False)
        p.died()
    killed()
    with Pane(path, env=surroundings(home)) as p:
        p.keys("n")
        equal(p.value("Requests/day"), "20k", "value after n")
        p.keys("q", settle=False)
        expect(p.died()["status"] in (0, None), "status")
    with Pane(path, env=surroundings(home)) as p:
        expect("unsaved edits" not in p.screen(), "offered again:", p.screen())
        p.keys(":recover<Enter>")
        expect("3" in p.status() and re.search(r"edits?|aside", p.status()), "no word of them:", p.status())
        equal([p.value(f) for f in ("Requests/day", "Input tokens", "Output tokens")], ["40k", "600", "200"], "recovered")
        p.keys("<C-s>")
        expect("saved" in p.status(), p.status())
        p.keys("q", settle=False)
        p.died()
    equal(journals(home), [], "journals after saving")
    expect(b"requests_per_day: 40k" in read(path), "not saved")


@check(9, "^Z stops, fg comes back at the new size with the same values")
def _():
    env = surroundings(PS1="$ ", ENV="")
    with Pane(env=env, command=["sh", "-i"]) as p:
        p.sees("$")
        p.text("'%s' %s" % (PROGRAM, " ".join(SAMPLES)))
        p.keys("<Enter>", settle=False)
        p.sees("? help")
        p.text("40k")
        p.keys("<Enter>", settle=False)
        p.sees("20k → 40k")
        p.keys("<C-z>", settle=False)
        p.sees("Stopped")
        state = p.state()
        equal((state["alternate"], state["mouse"]), (False, False), "modes while stopped")
        p.resize(120, 40, settle=False)
        p.text("fg")
        p.keys("<Enter>", settle=False)
        poll("the frame at the new size", lambda: "? help" in p.rows()[39])
        expect(p.state()["alternate"], "not on the alternate screen")
        equal(p.value("Requests/day"), "40k", "the value")
        expect("article.yaml" in p.row(1), p.row(1))


@check(10, "^C leaves an entry; at rest it says how to quit")
def _():
    with Pane() as p:
        p.keys("999<C-c>")
        expect(p.alive() and "[999" not in p.screen(), p.screen())
        equal(p.value("Requests/day"), "20k", "the value")
        p.keys("<C-c>")
        expect(p.alive() and "q quits" in p.status(), p.status())


main()
