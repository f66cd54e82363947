#!/usr/bin/env bash
# run.sh VENV: asks a real server everything its own description allows, and much that it does not; no answer may be a
# 5xx. THROUGHLINE: the program. EXAMPLES: cases for each operation.
set -euo pipefail
program="${THROUGHLINE:?}" venv="$(realpath -m "${1:?}")" examples="${EXAMPLES:-20}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

make_venv() {
  python3 -m venv "$venv" 2>/dev/null || { "$here/../debian.sh" python3-venv:python3-venv && python3 -m venv "$venv"; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
}
if ! [ -e "$venv/ready" ] || [ "$here/requirements.txt" -nt "$venv/ready" ]; then
  make_venv || { echo "skipped: schemathesis cannot be installed, so the interface is not fuzzed" >&2; exit 0; }
  touch "$venv/ready"
fi

"$program" demo "$work/files" --customers 200 --months 12 > "$work/log"
"$program" init "$work/company" --name "Sample company" --zone Europe/Berlin --currency EUR >> "$work/log"
"$program" --workspace "$work/company" import "$work/files/sources" >> "$work/log"
password="a password for tests"
"$program" --workspace "$work/company" user add admin --role admin --password-stdin <<< "$password" >> "$work/log"
"$program" --workspace "$work/company" serve --listen 127.0.0.1:0 --requests-per-second 0 \
  > "$work/address" 2> "$work/server.log" &
server=$!
for _ in $(seq 100); do
  url="$(grep -om1 'http://[0-9.:]*' "$work/address" || true)"
  [ -n "$url" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.2
done

cookie="$(curl -sf -D - -o /dev/null -H 'X-Throughline: 1' -H 'Content-Type: application/json' \
  --data "{\"name\": \"admin\", \"password\": \"$password\"}" "$url/api/v1/session" | grep -i '^set-cookie:' | sed -E 's/^[^:]*: ([^;]*).*/\1/')"
# Logging out would end it; a job is watched until it ends, which one that never began does not.
cd "$work" # it writes what it found beside it
"$venv/bin/schemathesis" run "$url/api/v1/openapi.json" \
  --header "Cookie: $cookie" --header "X-Throughline: 1" \
  --exclude-operation-id logout --exclude-operation-id login \
  --checks not_a_server_error --phases coverage,fuzzing --max-examples "$examples" --seed 1 --generation-database none \
  --request-timeout 60 --suppress-health-check all --warnings off --no-color --continue-on-failure
kill -0 "$server" || { tail -50 "$work/server.log" >&2; echo "The server ended." >&2; exit 1; }
! grep -a 'panicked' "$work/server.log"
