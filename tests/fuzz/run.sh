#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SRCDIR SECONDS TARGET...: builds the library and each target with libFuzzer,
# AddressSanitizer and UndefinedBehaviorSanitizer in ./fuzz, runs each for that long from the
# committed corpus, and says executions and findings. New inputs stay in ./fuzz/found-TARGET.
# FUZZ_MERGE=1: instead, the fewest of found and committed inputs that reach all of it go to
# ./fuzz/merged-TARGET.
set -u
src=$(CDPATH= cd -- "$1" && pwd)
seconds=$2
shift 2
command -v clang >/dev/null 2>&1 || { echo "fuzz: no clang"; exit 77; }
work=$PWD/fuzz
# What was not set is loud: variables hold a pattern.
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined -ftrivial-auto-var-init=pattern"
BREAKEVEN_DATADIR=$src
export BREAKEVEN_DATADIR

# FOLDER FLAGS...: the library.
build() {
    built=$work/$1
    shift
    mkdir -p "$built"
    (cd "$built" && { [ -f Makefile ] ||
        "$src/configure" -q CC=clang CFLAGS="-g $sanitize -fsanitize=fuzzer-no-link $*" LDFLAGS="$sanitize"; } &&
        make -s -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" libbreakeven.a libworkbench.a) >"$built.log" 2>&1 ||
        { tail -n 20 "$built.log"; echo "fuzz: the build failed"; exit 1; }
}

status=0
for t in "$@"; do
    # Readers of texts learn from each comparison; where an input is a recipe, that costs twice the rest.
    case $t in
    keys | solver) folder=quick flags="-O2 -fno-sanitize-coverage=trace-cmp" hang=60 ;; # a whole answer at first
    *) folder=build flags=-O1 hang=20 ;;
    esac
    # shellcheck disable=SC2086
    build $folder $flags
    libs=$(sed -n 's/^\(YAML_LIBS\|CJSON_LIBS\|GSL_LIBS\|CURSES_LIBS\) = //p' "$work/$folder/Makefile" | tr '\n' ' ')
    # shellcheck disable=SC2086
    clang -std=c11 -D_POSIX_C_SOURCE=200809L -g $sanitize -fsanitize=fuzzer $flags -I"$work/$folder" -I"$src/include" -I"$src/src" \
        "$src/tests/fuzz/fuzz_$t.c" "$src/tests/fuzz/catalog.c" "$work/$folder/libworkbench.a" "$work/$folder/libbreakeven.a" \
        $libs -lm -lpthread -o "$work/fuzz_$t" || exit 1
    mkdir -p "$work/found-$t"
    dictionary=$src/tests/fuzz/dictionaries/$t.dict
    corpus=$src/tests/fuzz/corpus/$t
    seeds=$corpus
    [ "$t" != scenario ] || seeds="$seeds $src/scenarios"
    if [ -n "${FUZZ_MERGE:-}" ]; then
        rm -rf "$work/merged-$t"
        mkdir "$work/merged-$t"
        # shellcheck disable=SC2086
        "$work/fuzz_$t" -merge=1 -max_len=4096 "$work/merged-$t" "$work/found-$t" $seeds >"$work/$t.log" 2>&1 || exit 1
        echo "fuzz $t: $(find "$work/merged-$t" -type f | wc -l) inputs in $work/merged-$t"
        continue
    fi
    [ -f "$dictionary" ] && dictionary=-dict=$dictionary || dictionary=
    # shellcheck disable=SC2086
    (cd "$work" && ./fuzz_$t -max_total_time="$seconds" -timeout=$hang -report_slow_units=$hang -rss_limit_mb=2048 -print_final_stats=1 $dictionary \
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
