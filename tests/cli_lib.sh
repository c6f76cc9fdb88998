# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What the tests of the command line share: the built program on the source tree's catalog, in
# an empty home and an empty folder; results as TAP. Read in by cli*.sh; "finish" ends it.
set -u
LC_ALL=C
export LC_ALL
src=$(CDPATH= cd -- "${srcdir:-.}" && pwd)
program=$(CDPATH= cd -- "${builddir:-.}" && pwd)/breakeven
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/home"
HOME=$work/home BREAKEVEN_DATADIR=$src
export HOME BREAKEVEN_DATADIR
unset XDG_CONFIG_HOME XDG_STATE_HOME
cd "$work" || exit 1
article=$src/scenarios/article.yaml
n=0

show() { # the last run, as comments
    printf '# ran: %s\n# status %s\n' "$ran" "$status"
    sed 's/^/# out: /' out | head -n 20
    sed 's/^/# err: /' err | head -n 20
}

result() { # status name
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        show
    fi
}

run() {
    ran=$*
    "$program" "$@" >out 2>err </dev/null
    status=$?
}

# name, exit status, words that stderr must hold, arguments...: refused with nothing on stdout
refuses() {
    name=$1 want=$2 words=$3
    shift 3
    run "$@"
    [ "$status" -eq "$want" ] && [ ! -s out ] && grep -qF -- "$words" err
    result $? "$name"
}

# name, words that stdout must hold, arguments...: done, and silent on stderr
does() {
    name=$1 words=$2
    shift 2
    run "$@"
    [ "$status" -eq 0 ] && grep -qF -- "$words" out && [ ! -s err ]
    result $? "$name"
}

# name, condition: awk over the last stdout; exits 0 if it holds
holds() {
    awk "$2" out
    result $? "$1"
}

finish() {
    echo "1..$n"
}
