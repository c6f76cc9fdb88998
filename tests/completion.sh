#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion loaded into the shells that are here, as TAP: what each offers at a place.
. "${srcdir:-.}/tests/cli_lib.sh"
PATH=$(dirname "$program"):$PATH
export PATH
status=0 ran=completion
: >err

for shell in bash zsh fish; do
    does "a script for $shell" "breakeven completion $shell" completion $shell
    cp out "$shell.script"
done
refuses "no script without a shell" 2 "needs a shell" completion
refuses "no script for an unknown shell" 2 "bash, zsh or fish" completion tcsh

# Every command and every option of the help is in each script.
"$program" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' >commands
for shell in bash zsh fish; do
    lost=
    while read -r command; do
        grep -qw -- "$command" "$shell.script" || lost="$lost $command"
        for option in $("$program" "$command" --help | sed -n 's/^ .*--\([a-z-]*\) .*/\1/p'); do
            grep -q -- "\(--\|-l \)$option" "$shell.script" || lost="$lost $command--$option"
        done
    done <commands
    [ -z "$lost" ] && [ "$(wc -l <commands)" -ge 14 ]
    result $? "every command and option is in the script for $shell$lost"
done

# words..., the last to be completed -> what is offered, one a line
in_bash() {
    bash --norc -c '
        source ./bash.script
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _breakeven
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" >out 2>err
}
in_fish() {
    line=$*
    fish --no-config -c 'source ./fish.script; complete -C "$argv"' "$line" 2>err | cut -f 1 >out
}
# Zsh completes on a terminal alone: a pseudo terminal that types Tab and lists. It shows nothing while
# more is typed, so wait for the word, half a minute at most.
in_zsh() {
    line=$*
    zsh -f -c '
        zmodload zsh/zpty
        zpty z zsh -f -i
        say() { zpty -w z "$1"; }
        say "PS1=; TERM=dumb; autoload -Uz compinit; compinit -D -u; source ./zsh.script; LISTMAX=0; COLUMNS=200"
        say "zstyle \":completion:*\" list-prompt \"\"; bindkey \"^I\" list-choices; print -r -- READ\"\"Y"
        zpty -r -m z text "*READY*"
        zpty -w -n z "$1"$'"'\\t'"'
        text= all= quiet=0
        for i in {1..300}; do
            if zpty -r -t z text; then all+=$text quiet=0
            else sleep 0.1; [[ $all == *$2* ]] && ((++quiet > 2)) && break; fi
        done
        zpty -d z
        print -r -- $all' zsh "$line" "$yes" 2>err | tr -d '\r' >out
}

# name, word offered, word not offered, line...
offers() {
    name=$1 yes=$2 no=$3
    shift 3
    ran="$shell: $*"
    "in_$shell" "$@"
    grep -qw -- "$yes" out && ! grep -qw -- "$no" out
    result $? "$shell: $name"
}
for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null 2>&1; then
        n=$((n + 1))
        echo "ok $n # SKIP no $shell"
        continue
    fi
    $shell -n "$shell.script" 2>err
    result $? "$shell reads the script"
    offers "commands" solve price breakeven so
    offers "options of a command" --samples --max-regret breakeven solve --s
    offers "options of another" --max-regret --over breakeven check --m
    offers "fields" requests_per_day input_tokens breakeven solve --set requests_per
    offers "formats" html svg breakeven report --format h
    offers "views" tornado cost breakeven chart --view to
    offers "models of the catalog" llama-3.1-8b gpt-4o breakeven price llama-3.1
    offers "GPUs of the catalog" h100-80-sxm l4 breakeven capacity --gpu h100
    offers "kinds of entry" regimes models breakeven catalog re
    offers "shells" fish bash breakeven completion f
    offers "price lists" openrouter litellm breakeven import --from open
done
in_bash breakeven solve --set = requests_per
grep -q '^requests_per_day=$' out
result $? "bash: --set=KEY as well"
cp "$article" plan.yaml
in_bash breakeven solve pl
grep -q '^plan.yaml$' out
result $? "bash: files"
finish
