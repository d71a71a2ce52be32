#!/bin/sh
# Foreign programs that the tests hand our receipts and our log to: pdfsig, pdftotext, qpdf,
# certutil, and pango for WeasyPrint; SoftHSM; Go with its sumdb packages; Chromium, in which the tests
# of pages look at the portal; etcd, for the tests of three nodes; for Node.js @sigstore/verify, and axe-core, which judges pages;
# aics-tlog and aics-witness for Python 3.12 or later. On Debian and Ubuntu, as root, what is
# missing is installed; the last two go into folders of their own beside the Python packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=$here/../../.venv/foreign
missing=
for program in pdfsig pdftotext qpdf certutil softhsm2-util go npm chromium etcd etcdctl; do
    command -v "$program" > /dev/null || missing="$missing $program"
done
ldconfig -p 2> /dev/null | grep -q libpangoft2 || missing="$missing pango"
test -d /usr/share/gocode/src/golang.org/x/mod/sumdb || missing="$missing golang-x-mod"
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q > /dev/null
    apt-get install -y -q --no-install-recommends \
        poppler-utils qpdf libnss3-tools libpangoft2-1.0-0 softhsm2 golang-go \
        golang-golang-x-mod-dev chromium etcd-server etcd-client \
        > /dev/null
    command -v npm > /dev/null || apt-get install -y -q --no-install-recommends npm > /dev/null
elif [ -n "$missing" ]; then
    echo "the tests with foreign programs need:$missing; install poppler-utils qpdf libnss3-tools" \
        "libpangoft2-1.0-0 softhsm2 golang-go golang-golang-x-mod-dev npm chromium etcd-server etcd-client with the system's package manager" >&2
fi

# JavaScript packages, each checked against the lock file's digest; no script of theirs is run.
lock=$here/javascript/package-lock.json
if command -v npm > /dev/null && ! cmp -s "$lock" "$into/javascript/package-lock.json"; then
    rm -rf "$into/javascript"
    mkdir -p "$into/javascript"
    cp "$here/javascript/package.json" "$here/javascript/.npmrc" "$lock" "$into/javascript/"
    (cd "$into/javascript" \
        && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null) \
        || rm -rf "$into/javascript"
fi

# Python packages that need a later Python than the product does.
newer() {
    for python in python3.14 python3.13 python3.12 python3 \
        "${PYENV_ROOT:-${HOME:-/root}/.pyenv}"/versions/3.1[2-9].*/bin/python3; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2> /dev/null; then
            echo "$python"
            return
        fi
    done
}
lock=$here/aics/requirements.txt
if ! cmp -s "$lock" "$into/aics/requirements.txt"; then
    python=$(newer)
    if [ -n "$python" ]; then
        rm -rf "$into/aics"
        "$python" -m venv "$into/aics"
        "$into/aics/bin/python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes -r "$lock"
        cp "$lock" "$into/aics/requirements.txt"
    else
        echo "aics-tlog and aics-witness need Python 3.12 or later; their tests are skipped" >&2
    fi
fi
