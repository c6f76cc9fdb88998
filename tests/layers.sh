#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rooms and what each may know, as TAP. srcdir is the source tree, builddir the build.
set -u
src=${srcdir:-.}
build=${builddir:-.}
n=0 bad=0

report() { # words, findings
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        bad=$((bad + 1))
        echo "not ok $n - $1"
        printf '%s\n' "$2" | head -n 20 | sed 's/^/# /'
    fi
}

rooms="core document catalog scenario model solve decide chart report tui cli"

# A room includes the headers of the rooms before it, its own, and private headers of its own.
found=
allowed=
for room in $rooms; do
    allowed="$allowed $room"
    [ "$room" != model ] || allowed="$allowed capacity"
    for f in "$src/src/$room"/*.[ch] "$src/include/breakeven/$room.h"; do
        [ -f "$f" ] || continue
        for h in $(sed -n 's|^#include "breakeven/\([a-z]*\)\.h".*|\1|p' "$f"); do
            case " $allowed " in *" $h "*) ;; *) found="$found
$f includes $h" ;; esac
        done
        for h in $(sed -n 's|^#include "\([^"]*\)".*|\1|p' "$f" | grep -v '^breakeven/'); do
            [ -f "$src/src/$room/$h" ] || found="$found
$f includes $h, which is not its own"
        done
    done
done
report "a room knows the rooms before it and no other" "$(printf '%s' "$found" | sed '/^$/d')"

only() { # words, pattern, where allowed
    report "$1" "$(grep -rlE "$2" "$src/src" --include='*.[ch]' | grep -vE "$3")"
}
only "curses is known to term.c alone" '#include <(n?curses|ncursesw/)' 'src/tui/term\.c$'
only "libyaml and cJSON are known to document alone" '#include <(yaml\.h|cjson/)' 'src/document/'
only "threads are known to refine.c alone" '#include <pthread\.h>' 'src/solve/refine\.c$'
only "the environment is read by cli and term.c alone" '\b(getenv|setlocale|nl_langinfo) *\(' 'src/(cli/|tui/term\.c$)'

lib=$build/libbreakeven.a
if command -v nm >/dev/null 2>&1 && [ -f "$lib" ]; then
    report "the library prints nothing, never exits, reads no environment or locale" \
        "$(nm -u "$lib" 2>/dev/null | awk '{ print $NF }' | sort -u |
            grep -E '^(__)?(printf|puts|putchar|fprintf|vprintf|vfprintf|stdout|stderr|exit|_exit|abort|getenv|secure_getenv|setlocale|isatty|initscr|newterm|time|clock_gettime|gettimeofday)(_chk)?$')"
else
    n=$((n + 1)); echo "ok $n # SKIP no nm or no library"
fi
if command -v size >/dev/null 2>&1 && [ -f "$lib" ] && ! nm "$lib" 2>/dev/null | grep -q -e __asan_init -e __gcov_; then
    report "the library keeps nothing writable" \
        "$(size -A "$lib" 2>/dev/null | awk '/ *:/ { file = $1 } ($1 ~ /^\.(data|bss)/) && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 { print file, $1, $2 }')"
else
    n=$((n + 1)); echo "ok $n # SKIP sanitizers and counters keep data of their own"
fi
echo "1..$n"
[ "$bad" -eq 0 ]
