#!/bin/sh
# Emmett for Node.js, each package checked against the lock file's digest; no script of theirs is
# run. Where there is no Node.js nothing is installed, and the benchmark says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=$here/../../.venv/foreign/emmett
command -v node > /dev/null && command -v npm > /dev/null || exit 0
mkdir -p "$into"
if ! cmp -s "$here/package-lock.json" "$into/package-lock.json"; then
    rm -rf "$into/node_modules"
    cp "$here/package.json" "$here/.npmrc" "$into/"
    (cd "$into" && cp "$here/package-lock.json" . \
        && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null) \
        || { rm -f "$into/package-lock.json"; exit 1; }
fi
cp "$here/append.mjs" "$into/"
