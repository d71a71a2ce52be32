#!/bin/sh
# Copies the whole database while it works: base.sh BACKUPS
# The copy appears as BACKUPS/base-TIME once every file of it was read back and its digest is right.
set -eu
. "$(dirname "$0")/database.sh"
umask 077
mkdir -p "$1"
new=$1/base.new
rm -rf "$new"
pg_basebackup -d "$DATABASE" -D "$new" --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256
pg_verifybackup --quiet "$new"
to=$1/base-$(date -u +%Y%m%dT%H%M%SZ)
mv "$new" "$to"
sync
echo "$to"
