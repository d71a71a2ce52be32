#!/bin/sh
# Copies the data folder without its database: folder.sh BACKUPS KEYS
# BACKUPS/folder-TIME gets the published log and all else; KEYS/keys-TIME the key files and the
# database's password. The passphrase is in neither: keep it in a third place.
set -eu
data=${LEDGER_DATA:-var}
umask 077
time=$(date -u +%Y%m%dT%H%M%SZ)
new=$1/folder.new
keys=$2/keys.new
rm -rf "$new" "$keys"
mkdir -p "$new" "$keys"
# What is published first: whatever it speaks of is in the copy that comes after it.
if [ -f "$data/log/checkpoint" ]; then cp -p "$data/log/checkpoint" "$new.checkpoint"; fi
for each in "$data"/* "$data"/.[!.]*; do
    case ${each##*/} in postgres | postgres.lock | keys | passphrase) continue ;; esac
    if [ -e "$each" ] || [ -L "$each" ]; then cp -pPR "$each" "$new/"; fi
done
if [ -f "$new.checkpoint" ]; then mv "$new.checkpoint" "$new/log/checkpoint"; fi
if [ -d "$data/keys" ]; then cp -pR "$data/keys" "$keys/"; fi
if [ -f "$data/postgres/password" ]; then cp -p "$data/postgres/password" "$keys/"; fi
mv "$keys" "$2/keys-$time"
mv "$new" "$1/folder-$time"
sync
echo "$1/folder-$time"
