#!/bin/sh
# Installs the dependencies of package-lock.json when they are missing or older than the lockfile.
# Runs before every npm script, under whatever Node the machine has; the scripts then use the pinned one.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.bootstrap
want=$(cksum package-lock.json package.json | cksum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$want" ] || [ ! -x node_modules/.bin/node ]; then
  echo "installing dependencies (npm ci) …" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  printf '%s' "$want" > "$stamp"
fi
