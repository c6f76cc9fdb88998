#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as scripts see it, in TAP: exit status, what is on stdout and on stderr.
. "${srcdir:-.}/tests/cli_lib.sh"

# ---- usage: 2 ------------------------------------------------------------------------
for command in solve report chart compare sweep check audit price capacity learn import fields catalog schema completion; do
    does "$command --help names the command" "usage: breakeven $command" "$command" --help
    refuses "$command refuses an unknown option" 2 "no option --jso" "$command" --jso
    does "$command stands in the program's help" "  $command " --help
done
refuses "an option that is nearly one names it" 2 "nearest --json" solve --jsn "$article"
refuses "a command that is nearly one names it" 2 "no command solv, nearest solve" solv
refuses "an unknown option without a command" 2 "no option --bogus" --bogus
refuses "solve without a file" 2 "solve needs a scenario file" solve
refuses "report without a file" 2 "report needs one scenario file" report
refuses "report in an unknown format names the known" 2 "md, html, json, csv or txt" report "$article" --format pdf
refuses "a value for a flag" 2 "--json takes no value" solve --json=1 "$article"
refuses "an option without its value" 2 "--samples needs a value" solve "$article" --samples
refuses "an option given twice" 2 "--seed is given twice" solve --seed 1 --seed 2 "$article"
refuses "a number that is none" 2 "--seed x" solve --seed x "$article"
refuses "--set without a value" 2 "expected KEY=VALUE" solve --set months "$article"
refuses "fields takes no operand" 2 "no operand" fields x
refuses "audit takes no operand" 2 "no operand" audit x
refuses "price without a model" 2 "price needs one model" price
refuses "price without --input" 2 "--input N" price gpt-4o
refuses "price with a model and a table" 2 "with --csv" price gpt-4o --csv x
refuses "price with tokens and a table" 2 "--input does not go with --csv" price --csv x --input 1
refuses "capacity without a GPU" 2 "capacity needs --gpu" capacity --model llama-3-70b
refuses "capacity with options and a table" 2 "--gpu does not go with --csv" capacity --csv x --gpu l4
refuses "capacity with an operand" 2 "not llama-3-70b" capacity llama-3-70b
refuses "learn without points" 2 "learn needs --points" learn
refuses "a point that is none says which" 2 'point 2 "300": expected n:right/total' learn --points 100:62/100,300
refuses "a scenario without pilots" 2 "article.yaml has no pilots" learn "$article"

# ---- cannot read or write: 3 -----------------------------------------------------------
refuses "solve on a missing file" 3 "missing.yaml: No such file" solve missing.yaml
refuses "report on a missing file" 3 "missing.yaml: No such file" report missing.yaml
refuses "report on a folder" 3 "is a folder" report "$work"
refuses "report into a missing folder" 3 "no/report.md" report "$article" -o no/report.md --samples 256
refuses "price from a missing list" 3 "missing.json: No such file" price gpt-4o --input 1 --prices missing.json
refuses "price of a missing table" 3 "missing.csv: No such file" price --csv missing.csv
refuses "capacity of a missing table" 3 "missing.csv: No such file" capacity --csv missing.csv
refuses "learn from a missing scenario" 3 "missing.yaml: No such file" learn missing.yaml
BREAKEVEN_DATADIR=$work
refuses "a data folder without a catalog" 3 "holds no folder catalog" audit
BREAKEVEN_DATADIR=$src

# ---- not well-formed: 4 ------------------------------------------------------------------
printf 'breakeven: 1\nworkload: [1,\n' >broken.yaml
refuses "broken YAML has its line" 4 "broken.yaml:3:" solve broken.yaml
refuses "broken YAML is not reported on" 4 "broken.yaml:3:" report broken.yaml
printf 'breakeven: 1\ntitle: a\ntitle: b\n' >twice.yaml
refuses "a key that stands twice has its place" 4 "twice.yaml:3:1:" solve twice.yaml
refuses "a list that is no JSON has its place" 4 "broken.yaml:1:1:" price gpt-4o --input 1 --prices broken.yaml
printf 'id,model,"prompt\n' >quote.csv
refuses "a table with an open quote has its place" 4 "quote.csv:1:10:" price --csv quote.csv
printf 'id,model\na,gpt-4o\n' >narrow.csv
refuses "a table without a needed column names it" 4 "narrow.csv:1:1: no column prompt_tokens" price --csv narrow.csv
refuses "a table of runs without a needed column" 4 "narrow.csv:1:1: no column gpu" capacity --csv narrow.csv
: >empty.csv
refuses "an empty table" 4 "empty.csv" price --csv empty.csv

# ---- outside the limits: 5 ------------------------------------------------------------------
printf 'breakeven: 1\nworkload:\n  requests_per_day: -5\n' >range.yaml
refuses "a value out of range has its place and limits" 5 "range.yaml:3:21: workload.requests_per_day: -5 is not in" \
    solve range.yaml
refuses "a value out of range on the command line" 5 "-4 is not in" solve --set requests_per_day=-4 "$article"
refuses "samples that are no power of two" 5 "power of two" solve --samples 1000 "$article"
refuses "samples out of range" 5 "--samples 2 is not in 256.." solve --samples 2 "$article"
refuses "negative tokens" 5 "--input -1 is not in" price gpt-4o --input -1
refuses "more cached tokens than the prompt has" 5 "20 cached tokens of 10" price gpt-4o --input 10 --cached 20
refuses "an empty prompt for a machine" 5 "--input 0 is not in" capacity --model llama-3-70b --gpu l4 --input 0 --output 1
refuses "half a GPU" 5 "--gpus 1.5" capacity --model llama-3-70b --gpu l4 --gpus 1.5 --input 1 --output 1
refuses "more right than tested" 5 "point 1: 3 right of 2" learn --points 5:3/2
refuses "a negative size" 5 "--at -1" learn --points 100:62/100 --at -1

# ---- unknown names: 6 ---------------------------------------------------------------------
printf 'breakeven: 1\nworkload:\n  requests_per_dy: 5\n' >key.yaml
refuses "an unknown key has its place and the nearest" 6 \
    "key.yaml:3:3: no field requests_per_dy in workload, nearest requests_per_day" solve key.yaml
refuses "an unknown key is not reported on" 6 "key.yaml:3:3:" report key.yaml
refuses "an unknown field of --set" 6 "nearest workload.requests_per_day" \
    solve --set workload.requests_per_dy=5 "$article"
refuses "an unknown model of --set" 6 "nearest is llama-3-70b" solve --set arms.tuned.model=llama-3-70 "$article"
printf 'breakeven: 1\narms:\n  a: {kind: api, model: gtp-4o}\n' >model.yaml
refuses "an unknown model in a file has its place" 6 "model.yaml:3:" solve model.yaml
refuses "an unknown kind of entry" 6 "nearest models" catalog modls
refuses "an unknown model to price" 6 "no model gtp-4o, nearest gpt-4o" price gtp-4o --input 1
refuses "a host that does not sell it names those that do" 6 "it is sold by openai" price gpt-4o@nowhere --input 1
refuses "a key that the list lacks" 6 "nearest gpt-4o" price gpt-4oo --input 1 \
    --prices "$src/tests/data/litellm-prices.json"
refuses "an unknown model to serve" 6 "no model llama-3-70, nearest llama-3-70b" \
    capacity --model llama-3-70 --gpu l4 --input 1 --output 1
refuses "an unknown GPU" 6 "no GPU l5, nearest l4" capacity --model llama-3-70b --gpu l5 --input 1 --output 1
refuses "an unknown engine" 6 "no engine vlm, nearest vllm" \
    capacity --model llama-3-70b --gpu l4 --engine vlm --input 1 --output 1
refuses "an unknown precision" 6 "--precision: no precision fp15, nearest fp16" \
    capacity --model llama-3-70b --gpu l4 --precision fp15 --input 1 --output 1
refuses "a precision that no KV cache has" 6 "--kv-precision" \
    capacity --model llama-3-70b --gpu l4 --kv-precision int4 --input 1 --output 1
refuses "a model whose shape is not published" 6 "shape is not published" \
    capacity --model gpt-4o --gpu l4 --input 1 --output 1
refuses "an unknown field for learn" 6 "no field error_cost_us" learn --points 9:5/9 --set error_cost_us=1

# ---- what comes out ----------------------------------------------------------------------------
does "solve prints a verdict" "P(best)" solve --samples 256 "$article"
does "solve --json is one object a line" '"verdict":{' solve --samples 256 --json "$article" "$article"
holds "two files give two lines" 'END { exit NR != 2 }'
: >no-keys
does "a replay without a size" "Verdict" --samples 256 --keys no-keys --dump "$article"
holds "a replay without a size is of 80x24" 'END { exit NR != 24 }'
does "report writes Markdown" "# " report --samples 256 "$article"
does "fields --json is an array" '[{"path":' fields --json
does "catalog lists its kinds" "claims " catalog
does "catalog --json is an array" '"as_of":' catalog gpus --json

does "audit shows the article's figure and the true one" "article 830,000,000; recomputed 27,648,000 tokens/day" audit
holds "audit lists 33 claims" '/^[a-z0-9-]+ +(holds|near|unit-error|contradicts|infeasible|not-derivable)$/ { n++ } END { exit n != 33 }'
does "audit --json has a factor and a range" '"id":"labels-5k","article":[3000,8000],"recomputed":[3000,8333.3' audit --json
holds "audit --json has no number that is none" '/nan|inf[^e]/ { bad = 1 } END { exit bad || NR != 1 }'

does "price adds cached, fresh and output tokens" '"rule":"base"' price gpt-4o --input 100k --cached 80k --output 1500 --json
holds "cached tokens are a part of the prompt" \
    'match($0, /"cost_usd":[0-9.e-]+/) { d = substr($0, RSTART + 11, RLENGTH - 11) - 0.165; exit d > 1e-9 || d < -1e-9 } END { if (NR != 1) exit 1 }'
does "a batch costs less" '"rule":"batch_price"' price gpt-4o --input 1000 --batch --json
does "price says where its figure comes from" "source " price claude-3.5-sonnet --input 10M --output 2M
holds "the article's day of Claude costs 60 dollars" '/^cost +\$60 / { found = 1 } END { exit !found }'

run price --csv "$src/tests/data/parity.csv" --prices "$src/tests/data/litellm-prices.json"
[ "$status" -eq 0 ] && [ ! -s err ] && awk -F, '
    FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "cost_usd") column[FILENAME] = i; next }
    FILENAME == "out" { got[$1] = $2; next }
    { want = $column[FILENAME]; d = got[$1] - want; if (d < 0) d = -d
      if (got[$1] != "" && d <= 1e-9 * want) good++ }
    END { exit good != 60 }' out "$src/tests/data/parity.csv"
result $? "60 of 60 requests cost what litellm says, to 1e-9"

printf 'batch,prompt_tokens,id,colour,model\n0,1000,a,red,gpt-4o\n0,1000,"b,1",red,gpt-5o\n0,,c,red,gpt-4o\n2,1,d,red,gpt-4o\n0,-1,e,red,gpt-4o\n0,nan,f,,gpt-4o\n' >requests.csv
run price --csv requests.csv
[ "$status" -eq 0 ] && [ ! -s err ] && [ "$(sed -n 1p out)" = id,cost_usd,error ] && [ "$(sed -n 2p out)" = a,0.0025, ] &&
    grep -q '^"b,1",,.*no model gpt-5o' out && grep -q '^c,,.*prompt_tokens is missing' out &&
    grep -q '^d,,.*neither 0 nor 1' out && grep -q '^e,,' out && grep -q '^f,,' out && [ "$(wc -l <out)" -eq 7 ]
result $? "a row that cannot be priced keeps its id, is empty and says why"

# The four cards of the capacity model's description: 213 to 249 tokens/s at 8 requests.
does "capacity predicts four cards" '"fits":true' capacity --model llama-3-70b --gpu a100-80-sxm --gpus 4 \
    --input 500 --output 100 --concurrency 8 --json
holds "eight requests on four cards reach the article's speed" \
    'match($0, /"output_tok_s":[0-9.]+/) { x = substr($0, RSTART + 15, RLENGTH - 15); good = x > 200 && x < 260 } END { exit !good }'
does "one card is too small, and capacity says what is not" '"fits":false' \
    capacity --model llama-3-70b --gpu a100-80-sxm --input 500 --output 100 --json
holds "what does not fit has no figures" '/"output_tok_s":null,"low":null,"high":null,"ttft_ms":null,"tpot_ms":null/ { good = 1 } END { exit !good }'
holds "the nearest machines that fit are named" '/fits in int4 on 1 GPU, or in fp16 on 2 GPUs/ { good = 1 } END { exit !good }'
does "capacity as text names the limit" "limited by" capacity --model llama-3.1-8b --gpu l4 --input 1k --output 200

run capacity --csv "$src/tests/data/throughput-public.csv"
[ "$status" -eq 0 ] && [ ! -s err ] && [ "$(wc -l <out)" -eq "$(wc -l <"$src/tests/data/throughput-public.csv")" ] &&
    [ "$(sed -n 1p out)" = id,output_tok_s,low,high,ttft_ms,tpot_ms,limit,reason ] && ! grep -q 'nan\|inf' out
result $? "every measured row is predicted"
holds "low, prediction and high are in order" 'BEGIN { FS = "," } NR > 1 && !($3 > 0 && $3 < $2 && $2 < $4) { bad = 1 } END { exit bad || NR < 1000 }'
cut -d, -f1-14 "$src/tests/data/throughput-public.csv" | sed -n '1p;500,502p' >measured.csv
awk -F, '{ print "x," $14 "," $13 "," $12 "," $11 "," $10 "," $9 "," $8 "," $7 "," $6 "," $5 "," $2 "," $1 }' measured.csv >other.csv
run capacity --csv other.csv
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -eq 4 ] && ! grep -q ',,' out
result $? "columns in another order, and without the measured ones"
cat >runs.csv <<'END'
id,model,gpu,n_gpus,weight_precision,engine,isl,osl,concurrency
big,llama-3-70b,a100-80-sxm,1,fp16,vllm,500,100,8
who,llama-3-71b,a100-80-sxm,1,fp16,vllm,500,100,8
long,llama-3-70b,a100-80-sxm,4,fp16,vllm,nan,100,8
none,llama-3-70b,a100-80-sxm,4,fp16,vllm,500,0,8
bare,llama-3-70b,a100-80-sxm,4,,vllm,500,1,8
good,llama-3-70b,a100-80-sxm,4,fp16,triton-tensorrt-llm,500,100,8
END
run capacity --csv runs.csv
[ "$status" -eq 0 ] && grep -q '^big,,,,,,,.*does not fit: needs' out && grep -q '^who,,,,,,,.*nearest llama-3-70b' out &&
    grep -q '^long,,,,,,,..*' out && grep -q '^none,,,,,,,..*' out && grep -q '^bare,,,,,,,.*missing' out &&
    grep -q '^good,[0-9.]*,[0-9.]*,[0-9.]*,[0-9.]*,[0-9.]*,[a-zKV'"'"' ]*,$' out
result $? "a row that does not fit or is not understood is empty and says why"

points=100:62/100,300:71/100,1000:80/100,2666:85/100
does "learn predicts with an interval" "90% interval" learn --points "$points" --at 10664
does "learn --json has the curve, the sizes and the budget" '"budget":{"n":null,"saves_usd":null}' \
    learn --points "$points" --at 10664 --at 500 --json
holds "learn predicts at the sizes asked for" '/"at":\[\{"n":10664,.*\{"n":500,/ { good = 1 } END { exit !good }'
holds "the prediction lies in its interval and between the pilots and 1" \
    '{ split($0, p, /"accuracy":/); split(p[2], q, /[,:}]/); good = q[3] < q[1] && q[1] < q[5] && q[1] > 0.85 && q[5] < 1 } END { exit !good }'
does "with a cost of errors there is a label budget" '"saves_usd":' learn --points "$points" --json \
    --set quality.error_cost_usd=0.5
holds "the budget is a number" '/"budget":\{"n":[0-9]+,"saves_usd":[0-9]/ { good = 1 } END { exit !good }'
run learn --points 100:62/100
[ "$status" -eq 0 ] && [ -s out ] && grep -q "warning: fewer than 3 sizes" err
result $? "few points are warned of on stderr, not in the data"

# ---- chart ----------------------------------------------------------------------------------------
for view in cost unit diff cumulative tornado spread why latency labels compare map audit lines; do
    run chart "$article" --view $view --samples 256 --size 80x24 --glyphs ascii
    [ "$status" -eq 0 ] && [ -s out ] && [ ! -s err ] && [ -z "$(tr -d '\n -~' <out)" ] &&
        awk 'length($0) > 80 { bad = 1 } END { exit bad || NR != 24 }' out
    result $? "chart --view $view is ASCII of 80 columns and 24 rows"
    run chart "$article" --view $view --samples 256 --table
    [ "$status" -eq 0 ] && [ "$(wc -l <out)" -ge 3 ] && tail -n 1 out | grep -q '\.$'
    result $? "chart --view $view --table ends in a sentence"
done
does "the view report is the report as text" "Recommendation" chart "$article" --view report --samples 256
run chart "$article" --view cost --samples 256 -o one.svg
[ "$status" -eq 0 ] && [ ! -s out ] && head -c 5 one.svg | grep -q '<?xml' && grep -q '<desc>.*break even.*</desc>' one.svg &&
    ! grep -qE '<script|href|url\(' one.svg
result $? "chart -o writes a picture with its words"
cp one.svg first.svg
run chart "$article" --view cost --samples 256 -o one.svg
cmp -s one.svg first.svg
result $? "the same picture is the same bytes"
refuses "an unknown view names the nearest" 6 "no view tornada, nearest tornado" chart "$article" --view tornada
refuses "a size that is none" 2 "expected columns x rows" chart "$article" --size 80
refuses "two scenarios in one chart" 2 "--view compare takes several" chart "$article" "$article"
for shape in "--size 80x24" "--glyphs ascii" --table "-o one.svg"; do
    # shellcheck disable=SC2086
    refuses "a report with $shape" 2 "report" chart "$article" --view report $shape
done
refuses "a map of three fields" 2 "a third" chart "$article" --view map --over examples --over months --over output_tokens
refuses "a map of a field that is no number" 2 "numbers" chart "$article" --view map --over title --over months
does "two scenarios side by side" "2 scenarios" chart "$article" "$src/scenarios/night-batch.yaml" --view compare --samples 256

# ---- every example of every --help is a command line that works ----------------------------------
cp "$article" plan.yaml
sed 's/output_tokens: 100/output_tokens: 150/' "$article" >other.yaml
cp "$src/tests/data/litellm-prices.json" prices.json
cat >requests.csv <<'END'
time,input_tokens,output_tokens,cached_tokens
2026-08-01T10:00:00Z,500,100,0
2026-08-01T11:00:00Z,700,80,200
2026-08-02T10:00:00Z,400,120,0
END
PATH=$(dirname "$program"):$PATH
export PATH
for command in '' $("$program" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    # shellcheck disable=SC2086
    "$program" $command --help | sed -n '/^examples:/,/^$/s/^  //p' >examples
    [ -s examples ]
    result $? "the help of ${command:-the program} has examples"
    while read -r line; do
        ran=$line
        sh -c "$line" >out 2>err </dev/null
        status=$?
        [ "$status" -eq 0 ]
        result $? "it works: $line"
    done <examples
done

does "the manual's keys are words each, not punctuation" '.It \&? \&F1' --manual keys
does "the manual's keys say where they count" 'Take the row (list)' --manual keys
holds "the manual has each row of the key table" 'BEGIN { while (("'"$program"' --dump-keys" | getline) > 0) rows++ } /^\.It / { n++ } END { exit n != rows }'

finish
