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
for target in "${targets[@]}"; do
  echo "== $target, $seconds s"
  cargo fuzz run --sanitizer none "$target" -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 2>&1 | grep -E "^(stat::|==|INFO: seed|SUMMARY|thread|panicked|assertion)|Done [0-9]+ runs|ERROR" || true
  if compgen -G "artifacts/$target/*" >/dev/null; then
    echo "$target was broken; see fuzz/artifacts/$target" >&2
    exit 1
  fi
done
