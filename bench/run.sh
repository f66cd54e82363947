#!/usr/bin/env bash
# run.sh DATA SIZE ROUNDS: makes what is missing, measures round robin, compares the answers, prints the table.
# THROUGHLINE: the program; BENCH_PYTHON: a Python with bench/requirements.txt. `make bench` calls this.
set -euo pipefail
data=$1 size=$2 rounds=$3
here="$(dirname "$0")"
python="${BENCH_PYTHON:?}"
export THROUGHLINE="${THROUGHLINE:?}"
results="$data/results-$size.jsonl"
mkdir -p "$data"
"$python" "$here/prepare.py" --data "$data" --size "$size"
"$python" "$here/runall.py" --data "$data" --size "$size" --rounds "$rounds" --out "$results"
"$python" "$here/extend.py" --data "$data" --size "$size" --out "$results"
"$python" "$here/report.py" "$results" --data "$data" --out "$data/table-$size.jsonl"
