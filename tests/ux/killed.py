#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check 38, the whole program: kill -9 at random moments of edits and saves. BREAKEVEN_WHOLE: 1,000
rounds, BREAKEVEN_THOROUGH: 150, else a few.

Each round opens the same file with the same home, takes back what is offered, types one volume after
the other with saves between them, and is killed at a moment of chance: before the first frame, within
a write, after it, at rest. Then the file is byte by byte what it was, or what one of the saves made of
it; and file or journal hold every edit up to a frame that another one followed, and all of them when
the program was at rest.
"""
import glob
import os
import random
import re
import signal
import sys
import time

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

ROUNDS = 1000 if os.environ.get("BREAKEVEN_WHOLE") else 150 if os.environ.get("BREAKEVEN_THOROUGH") else 25
FEW = ["--samples", "256"]
BASE = read(ARTICLE)


def typed(n):
    """The n-th volume: no digit stays from one to the next, so that each is seen whole when it is drawn."""
    return b"%dk" % (1000 + 1111 * n % 9000)


NUMBER = {typed(n): n for n in range(9000)}


def text_of(n):
    """The file as a save of this volume leaves it."""
    return BASE.replace(b"requests_per_day: 20k ", b"requests_per_day: " + typed(n) + b" ", 1)


def volume_in(text, what):
    found = re.search(rb"requests_per_day: (\d+k)", text)
    expect(found and found.group(1) in NUMBER, "no volume that was typed in", what, text)
    return NUMBER[found.group(1)]


class Round:
    def __init__(self, path, home, chance, n):
        self.path, self.home, self.chance = path, home, chance
        self.first = self.n = n  # the last one typed
        self.saved = []          # those that ^S was pressed at
        self.offered = self.rest = False

    def journal(self):
        """What the next start will offer: the note, which the program makes the journal in a quiet
        moment, else the journal."""
        for ending in (".note", ""):
            kept = [read(p) for p in glob.glob(os.path.join(self.home, ".local/state/breakeven/*.yaml" + ending))]
            expect(len(kept) <= 1, "journals:", kept)
            if kept:
                return kept[0]
        return None

    def play(self):
        had = self.journal()
        with Terminal(self.path, *FEW, env=surroundings(self.home), samples=False) as t:
            if self.chance.random() < 0.05:
                time.sleep(self.chance.random() * 0.05)  # not even begun
            else:
                if had is None:
                    t.wait_for("? help")
                else:
                    t.wait_for("unsaved edit")
                    self.offered = True
                    t.send("y")
                    t.wait_for("recovered")
                self.edit(t)
            os.kill(t.pid, signal.SIGKILL)
            t.wait()
            self.check(t.out)

    def edit(self, t):
        for _ in range(self.chance.randint(1, 12)):
            self.n += 1
            t.send(typed(self.n) + b"\r")
            if self.chance.random() < 0.3:
                t.send("\x13")
                self.saved.append(self.n)
            if self.chance.random() < 0.3:
                t.pump(self.chance.random() * 0.02)
            elif self.chance.random() < 0.3:  # until its frame is out: next comes the journal
                end = time.monotonic() + 0.3  # unless it came in pieces
                while typed(self.n)[:4] not in t.out and time.monotonic() < end:
                    t.pump(0.003)
        if self.chance.random() < 0.15:
            t.settle()
            self.rest = True
        else:
            t.pump(self.chance.random() * 0.05)

    def safe(self, out):
        """Up to here nothing may be lost. A frame shows three volumes at most, an open entry among them."""
        if self.rest:
            return self.n
        first_seen = sorted((out.find(typed(n)[:4]), n) for n in range(self.first + 1, self.n + 1) if typed(n)[:4] in out)
        return first_seen[-4][1] - 1 if len(first_seen) > 3 else self.first

    def check(self, out):
        text = read(self.path)
        there = volume_in(text, "the file")
        equal(text, text_of(there), "the file after kill -9")
        expect(there <= self.first or there in self.saved, typed(there), "was never saved")
        journal = self.journal()
        kept = max(there, volume_in(journal, "the journal") if journal is not None else 0)
        expect(self.safe(out) <= kept <= self.n, "kept:", typed(kept), "of", typed(self.n), "seen:", typed(self.safe(out)))
        self.n = kept


@check(38, "kill -9 of the whole program: old or new, never between; all edits seen come back")
def _():
    path, home, chance = copy_of(ARTICLE), fresh("home"), random.Random(9)
    n, offered, saves, rests, nothing = 0, 0, 0, 0, 0
    write(path, text_of(0))
    for k in range(ROUNDS):
        r = Round(path, home, chance, n)
        try:
            r.play()
        except AssertionError as e:
            raise AssertionError("round %d: %s" % (k, e)) from None
        offered += r.offered
        saves += len(r.saved)
        rests += r.rest
        nothing += r.n == r.first
        n = r.n
    comment("%d rounds, %d edits kept, %d saves pressed, recovery offered and taken %d times, at rest %d times, nothing "
            "new kept %d times" % (ROUNDS, n, saves, offered, rests, nothing))
    expect(offered > ROUNDS // 10, "recovery was offered", offered, "times only")
    r = run(["solve", path] + FEW)
    equal(r.returncode, 0, "the file in the end: %s" % r.stderr.decode())
    equal([f for f in os.listdir(os.path.dirname(path)) if f != os.path.basename(path) and not f.startswith(".breakeven-")], [],
          "left beside the file")


main()
