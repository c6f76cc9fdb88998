#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SRCDIR SECONDS TARGET...: builds the library and each target with libFuzzer,
# AddressSanitizer and UndefinedBehaviorSanitizer in ./fuzz, runs each for that long from the
# committed corpus, and says executions and findings. New inputs stay in ./fuzz/found-TARGET.
set -u
src=$(CDPATH= cd -- "$1" && pwd)
seconds=$2
shift 2
command -v clang >/dev/null 2>&1 || { echo "fuzz: no clang"; exit 77; }
work=$PWD/fuzz
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
mkdir -p "$work/build"
BREAKEVEN_DATADIR=$src
export BREAKEVEN_DATADIR
(cd "$work/build" && { [ -f Makefile ] ||
    "$src/configure" -q CC=clang CFLAGS="-O1 -g $sanitize -fsanitize=fuzzer-no-link" LDFLAGS="$sanitize"; } &&
    make -s -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" libbreakeven.a libworkbench.a) >"$work/build.log" 2>&1 ||
    { tail -n 20 "$work/build.log"; echo "fuzz: the build failed"; exit 1; }
libs=$(sed -n 's/^\(YAML_LIBS\|CJSON_LIBS\|GSL_LIBS\|CURSES_LIBS\) = //p' "$work/build/Makefile" | tr '\n' ' ')
status=0
for t in "$@"; do
    # shellcheck disable=SC2086
    clang -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -g $sanitize -fsanitize=fuzzer -I"$work/build" -I"$src/include" -I"$src/src" \
        "$src/tests/fuzz/fuzz_$t.c" "$src/tests/fuzz/catalog.c" "$work/build/libworkbench.a" "$work/build/libbreakeven.a" \
        $libs -lm -lpthread -o "$work/fuzz_$t" || exit 1
    mkdir -p "$work/found-$t"
    dictionary=$src/tests/fuzz/dictionaries/$t.dict
    seeds=$src/tests/fuzz/corpus/$t
    [ "$t" != scenario ] || seeds="$seeds $src/scenarios"
    [ -f "$dictionary" ] && dictionary=-dict=$dictionary || dictionary=
    # shellcheck disable=SC2086
    (cd "$work" && ./fuzz_$t -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 $dictionary \
        -artifact_prefix="$work/finding-$t-" "$work/found-$t" $seeds) >"$work/$t.log" 2>&1
    rc=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$t.log")
    if [ $rc -eq 0 ]; then echo "fuzz $t: ${runs:-0} executions in $seconds s, no finding"
    else
        status=1
        echo "fuzz $t: ${runs:-?} executions, a finding (see $work/$t.log):"
        grep -m 3 -E '^==[0-9]+==ERROR|not so:|runtime error|SUMMARY' "$work/$t.log"
    fi
done
exit $status
