#!/usr/bin/env bash
# real.sh: the page's tests against the real server on a small sample company. THROUGHLINE: the program;
# THROUGHLINE_PAGE: a folder with a built page to serve instead of the program's own.
set -euo pipefail
program="${THROUGHLINE:?}"
here="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

"$program" demo "$work/files" --customers 3000 --months 24 > "$work/log"
"$program" init "$work/company" --name "Sample company" --zone Europe/Berlin --currency EUR >> "$work/log"
"$program" --workspace "$work/company" import "$work/files/sources" >> "$work/log"
"$program" --workspace "$work/company" serve --listen 127.0.0.1:0 \
  ${THROUGHLINE_PAGE:+--page "$THROUGHLINE_PAGE"} > "$work/address" 2> "$work/server.log" &
server=$!
for _ in $(seq 100); do
  url="$(grep -om1 'http://[0-9.:]*' "$work/address" || true)"
  [ -n "$url" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.2
done
[ -n "$url" ] || { echo "The server did not say where it listens." >&2; exit 1; }

cd "$here"
export THROUGHLINE_URL="$url"
if [ $# -gt 0 ]; then
  npx playwright test "$@"
else
  npx playwright test --project writing --project reading
  npx playwright test --project measuring
fi
