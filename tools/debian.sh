#!/usr/bin/env bash
# debian.sh PROGRAM:PACKAGE...: installs Debian's packages of programs that are missing, where that is allowed.
set -euo pipefail
missing=()
for want in "$@"; do
  program="${want%%:*}" package="${want#*:}"
  command -v "$program" >/dev/null || ls /usr/lib/postgresql/*/bin/"$program" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "Install ${missing[*]} first (Debian: sudo apt-get install ${missing[*]})." >&2
  exit 1
fi
