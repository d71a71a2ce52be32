# Sourced by the scripts beside it: what place.py tells, and PostgreSQL's programs in PATH.
product=$(cd "$(dirname "$0")/../.." && pwd)
told=$(PYTHONPATH=$product "${PYTHON:-$product/.venv/bin/python}" "$product/deploy/backup/place.py" ${ASKED:-})
eval "$told"
PATH=${PROGRAMS:+$PROGRAMS:}$PATH
