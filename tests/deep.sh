#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Deep checks: sanitizers over the whole suite, the other compiler, valgrind over the command
# line, static analysis, the manual's linter. Called by "make check-deep" with the source
# tree as $1; works in ./deep. A missing tool is a skip with its reason.
set -u
src=$(CDPATH= cd -- "$1" && pwd)
work=$PWD/deep
passed=0 failed=0 skipped=0
mkdir -p "$work"

ok() { passed=$((passed + 1)); echo "PASS: deep $1"; }
bad() { failed=$((failed + 1)); echo "FAIL: deep $1"; [ -z "${2:-}" ] || tail -n 40 "$2"; }
skip() { skipped=$((skipped + 1)); echo "SKIP: deep $1: $2"; }
have() { command -v "$1" >/dev/null 2>&1; }
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

# name, configure arguments..., then make targets after --
build() {
    name=$1
    shift
    args=
    while [ "$1" != -- ]; do
        args="$args $1"
        shift
    done
    shift
    mkdir -p "$work/$name"
    # shellcheck disable=SC2086
    (cd "$work/$name" && { [ -f Makefile ] || "$src/configure" -q $args; } && make -s -j"$jobs" "$@") \
        >"$work/$name.log" 2>&1
}

# The suite's own counts go into ours.
add_counts() {
    p=$(awk '/^# PASS:/ { n += $3 } END { print n + 0 }' "$1")
    f=$(awk '/^# (FAIL|ERROR):/ { n += $3 } END { print n + 0 }' "$1")
    s=$(awk '/^# SKIP:/ { n += $3 } END { print n + 0 }' "$1")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# What was not set is loud: memory and, where the compiler can, variables hold a pattern.
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:max_malloc_fill_size=100000000:malloc_fill_byte=190
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
pattern=-ftrivial-auto-var-init=pattern
echo 'int main(void) { return 0; }' | ${CC:-cc} -Werror $pattern -x c -c -o "$work/pattern.o" - 2>/dev/null || pattern=

if (CFLAGS="-O1 $pattern" && export CFLAGS && build sanitizers --enable-sanitizers --enable-werror -- check); then
    ok "suite under AddressSanitizer and UndefinedBehaviorSanitizer"
else
    bad "suite under AddressSanitizer and UndefinedBehaviorSanitizer" "$work/sanitizers.log"
fi
add_counts "$work/sanitizers.log"
if (cd "$work/sanitizers" && BREAKEVEN_THOROUGH=1 make -s check TESTS=tests/ux/session.py) >"$work/session.log" 2>&1; then
    ok "2,000 random keys and resizes under sanitizers"
else bad "2,000 random keys and resizes under sanitizers" "$work/session.log"; fi

if have clang; then
    if build clang CC=clang --enable-werror -- all tests/bench/bench; then ok "clang without a warning"
    else bad "clang without a warning" "$work/clang.log"; fi
else
    skip "clang without a warning" "no clang"
fi

# The refiner, its samples handed to and fro, and the solver on several threads at once. Without chance in
# the places of memory, where the kernel allows that: some leave ThreadSanitizer no room for its own.
threads="ThreadSanitizer over refine, cancel and answers on several threads"
still=
! have setarch || ! setarch "$(uname -m)" -R true 2>/dev/null || still="setarch $(uname -m) -R"
if printf 'int main(void) { return 0; }\n' >"$work/tsan.c" &&
    ${CC:-cc} -fsanitize=thread -o "$work/tsan-probe" "$work/tsan.c" 2>/dev/null && $still "$work/tsan-probe" 2>/dev/null; then
    (CC="${CC:-cc} -fsanitize=thread" && export CC && build threads -- \
        tests/test_refine tests/test_threads tests/test_refining) || bad "a build with ThreadSanitizer" "$work/threads.log"
    : >"$work/threads.txt"
    good=1
    for test in test_refine test_threads test_refining; do
        srcdir=$src TSAN_OPTIONS="exitcode=66" $still "$work/threads/tests/$test" >>"$work/threads.txt" 2>&1 || good=0
    done
    if [ $good -eq 1 ]; then ok "$threads"; else bad "$threads" "$work/threads.txt"; fi
else
    skip "$threads" "no compiler that has it, or a kernel that it cannot run on"
fi

# What make check does on a part, on all of it.
for t in "ux/killed.py:150 times kill -9" "ux/session.py:5,000 edits in flat memory" "test_scenarios:every flip of every scenario" "test_choices:choices, names and kinds of every arm, one in ten" \
    "test_extremes:4,000 pairs of extremes"; do
    if BREAKEVEN_THOROUGH=1 make -s check TESTS="tests/${t%%:*}" >"$work/thorough.log" 2>&1; then ok "${t#*:}"
    else bad "${t#*:}" "$work/thorough.log"; fi
done

# The corpora are replayed by make check; here libFuzzer itself runs, on a target of each build.
if have clang && printf 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p == 0 && n > 0; }\n' >"$work/fuzzer.c" &&
    clang -fsanitize=fuzzer "$work/fuzzer.c" -o "$work/fuzzer" 2>/dev/null; then
    if (cd "$work" && sh "$src/tests/fuzz/run.sh" "$src" 10 keys quantity) >"$work/fuzz.log" 2>&1; then ok "fuzzing for ten seconds: $(tail -n 2 "$work/fuzz.log" | tr '\n' ' ')"
    else bad "fuzzing for ten seconds" "$work/fuzz.log"; fi
else
    skip "fuzzing for ten seconds" "no clang with libFuzzer"
fi

if have valgrind; then
    build plain --enable-werror CFLAGS=-O1 -- all
    BREAKEVEN_DATADIR=$src
    export BREAKEVEN_DATADIR
    for run in "solve $src/scenarios/article.yaml --samples 256 --json" \
        "report $src/scenarios/article.yaml --samples 256" "fields --json" "catalog models" \
        "solve $src/no-such-file.yaml"; do
        # shellcheck disable=SC2086
        valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
            "$work/plain/breakeven" $run >"$work/valgrind.out" 2>"$work/valgrind.log"
        if [ $? -ne 99 ]; then ok "valgrind: $(echo "$run" | sed "s|$src/||")"
        else bad "valgrind: $run" "$work/valgrind.log"; fi
    done
    (cd "$work/plain" && make -s tests/test_choices) >"$work/valgrind.log" 2>&1
    if BREAKEVEN_SPARSE=1 srcdir=$src valgrind -q --error-exitcode=99 "$work/plain/tests/test_choices" >>"$work/valgrind.log" 2>&1
    then ok "valgrind: some choices of every scenario"
    else bad "valgrind: some choices of every scenario" "$work/valgrind.log"; fi
else
    skip "valgrind over the command line" "no valgrind"
fi

# The library for aarch64, by a cross compiler, and its test programs by an emulator: an emulated machine takes tens of
# times as long, so of long tests a part. Debian: gcc-aarch64-linux-gnu, qemu-user-static and, of the foreign
# architecture arm64, the libraries that configure asks for, in ./arm64 ("bootstrap deep" puts them there) or installed.
step="library tests on aarch64, emulated"
arm_root=
[ ! -d arm64/usr ] || arm_root=$PWD/arm64
arm_pkgconfig=$arm_root/usr/lib/aarch64-linux-gnu/pkgconfig
# Not there: the workbench; what bounds the memory of its own process, which is the emulator's too; and many rounds of
# what the others compute once.
arm_not="tui refining hostile_sizes scenarios choices extremes"
emulator=
for name in qemu-aarch64-static qemu-aarch64; do
    [ -n "$emulator" ] || ! have "$name" || emulator=$name
done
if ! have aarch64-linux-gnu-gcc; then skip "$step" "no aarch64-linux-gnu-gcc"
elif [ -z "$emulator" ]; then skip "$step" "no qemu-aarch64-static"
elif ! PKG_CONFIG_SYSROOT_DIR=$arm_root PKG_CONFIG_LIBDIR=$arm_pkgconfig pkg-config --exists yaml-0.1 libcjson gsl ncursesw cmocka 2>/dev/null; then
    skip "$step" "no arm64 libraries in $arm_pkgconfig"
else
    programs=$(make -s list-test-programs | tr ' ' '\n' | grep '^tests/test_' | tr '\n' ' ')
    for name in $arm_not; do programs=$(printf '%s' "$programs" | sed "s, tests/test_$name[a-z_]*,,g"); done
    PKG_CONFIG_LIBDIR=$arm_pkgconfig
    PKG_CONFIG_SYSROOT_DIR=$arm_root
    BREAKEVEN_ROUNDS_OVER=10
    export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR BREAKEVEN_ROUNDS_OVER
    [ -z "$arm_root" ] || emulator="$emulator -L $arm_root"
    # shellcheck disable=SC2086
    if (CC="aarch64-linux-gnu-gcc${arm_root:+ --sysroot=$arm_root}" && export CC && build aarch64 --host=aarch64-linux-gnu --enable-werror CFLAGS=-O1 -- $programs) &&
        (cd "$work/aarch64" && make -s -j"$jobs" check-TESTS TESTS="$programs" check_PROGRAMS= check_SCRIPTS= LOG_COMPILER="$emulator") \
            >"$work/aarch64-tests.log" 2>&1; then ok "$step"
    elif [ -f "$work/aarch64-tests.log" ]; then bad "$step" "$work/aarch64-tests.log"
    else bad "$step" "$work/aarch64.log"; fi
    [ ! -f "$work/aarch64-tests.log" ] || add_counts "$work/aarch64-tests.log"
    unset PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR BREAKEVEN_ROUNDS_OVER
fi

# Every shipped scenario's report as a reader sees it, on a phone and on a desk.
browser=
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || ! have "$name" || browser=$name
done
if [ -n "$browser" ] && have python3; then
    mkdir -p "$work/reports"
    rm -f "$work/reports"/*
    build plain --enable-werror CFLAGS=-O1 -- all
    for file in "$src"/scenarios/*.yaml; do
        BREAKEVEN_DATADIR=$src "$work/plain/breakeven" report "$file" --samples 1024 \
            -o "$work/reports/$(basename "$file" .yaml).html" || bad "report of $(basename "$file")"
    done
    if python3 "$src/tests/browser.py" "$browser" "$work/reports" "$work/reports"/*.html >"$work/browser.log" 2>&1; then
        ok "reports in $browser: $(tail -n 1 "$work/browser.log")"
    else bad "reports in $browser" "$work/browser.log"; fi
else
    skip "reports in a browser" "no chromium, or no python3"
fi

if have cppcheck; then
    if cppcheck -q --std=c11 --error-exitcode=1 --enable=warning,portability --inline-suppr \
        --suppressions-list="$src/tests/cppcheck.suppress" -D__GNUC__=12 -I "$src/include" "$src/src" \
        >"$work/cppcheck.log" 2>&1; then ok "cppcheck without a finding"
    else bad "cppcheck without a finding" "$work/cppcheck.log"; fi
else
    skip "cppcheck without a finding" "no cppcheck"
fi

if have gcc; then
    mkdir -p "$work/analyzer"
    if (cd "$work/analyzer" && sh "$src/tests/analyzer.sh" "$src") >"$work/analyzer.log" 2>&1; then
        ok "gcc -fanalyzer without an unexplained finding"
    else bad "gcc -fanalyzer without an unexplained finding" "$work/analyzer.log"; fi
else
    skip "gcc -fanalyzer without an unexplained finding" "no gcc"
fi

if have mandoc; then
    # That the pages name each other is none: they are not installed here.
    mandoc -T lint "$work/plain/man/breakeven.1" "$work/plain/man/breakeven-catalog.5" \
        "$work/plain/man/breakeven-scenario.5" 2>&1 | grep -v 'referenced manual not found: Xr breakeven' >"$work/mandoc.log"
    if [ ! -s "$work/mandoc.log" ]; then ok "manual pages without a linter's complaint"
    else bad "manual pages without a linter's complaint" "$work/mandoc.log"; fi
else
    skip "manual pages without a linter's complaint" "no mandoc"
fi

# The suite has run above: here the tarball is built, installed and uninstalled, and leaves nothing.
tarball=
[ -f "$work/plain/Makefile" ] || build plain --enable-werror CFLAGS=-O1 -- all
if (cd "$work/plain" && rm -f breakeven-*.tar.xz && make -s -j"$jobs" distcheck TESTS= \
    AM_DISTCHECK_CONFIGURE_FLAGS=--enable-werror DISTCHECK_CONFIGURE_FLAGS=CFLAGS=-O0) >"$work/distcheck.log" 2>&1 &&
    tarball=$(ls "$work"/plain/breakeven-*.tar.xz) && ! ls -d "$work"/plain/breakeven-[0-9]*/ >/dev/null 2>&1; then
    ok "distcheck leaves nothing behind"
else
    bad "distcheck leaves nothing behind" "$work/distcheck.log"
fi
if [ -n "$tarball" ] && git -C "$src" rev-parse >/dev/null 2>&1; then
    tar tf "$tarball" | sed 's|^[^/]*/||' >"$work/tarball.txt"
    git -C "$src" ls-files | grep -vxFf "$work/tarball.txt" >"$work/lost.txt"
    if [ ! -s "$work/lost.txt" ]; then ok "the tarball holds every file of the tree"
    else bad "the tarball holds every file of the tree" "$work/lost.txt"; fi
else
    skip "the tarball holds every file of the tree" "no tarball or no git"
fi
if [ -n "$tarball" ] && have dpkg-buildpackage && have dh && have lintian; then
    rm -rf "$work/debian"
    mkdir "$work/debian"
    tar xf "$tarball" -C "$work/debian"
    if (cd "$work"/debian/breakeven-* && unset BREAKEVEN_DATADIR &&
        DEB_BUILD_OPTIONS="nocheck parallel=$jobs" dpkg-buildpackage -us -uc) >"$work/package.log" 2>&1 &&
        lintian --fail-on error,warning --allow-root "$work"/debian/*.changes >>"$work/package.log" 2>&1
    then ok "a Debian package without lintian's complaint"
    else bad "a Debian package without lintian's complaint" "$work/package.log"; fi
else
    skip "a Debian package without lintian's complaint" "no dpkg-buildpackage, debhelper or lintian"
fi

echo "# PASS:  $passed"
echo "# SKIP:  $skipped"
echo "# FAIL:  $failed"
[ "$failed" -eq 0 ]
