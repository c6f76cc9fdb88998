#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# import as scripts see it: price lists into a catalog of one's own, usage logs into workloads.
. "${srcdir:-.}/tests/cli_lib.sh"
data=$src/tests/data
XDG_CONFIG_HOME=$work/config
export XDG_CONFIG_HOME
mine=$XDG_CONFIG_HOME/breakeven/catalog

# ---- usage and bad input ------------------------------------------------------------------
refuses "import without a list" 2 "import needs one price list" import
refuses "two lists at once" 2 "import needs one price list" import a b
refuses "a list that is not known names the nearest" 2 "nearest litellm" import x --from litelm
refuses "a day that is none" 2 "is not a date" import "$data/models-dev.json" --as-of yesterday
refuses "standard input has no date" 2 "--as-of" import -
refuses "a list that is not there" 3 "cannot read" import nowhere.json
refuses "a folder that is no models.dev" 6 "holds no providers" import "$src/tests/golden"
refuses "a folder for a list that is one file" 2 "is a folder" import "$src/tests/golden" --from litellm
refuses "--map without --usage" 2 "--map goes with --usage" import x --map time=t
refuses "--from with --usage" 2 "--from does not go with --usage" import --usage x --from litellm
head -c 20000 "$data/litellm-prices.json" >cut.json
refuses "a list that is cut off is refused at its place" 4 "cut.json:" import cut.json
echo '{"hello": 1}' >other.json
refuses "what looks like no list" 6 "no price list looks like this" import other.json
awk 'BEGIN { for (i = 0; i < 50000; i++) printf "{\"a\":" }' >deep.json
refuses "a deep list" 9 "nested more than 32 deep" import deep.json
: >huge.json
if dd if=/dev/zero of=huge.json bs=1 count=1 seek=67108865 2>/dev/null; then
    refuses "more than 16 MiB are refused by their size" 9 "at most 16777216" import huge.json
    refuses "a log of more than 64 MiB too" 9 "64 MiB" import --usage huge.json
fi
rm -f huge.json
echo '{"a": {"litellm_provider": "p", "mode": "embedding"}}' >none.json
refuses "a list with nothing to take" 6 "none of its 1 entries can be taken" import none.json
[ ! -e "$XDG_CONFIG_HOME" ]
result $? "whatever was refused, the catalog is untouched"

# ---- lists -----------------------------------------------------------------------------------
does "--diff says what would change" "nothing was written" import "$data/litellm-prices.json" --as-of 2026-08-01 --diff
[ ! -e "$XDG_CONFIG_HOME" ]
result $? "--diff changes nothing"
for list in litellm-prices.json models-dev.json openrouter-models.json genai-prices.json gpu-prices.csv; do
    does "$list is imported" "written" import "$data/$list" --as-of 2026-08-21
    does "the same again changes nothing" "nothing to change" import "$data/$list" --as-of 2026-08-21
    does "the catalog loads with it" "models" catalog
done
[ "$(echo "$mine"/*)" = "$mine/genai-prices.yaml $mine/gpu-prices.yaml $mine/litellm.yaml $mine/models.dev.yaml $mine/openrouter.yaml" ]
result $? "one file a list"
cat "$mine"/* >before
for list in openrouter-models.json litellm-prices.json gpu-prices.csv genai-prices.json models-dev.json; do
    run import "$data/$list" --as-of 2026-08-21
done
cat "$mine"/* >after
cmp -s before after
result $? "imported again in another order, not a byte differs"
grep -vE '^#|^list:|^sources:|^  list:|^$|^prices:$|^gpu-prices:$|source: .*\}$' "$mine"/*.yaml >lines
[ ! -s lines ]
result $? "every entry has a source"
! grep -riE '\bnan\b|\binf\b' "$mine" >/dev/null
result $? "no figure is missing as a number"
does "models.dev is imported from its folder" "7" import "$data/models-dev-toml" --as-of 2026-08-22 --all
holds "what the list had before is gone, and said" '/^gone / { good = $2 > 0 } END { exit !good }'

does "one model, list by list" "models.dev" catalog prices gpt-4o
holds "with dates, what is in use first" '/in use/ { use = NR } /2026-08-/ { dates++ } END { exit !(use > 0 && dates >= 3) }'
does "and as JSON" '"in_use":true' catalog prices gpt-4o --json
refuses "a model that nobody lists" 6 "nearest gpt-4o" catalog prices gpt-4oo
does "a new model can be priced" '"model":"deepseek/deepseek-v4-flash-0731"' \
    price deepseek/deepseek-v4-flash-0731 --input 1000 --json

cat >new.json <<'END'
{"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.25e-6, "output_cost_per_token": 1e-5},
 "wrong": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 0.015, "output_cost_per_token": 0.06},
 "free": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 0}}
END
rm -r "$XDG_CONFIG_HOME"
does "a price that moved is told with its percentage" 'gpt-4o@openai, input $2.5 -> $1.25 (-50%)' \
    import new.json --as-of 2026-09-01
holds "doubts are told" '/looks like a wrong unit/ { unit = 1 } /may mean free/ { free = 1 } END { exit !(unit && free) }'
does "the new price is in use" '"cost_usd":1.25,' price gpt-4o --input 1M --json
does "the summary as JSON" '"changed":[]' import new.json --as-of 2026-09-01 --json
holds "is one object with the notes" '/^\{"list":"litellm".*"taken":3,"doubted":2,"skipped":0.*"verdict":"doubted".*"same":true\}$/ { good = 1 } END { exit !good || NR != 1 }'
does "the catalog is untouched without it" '"cost_usd":2.5,' price gpt-4o --input 1M --json --prices "$data/litellm-prices.json"

# Of dated prices the one in force on the day of the list's file counts.
cp "$data/genai-prices.json" dated.json
touch -t 202503010000 dated.json
does "before its price fell" '"cost_usd":10,' price openai/o3 --input 1M --prices dated.json --json
touch -t 202603010000 dated.json
does "and after it" '"cost_usd":2,' price openai/o3 --input 1M --prices dated.json --json

# A scenario keeps the price that it was decided with, and says that the list has gone on.
rm -r "$XDG_CONFIG_HOME"
cp "$src/scenarios/support-intents.yaml" decided.yaml
run check decided.yaml --record --today 2026-09-01
arm_price=$(sed -n '/^decision:/,$p' decided.yaml | grep -c input_usd_mtok)
[ "$status" -eq 0 ] && [ "$arm_price" -gt 0 ]
result $? "a decision keeps its prices"
model=$(sed -n 's/^ *model: *\(gpt[^ ]*\|claude[^ ]*\).*/\1/p' decided.yaml | head -n 1)
key=$(sed -n "/^- model: $model\$/,/^- /s/^  key: //p" "$src/catalog/prices.yaml" | head -n 1)
host=$(sed -n "/^- model: $model\$/,/^- /s/^  host: //p" "$src/catalog/prices.yaml" | head -n 1)
printf '{"%s": {"litellm_provider": "%s", "mode": "chat", "input_cost_per_token": 7e-6, "output_cost_per_token": 7e-5}}\n' \
    "$key" "$host" >moved.json
does "the list moves on" "written" import moved.json --as-of 2026-10-01
run check decided.yaml --today 2026-10-02
grep -q 'moved: the input price per million tokens of .* is \$7' out err
result $? "and the check says which price has moved"

echo "prices: []" >"$mine/litellm.yaml"
refuses "a file that import did not write stays" 7 "not a file that import wrote" import new.json --as-of 2026-09-01
env -u HOME -u XDG_CONFIG_HOME "$program" import new.json >out 2>err </dev/null
[ $? -eq 3 ] && grep -q "no place for a catalog" err
result $? "without a home there is no place for it"
rm -r "$XDG_CONFIG_HOME"

# ---- usage logs ---------------------------------------------------------------------------------
awk 'BEGIN { print "timestamp,input_tokens,output_tokens,cached_tokens"
    for (d = 0; d < 30; d++) for (k = 0; k < 40 + d % 3; k++)
        printf "2026-06-%02dT%02d:%02d:00Z,%d,%d,%d\n", d + 1, (k * 7) % 24, k, 400 + k, 100 + k % 5, 100 }' >log.csv
does "a log becomes workload fields" "  requests_per_day: " import --usage log.csv
holds "with their spread and where they come from" \
    '/^workload:/ { w = 1 } /requests_per_day: [0-9.]+ to [0-9.]+/ { r = 1 } /cached_share: [0-9.]+%/ { c = 1 } /^sources:/ { s = 1 } END { exit !(w && r && c && s) }'
cp "$src/scenarios/bank-india.yaml" mine.yaml
does "written into a scenario" "written to mine.yaml" import --usage log.csv --into mine.yaml
grep -q '^  # ' mine.yaml || grep -q '^#' mine.yaml
result $? "whose comments stay"
does "the scenario is still good" "bank" solve mine.yaml --samples 256 --json
does "as JSON" '"format":"plain"' import --usage log.csv --json
awk 'BEGIN { print "when,in,out"; print "2026-06-01,10,1"; print "never,10,1"; print "2026-06-02,20,1" }' >odd.csv
run import --usage odd.csv --map time=when --map input=in --map output=out
[ "$status" -eq 0 ] && grep -q 'odd.csv:3:1: time "never" is not a time' err && grep -q "1 record could not be read" err &&
    grep -q 'input_tokens: 15' out
result $? "mapped columns; a bad record is told with its place"
refuses "a mapped column that is not there" 6 "no column inn, nearest in" import --usage odd.csv --map input=inn
refuses "a field that no record has" 2 "nearest input" import --usage odd.csv --map inptu=in
refuses "a log without a good record" 4 "no record can be read" import --usage odd.csv
refuses "a log that is not there" 3 "cannot open" import --usage nowhere.csv
refuses "a scenario that is not there" 3 "nowhere.yaml" import --usage log.csv --into nowhere.yaml

finish
