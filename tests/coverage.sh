#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# coverage.sh SRCDIR: builds with --enable-coverage in the folder at hand, runs the whole suite, command
# line and screen included, and prints which share of the lines of each room of src it reaches, by gcov.
# A program that is killed leaves no count.
set -u
src=$(CDPATH= cd -- "$1" && pwd)
command -v gcov >/dev/null 2>&1 || { echo "coverage: no gcov"; exit 77; }
[ -f Makefile ] || "$src/configure" -q CFLAGS=-O0 --enable-coverage --disable-hardening >configure.out 2>&1 || exit 1
find . -name '*.gcda' -exec rm -f {} +
make -s -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" all check-programs >build.out 2>&1 || { tail -n 20 build.out; exit 1; }
GCOV_ERROR_FILE=/dev/null # a program under another uid cannot write its counts, and says so on the screen
UX_PATIENCE_S=${UX_PATIENCE_S:-120}
export GCOV_ERROR_FILE UX_PATIENCE_S
make -s check >check.out 2>&1 || { grep -E '^(FAIL|ERROR):' check.out; echo "coverage: a test failed"; }
find src -name '*.gcno' -exec gcov -n {} + 2>/dev/null |
    awk -F"[':% ]" '/^File / {
             split($0, part, "src/")
             file = part[2]
             room = file ~ /\/.*\.c/ ? substr(file, 1, index(file, "/") - 1) : ""
         }
         /^Lines executed:/ && room != "" { # a file compiled twice counts as it was reached best
             n = $NF
             hit = $3 * n / 100
             if (!(file in lines) || hit > hits[file]) {
                 lines[file] = n
                 hits[file] = hit
                 of[file] = room
             }
             room = ""
         }
         END { for (f in lines) { all[of[f]] += lines[f]; got[of[f]] += hits[f]; a += lines[f]; g += hits[f] }
               for (r in all) printf "coverage %-9s %5.1f %% of %d lines\n", r, 100 * got[r] / all[r], all[r] | "sort"
               close("sort")
               if (a > 0) printf "coverage %-9s %5.1f %% of %d lines\n", "total", 100 * g / a, a; else exit 1 }'
