# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks of the screen stand on: the program in a pane of an own tmux server, or on a
pseudo-terminal held by the check; text polled for, never slept for; TAP out.

    @check(12, "typing and Esc leaves the screen byte-equal")
    def _():
        with Pane() as p:
            p.keys("9") ...

A check passes if it returns, fails if it raises, and is skipped if it raises Skip with the reason.
"""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

for which in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):  # who ignores them, as nohup does, passes that on
    if signal.getsignal(which) == signal.SIG_IGN:
        signal.signal(which, signal.SIG_DFL)

SRC = os.path.abspath(os.environ.get("srcdir") or os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("builddir") or os.path.join(SRC, "build"))
PROGRAM = os.path.join(BUILD, "breakeven")
SCENARIOS = os.path.join(SRC, "scenarios")
ARTICLE = os.path.join(SCENARIOS, "article.yaml")
WORK = tempfile.mkdtemp(prefix="breakeven-ux.")
SAMPLES = ["--samples", "16384"]
# A check asks whether a thing happens, not whether this machine is busy.
PATIENCE_S = float(os.environ.get("UX_PATIENCE_S", "30"))
TIMES = 20  # a time in the table is asserted at this many times its value


def sanitized():
    """Whether the program was built with sanitizers: its memory and times are not its own then."""
    if not hasattr(sanitized, "known"):
        with open(PROGRAM, "rb") as f:
            sanitized.known = b"__asan_init" in f.read()
    return sanitized.known


class Skip(Exception):
    pass


# ---- TAP ------------------------------------------------------------------------------------

checks = []


def check(number, name):
    def register(f):
        checks.append((number, name, f))
        return f
    return register


def comment(text):
    for line in str(text).splitlines():
        print("# " + line)


def main():
    """Run the checks of a script, or those whose numbers are given, and leave."""
    wanted = [int(a) for a in sys.argv[1:] if a.isdigit()]
    failed = 0
    if shutil.which("tmux") is None:
        print("1..0 # SKIP no tmux")
        sys.exit(0)
    run = [c for c in checks if not wanted or c[0] in wanted]
    print("1..%d" % len(run))
    try:
        for n, (number, name, f) in enumerate(run, 1):
            sys.stdout.flush()
            began = time.monotonic()
            what = "%d - check %d: %s" % (n, number, name)
            try:
                f()
                print("ok " + what)
            except Skip as reason:
                print("ok " + what + " # SKIP " + str(reason))
            except BaseException as error:
                print("not ok " + what)
                comment("".join(traceback.format_exception(error)))
                failed += 1
                if isinstance(error, KeyboardInterrupt):
                    raise
            finally:
                cleanup()
            if os.environ.get("UX_TIMES"):
                comment("check %d took %.1f s" % (number, time.monotonic() - began))
    finally:
        server_kill()
        shutil.rmtree(WORK, ignore_errors=True)
    sys.stdout.flush()
    sys.exit(1 if failed else 0)


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in what))


def equal(got, want, what=""):
    if got != want:
        raise AssertionError("%s\n  got:  %r\n  want: %r" % (what, got, want))


def same_screen(got, want, what="screen"):
    if got != want:
        lines = []
        a, b = got.split("\n"), want.split("\n")
        for k in range(max(len(a), len(b))):
            x, y = a[k] if k < len(a) else None, b[k] if k < len(b) else None
            if x != y:
                lines.append("row %d\n  got:  %r\n  want: %r" % (k + 1, x, y))
        raise AssertionError(what + " differs\n" + "\n".join(lines[:12]))


def poll(what, question, patience_s=None):
    """The first true answer; fails when patience ends."""
    end = time.monotonic() + (patience_s or PATIENCE_S)
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("in vain waited for " + what)
        time.sleep(0.01)


# ---- surroundings -----------------------------------------------------------------------------

made = 0


def fresh(name):
    """A new empty folder."""
    global made
    made += 1
    path = os.path.join(WORK, "%s-%d" % (name, made))
    os.mkdir(path)
    return path


def copy_of(scenario, folder=None, name=None):
    source = scenario if os.path.isabs(scenario) else os.path.join(SCENARIOS, scenario)
    target = os.path.join(folder or fresh("files"), name or os.path.basename(source))
    shutil.copy(source, target)
    return target


def write(path, text):
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def surroundings(home=None, **more):
    """The environment of a run: an empty home, UTF-8, nothing of the caller's."""
    e = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC0",
        "TERM": "xterm-256color", "HOME": home or fresh("home"), "BREAKEVEN_DATADIR": SRC,
        # curses keeps what it has: a screen that could not be made leaks inside it
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0:handle_segv=0:handle_abort=0:handle_sigbus=0",
        "GCOV_ERROR_FILE": os.environ.get("GCOV_ERROR_FILE", "/dev/stderr"),
        "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1"),
    }
    for name, value in more.items():
        if value is None:
            e.pop(name, None)
        else:
            e[name] = value
    return e


def files_below(folder):
    return sorted(os.path.join(d, f) for d, _, names in os.walk(folder) for f in names)


def run(arguments, env=None, stdin=subprocess.DEVNULL, timeout=300, **how):
    """A command of the program, its bytes and status."""
    return subprocess.run([PROGRAM] + list(arguments), env=env or surroundings(), stdin=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, **how)


def frames_of(dumped, rows):
    """The frames of a replay's dumps: so many rows each, an empty line between two."""
    lines = dumped.split("\n")
    return ["\n".join(lines[k:k + rows]) for k in range(0, len(lines) - rows + 1, rows + 1)]


def solve(path, *settings, samples=SAMPLES):
    arguments = ["solve", path, "--json"] + samples
    for s in settings:
        arguments += ["--set", s]
    r = run(arguments)
    expect(r.returncode == 0, "solve failed:", r.stderr.decode())
    return json.loads(r.stdout)


def replay(keys, size=(80, 24), files=(), env=None, options=SAMPLES):
    """Frames of the program fed with keys, without a terminal."""
    path = write(os.path.join(fresh("keys"), "keys"), keys)
    r = run(["--keys", path, "--size", "%dx%d" % size, "--dump"] + list(options) + list(files), env)
    expect(r.returncode == 0, "replay failed:", r.returncode, r.stderr.decode())
    return r.stdout.decode()


def dump_keys(env=None):
    """Rows of the key table: keys, where, name, help."""
    r = run(["--dump-keys"], env)
    expect(r.returncode == 0, r.stderr.decode())
    return [line.split("\t") for line in r.stdout.decode().splitlines()]


# ---- processes -----------------------------------------------------------------------------------

def states(pid):
    """States and processor ticks of a process's threads; None when it is gone."""
    try:
        tasks = sorted(os.listdir("/proc/%d/task" % pid))
        out = []
        for task in tasks:
            with open("/proc/%d/task/%s/stat" % (pid, task)) as f:
                words = f.read().rsplit(")", 1)[1].split()
            out.append((task, words[0], int(words[11]) + int(words[12])))
        return out
    except (FileNotFoundError, ProcessLookupError):
        return None


def at_rest(pid):
    """Whether every thread sleeps and used no processor for a while."""
    before = states(pid)
    if before is None:
        return True
    if any(state != "S" for _, state, _ in before):
        return False
    for _ in range(4):
        time.sleep(0.015)
        if states(pid) != before:
            return False
    return True


def resident_kib(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M).group(1))


# ---- a pane of tmux ----------------------------------------------------------------------------

SOCKET = "breakeven-ux-%d" % os.getpid()
open_panes = []


def tmux(*words, check=True):
    r = subprocess.run(["tmux", "-L", SOCKET, "-f", "/dev/null", "-u"] + list(words),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
                            "HOME": WORK, "TMUX_TMPDIR": WORK, "TERM": "xterm-256color", "SHELL": "/bin/sh"})
    if check and r.returncode != 0:
        raise AssertionError("tmux %s: %s" % (words[0], r.stderr.decode()))
    return r.stdout.decode("utf-8", "surrogateescape")


def server_start():
    """The server with the options of these checks, and a session that keeps it."""
    if not getattr(server_start, "done", False):
        tmux("new-session", "-d", "-x", "80", "-y", "24", "sleep", "100000", ";",
             "set", "-s", "escape-time", "0", ";", "set", "-s", "set-clipboard", "on", ";",
             "set", "-g", "status", "off", ";", "set", "-g", "remain-on-exit", "on", ";",
             "set", "-g", "default-terminal", "xterm-256color")
        server_start.done = True


def server_kill():
    if getattr(server_start, "done", False):
        tmux("kill-server", check=False)


def cleanup():
    for p in list(open_panes):
        p.close()


KEY_NAMES = {"<Enter>": "Enter", "<Esc>": "Escape", "<Tab>": "Tab", "<S-Tab>": "BTab", "<Up>": "Up", "<Down>": "Down",
             "<Left>": "Left", "<Right>": "Right", "<Home>": "Home", "<End>": "End", "<PgUp>": "PPage",
             "<PgDn>": "NPage", "<F1>": "F1", "<F2>": "F2", "<F5>": "F5", "<F6>": "F6", "<BS>": "BSpace", "<Space>": "Space", "<Del>": "DC",
             "<S-Left>": "S-Left", "<S-Right>": "S-Right"}


class Pane:
    """The program as the pane's own command."""

    def __init__(self, *arguments, size=(80, 24), env=None, samples=True, command=None, wait=True):
        server_start()
        self.env = env or surroundings()
        self.arguments = list(arguments) + (SAMPLES if samples else [])
        self.size = size
        words = ["env", "-i"] + ["%s=%s" % kv for kv in self.env.items()] + (command or [PROGRAM] + self.arguments)
        out = tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id} #{pane_pid}", "-x", str(size[0]), "-y",
                   str(size[1]), "-c", WORK, *words).split()
        self.session, self.id, self.pid = out[0], out[1], int(out[2])
        open_panes.append(self)
        if command is None and wait:
            poll("a first frame", lambda: self.screen().strip())
            self.settle()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        if self in open_panes:
            open_panes.remove(self)
            tmux("kill-session", "-t", self.session, check=False)

    # keys
    def text(self, text):
        tmux("send-keys", "-t", self.id, "-l", "--", re.sub(r";$", r"\\;", text))

    def keys(self, keys, settle=True):
        """Keys as in a --keys file: characters, <Enter>, <C-r>, <A-1>."""
        for part in re.findall(r"<[A-Za-z0-9-]+>|[^<]+|<", keys):
            if part in KEY_NAMES:
                tmux("send-keys", "-t", self.id, KEY_NAMES[part])
                if part == "<Esc>":
                    time.sleep(0.06)  # with a key close behind it would be Alt and that key
            elif re.fullmatch(r"<C-.>", part):
                tmux("send-keys", "-t", self.id, "C-" + part[3])
            elif re.fullmatch(r"<A-.>", part):
                tmux("send-keys", "-t", self.id, "M-" + part[3])
            else:
                # a semicolon at a word's end would part tmux's commands
                tmux("send-keys", "-t", self.id, "-l", "--", re.sub(r";$", r"\\;", part))
        if settle:
            self.settle()

    def bytes(self, data):
        tmux("send-keys", "-t", self.id, "-H", *["%02x" % b for b in data])

    def paste(self, text):
        self.bytes(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        self.settle()

    def click(self, column, row, button=0):
        """Press and release at a cell counted from 0."""
        report = "\x1b[<%d;%d;%d" % (button, column + 1, row + 1)
        self.bytes((report + "M").encode())
        if button < 64:
            self.bytes((report + "m").encode())
        self.settle()

    # what is seen
    def screen(self, *options):
        text = tmux("capture-pane", "-p", "-t", self.id, *options)
        return text[:-1] if text.endswith("\n") else text

    def looks(self):
        """Text and attributes, without those of the blank ends of rows."""
        return "\n".join(re.sub(r"(\x1b\[[0-9;]*m|\s)*$", "", row) for row in self.screen("-e").split("\n"))

    def rows(self):
        rows = self.screen().split("\n")
        return rows + [""] * (self.size[1] - len(rows))

    def row(self, k):
        """Row k as the table counts: 1 is the first."""
        return self.rows()[k - 1]

    def status(self):
        return self.row(self.size[1] - 1)

    def state(self):
        words = tmux("display", "-p", "-t", self.id, "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{cursor_x} "
                     "#{cursor_y} #{pane_dead} #{pane_dead_status}.#{pane_dead_signal}").split()
        status, _, died = words[6].partition(".")
        return {"alternate": words[0] == "1", "mouse": words[1] == "1", "cursor": words[2] == "1",
                "x": int(words[3]), "y": int(words[4]), "dead": words[5] == "1",
                "status": int(status) if status else None, "signal": died or None}

    def alive(self):
        return not self.state()["dead"]

    def sees(self, text, patience_s=None):
        try:
            return poll(repr(text), lambda: text in self.screen(), patience_s)
        except AssertionError as e:
            raise AssertionError("%s; the screen:\n%s" % (e, self.screen())) from None

    def settle(self):
        """Wait until the program has done all it will do without another key."""
        def still():
            before = self.screen()
            return at_rest(self.pid) and self.screen() == before
        poll("the program to come to rest", still, 4 * PATIENCE_S)

    def died(self, patience_s=None):
        poll("the end of the program", lambda: not self.alive(), patience_s)
        # tmux learns how a moment later, and sometimes never: then neither is known
        end = time.monotonic() + 3
        while time.monotonic() < end:
            s = self.state()
            if s["status"] is not None or s["signal"]:
                break
            time.sleep(0.02)
        return s

    def resize(self, columns, rows, settle=True):
        self.size = (columns, rows)
        tmux("resize-window", "-t", self.session, "-x", str(columns), "-y", str(rows))
        if settle:
            # tmux hands the size on a moment later
            tty = os.open(tmux("display", "-p", "-t", self.id, "#{pane_tty}").strip(), os.O_RDONLY | os.O_NOCTTY)
            poll("the size", lambda: struct.unpack("HHHH", fcntl.ioctl(tty, termios.TIOCGWINSZ, b"\0" * 8))[:2] == (rows, columns))
            os.close(tty)
            time.sleep(0.03)
            self.settle()

    def field_row(self, label):
        """Screen row (from 0) on which the panes show this label."""
        for k, row in enumerate(self.rows()):
            if re.match(r"^.{1,2}" + re.escape(label) + r"\s", row):
                return k
        raise AssertionError("no row shows %s:\n%s" % (label, self.screen()))

    def value(self, label):
        """What stands beside a label."""
        row = self.rows()[self.field_row(label)]
        cells = re.split(r"[│|]", row[row.index(label) + len(label):])[0]
        return re.split(r"\s{2,}", cells.strip())[0]

    def focused(self, label):
        return re.match(r"^[▸>!]+" + re.escape(label[:14]), self.rows()[self.state()["y"]]) is not None

    def jump(self, path):
        """Put the cursor on a field by the search."""
        self.keys("/" + path + "<Enter>")


# ---- a pseudo-terminal held by the check ---------------------------------------------------------

class Terminal:
    """The program on a pseudo-terminal: its bytes, its signals, the settings it leaves."""

    def __init__(self, *arguments, size=(80, 24), env=None, samples=True, command=None):
        self.arguments = command or [PROGRAM] + list(arguments) + (SAMPLES if samples else [])
        self.env = env or surroundings()
        self.out = b""
        self.began = time.monotonic()
        self.status = None
        # A keeper holds the other side open, so that its settings can be read after a death.
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                for fd in (0, 1, 2):
                    os.dup2(slave, fd)
                os.closerange(3, 64)
                os.chdir(WORK)
                os.execve(self.arguments[0], self.arguments, self.env)
            finally:
                os._exit(127)
        self.master, self.slave = master, slave
        os.set_blocking(master, False)
        open_panes.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        if self in open_panes:
            open_panes.remove(self)
            if self.status is None:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            os.close(self.master)
            os.close(self.slave)

    def pump(self, seconds=0.0):
        """Take what came; how many bytes."""
        got = 0
        end = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return got
            try:
                piece = os.read(self.master, 65536)
            except (BlockingIOError, OSError):
                return got
            got += len(piece)
            self.out += piece

    def send(self, data):
        os.write(self.master, data if isinstance(data, bytes) else data.encode())

    def wait_for(self, text, patience_s=None):
        data = text if isinstance(text, bytes) else text.encode()
        poll(repr(text), lambda: (self.pump(0.01), data in self.out)[1], patience_s)

    def settle(self):
        poll("the program to come to rest", lambda: (self.pump(), at_rest(self.pid) and self.pump() == 0)[1],
             4 * PATIENCE_S)

    def wait(self, patience_s=None):
        """Its wait status, once it has ended."""
        def ended():
            self.pump()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
            return pid
        if self.status is None:
            poll("the end of the program", ended, patience_s)
            self.pump(0.02)
        return self.status

    def attributes(self):
        return termios.tcgetattr(self.slave)

    def modes(self):
        """Alternate screen, mouse reports, cursor: as the bytes left them."""
        def last(on, off, default):
            a, b = self.out.rfind(on), self.out.rfind(off)
            return default if a < 0 and b < 0 else a > b
        return {"alternate": last(b"\x1b[?1049h", b"\x1b[?1049l", False),
                "mouse": last(b"\x1b[?1000h", b"\x1b[?1000l", False),
                "paste": last(b"\x1b[?2004h", b"\x1b[?2004l", False),
                "cursor": max(self.out.rfind(b"\x1b[?25h"), self.out.rfind(b"\x1b[34h\x1b[?25h"),
                              self.out.rfind(b"\x1b[?12l\x1b[?25h")) >= self.out.rfind(b"\x1b[?25l")}

    def restored(self):
        equal(self.attributes(), self.before, "terminal settings")
        equal(self.modes(), {"alternate": False, "mouse": False, "paste": False, "cursor": True}, "terminal modes")
