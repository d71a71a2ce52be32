#!/bin/sh
# Bundles the charting library for the pages, into a folder that is not kept with the sources. Where
# npm is missing, or its registry can't be reached, pages show the same figures as tables alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../bundled
work=${1:-$here/../../../.venv/charts}
inputs=$(cat "$here/package-lock.json" "$here/library.js" "$0" | cksum)

if [ -s "$out/charts-library.js" ] && [ "$(cat "$out/inputs" 2> /dev/null)" = "$inputs" ]; then
    exit 0
fi
if ! command -v npm > /dev/null; then
    echo "charts are left out: they need npm (Node.js 18 or later); tables show the same figures" >&2
    exit 0
fi

# Each package is checked against the lock file's digest; no script of theirs is run.
rm -rf "$work"
mkdir -p "$work" "$out"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$here/library.js" "$work/"
cd "$work"
if npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null \
    && npm exec --no -- esbuild library.js --bundle --minify --format=esm --target=es2020 \
        --define:process.env.NODE_ENV='"production"' --legal-comments=eof --log-level=warning \
        --outfile="$out/charts-library.js"; then
    echo "$inputs" > "$out/inputs"
else
    rm -f "$out/charts-library.js"
    echo "charts are left out: the library could not be fetched; tables show the same figures" >&2
fi
rm -rf "$work"
