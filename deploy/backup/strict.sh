#!/bin/sh
# With `on`, no commit is acknowledged before receive.sh has it on its disk: strict.sh on|off
# Recording waits while no receiver runs. Not for servers under Patroni, which says itself who is waited for.
set -eu
. "$(dirname "$0")/database.sh"
case $1 in
    on) names=pg_receivewal ;;
    off) names= ;;
    *) echo "strict.sh on|off" >&2; exit 2 ;;
esac
now=$(psql -d "$DATABASE" -qXAt -v ON_ERROR_STOP=1 \
    -c "SELECT current_setting('synchronous_standby_names') || '/' || current_setting('cluster_name')")
case $now in
    / | pg_receivewal/) ;;
    *) echo "this server waits for others (${now%/*}) or is one of a cluster: leave that to it" >&2; exit 1 ;;
esac
psql -d "$DATABASE" -qX -v ON_ERROR_STOP=1 \
    -c "ALTER SYSTEM SET synchronous_standby_names = '$names'" -c "SELECT pg_reload_conf()" >/dev/null
