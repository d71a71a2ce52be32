#!/bin/sh
# Puts a data folder back as it was copied last: restore_folder.sh BACKUPS KEYS
# LEDGER_DATA must not exist. The published log is always the newest: never an older one beside an
# older database. The passphrase comes from the place that you keep it in.
set -eu
data=${LEDGER_DATA:-var}
folder= keys=
for each in "$1"/folder-*; do folder=$each; done
for each in "$2"/keys-*; do keys=$each; done
if [ ! -d "$folder" ] || [ ! -d "$keys" ]; then echo "no folder in $1, or no keys in $2" >&2; exit 1; fi
if [ -e "$data" ]; then echo "$data is there already: move it away first" >&2; exit 1; fi
mkdir -p "$(dirname "$data")"
cp -pR "$folder" "$data"
if [ -d "$keys/keys" ]; then cp -pR "$keys/keys" "$data/"; fi
sync
echo "$folder"
