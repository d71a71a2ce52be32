#!/bin/sh
# Puts a data folder back as it was copied last: restore_folder.sh BACKUPS KEYS
# LEDGER_DATA must not exist. The published log is always the newest: never an older one beside an
# older database. The passphrase comes from the place that you keep it in.
set -eu
data=${LEDGER_DATA:-var}
folder=
for each in "$1"/folder-*; do folder=$each; done
keys=$2/keys-${folder##*/folder-}
if [ ! -d "$folder" ]; then echo "there is no folder in $1" >&2; exit 1; fi
if [ ! -d "$keys" ]; then echo "$keys, the keys of $folder, are not there" >&2; exit 1; fi
if [ -e "$data" ]; then echo "$data is there already: move it away first" >&2; exit 1; fi
mkdir -p "$(dirname "$data")"
cp -pR "$folder" "$data"
if [ -d "$keys/keys" ]; then cp -pR "$keys/keys" "$data/"; fi
sync
echo "$folder"
