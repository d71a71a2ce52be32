"""Requests that wait for a signature, and say of a person what is forgotten: they go with it."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ledger.store.database import Database

_DROP = (
    "DELETE FROM {requests} AS waiting WHERE EXISTS (SELECT FROM {vault} WHERE digest ="
    " ANY(%(digests)s) AND (position(convert_to(translate(rtrim(encode(tag, 'base64'), '='),"
    " '+/', '-_'), 'UTF8') IN waiting.content) > 0"
    " OR (stream ~ '^(gift|receipt|naming)-' AND position(convert_to('\"' || stream || '\"',"
    " 'UTF8') IN waiting.content) > 0)))"
)
"""By the tag of an equal opening, or by the story that it belongs to, as they stand in a request
(base64url, and a JSON string); what is one fund's is many people's."""


def drop_requests(
    connection: psycopg.Connection[DictRow] | psycopg.Cursor[DictRow],
    database: Database,
    digests: Sequence[str],
) -> None:
    """Delete requests that hold openings like these, or add to their gifts, receipts or names.

    In the transaction that erases or restricts these, and before it does: their tags are needed.
    Whoever prepared such a request is told, when it is submitted, to prepare it again.
    """
    names = {name: database.table(name) for name in ("requests", "vault")}
    connection.execute(sql.SQL(_DROP).format(**names), {"digests": list(digests)})
