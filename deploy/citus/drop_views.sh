#!/bin/sh
# Drops the read models of one ledger, which the next command makes anew: drop_views.sh DATABASE SCHEMA
# They are named one by one: the schemas of another ledger may begin with the same letters.
set -eu
product=$(cd "$(dirname "$0")/../.." && pwd)
views=$(PYTHONPATH=$product "${PYTHON:-$product/.venv/bin/python}" \
    -c 'from api.wiring import VIEWS; print(",".join(view.name for view in VIEWS))')
psql "$1" -qX -v ON_ERROR_STOP=1 -v schema="$2" -v views="$views" >/dev/null <<'SQL'
SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
 WHERE nspname IN (SELECT :'schema' || '_' || view FROM unnest(string_to_array(:'views', ',')) AS view)
   AND to_regclass(format('%I.position', nspname)) IS NOT NULL \gexec
SQL
