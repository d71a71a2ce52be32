#!/bin/sh
# Founds a ledger in a schema of its own, or brings its tables up to this version: found.sh COORDINATOR SCHEMA
# LEDGER_DATA and LEDGER_ORIGIN are those of the ledger. Not run by the product's tests.
set -eu
here=$(dirname "$0")
psql "$1" -qX -v ON_ERROR_STOP=1 -v schema="$2" <<'SQL'
SET citus.enable_schema_based_sharding TO on;
CREATE SCHEMA IF NOT EXISTS :"schema";
SQL
export LEDGER_SCHEMA="$2"
LEDGER_DATABASE_URL=$1 donation-ledger init
# The read models that this has made at the coordinator are made anew on the ledger's node.
"$here/drop_views.sh" "$1" "$2"
LEDGER_DATABASE_URL=$("$here/node.sh" "$1" "$2") donation-ledger integrate
