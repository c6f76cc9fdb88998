#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/core/width.h: ranges of characters that take no cell or two.

Source: the Unicode Character Database as the interpreter carries it
(East_Asian_Width W and F are two cells; ambiguous is one; Mn, Me and Cf,
Hangul medial and final jamo are none).  Usage: make-widths.py > src/core/width.h
"""
import unicodedata

# Unassigned characters that EastAsianWidth.txt makes wide by its header.
WIDE_BY_DEFAULT = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD))


def width(cp):
    c = chr(cp)
    cat = unicodedata.category(c)
    if cat in ("Mn", "Me", "Cf") and cp != 0xAD:
        return 0
    if cat == "Cc":
        return 0
    if 0x1160 <= cp <= 0x11FF:
        return 0
    if cat == "Cn":
        # unicodedata does not know the file's defaults for what is not assigned
        return 2 if any(a <= cp <= b for a, b in WIDE_BY_DEFAULT) else 1
    return 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1


def ranges(want):
    out, start = [], None
    for cp in range(0x110000 + 1):
        hit = cp < 0x110000 and not 0xD800 <= cp <= 0xDFFF and width(cp) == want
        if hit and start is None:
            start = cp
        elif not hit and start is not None:
            out.append((start, cp - 1))
            start = None
    return out


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print(f"/* Made by tests/fit/make-widths.py from Unicode {unicodedata.unidata_version}. */")
for name, want in (("width_zero", 0), ("width_two", 2)):
    print(f"static const struct width_range {name}[] = {{")
    row = ""
    for a, b in ranges(want):
        cell = f"{{ 0x{a:x}, 0x{b:x} }}, "
        if len(row) + len(cell) > 92:
            print("    " + row.rstrip())
            row = ""
        row += cell
    print("    " + row.rstrip())
    print("};")
