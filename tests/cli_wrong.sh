#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong around the program, as TAP: files that are not there, are folders or may not be
# read, a full disk, a reader that leaves, and every way in which a file is not well-formed.
. "${srcdir:-.}/tests/cli_lib.sh"

# ---- every command that reads a file -----------------------------------------------------------
# Each line: a command with @ where the file goes.
cat >readers <<'END'
solve @
report @
chart @
compare @ plan.yaml
sweep @ --over months=1:2:2
check @ --pick a
learn @
price --csv @
price gpt-4o --input 1 --prices @
capacity --csv @
END
cp "$article" plan.yaml
mkdir folder
cp "$article" locked.yaml
chmod 000 locked.yaml
chmod 755 "$work" # the other user below must be able to get in
other=
if [ "$(id -u)" -eq 0 ]; then
    command -v setpriv >/dev/null 2>&1 && other="setpriv --reuid=65534 --regid=65534 --clear-groups"
    $other true 2>/dev/null || other=
fi

# exit status, words, file: each reader refuses it so
each_refuses() {
    want=$1 words=$2 file=$3
    while read -r line; do
        # shellcheck disable=SC2046
        refuses "$line: $file is $want" "$want" "$words" $(echo "$line" | sed "s|@|$file|")
    done <readers
}
each_refuses 3 "missing.yaml: No such file" missing.yaml
each_refuses 3 "folder is a folder" folder

if [ "$(id -u)" -ne 0 ]; then
    each_refuses 3 "locked.yaml: Permission denied" locked.yaml
elif [ -n "$other" ] && $other "$program" --version >/dev/null 2>&1 && $other test -r "$src/catalog/models.yaml"; then
    ran="solve locked.yaml as another user"
    $other "$program" solve locked.yaml >out 2>err </dev/null
    status=$?
    [ "$status" -eq 3 ] && [ ! -s out ] && grep -q "locked.yaml: Permission denied" err
    result $? "solve: a file that may not be read is 3"
else
    n=$((n + 1))
    echo "ok $n # SKIP root reads every file, and there is no other user that can run the build"
fi

# ---- writing ---------------------------------------------------------------------------------
refuses "a report into a missing folder" 3 "no/plan.md" report plan.yaml -o no/plan.md --samples 256
refuses "a picture into a missing folder" 3 "no/plan.svg" chart plan.yaml -o no/plan.svg --samples 256
refuses "a report onto a folder" 3 "folder" report plan.yaml -o folder --format md --samples 256

# Each line: a command that prints.
cat >printers <<'END'
--help
--version
solve --help
solve plan.yaml --samples 256
solve plan.yaml --samples 256 --json
report plan.yaml --samples 256
chart plan.yaml --samples 256
compare plan.yaml plan.yaml --samples 256
sweep plan.yaml --over months=1:3:3 --samples 256
sweep plan.yaml --over months=1:3:3 --samples 256 --jobs 2
check plan.yaml --pick gpt4o --samples 256
audit
price gpt-4o --input 1
capacity --model llama-3.1-8b --gpu l4 --input 1 --output 1
learn --points 100:62/100,300:71/100,1000:80/100
fields
catalog models
schema
completion bash
--dump-keys
--manual fields
plan.yaml --samples 256
END
# ---- the configuration --------------------------------------------------------------------------
mkdir -p home/.config/breakeven
printf 'keys:\n  hlep: F2\n  undo: Nokey\nglyphs: brail\n' >home/.config/breakeven/config.yaml
refuses "--dump-keys names every problem of the configuration at its place" 6 \
    ".config/breakeven/config.yaml:2:3: no act hlep, nearest help" --dump-keys
grep -q "config.yaml:3:3: Nokey is no key" err && grep -q "config.yaml:4:9: glyphs: brail: expected" err &&
    grep -q "^breakeven: 3 problems in the configuration" err
result $? "... one a line, in the order of the file"
rm -r home/.config

if [ -c /dev/full ]; then
    while read -r line; do
        ran=$line
        # shellcheck disable=SC2086
        "$program" $line >/dev/full 2>err </dev/null
        status=$?
        : >out
        [ "$status" -eq 3 ] && grep -q "cannot write to standard output" err
        result $? "$line: a full disk is 3"
    done <printers
else
    n=$((n + 1))
    echo "ok $n # SKIP no /dev/full"
fi
while read -r line; do
    ran=$line
    : >out
    # shellcheck disable=SC2086
    "$program" $line >&- 2>err </dev/null
    status=$?
    [ "$status" -eq 3 ] && grep -q "cannot write to standard output" err
    result $? "$line: a closed output is 3"
done <printers
for line in "fields" "schema" "catalog models --json" "sweep plan.yaml --over months=1:12:12 --samples 256"; do
    ran=$line
    # shellcheck disable=SC2086
    "$program" $line 2>err </dev/null | head -c 10 >out
    status=0
    [ "$(wc -c <out)" -eq 10 ] && [ ! -s err ]
    result $? "$line: a reader that leaves early ends it without a word"
done

# ---- every way in which a scenario is not well-formed: its line and column ----------------------------
# place, exit status, words, text for printf
malformed() {
    # shellcheck disable=SC2059
    printf "$4" >bad.yaml
    refuses "$3: $1, $2" "$2" "$3" solve bad.yaml
    grep -q "^\(breakeven: \)\?bad\.yaml:$1: " err
    result $? "$3: it has its place"
}
b='breakeven: 1\n'
malformed 1:1 4 'the line "breakeven: 1" is missing' ''
malformed 1:1 4 'the line "breakeven: 1" is missing' 'title: alone\n'
malformed 1:1 4 '"breakeven: 1" is expected first' '[1]\n'
malformed 1:12 4 'this version reads 1' 'breakeven: 2\n'
malformed 3:1 4 'did not find expected node content' "${b}workload: [1,\n"
malformed 3:1 4 'unexpected end of stream' "${b}title: \"a\n"
malformed 2:1 4 'tab' "${b}\ttitle: a\n"
malformed 2:8 4 'not UTF-8' "${b}title: \377\n"
malformed 2:9 4 'control character' "${b}title: a\001b\n"
malformed 3:1 4 'title' "${b}title: a\ntitle: b\n"
malformed 2:4 4 'anchors' "${b}a: &x 1\n"
malformed 2:4 4 'aliases' "${b}a: *x\n"
malformed 2:8 4 'tags' "${b}title: !!str a\n"
malformed 2:1 4 'second document' "${b}---\ntitle: a\n"
malformed 2:11 4 'workload is a section' "${b}workload: 5\n"
malformed 2:26 4 'one value is expected here' "${b}workload: {input_tokens: [5]}\n"
malformed 2:28 4 'after the number is not understood' "${b}workload: {input_tokens: 5 too 6}\n"
malformed 2:1 6 'write input_tokens below workload' "${b}workload.input_tokens: 5\n"
malformed 2:1 6 'no key titel, nearest title' "${b}titel: a\n"
malformed 2:12 6 'no field input_token in workload, nearest input_tokens' "${b}workload: {input_token: 5}\n"
malformed 2:8 4 'expected YYYY-MM' "${b}start: march\n"
malformed 2:11 5 'is not one of mean, p90 or minimax' "${b}attitude: bold\n"
malformed 2:26 5 'did you mean 45%?' "${b}workload: {cached_share: 45}\n"
malformed 2:26 5 'is not in' "${b}workload: {input_tokens: -5}\n"
malformed 2:25 6 'nearest is hipaa' "${b}constraints: {regimes: [hippa]}\n"
malformed 2:7 4 'names with their fields are expected' "${b}arms: [a]\n"
malformed 3:3 4 'a.b' "${b}arms:\n  a.b: {kind: api}\n"
malformed 3:3 4 'arms.a has no kind' "${b}arms:\n  a: {model: gpt-4o}\n"
malformed 3:13 6 'no kind of arm "apy", nearest api' "${b}arms:\n  a: {kind: apy}\n"
malformed 3:18 6 'has no field modle, nearest model' "${b}arms:\n  a: {kind: api, modle: gpt-4o}\n"
malformed 3:25 6 'nearest is gpt-4o' "${b}arms:\n  a: {kind: api, model: gpt-4p}\n"
malformed 3:33 7 'an arm of kind api has no gpu' "${b}arms:\n  a: {kind: api, model: gpt-4o, gpu: l4}\n"
malformed 2:9 4 'pilots: a list' "${b}pilots: 5\n"
malformed 2:10 4 'right is missing' "${b}pilots: [{n: 1}]\n"
malformed 2:10 5 'with 3 right of 2' "${b}pilots: [{n: 1, right: 3, total: 2}]\n"
malformed 2:11 6 'no field nothing' "${b}sources: {nothing: here}\n"
malformed 2:11 4 'with an arm as pick' "${b}decision: {on: 2026-01-01}\n"
malformed 2:29 5 'p_best of 3 is not in 0..1' "${b}decision: {pick: a, p_best: 3}\n"

printf '%stitle: %s\n' "breakeven: 1
" "$(printf '%40s' '' | tr ' ' '[')" >deep.yaml
refuses "nesting without end is refused where it is too deep" 9 "deep.yaml:2:39: nested more than 32 deep" solve deep.yaml
head -c 1048577 /dev/zero | tr '\0' '#' >large.yaml
refuses "a scenario over 1 MiB is refused unread" 9 "large.yaml has 1048577 bytes" solve large.yaml
head -c 67108865 /dev/zero >large.json
refuses "a price list over 64 MiB is refused unread" 9 "large.json has 67108865 bytes" price gpt-4o --input 1 --prices large.json
refuses "so is a table" 9 "large.json has 67108865 bytes" price --csv large.json
printf 'breakeven: 1\narms:\n' >crowd.yaml
for i in 1 2 3 4 5 6 7 8 9; do printf '  a%s: {kind: api, model: gpt-4o}\n' $i >>crowd.yaml; done
refuses "a ninth arm is refused where it stands" 9 "crowd.yaml:11:3: arms.a9" solve crowd.yaml

# ---- contradictions: 7 -------------------------------------------------------------------------------------
contradicts() { # words, text
    # shellcheck disable=SC2059
    printf "$2" >bad.yaml
    refuses "contradiction: $1" 7 "$1" solve bad.yaml
}
contradicts "workload.cached_share: 80% read from and 50% written" "${b}workload: {cached_share: 80%%, cache_write_share: 50%%}\n"
refuses "a contradiction stands at its line" 7 "bad.yaml:2:26: workload.cached_share: 80%" solve bad.yaml
refuses "a contradiction that --set brings is not the file's" 7 "breakeven: workload.cached_share: 90%" solve bad.yaml --set cached_share=90%
contradicts "currency_per_usd: amounts in INR need its rate" "${b}currency: INR\n"
contradicts "both arms are" "${b}arms:\n  a: {kind: api, model: gpt-4o}\n  s: {kind: staged, first: a, second: a}\n"
contradicts "the arm names itself" "${b}arms:\n  a: {kind: api, model: gpt-4o}\n  s: {kind: staged, first: a, second: s}\n"
refuses "a contradiction that --set brings" 7 "both arms are" solve "$src/scenarios/startup-mvp.yaml" --set arms.staged.second=api
refuses "a report on a contradiction" 7 "the arm names itself" report bad.yaml
refuses "the program without a terminal on a contradiction" 7 "the arm names itself" bad.yaml
refuses "a check of a contradiction" 7 "the arm names itself" check bad.yaml --pick a
finish
