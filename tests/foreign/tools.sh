#!/bin/sh
# Foreign programs that the tests hand our receipts to: pdfsig, pdftotext, qpdf, certutil, and
# pango for WeasyPrint. On Debian and Ubuntu, as root, what is missing is installed.
set -eu
missing=
for program in pdfsig pdftotext qpdf certutil; do
    command -v "$program" > /dev/null || missing="$missing $program"
done
ldconfig -p 2> /dev/null | grep -q libpangoft2 || missing="$missing pango"
test -n "$missing" || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q > /dev/null
    apt-get install -y -q --no-install-recommends \
        poppler-utils qpdf libnss3-tools libpangoft2-1.0-0 > /dev/null
else
    echo "the tests of PDF signatures need:$missing; install poppler-utils qpdf libnss3-tools" \
        "libpangoft2-1.0-0 with the system's package manager" >&2
fi
