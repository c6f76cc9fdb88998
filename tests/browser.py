#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens HTML reports in headless Chromium and looks at them as a reader would: nothing on the
console, nothing fetched, every chart visible, no sideways scrolling on a phone or a desk, light and dark
pictures that are not blank. The browser is spoken to through a pair of pipes, so that nothing but
Python's own library is needed.

    browser.py CHROMIUM FOLDER REPORT.html...    pictures go to FOLDER
"""
import base64
import json
import os
import pathlib
import select
import struct
import subprocess
import sys
import tempfile
import time
import zlib

WIDTHS = {360: 740, 1280: 900}  # a phone, a desk
SCHEMES = ("light", "dark")
PATIENCE_S = 120

LOOK = """(() => {
  const shown = e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0 };
  const svgs = [...document.querySelectorAll('figure svg.be-chart')];
  const out = [...document.querySelectorAll('main *')].filter(e => !e.closest('svg') && shown(e) &&
    e.getBoundingClientRect().right > innerWidth + 1);
  const cut = svgs.filter(shown).flatMap(s => { const b = s.getBoundingClientRect();
    return [...s.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();
      return r.right > b.right + 1 || r.left < b.left - 1 }).map(t => t.textContent) });
  return JSON.stringify({
    overflow: document.documentElement.scrollWidth - innerWidth,
    outside: out.slice(0, 3).map(e => e.tagName + ': ' + e.textContent.slice(0, 60)),
    figures: document.querySelectorAll('figure').length,
    charts: [...document.querySelectorAll('figure')].filter(f => [...f.querySelectorAll('svg.be-chart')].filter(shown).length === 1).length,
    cut: cut.slice(0, 3),
    small: svgs.filter(shown).flatMap(s => [...s.querySelectorAll('text')]).filter(t => t.getBoundingClientRect().height < 9).length,
    height: document.documentElement.scrollHeight })
})()"""


class Browser:
    def __init__(self, program):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()
        self.home = tempfile.TemporaryDirectory()
        # The browser reads descriptor 3 and writes 4.
        line = 'exec 3<&%d 4>&%d; exec "$0" "$@"' % (to_child, from_child)
        self.child = subprocess.Popen(
            ["bash", "-c", line, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
             "--user-data-dir=" + self.home.name, "--remote-debugging-pipe", "about:blank"],
            pass_fds=(to_child, from_child), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.rest, self.number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.page(domain + ".enable")

    def read(self, until):
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            got = os.read(self.inp, 1 << 16)
            if not got:
                raise EOFError("the browser has gone")
            self.rest += got
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE_S
        while True:
            got = self.read(until)
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]))
                return got["result"]
            self.events.append(got)

    def page(self, method, **params):
        return self.call(method, self.session, **params)

    def wait_for(self, event):
        until = time.monotonic() + PATIENCE_S
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self.read(until))

    def close(self):
        try:
            self.call("Browser.close")
        except (OSError, EOFError, RuntimeError, TimeoutError):
            pass
        self.child.terminate()
        self.child.wait(10)
        os.close(self.out)
        os.close(self.inp)
        self.home.cleanup()


def pixels(png):
    """Width, height and the grey of each pixel of an 8-bit RGB or RGBA picture."""
    at, data = 8, b""
    while at < len(png):
        n, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", png[at + 8:at + 18])
        elif kind == b"IDAT":
            data += png[at + 8:at + 8 + n]
        at += 12 + n
    step = 4 if colour == 6 else 3
    raw, line, rows = zlib.decompress(data), width * step, []
    before = bytearray(line)
    for y in range(height):
        how, row = raw[y * (line + 1)], bytearray(raw[y * (line + 1) + 1:(y + 1) * (line + 1)])
        for i in range(line):
            a = row[i - step] if i >= step else 0
            b = before[i]
            c = before[i - step] if i >= step else 0
            if how == 1:
                row[i] = (row[i] + a) & 255
            elif how == 2:
                row[i] = (row[i] + b) & 255
            elif how == 3:
                row[i] = (row[i] + (a + b) // 2) & 255
            elif how == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
                row[i] = (row[i] + near) & 255
        rows.append(row[1::step])
        before = row
    return width, height, rows


def photo(browser, width, top, height, scale):
    clip = {"x": 0, "y": top, "width": width, "height": height, "scale": scale}
    return base64.b64decode(browser.page("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"])


def look(browser, report, width, scheme, folder):
    """What is wrong with one report at one width; writes its picture."""
    wrong = []
    browser.page("Emulation.setDeviceMetricsOverride", width=width, height=WIDTHS[width], deviceScaleFactor=1, mobile=width < 600)
    browser.page("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.events.clear()
    url = report.resolve().as_uri()
    browser.page("Page.navigate", url=url)
    browser.wait_for("Page.loadEventFired")
    seen = json.loads(browser.page("Runtime.evaluate", expression=LOOK)["result"]["value"])
    for e in browser.events:
        if e.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            wrong.append("console: " + json.dumps(e["params"])[:200])
        elif e.get("method") == "Network.requestWillBeSent" and e["params"]["request"]["url"] != url:
            wrong.append("fetches " + e["params"]["request"]["url"][:100])
    if seen["overflow"] > 0 or seen["outside"]:
        wrong.append("wider than the window by %d px: %s" % (seen["overflow"], seen["outside"]))
    if seen["figures"] == 0 or seen["charts"] != seen["figures"]:
        wrong.append("%d of %d charts visible" % (seen["charts"], seen["figures"]))
    if seen["cut"]:
        wrong.append("text outside its chart: %s" % seen["cut"])
    if seen["small"]:
        wrong.append("%d labels under 9 px high" % seen["small"])
    name = "%s-%d-%s" % (report.stem, width, scheme)
    (folder / (name + ".png")).write_bytes(photo(browser, width, 0, WIDTHS[width], 1))
    w, h, rows = pixels(photo(browser, width, 0, WIDTHS[width], 0.25)) # a quarter says as much
    mean = sum(sum(r) for r in rows) / (w * h)
    if len(set().union(*map(set, rows))) < 16:
        wrong.append("the picture is blank")
    if (mean > 128) != (scheme == "light"):
        wrong.append("asked for %s, mean grey is %.0f" % (scheme, mean))
    if os.environ.get("BROWSER_WHOLE"): # slices of the whole page, to look at by eye
        part = int(os.environ["BROWSER_WHOLE"])
        for k in range(0, seen["height"], part):
            (folder / ("%s-%02d.png" % (name, k // part))).write_bytes(photo(browser, width, k, min(part, seen["height"] - k), 1))
    return wrong


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    browser, failed = Browser(program), 0
    try:
        for report in map(pathlib.Path, sys.argv[3:]):
            for width in WIDTHS:
                for scheme in SCHEMES:
                    for words in look(browser, report, width, scheme, folder):
                        failed += 1
                        print("%s at %d px, %s: %s" % (report.name, width, scheme, words))
            browser.events.clear()
            if len(browser.page("Page.printToPDF", transferMode="ReturnAsBase64")["data"]) < 4096:
                failed += 1
                print("%s: prints nothing" % report.name)
    finally:
        browser.close()
    print("%d reports at %s px, light and dark: %d faults" % (len(sys.argv) - 3, " and ".join(map(str, WIDTHS)), failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
