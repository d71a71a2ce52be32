#!/bin/sh
# Moves a ledger to another node: move.sh COORDINATOR SCHEMA HOST PORT
# Stop its processes first, and start them again afterwards with what node.sh tells then.
# Not run by the product's tests.
set -eu
here=$(dirname "$0")
old=$("$here/node.sh" "$1" "$2")
psql "$1" -qX -v ON_ERROR_STOP=1 -v schema="$2" -v host="$3" -v port="$4" <<'SQL'
SELECT citus_schema_move(:'schema', :'host', :port, 'block_writes');
SQL
LEDGER_SCHEMA=$2 LEDGER_DATABASE_URL=$("$here/node.sh" "$1" "$2") donation-ledger integrate
LEDGER_SCHEMA=$2 LEDGER_DATABASE_URL=$("$here/node.sh" "$1" "$2") donation-ledger audit
"$here/drop_views.sh" "$old" "$2"
