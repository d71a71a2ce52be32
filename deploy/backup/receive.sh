#!/bin/sh
# Receives the write-ahead log as it is written, and keeps it durably: receive.sh BACKUPS
# Runs until it is interrupted, through restarts of the server. BACKUPS/wal is of one server's life:
# begin a new folder, with a base backup of its own, after every restore.
set -eu
. "$(dirname "$0")/database.sh"
wal=$1/wal
umask 077
mkdir -p "$wal"
pg_receivewal -d "$DATABASE" --slot=ledger_archive --create-slot --if-not-exists
exec pg_receivewal -d "$DATABASE" -D "$wal" --slot=ledger_archive --synchronous
