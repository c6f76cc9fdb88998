#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench: what the measuring program needs to know of its surroundings. srcdir is the source
# tree, builddir the build; arguments name parts to measure (none: all).
set -u
src=${srcdir:-.}
build=${builddir:-.}

# The first python3 that has both packages (Debian: python3-numpy python3-scipy).
BENCH_PYTHON=
IFS=:
for folder in $PATH; do
    if [ -x "$folder/python3" ] && "$folder/python3" -c 'import numpy, scipy' 2>/dev/null; then
        BENCH_PYTHON=$folder/python3
        break
    fi
done
unset IFS

BENCH_COMMIT=$(git -C "$src" rev-parse --short HEAD 2>/dev/null || echo unknown)
[ -z "$(git -C "$src" status --porcelain --untracked-files=no 2>/dev/null)" ] || BENCH_COMMIT=$BENCH_COMMIT+
BENCH_PROGRAM=$build/breakeven
export srcdir builddir BENCH_PYTHON BENCH_COMMIT BENCH_PROGRAM
[ ! -r /proc/loadavg ] || printf 'load before: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
exec "$build/tests/bench/bench" "$@"
