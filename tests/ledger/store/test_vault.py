"""The vault: nothing in the clear, nothing swapped unseen, erased for good."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import IntegrityError
from psycopg import sql

from api.wiring import House
from ledger.application.people import GROUNDS
from ledger.domain.keeping import VaultRow
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.store.vault import OpeningAltered, Vault
from ledger.store.vault_keys import MARK, NONCE_BYTES, DataKeyUnusable, VaultKeys
from ledger.store.vault_reads import Reader
from tests.conftest import USCC
from tests.houses import (
    GIFT_DAY,
    general_fund,
    gift,
    give,
    payment,
    ready_for_receipts,
    register,
)
from tests.invariants import check_house

DONOR = "欧阳某某某"
NOTE = "给孩子们买书包"
PAYEE = "上官某某"
Altered = Callable[[VaultRow], VaultRow]


def every_row(house: House, without: str = "") -> str:
    """Return all rows of all tables of the ledger and of its views, as text, but one table's."""
    found: list[str] = []
    with house.database.get_connection() as connection:
        tables = connection.execute(
            "SELECT table_schema AS s, table_name AS t FROM information_schema.tables"
            " WHERE table_schema LIKE %s AND table_name <> %s",
            [f"{house.settings.schema}%", without],
        ).fetchall()
        for table in tables:
            name = sql.Identifier(table["s"], table["t"])
            rows = connection.execute(sql.SQL("SELECT t::text AS row FROM {} AS t").format(name))
            found += [row["row"] for row in rows.fetchall()]
    return "\n".join(found)


def spellings(text: str) -> list[bytes]:
    """Return the ways a name might stand in a file or a table."""
    plain = text.encode()
    shifted = [b64url(b"\0" * n + plain)[4 * n // 3 + 2 : -3] for n in range(3)]
    return [plain, plain.hex().encode(), text.encode("utf-16-le"), *(s.encode() for s in shifted)]


def bytes_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def cluster_bytes(house: House) -> bytes:
    """Return what the server keeps of this ledger on disk: its tables' own files."""
    assert house.database.conninfo, "the fixture names it"
    with psycopg.connect(house.database.conninfo, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        home = connection.execute("SHOW data_directory").fetchall()[0][0]
        paths = connection.execute(
            "SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = relnamespace WHERE nspname LIKE %s AND relkind IN ('r', 'i', 't')",
            [f"{house.settings.schema}%"],
        ).fetchall()
    return b"\n".join((Path(home) / path).read_bytes() for (path,) in paths)


def kept_opening(house: House) -> VaultRow:
    (kept,) = house.vault.named(DONOR)
    return kept


def test_no_name_note_or_payee_stands_anywhere_in_the_clear(house: House) -> None:
    register(house)
    fund = general_fund(house)
    one = replace(gift("100.00", DONOR), note=NOTE)
    (first,) = house.ledger.gifts.receive_gifts(USCC, fund, [one])
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, [first], ["23050126"], GIFT_DAY)
    house.ledger.disbursements.pay_out(USCC, fund, [payment("1.00", PAYEE)], "clerk", "reviewer")
    house.publish()

    rows, files = every_row(house).encode(), bytes_below(house.settings.data)
    stored = cluster_bytes(house)
    for secret in (DONOR, NOTE, PAYEE):
        assert house.vault.named(secret)
        for spelling in spellings(secret):
            assert spelling not in rows
            assert spelling not in files
            assert spelling not in stored
    check_house(house)


def test_a_value_is_found_by_its_exact_words_and_opened(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00", DONOR)])
    kept = kept_opening(house)

    assert (kept.stream, kept.version, kept.organisation) == (one, 1, USCC)
    assert house.vault.open(kept).value == DONOR
    assert house.vault.of_streams([one]) == house.vault.all() == [kept]
    assert house.vault.of_digests([kept.digest, "none"])[kept.digest].name == "name"
    assert house.vault.named(DONOR[:-1]) == []
    house.vault.check(kept)
    check_house(house)


@pytest.mark.parametrize(
    "altered",
    [
        lambda kept: replace(kept, digest=kept.digest[::-1]),
        lambda kept: replace(kept, box=kept.box[:-1] + bytes([kept.box[-1] ^ 1])),
        lambda kept: replace(kept, box=b""),
        lambda kept: replace(kept, box=kept.box[:NONCE_BYTES]),
        lambda kept: replace(kept, tag=bytes(32)),
    ],
)
def test_an_altered_opening_is_refused(altered: Altered, house: House) -> None:
    register(house)
    give(house, general_fund(house), "1.00")
    (kept,) = house.vault.all()

    with pytest.raises(OpeningAltered, match="was altered"):
        house.vault.check(altered(kept))


def test_an_opening_under_the_digest_of_another_is_refused(house: House) -> None:
    vault = house.vault
    one = Opening(b64url(bytes(16)), "name", DONOR)
    other = vault.row(Opening(b64url(bytes(16)), "name", PAYEE), "gift-1", 1, USCC)
    number, key = house.vault_keys.current()
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = AESGCM(key).encrypt(nonce, one.encoded.encode(), other.digest.encode())

    with pytest.raises(OpeningAltered):
        vault.open(replace(other, box=MARK + number.to_bytes(4, "big") + nonce + box))


def test_another_key_opens_nothing(house: House) -> None:
    register(house)
    give(house, general_fund(house), "1.00")
    others = VaultKeys(
        house.database,
        lambda _: bytes(32),
        lambda _: None,
        lambda: datetime.now(UTC),
        secrets.token_bytes,
    )
    stranger = Vault(
        house.database, others, house.vault_reads, Reader("thief", "test"), secrets.token_bytes
    )

    with pytest.raises(DataKeyUnusable, match="can't be opened with the key file vault"):
        stranger.open(house.vault.all()[0])
    with pytest.raises(DataKeyUnusable):
        stranger.named("王某某")


def test_an_erased_opening_leaves_no_bytes_in_the_table(house: House) -> None:
    register(house)
    give(house, general_fund(house), "1.00")
    (kept,) = house.vault.all()
    assert kept.box in cluster_bytes(house)

    house.ledger.people.erase("王某某", GROUNDS[0])

    assert house.vault.all() == []
    assert kept.box not in cluster_bytes(house)
    check_house(house)


def test_an_erasure_is_recorded_with_its_event_or_not_at_all(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    (kept,) = house.vault.all()
    taken = house.recorder.select_events(fund)[0]

    with pytest.raises(IntegrityError):
        house.recorder.insert_events([taken], erased=[kept.digest])

    assert house.vault.all() == [kept]
    check_house(house)
