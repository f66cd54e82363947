#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: fuzzes what reads text from outside, each target so long. What breaks one is printed and kept
# under fuzz/artifacts; it then becomes a case of the tests. Needs cargo-fuzz, which is installed where it is missing.
set -euo pipefail
cd "$(dirname "$0")/../../fuzz"
seconds="${1:-60}"
shift || true
command -v cargo-fuzz >/dev/null || cargo install --locked --quiet cargo-fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
# What the fuzzer instruments is a setting of the newest compilers only; this asks the one at hand for it.
export RUSTC_BOOTSTRAP=1
seed() { # TARGET FILES...
  mkdir -p "corpus/$1"
  for file in "${@:2}"; do cp -n "$file" "corpus/$1/$(basename "$file")"; done
}
seed definitions ../catalog/measures/*.toml ../catalog/journey.toml ../catalog/starter/*.toml
seed layout ../catalog/layouts/*.toml
seed formats ../crates/engine/tests/it/layouts/*.{csv,json,jsonl,xes}
seed events ../crates/engine/tests/it/layouts/*.{json,jsonl}
seed json ../crates/engine/tests/it/layouts/*.jsonl
mkdir -p corpus/sheets
printf 's<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="b"><v>1</v></c></row></sheetData></worksheet>' >corpus/sheets/sheet
printf 't<sst count="2" uniqueCount="2"><si><r><t>at</t></r><r><t xml:space="preserve"> all</t></r></si></sst>' >corpus/sheets/texts
printf 'o<office:document-content><office:body><office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="12.5" table:number-columns-repeated="3"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>' >corpus/sheets/open
for target in "${targets[@]}"; do cargo fuzz build --sanitizer none "$target" --quiet; done
for target in "${targets[@]}"; do
  echo "== $target, $seconds s"
  cargo fuzz run --sanitizer none "$target" -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 2>&1 | grep -E "^(stat::|==|INFO: seed|SUMMARY|thread|panicked|assertion)|Done [0-9]+ runs|ERROR" || true
  if compgen -G "artifacts/$target/*" >/dev/null; then
    echo "$target was broken; see fuzz/artifacts/$target" >&2
    exit 1
  fi
done
