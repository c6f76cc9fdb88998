#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# analyzer.sh SRCDIR: builds the library with gcc -fanalyzer in the folder at hand and prints each
# finding that tests/analyzer.txt does not explain; 1 if there is one, or the build fails.
set -u
src=$(CDPATH= cd -- "$1" && pwd)
[ -f Makefile ] || "$src/configure" -q CC=gcc CFLAGS=-O1 --disable-hardening >configure.out 2>&1 || exit 1
make -s clean >/dev/null
# Not the kernel: minutes on its vectors, to call a 64-bit lane shifted by 52 too wide.
make -s -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" WARNINGS=-fanalyzer KERNEL_CFLAGS=-fno-analyzer \
    libbreakeven.a >build.out 2>&1 || { tail -n 20 build.out; exit 1; }
sed -n 's|^.*/\(src/[^:]*\):[0-9]*:[0-9]*: warning: .*\[\(-W[a-z-]*\)\]$|\1 \2|p' build.out | sort | uniq -c >found.txt
awk 'NR == FNR { if ($0 !~ /^#/) known[$1 " " $2] = 1; next }
     !($2 " " $3 in known) { print "unexplained: " $2 " " $3; bad = 1 }
     { n += $1 }
     END { print n + 0 " findings looked at"; exit bad }' "$src/tests/analyzer.txt" found.txt
