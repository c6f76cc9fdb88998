# SPDX-License-Identifier: GPL-3.0-or-later
"""The structure of a report, by parsers that are not ours:  report_check.py FORMAT FILE
Says what is wrong and exits 1."""

import csv
import html.parser
import json
import re
import sys
import unicodedata

VOID = {"meta", "wbr", "br", "hr", "img", "link", "input"}
HARMLESS = {"html", "head", "meta", "title", "style", "wbr", "body", "main", "h1", "h2", "h3", "p", "b", "nav", "ul", "li", "a",
            "section", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "figure", "figcaption", "div", "details",
            "summary", "svg", "desc", "text", "line", "rect", "path", "g", "circle", "polygon", "polyline"}
faults = []


class Page(html.parser.HTMLParser):
    """Every tag is closed in its turn, ids are unique, links lead to them, nothing runs or is fetched."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.rows, self.tables, self.figures = [], [], [], [], 0, 0

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag not in HARMLESS:
            faults.append(f"<{tag}> has no place in a report")
        if len(set(names)) != len(names):
            faults.append(f"<{tag}> has an attribute twice")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "action", "style", "xlink:href") or "javascript:" in (value or ""):
                faults.append(f"<{tag} {name}={value!r}>")
            if name == "href":
                self.links.append(value)
            if name == "id":
                self.ids.append(value)
        self.tables += tag == "table"
        self.figures += tag == "figure"
        if tag == "table":
            self.rows.append([])
        if tag == "tr":
            self.rows[-1].append(0)
        if tag in ("td", "th"):
            self.rows[-1][-1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            faults.append(f"</{tag}> at {self.getpos()} closes {self.open[-3:]}")
        else:
            self.open.pop()


def check_html(text):
    page = Page()
    page.feed(text)
    page.close()
    if not text.startswith("<!DOCTYPE html>\n"):
        faults.append("no doctype")
    if page.open:
        faults.append(f"never closed: {page.open}")
    if len(set(page.ids)) != len(page.ids):
        faults.append("an id stands twice")
    for link in page.links:
        if not link.startswith("#") or link[1:] not in page.ids:
            faults.append(f"a link leads to {link}")
    for rows in page.rows:
        if len(set(rows)) != 1:
            faults.append(f"a table's rows have {sorted(set(rows))} cells")
    if page.tables < 8 or page.figures < 3:
        faults.append(f"only {page.tables} tables and {page.figures} figures")
    outside = re.sub(r"http://www\.w3\.org/2000/svg|xmlns=", "", re.sub(r">[^<]*<", "><", text))
    if re.search(r"https?:|url\(|@import", outside):
        faults.append("something is fetched")


def check_md(text):
    columns, fenced, tables = 0, False, 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            fenced = not fenced
        if fenced or not line.startswith("|"):
            columns = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        tables += columns == 0
        if columns not in (0, cells):
            faults.append(f"line {number}: {cells} cells under {columns}")
        columns = cells
    if fenced:
        faults.append("a code block is never closed")
    if tables < 8:
        faults.append(f"only {tables} tables")
    plain = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
    if re.search(r"(?<!\\)[<>]|(?<!\\)\]\(|(?<!\\)!\[", plain):
        faults.append("a tag or link is alive: " + re.search(r".{0,30}((?<!\\)[<>]|(?<!\\)\]\(|(?<!\\)!\[).{0,30}", plain).group(0))


def check_json(text):
    def no(word):
        faults.append(f"{word} is no JSON")

    report = json.loads(text, parse_constant=no)
    if text.count("\n") != 1 or not text.endswith("\n"):
        faults.append("not one line")
    if not report["command"].startswith("breakeven report "):
        faults.append("no command")
    ids = [s["id"] for s in report["sections"]]
    if ids[0] != "verdict" or ids[-1] != "reproduce" or len(set(ids)) != len(ids):
        faults.append(f"sections: {ids}")
    for section in report["sections"]:
        for block in section["blocks"]:
            for row in block.get("rows", []):
                if len(row) != len(block["columns"]):
                    faults.append(f"{section['id']}: {len(row)} cells under {len(block['columns'])}")


def check_csv(text):
    rows = list(csv.reader(text.splitlines(True), strict=True))
    if rows[0] != ["section", "row", "item", "column", "value", "unit"]:
        faults.append(f"header {rows[0]}")
    for row in rows:
        if len(row) != len(rows[0]):
            faults.append(f"{len(row)} fields: {row}")
        for field in row:
            if re.match(r"[=+\-@\t\r]", field) and not re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", field):
                faults.append(f"a spreadsheet would run {field!r}")
    if not any(r[3] == "total, average" and r[5] == "USD" and float(r[4]) > 0 for r in rows):
        faults.append("no total as a plain number")


def check_txt(text):
    if not re.match(r"[^\n]+\n=+\n", text):
        faults.append("no title")


def main():
    kind, path = sys.argv[1:3]
    raw = open(path, "rb").read()
    text = raw.decode("utf-8")
    for c in set(text):
        if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n") or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            faults.append(f"holds U+{ord(c):04X}")
    for word in (" nan", "$nan", "inf ", "NaN", "Infinity", "(null)", "%!", "/tmp/"):
        if word in re.sub(r"<style>.*?</style>", "", text, flags=re.S):
            faults.append(f"holds {word!r}")
    {"html": check_html, "md": check_md, "json": check_json, "csv": check_csv, "txt": check_txt}[kind](text)
    for fault in faults[:10]:
        print("#", fault)
    sys.exit(bool(faults))


main()
