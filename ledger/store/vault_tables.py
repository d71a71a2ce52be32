"""The tables of the vault that came after its first one: keys, reads, what the law still keeps."""

from __future__ import annotations

from ledger.store.database import Database

KEYS = "vault_keys"
READS = "vault_reads"
RESTRICTED = "vault_restricted"

_KEYS = (
    "CREATE TABLE {table} (id bigint PRIMARY KEY, purpose text NOT NULL, kek text NOT NULL,"
    " made_at timestamptz NOT NULL, retired_at timestamptz, wrapped bytea NOT NULL)",
)
_READS = (
    "CREATE TABLE {table} (id bigint PRIMARY KEY, at timestamptz NOT NULL, who text NOT NULL,"
    " why text NOT NULL, openings bigint NOT NULL, streams text[] NOT NULL, chain bytea NOT NULL)",
    "CREATE FUNCTION SCHEMA.reads_stay() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION 'the log of reads is only added to'; END$$",
    "CREATE TRIGGER stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " EXECUTE FUNCTION SCHEMA.reads_stay()",
)
_RESTRICTED = (
    "CREATE TABLE {table} (digest text PRIMARY KEY, rule text NOT NULL, until date NOT NULL,"
    " at timestamptz NOT NULL, seal bytea NOT NULL)",
    "CREATE INDEX ON {table} (until)",
)


def ensure(database: Database) -> None:
    """Create these tables where they are not there, also in a ledger made before them."""
    database.ensure(KEYS, *_KEYS)
    schema = f'"{database.schema}"'
    database.ensure(READS, *(text.replace("SCHEMA", schema) for text in _READS))
    database.ensure(RESTRICTED, *_RESTRICTED)
