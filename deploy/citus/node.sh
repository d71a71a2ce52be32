#!/bin/sh
# Tells the connection string of the node that holds a ledger: node.sh COORDINATOR SCHEMA
# COORDINATOR is a libpq URL without parameters. Not run by the product's tests.
set -eu
node=$(psql "$1" -AtqX -v ON_ERROR_STOP=1 -v schema="$2" <<'SQL'
SELECT DISTINCT nodename || ':' || nodeport FROM citus_shards
 WHERE table_name = (quote_ident(:'schema') || '.head')::regclass;
SQL
)
case $node in
    '' | *'
'*) echo "$2 lies on no node, or on several" >&2; exit 1 ;;
esac
user=${1#*://}
user=${user%%@*}
echo "postgresql://$user@$node/${1##*/}?options=-c%20citus.enable_ddl_propagation%3Doff"
