#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long session: random keys with resizes at random times, and memory over thousands of edits. A part
of it in make check; BREAKEVEN_THOROUGH: 2,000 keys, 5,000 edits; BREAKEVEN_WHOLE: 10,000 and 20,000."""
import fcntl
import os
import random
import signal
import struct
import sys
import termios

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

WHOLE = bool(os.environ.get("BREAKEVEN_WHOLE"))
THOROUGH = WHOLE or bool(os.environ.get("BREAKEVEN_THOROUGH"))
KEYS = 10000 if WHOLE else 2000 if THOROUGH else 500
EDITS = 20000 if WHOLE else 5000 if THOROUGH else 600
FEW = ["--samples", "256"]

NAMED = [b"\r", b"\x1b", b"\t", b"\x1b[Z", b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[5~", b"\x1b[6~",
         b"\x7f", b"\x1b[3~", b"\x1bOP", b"\x1bOQ", b"\x12", b"\x0f", b"\x0c", b"\x03", b"\x13", b"\x14", b"\x15", b"\x17",
         b"\x1b1", b"\x1b2", b"\x1b3", b"\x1b4", b"\x1b5", b"\x1b6", b"\x1b[200~12k to 40k\n=1\x1b[201~", "₹€µ漢".encode(),
         b"\xff\xfe", b"\x1b[<0;%d;%dM", b"\x1b[<64;%d;%dM", b"\x1b[<65;%d;%dM"]


def random_key(chance, size):
    if chance.random() < 0.55:
        return bytes([chance.randint(0x20, 0x7e)])
    key = chance.choice(NAMED)
    if b"%d" in key:
        key = key % (chance.randint(1, size[0]), chance.randint(1, size[1]))
    return key


def send_all(t, data):
    while data:
        try:
            data = data[os.write(t.master, data):]
        except BlockingIOError:
            t.pump(0.02)


def ended(t):
    if t.status is None:
        pid, status = os.waitpid(t.pid, os.WNOHANG)
        if pid:
            t.status = status
    return t.status is not None


def resize(t, size):
    fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))


@check(41, "random keys, clicks, pastes and resizes: whoever leaves leaves with 0 and the terminal as it was")
def _():
    chance, sent, sessions, resizes, path = random.Random(20), 0, 0, 0, copy_of("startup-mvp.yaml")
    # what keys can start and write stays here; an editor that changes nothing
    env = surroundings(EDITOR="true", VISUAL="true")
    while sent < KEYS:
        size = (80, 24)
        sessions += 1
        keys = []
        with Terminal(path, *FEW, env=env, samples=False) as t:
            poll("a first frame", lambda: (t.pump(0.01), len(t.out) > 500)[1])
            while sent < KEYS and not ended(t):
                for _ in range(chance.randint(1, 30)):
                    keys.append(random_key(chance, size))
                    send_all(t, keys[-1])
                    sent += 1
                t.pump(chance.random() * 0.05)
                if chance.random() < 0.3:
                    size = (chance.choice((1, 17, 20, 39, 40, 60, 80, 81, 120, 200, 300)), chance.choice((1, 3, 4, 10, 11, 24, 40, 90)))
                    resize(t, size)
                    resizes += 1
                t.out = t.out[-4096:] if len(t.out) > 1 << 20 else t.out
            if not ended(t):
                t.settle()
            if not ended(t):
                os.kill(t.pid, signal.SIGTERM)
                t.wait()
                good = os.WIFSIGNALED(t.status) and os.WTERMSIG(t.status) == signal.SIGTERM
            else:
                t.pump(0.1)
                good = os.WIFEXITED(t.status) and os.WEXITSTATUS(t.status) == 0
            expect(good, "ended with", t.status, "after the keys", keys[-200:], "\n", t.out[-3000:].decode(errors="replace"))
            equal(t.attributes(), t.before, "terminal settings")
    comment("%d keys in %d sessions, %d resizes" % (sent, sessions, resizes))


@check(41, "memory stays flat over thousands of edits")
def _():
    if sanitized():
        raise Skip("a sanitizer's memory is not the program's")
    path = copy_of(ARTICLE)
    first = EDITS // 10 if THOROUGH else EDITS // 3
    with Terminal(path, "--samples", "1024", samples=False) as t:
        t.wait_for("? help")
        t.settle()
        for k in range(EDITS):
            # another field each time, so that no two edits are one step
            send_all(t, b"%dk\r\x1b[B%d\r\x1b[A" % (20 + k % 70, 400 + k % 90) if k % 2 == 0 else b"u")
            t.pump(0.002)
            if k % 50 == 49:
                t.out = b""
                t.settle()
            if k == first:
                t.settle()
                early = resident_kib(t.pid)
        t.settle()
        late = resident_kib(t.pid)
        comment("%d edits: %d KiB resident after %d, %d in the end" % (EDITS, early, first, late))
        expect(late - early < 4096, "grown by", late - early, "KiB")
        send_all(t, b"u" * 10)
        t.settle()
        expect(not ended(t), "dead")


main()
