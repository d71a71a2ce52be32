#!/bin/sh
# Makes a database of the newest base backup and what was received since: restore_database.sh BACKUPS FOLDER [TIME]
# FOLDER must not exist; the server that is started on it replays up to the newest, or up to TIME
# (such as 2026-10-01T12:00:00+08), and then takes requests. BACKUPS is only read.
set -eu
backups=$1 folder=$2 until=${3:-}
last=9
case $until in
    '' | *:*Z | *:*[+-][0-9][0-9] | *:*[+-][0-9][0-9]:[0-9][0-9] | *:*[+-][0-9][0-9][0-9][0-9]) ;;
    *) echo "say of $until how far it is from UTC, such as 2026-10-01 12:00:00+08" >&2; exit 1 ;;
esac
if [ -n "$until" ]; then last=$(date -u -d "$until" +%Y%m%dT%H%M%SZ); fi
base=
for each in "$backups"/base-*; do
    name=${each##*/base-}
    if [ -d "$each" ] && [ "$(printf '%s\n%s\n' "$name" "$last" | LC_ALL=C sort | head -n 1)" = "$name" ]; then
        base=$each
    fi
done
if [ -z "$base" ]; then echo "there is no base backup in $backups from before that time" >&2; exit 1; fi
if [ -e "$folder" ]; then echo "$folder is there already: move it away first" >&2; exit 1; fi
umask 077
cp -pR "$base" "$folder"
mkdir "$folder/received"
first=$(sed -n 's/^START WAL LOCATION:.*(file \(.*\))$/\1/p' "$base/backup_label")
for each in "$backups"/wal/*; do
    name=${each##*/}
    whole=${name%.partial}
    case $whole in
        *.history) cp -p "$each" "$folder/received/" ;;
        *) if [ ! "$(printf '%s\n%s\n' "$first" "$whole" | LC_ALL=C sort | head -n 1)" = "$whole" ] ||
               [ "$whole" = "$first" ]; then
               if [ "$name" = "$whole" ] || [ ! -e "$backups/wal/$whole" ]; then
                   cp -p "$each" "$folder/received/$whole"
               fi
           fi ;;
    esac
done
{
    echo "restore_command = 'cp received/%f %p'"
    echo "recovery_end_command = 'rm -rf received'"
    echo "hot_standby = off"
    echo "synchronous_standby_names = ''"
    echo "recovery_target_time = '$until'" # empty for none: an older line may stand above
    echo "recovery_target_action = 'promote'"
} >>"$folder/postgresql.auto.conf"
: >"$folder/recovery.signal"
sync
echo "$base"
