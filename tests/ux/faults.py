#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check 38, fault by fault: what happens to a file while it is open. Each time the person is told in
the status line why nothing was saved, the edit stays, the program runs on, its journal has the edit
where one can be written, and the way out works. The words are said in the output of the check."""
import glob
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from harness import *  # noqa: E402,F403

VOLUME = "Requests/day"
EDITED = read(ARTICLE).replace(b"requests_per_day: 20k ", b"requests_per_day: 40k ")


def journal_of(home):
    kept = glob.glob(os.path.join(home, ".local/state/breakeven/*.yaml"))
    return read(kept[0]) if kept else b""


def refused(p, home, words, journal=True):
    """After an edit: saving is refused with these words, and nothing is lost."""
    p.keys("40k<Enter><C-s>")
    said = p.status().strip()
    comment("a person sees: " + said)
    expect("not saved" in said and words in said, "says", said)
    expect(p.alive(), "dead")
    equal(p.value(VOLUME), "40k", "the value")
    if journal:
        expect(b"requests_per_day: 40k" in journal_of(home), "the journal:", journal_of(home)[:300])


def saved(p, path):
    """The way out: saving works, and the journal goes."""
    expect("saved" in p.status() and "not saved" not in p.status(), p.status())
    equal(read(path), EDITED, "the file")


@check(38, "a file changed by someone else is not written over unasked")
def _():
    home, path = fresh("home"), copy_of(ARTICLE)
    with Pane(path, env=surroundings(home)) as p:
        theirs = write(path, read(path) + b"# theirs\n") and read(path)
        refused(p, home, "changed on disk since it was read")
        expect(":w!" in p.status(), "no way out is named:", p.status())
        equal(read(path), theirs, "written over")
        p.keys(":w %s.mine<Enter>" % path)
        saved(p, path + ".mine")
        equal(read(path), theirs, "written over")


@check(38, "the same size and time do not hide a change by someone else")
def _():
    home, path = fresh("home"), copy_of(ARTICLE)
    with Pane(path, env=surroundings(home)) as p:
        was = os.stat(path)
        write(path, read(path).replace(b"20k ", b"30k ", 1))
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
        refused(p, home, "changed on disk")
        expect(b"30k" in read(path), "written over")


@check(38, "a file deleted by someone else is not made again unasked")
def _():
    home, path = fresh("home"), copy_of(ARTICLE)
    with Pane(path, env=surroundings(home)) as p:
        os.unlink(path)
        refused(p, home, "gone from the disk since it was read")
        expect(not os.path.exists(path), "made again")
        p.keys(":w!<Enter>")
        saved(p, path)


@check(38, "a symbolic link stays, and the file that it leads to is replaced")
def _():
    home, path, folder = fresh("home"), copy_of(ARTICLE), fresh("links")
    link = os.path.join(folder, "plan.yaml")
    os.symlink(os.path.relpath(path, folder), os.path.join(folder, "middle.yaml"))
    os.symlink("middle.yaml", link)
    os.chmod(path, 0o640)
    with Pane(link, env=surroundings(home)) as p:
        p.keys("40k<Enter><C-s>")
        saved(p, path)
    expect(os.path.islink(link) and os.readlink(link) == "middle.yaml", "the link is gone")
    equal(os.stat(path).st_mode & 0o777, 0o640, "the mode")
    equal(sorted(os.listdir(folder)), ["middle.yaml", "plan.yaml"], "beside the link")


@check(38, "a link to nothing is not taken for a file")
def _():
    home, path, folder = fresh("home"), copy_of(ARTICLE), fresh("links")
    link = os.path.join(folder, "plan.yaml")
    with Pane(path, env=surroundings(home)) as p:
        os.symlink(os.path.join(folder, "nowhere", "gone.yaml"), link)
        p.keys("40k<Enter>:w %s<Enter>" % link)
        comment("a person sees: " + p.status().strip())
        expect("not saved" in p.status() and p.alive(), p.status())
        equal(read(path), read(ARTICLE), "the file that was open")
        p.keys("<C-s>")
        saved(p, path)


@check(38, "a folder that vanished: told, kept, and saved elsewhere")
def _():
    home, folder, other = fresh("home"), fresh("gone"), fresh("other")
    path = copy_of(ARTICLE, folder)
    with Pane(path, env=surroundings(home)) as p:
        shutil.rmtree(folder)
        refused(p, home, "gone from the disk since it was read")
        p.keys(":w!<Enter>")
        comment("and after :w! " + p.status().strip())
        expect("not saved" in p.status() and "No such file" in p.status(), p.status())
        equal(p.value(VOLUME), "40k", "the value")
        there = os.path.join(other, "plan.yaml")
        p.keys(":w %s<Enter>" % there)
        saved(p, there)


@check(38, "a folder in the place of the file: told, kept, and saved elsewhere")
def _():
    home, path = fresh("home"), copy_of(ARTICLE)
    with Pane(path, env=surroundings(home)) as p:
        os.unlink(path)
        os.mkdir(path)
        refused(p, home, "a folder")
        p.keys(":w!<Enter>")
        expect("not saved" in p.status() and "a folder" in p.status(), p.status())
        p.keys(":w %s.mine<Enter>" % path)
        saved(p, path + ".mine")


@check(38, "a pipe in the place of the file is not waited for")
def _():
    home, path = fresh("home"), copy_of(ARTICLE)
    with Pane(path, env=surroundings(home)) as p:
        os.unlink(path)
        os.mkfifo(path)
        p.keys("40k<Enter><C-s>", settle=False)
        p.sees("not saved", 20)
        comment("a person sees: " + p.status().strip())
        expect(p.alive(), "dead")
        p.settle()
        expect(b"requests_per_day: 40k" in journal_of(home), "the journal:", journal_of(home)[:300])
        p.keys(":e %s<Enter>" % path, settle=False)
        p.sees("is no file", 20)


def as_nobody(*arguments):
    """The program under a uid that may not do all; skipped where that cannot be had."""
    if os.geteuid() != 0:
        raise Skip("needs root to run under another uid")
    os.chmod(WORK, 0o755)
    probe = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", "test", "-x", PROGRAM, "-a", "-r", ARTICLE])
    if probe.returncode != 0:
        raise Skip("another uid cannot reach the program or setpriv is missing")
    return ["setpriv", "--reuid", "65534", "--clear-groups", PROGRAM] + list(arguments) + SAMPLES


def for_nobody(path):
    os.chown(path, 65534, 65534)
    return path


@check(38, "permission lost while it is open: told, kept, saved when it is back")
def _():
    home, folder = for_nobody(fresh("home")), for_nobody(fresh("lost"))
    path = for_nobody(copy_of(ARTICLE, folder))
    with Pane(command=as_nobody(path), env=surroundings(home)) as p:
        p.sees("? help")
        os.chmod(folder, 0)
        refused(p, home, "ermission")
        os.chmod(folder, 0o755)
        p.keys("<C-s>")
        saved(p, path)


@check(38, "a read-only folder: told and kept")
def _():
    home, folder = for_nobody(fresh("home")), fresh("readonly")
    path = copy_of(ARTICLE, folder)
    with Pane(command=as_nobody(path), env=surroundings(home)) as p:
        p.sees("? help")
        refused(p, home, "ermission")
        equal(read(path), read(ARTICLE), "the file")
        there = os.path.join(home, "mine.yaml")
        p.keys(":w %s<Enter>" % there)
        saved(p, there)


@check(38, "a state folder that cannot be written: told, and the file is saved as ever")
def _():
    home, folder = fresh("home"), for_nobody(fresh("files"))
    path = for_nobody(copy_of(ARTICLE, folder))
    with Pane(command=as_nobody(path), env=surroundings(home)) as p:
        p.sees("? help")
        p.keys("40k<Enter>")
        comment("a person sees: " + p.status().strip())
        expect("no journal of unsaved edits: Permission denied" in p.status(), p.status())
        p.keys("<C-s>")
        saved(p, path)


def on_full_disk(script, home=None):
    if subprocess.run(["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=16k none /mnt"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        raise Skip("the kernel mounts no tmpfs in a user namespace")
    return ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=16k none /mnt && " + script]


@check(38, "a full disk: told, kept, and saved as soon as there is room")
def _():
    home = fresh("home")
    out = os.path.join(fresh("out"), "copy")
    script = ("cp '%s' /mnt/a.yaml; cat /dev/zero >/mnt/fill 2>/dev/null; (while [ ! -e '%s.go' ]; do sleep 0.05; done; rm /mnt/fill; "
              "touch '%s.room'; while [ ! -e '%s.read' ]; do sleep 0.05; done; cp /mnt/a.yaml '%s') & exec '%s' /mnt/a.yaml %s"
              % (ARTICLE, out, out, out, out, PROGRAM, " ".join(SAMPLES)))
    with Pane(command=on_full_disk(script), env=surroundings(home)) as p:
        p.sees("? help")
        refused(p, home, "space")
        write(out + ".go", "")
        poll("room", lambda: os.path.exists(out + ".room"))
        p.keys("<C-s>")
        expect("saved" in p.status() and "not saved" not in p.status(), p.status())
        write(out + ".read", "")
        poll("the copy", lambda: os.path.exists(out) and read(out) == EDITED)


@check(38, "home on a full disk: told that no journal can be written, and the file is saved")
def _():
    path = copy_of(ARTICLE)
    script = "cat /dev/zero >/mnt/fill 2>/dev/null; HOME=/mnt exec '%s' '%s' %s" % (PROGRAM, path, " ".join(SAMPLES))
    with Pane(command=on_full_disk(script)) as p:
        p.sees("? help")
        p.keys("40k<Enter>")
        comment("a person sees: " + p.status().strip())
        expect("no journal of unsaved edits: No space left on device" in p.status(), p.status())
        p.keys("<C-s>")
        saved(p, path)


main()
