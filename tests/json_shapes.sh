#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The JSON of every command against the shapes that scripts rely on, as TAP.
command -v python3 >/dev/null 2>&1 || {
    echo "1..0 # SKIP no python3"
    exit 0
}
exec python3 "${srcdir:-.}/tests/json_shapes.py" "${builddir:-.}/breakeven" "${srcdir:-.}"
