#!/bin/sh
# Restores the database of the embedded server into LEDGER_DATA: restore_embedded.sh BACKUPS KEYS [TIME]
# Run restore_folder.sh before it. The next command of the product starts the server.
set -eu
ASKED=new
. "$(dirname "$0")/database.sh"
keys=
for each in "$2"/keys-*; do keys=$each; done
"$(dirname "$0")/restore_database.sh" "$1" "$CLUSTER/data" ${3:+"$3"}
cp -p "$keys/password" "$CLUSTER/password"
chown -R "$OWNER" "$CLUSTER/data" "$CLUSTER/password"
sync
