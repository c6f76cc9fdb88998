#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# compare, sweep and check, as TAP: what scripts and pipelines rely on.
. "${srcdir:-.}/tests/cli_lib.sh"
corrected=$src/scenarios/article-corrected.yaml
few="--samples 256"

# name, command: its exit status is the result
that() {
    name=$1
    shift
    "$@" >that.out 2>&1
    result $? "$name"
}

# ---- compare -------------------------------------------------------------------------------
sed -e 's/requests_per_day: 20k/requests_per_day: 40k/' -e 's/output_tokens: 100/output_tokens: 150/' "$article" >other.yaml
# shellcheck disable=SC2086
does "compare shows each scenario's value" "workload.requests_per_day" compare $few "$article" other.yaml
holds "both values stand beside the field" '$1 == "workload.requests_per_day" && $2 == "20k" && $3 == "40k" { good = 1 } END { exit !good }'
holds "compare names no field that is alike" '/input_tokens|horizon/ { bad = 1 } END { exit bad }'
holds "what one difference does alone is said" '$1 == "workload.output_tokens" && $4 ~ /^\+\$[0-9.]+k?$/ { good = 1 } END { exit !good }'
holds "the verdicts are said" '/^The pick is the same: gpt4o\.$/ { good = 1 } END { exit !good }'
# The first scenario's 20,000 x 100 tokens for 12 months of 30 days, discounted by 10 % a year, at $10 a million;
# half as many again costs 50 % of it more: $3,468 to $3,600.
holds "the cost of half as many output tokens again" \
    '$1 == "workload.output_tokens" { x = $4; sub(/^\+\$/, "", x); sub(/k$/, "", x); good = x > 3.4 && x <= 3.6 } END { exit !good }'
# shellcheck disable=SC2086
does "compare --json has the contract's keys" '"differs":[{"field":"workload.requests_per_day","values":["20k","40k"]' \
    compare $few --json "$article" other.yaml
holds "files and verdicts are there" '/^\{"files":\["[^]]*"\],/ && /"verdicts":\[\{"scenario":"article","pick":"gpt4o"/ { good = 1 } END { exit !good || NR != 1 }'
# shellcheck disable=SC2086
does "an arm that one lacks is one difference" "arms.hosted " compare $few "$article" "$corrected"
holds "and its fields are none" '/arms\.hosted\./ { bad = 1 } END { exit bad }'
holds "a pick that changes is said" '/^The pick is not the same: gpt4o in article; hosted in article-corrected\.$/ { good = 1 } END { exit !good }'
# shellcheck disable=SC2086
does "nothing differs between a scenario and itself" "nothing" compare $few "$article" "$article"
# shellcheck disable=SC2086
does "three scenarios" '"files":' compare $few --json "$article" other.yaml "$corrected"
refuses "compare needs two" 2 "two scenario files or more" compare "$article"
refuses "compare of a missing file" 3 "missing.yaml: No such file" compare "$article" missing.yaml

# ---- sweep ---------------------------------------------------------------------------------
grid="--over requests_per_day=1k:1M:4:log --over months=12:24:3 --samples 256"
# shellcheck disable=SC2086
does "sweep prints a line a cell" '{"cell":{"workload.requests_per_day":1000,"horizon.months":12},"pick":"gpt4o"' sweep "$article" $grid
holds "as many lines as cells" 'END { exit NR != 12 }'
holds "the last axis runs fastest" 'NR == 2 && !/"workload.requests_per_day":1000,"horizon.months":18/ { bad = 1 } END { exit bad }'
holds "equal factors, in neat figures" 'NR == 4 && !/:10000,/ || NR == 12 && !/"workload.requests_per_day":1000000,"horizon.months":24/ { bad = 1 } END { exit bad }'
holds "each arm has its cost" '!/"arms":\[\{"name":"claude","tco_mean_usd":[0-9.]+\},.*\]\}$/ { bad = 1 } END { exit bad }'
cp out whole
# shellcheck disable=SC2086
run sweep "$article" $grid --jobs 3
that "three processes print the same bytes" cmp out whole
# shellcheck disable=SC2086
run sweep "$article" $grid --jobs 0
that "so does a process for each processor" cmp out whole
: >pieces
for i in 1 2 3 4 5; do
    # shellcheck disable=SC2086
    run sweep "$article" $grid --shard $i/5 --jobs $((i % 2 + 1))
    cat out >>pieces
done
that "shards one behind the other are the whole" cmp pieces whole
# shellcheck disable=SC2086
run sweep "$article" $grid --shard 13/20
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -le 1 ]
result $? "more shards than cells leave some empty"
run solve "$article" --samples 256 --json --set requests_per_day=1M --set months=24
cp out solved
awk 'NR == FNR { match($0, /"confidence":"[a-z]*","p_best":[0-9.e-]*/); want = substr($0, RSTART, RLENGTH); next }
    END { exit want == "" || index($0, want) == 0 }' solved whole
result $? "a cell says what solve says of it, how sure it is as well"
run sweep "$src/scenarios/startup-mvp.yaml" --over requests_per_day=1k:100k:2:log --samples 256 --set months=24
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -eq 2 ]
result $? "sweep takes --set"
run sweep "$article" --over cached_share=0%:100%:3 --samples 256 --set cache_write_share=40%
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -eq 3 ] && sed -n 3p out | grep -q '"pick":null,.*"error":"workload.cached_share: '
result $? "a cell that contradicts itself has no pick and says why"
refuses "sweep without an axis" 2 "--over KEY=LOW:HIGH:STEPS" sweep "$article"
refuses "an axis without steps" 2 "expected KEY=LOW:HIGH:STEPS" sweep "$article" --over months=1:2
refuses "an axis of an unknown field" 6 "nearest requests_per_day" sweep "$article" --over requests_per_dya=1:2:2
refuses "an axis of a choice" 2 "is a choice, not a figure" sweep "$article" --over ml_team=1:2:2
refuses "an axis beyond the field's limits" 5 "is not in" sweep "$article" --over months=1:1000:2
refuses "equal factors from nothing" 5 "above 0" sweep "$article" --over growth_per_month=0%:5%:3:log
refuses "the same axis twice" 2 "is an axis already" sweep "$article" --over months=1:2:2 --over horizon.months=1:2:2
refuses "a grid beyond all bounds" 9 "cells" sweep "$article" --over months=1:99:10k --over input_tokens=1:99:10k
refuses "half a cell" 5 "2.5 steps" sweep "$article" --over months=1:2:2.5
refuses "a shard that is none" 2 "expected i/n" sweep "$article" --over months=1:2:2 --shard 1of2
refuses "a shard beyond the last" 5 "from 1 to n" sweep "$article" --over months=1:2:2 --shard 3/2
refuses "sweep of a missing file" 3 "missing.yaml: No such file" sweep missing.yaml --over months=1:2:2 --jobs 2
"$program" sweep "$article" --over months=1:24:24 --samples 256 --jobs 2 2>err | head -n 1 >out
[ "$(wc -l <out)" -eq 1 ] && [ ! -s err ]
result $? "a reader that leaves early ends it without a word"

# ---- check ---------------------------------------------------------------------------------
today="--today 2026-11-26 --samples 256"
cp "$article" plan.yaml
# shellcheck disable=SC2086
refuses "check without a decision" 2 "plan.yaml has no decision; give --pick" check plan.yaml $today
# shellcheck disable=SC2086
does "a pick that holds" "holds: gpt4o, clear" check plan.yaml --pick gpt4o $today
# shellcheck disable=SC2086
run check plan.yaml --pick claude $today
[ "$status" -eq 1 ] && [ ! -s err ] && grep -q '^crossed: the pick is gpt4o (clear), not claude: \$5.13k less over 12 months$' out
result $? "a pick that no longer holds is 1, with the reason"
# shellcheck disable=SC2086
run check plan.yaml --pick tuned $today
[ "$status" -eq 1 ] && grep -q '^crossed: tuned fails the gate memory: ' out
result $? "an arm that fails a gate says which"
# shellcheck disable=SC2086
refuses "a pick that is no arm" 6 "no such arm, nearest claude" check plan.yaml --pick cloude $today
that "nothing was written so far" cmp plan.yaml "$article"
# shellcheck disable=SC2086
does "check --record" "holds: gpt4o" check plan.yaml --record $today
that "recording adds lines and changes none" sh -c 'diff "$1" plan.yaml | grep -q "^>" && ! diff "$1" plan.yaml | grep "^<"' sh "$article"
cat >want <<'END'
decision:
  pick: gpt4o
  on: 2026-11-26
  p_best: 1
  tco_usd: 15936.36
  prices:
    claude: {input_usd_mtok: 3, output_usd_mtok: 15}
    gpt4o: {input_usd_mtok: 2.5, output_usd_mtok: 10}
    tuned: {gpu_price_usd_h: 3.67}
END
sed -n '/^decision:/,$p' plan.yaml | sed 's/^  tco_usd: 159[0-9][0-9]\.*[0-9]*$/  tco_usd: 15936.36/' >got
that "the decision with its day and prices" cmp want got
cp plan.yaml recorded.yaml
# shellcheck disable=SC2086
does "a recorded decision that holds" "decided: gpt4o on 2026-11-26" check plan.yaml $today
that "checking writes nothing" cmp plan.yaml recorded.yaml
# shellcheck disable=SC2086
does "recording the same again" "holds: gpt4o" check plan.yaml --record $today
that "changes nothing" cmp plan.yaml recorded.yaml
run check plan.yaml --stale-days 30 --today 2026-12-27 --samples 256
[ "$status" -eq 1 ] && grep -q '^crossed: the decision of 2026-11-26 is 31 days old, more than 30$' out
result $? "a decision that is too old"
run check plan.yaml --stale-days 30 --today 2026-12-26 --samples 256
[ "$status" -eq 0 ]
result $? "a decision of exactly as many days"
run check "$corrected" --pick hosted --stale-days 30 --today 2030-01-01 --samples 256
[ "$status" -eq 1 ] && grep -q '^crossed: the prices of llama-3.3-70b@[a-z]* of 20[0-9-]* are [0-9]* days old, more than 30$' out
result $? "a catalog's price that is too old"
# shellcheck disable=SC2086
run check "$src/scenarios/rag-copilot.yaml" --pick gpt --p-best 0.99 $today
[ "$status" -eq 1 ] && grep -q '^crossed: P(best) of gpt is 0\.[0-9]*, less than 0.99$' out
result $? "a pick that is less sure than asked for"
# shellcheck disable=SC2086
run check "$src/scenarios/rag-copilot.yaml" --pick gpt --max-regret 1 $today
[ "$status" -eq 1 ] && grep -q '^crossed: the expected regret of gpt is \$[0-9.k]*, more than \$1$' out
result $? "more regret than allowed"
# shellcheck disable=SC2086
run check "$src/scenarios/rag-copilot.yaml" --pick gpt --max-regret 1M --p-best 0.5 $today
[ "$status" -eq 0 ]
result $? "limits that are kept"
sed 's/input_usd_mtok: \$3$/input_usd_mtok: $2/' recorded.yaml >plan.yaml
# shellcheck disable=SC2086
does "a price that moved is named" "moved: the input price per million tokens of claude was \$3, is \$2" check plan.yaml $today
sed 's/input_usd_mtok: \$3$/input_usd_mtok: $1/; s/output_usd_mtok: \$15/output_usd_mtok: $5/' recorded.yaml >plan.yaml
# shellcheck disable=SC2086
run check plan.yaml $today
[ "$status" -eq 1 ] && grep -q '^crossed: the pick is claude' out && grep -q '^moved: ' out
result $? "prices that move the pick are 1"
cp plan.yaml before.yaml
# shellcheck disable=SC2086
run check plan.yaml --record --pick gpt4o $today
[ "$status" -eq 1 ] && cmp -s plan.yaml before.yaml
result $? "what does not hold is not recorded"
# shellcheck disable=SC2086
does "the new pick can be recorded" "holds: claude" check plan.yaml --record $today
does "and holds from then on" "decided: claude on 2026-11-26" check plan.yaml --today 2026-11-27 --samples 256
sed 's/^  gpt4o:/  other:/' recorded.yaml >plan.yaml
# shellcheck disable=SC2086
run check plan.yaml $today
[ "$status" -eq 1 ] && grep -q 'gpt4o, which was decided for, is no longer in the scenario' out
result $? "an arm that is gone"
refuses "a day that is none" 2 "expected YYYY-MM-DD" check plan.yaml --today yesterday
refuses "a share that is none" 5 "--p-best 2 is not in 0..1" check plan.yaml --p-best 2
refuses "nothing to record into" 2 "not into standard input" check - --record
refuses "check of a missing file" 3 "missing.yaml: No such file" check missing.yaml --pick a
printf 'breakeven: 1\ndecision: {pick: a, on: yesterday}\n' >odd.yaml
refuses "a decision on no day has its place" 4 "odd.yaml:2:25: decision.on" check odd.yaml
# The exit status as a shell script tells it: holds, crossed, or no answer.
cp recorded.yaml plan.yaml
verdict() {
    # shellcheck disable=SC2086
    "$program" check "$@" $today >/dev/null 2>&1
    case $? in 0) echo holds ;; 1) echo crossed ;; *) echo "no answer" ;; esac
}
[ "$(verdict plan.yaml) $(verdict plan.yaml --pick claude) $(verdict missing.yaml) $(verdict odd.yaml)" = "holds crossed no answer no answer" ]
result $? "a script tells 1 from an error"
finish
