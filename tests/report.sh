#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports in every format as readers and parsers that are not ours see them, in TAP.
. "${srcdir:-.}/tests/cli_lib.sh"

command -v python3 >/dev/null 2>&1 || {
    echo "1..0 # SKIP no python3"
    exit 0
}
formats="md html json csv txt"

# name of the case, scenario file, arguments...: every format is well-formed and the same twice
every_format() {
    what=$1 file=$2
    shift 2
    rm -f report.*
    for format in $formats; do
        run report "$file" --samples 256 "$@" -o "report.$format"
        done=$status
        run report "$file" --samples 256 "$@" --format "$format"
        [ "$done" -eq 0 ] && [ "$status" -eq 0 ] && cmp -s out "report.$format"
        result $? "$what: $format has the same bytes on standard output and in a file"
        python3 "$src/tests/report_check.py" "$format" "report.$format" >out 2>err
        result $? "$what: $format is well-formed"
    done
}

every_format "the article" "$article"
every_format "a rate, obligations, two of one field" "$src/scenarios/bank-india.yaml"
every_format "staged" "$src/scenarios/startup-mvp.yaml"
every_format "cascade" "$src/scenarios/contract-clauses.yaml"

cat >hostile.yaml <<'END'
breakeven: 1
title: "=1+1 | <script>alert(1)</script> </title> [x](javascript:a) `a` ![i](//e) 'q' \"d\" &amp;"
notes: "www.e.example - +cmd|' /C calc'!A0 ``` <img src=x onerror=alert(1)> http://e.example/ #1"
arms:
  a:
    kind: api
    model: claude-sonnet-4.6
sources:
  requests_per_day: "@SUM(1) | <b>x</b> `c`"
  input_tokens: "=HYPERLINK(1)"
  output_tokens: "-1+1"
END
every_format "hostile text" hostile.yaml

printf 'breakeven: 1\n' >empty.yaml
for format in html md; do
    run report empty.yaml --samples 256 --format $format
    [ "$status" -eq 0 ] && [ -s out ]
    result $? "no arms at all: $format says so"
done

# ---- where it is made does not matter ----------------------------------------------------------
mkdir -p some/where
cp "$article" some/where/article.yaml
run report some/where/article.yaml --samples 256
cp out here.md
(cd some/where && "$program" report article.yaml --samples 256 -o there.md)
cmp -s here.md some/where/there.md
result $? "folder and output leave no trace"

# ---- the command that it names makes the same bytes ----------------------------------------------
cp "$article" plan.yaml
run report plan.yaml --samples 512 --seed 7 --set workload.requests_per_day=30k --set "title=it's" --format csv
cp out first.csv
line=$(python3 -c 'import csv; print([r[4] for r in csv.reader(open("first.csv")) if r[3] == "command"][0])')
printf '# %s\n' "$line"
breakeven() { "$program" "$@"; }
eval "$line" >second.csv 2>err
cmp -s first.csv second.csv
result $? "the command in the report makes the same bytes"

# ---- the workbench writes the same -----------------------------------------------------------------
printf ':set workload.requests_per_day=30k<Enter>:export edited.html<Enter>' >keys
"$program" plan.yaml --samples 512 --keys keys --size 80x24 --dump >out 2>err
run report plan.yaml --samples 512 --set requests_per_day=30k -o set.html
cmp -s edited.html set.html
result $? "what the workbench exports from unsaved edits is what --set gives"
cp "$article" other.yaml
printf ':export plain.md<Enter>' >keys
"$program" other.yaml --samples 512 --keys keys --size 80x24 --dump >out 2>err
run report other.yaml --samples 512 -o set.md
cmp -s plain.md set.md
result $? "what the workbench exports is what report writes"

# ---- combinations that contradict themselves ---------------------------------------------------------
refuses "a format against the suffix" 2 "ask for different formats" report "$article" --format html -o x.md
refuses "a suffix that is no format" 2 "no report format pdf" report "$article" -o x.pdf
refuses "a report over a scenario" 2 "over a scenario" report plan.yaml --format md -o plan.yaml
refuses "two scenarios" 2 "compare puts several side by side" report "$article" "$article"
finish
