"""The keys of the vault: wrapped under a key file, rotated without losing an opening."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql

from api.commands import vaulting
from api.wiring import House, opened
from ledger.proof.disclosure import Opening
from ledger.store.key_files import KeyMissing
from ledger.store.vault import OpeningAltered
from ledger.store.vault_keys import (
    FINDING_ID,
    MARK,
    OLD_BOXES,
    DataKeyUnknown,
    DataKeyUnusable,
    VaultKeys,
    derive,
)
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, register
from tests.invariants import check_house

Run = Callable[..., tuple[int, str, str]]


def emptied(house: House) -> None:
    """Make a ledger look as it did before there were wrapped keys: all from one secret."""
    secret = house.keys.secret("vault")
    cipher, rows = AESGCM(derive(secret, "vault box")), house.vault.all()
    opened_all = house.vault.open_all(rows)
    with house.database.writing() as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for name in ("vault_keys", "vault_reads"):
            connection.execute(sql.SQL("DELETE FROM {}").format(house.database.table(name)))
        for row in rows:
            nonce, opening = secrets.token_bytes(12), opened_all[row.digest]
            box = nonce + cipher.encrypt(nonce, opening.encoded.encode(), row.digest.encode())
            connection.execute(
                sql.SQL("UPDATE {} SET box = %s WHERE digest = %s").format(
                    house.database.table("vault")
                ),
                [box, row.digest],
            )


def tags_from(house: House, secret: bytes) -> None:
    """Give every row the tag that the one secret of old gave it."""
    import hmac  # noqa: PLC0415 of this helper alone
    from hashlib import sha256  # noqa: PLC0415

    with house.database.writing() as connection:
        connection.execute(
            sql.SQL("UPDATE {} SET tag = %s").format(house.database.table("vault")),
            [hmac.new(derive(secret, "vault tag"), "王某某".encode(), sha256).digest()],
        )


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def test_openings_of_a_ledger_made_before_wrapped_keys_stay_readable(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "1.00", "2.00")
    emptied(house)
    tags_from(house, house.keys.secret("vault"))
    with opened(house.settings) as home:
        assert len(home.vault.named("王某某")) == 2
        home.vault.check(home.vault.all()[0])
        assert home.vault.counted() == {OLD_BOXES: 2}
        give(home, fund, "3.00")
        assert len(home.vault.named("王某某")) == 3

    assert command_line("vault", "rotate", "--data")[0] == 0
    (house.settings.data / "keys" / "vault.key").unlink()
    with opened(house.settings) as home:
        assert home.vault.behind() == 0
        assert {o.value for o in home.vault.open_all(home.vault.named("王某某")).values()} == {
            "王某某"
        }
        check_house(home)


def test_rotating_the_key_file_touches_no_opening_and_finds_every_name(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "1.00")
    before, token = house.vault.all(), house.vault.token("a", "b")

    code, out, _ = command_line("vault", "rotate")

    assert (code, "vault-2.key" in out) == (0, True)
    assert house.vault.all() == before, "boxes and tags stay as they are"
    (house.settings.data / "keys" / "vault.key").unlink()
    with opened(house.settings) as home:
        assert home.vault.named("王某某") == before
        assert home.vault.open(before[0]).value == "王某某"
        assert home.vault.token("a", "b") == token, "nobody can deduct twice after a rotation"
        give(home, fund, "2.00")
        assert {row.kek for row in home.vault_keys.rows()} == {"vault-2"}
    assert command_line("vault", "rotate")[0] == 0
    assert house.keys.has("vault-3")


def test_without_its_key_file_the_vault_says_which_one_is_missing(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    (house.settings.data / "keys" / "vault.key").unlink()
    with opened(house.settings) as home, pytest.raises(KeyMissing, match=r"vault\.key is missing"):
        home.vault.named("王某某")


def test_with_the_key_file_of_another_ledger_nothing_opens(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    (house.settings.data / "keys" / "vault.key").unlink()
    house.keys.create("vault")
    with opened(house.settings) as home, pytest.raises(DataKeyUnusable, match="another ledger's"):
        home.vault.named("王某某")


def test_a_rotation_killed_before_its_commit_is_gone_on_with(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    house.keys.create("vault-2")  # what the killed run left behind
    made = house.keys.secret("vault-2")

    assert house.vault_keys.rotate() == ("vault", "vault-2")

    assert house.keys.secret("vault-2") == made
    assert house.vault_keys.findings() == []


def test_a_new_data_key_closes_every_opening_in_bounded_batches(
    house: House, fund: str, command_line: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaulting, "AT_ONCE", 2)
    give(house, fund, *["1.00"] * 5)
    before = house.vault.all()

    code, _, _ = command_line("vault", "rotate", "--data")

    assert code == 0
    with opened(house.settings) as home:
        rows = home.vault_keys.rows()
        assert [(r.id, r.retired_at is None) for r in rows] == [(1, True), (2, False), (3, True)]
        assert home.vault.counted() == {3: 5}
        after = home.vault.all()
        assert [r.tag for r in after] == [r.tag for r in before]
        assert not {r.box for r in after} & {r.box for r in before}
        check_house(home)


def test_an_encryption_that_was_interrupted_goes_on_with_the_key_it_had(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, *["1.00"] * 5)
    with opened(house.settings) as home:
        made = home.vault_keys.renew()
        done, last = home.vault.rewrap("", 2)
        assert (done, last is None, home.vault.behind()) == (2, False, 3)

    assert command_line("vault", "rotate", "--data")[0] == 0

    with opened(house.settings) as home:
        assert home.vault.counted() == {made: 5}
    assert [r.id for r in house.vault_keys.rows()] == [1, 2, made]


def test_what_is_recorded_and_erased_during_a_rotation_is_neither_lost_nor_brought_back(
    house: House, fund: str
) -> None:
    (gone,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00", "李某某")])
    give(house, fund, *["1.00"] * 8)
    stop, failed = Event(), list[BaseException]()

    def recording() -> None:
        try:
            while not stop.is_set():
                give(house, fund, "1.00")  # this process learns of the new key when it must
        except BaseException as error:  # noqa: BLE001 told to the test
            failed.append(error)

    writer = Thread(target=recording)
    writer.start()
    try:
        with opened(house.settings) as home:
            home.vault_keys.rotate()
            home.vault_keys.renew()
            after: str | None = ""
            while after is not None:
                _, after = home.vault.rewrap(after, 3)
                if gone:
                    home.ledger.people.erase(gone, "request of the person")
                    gone = ""
    finally:
        stop.set()
        writer.join()

    assert failed == []
    with opened(house.settings) as home:
        assert home.vault.named("李某某") == []
        assert len(home.vault.open_all(home.vault.named("王某某"))) == len(home.vault.all())
        behind = home.vault.behind()
        done, _ = home.vault.rewrap("", behind + 1)
        assert (done, home.vault.behind()) == (behind, 0), "a second run takes what came late"
        check_house(home)


def test_an_opening_erased_while_it_is_encrypted_anew_stays_erased(
    house: House, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = give(house, fund, "1.00")
    house.vault_keys.renew()
    vault = house.vault
    closed = vault._closed

    def meanwhile(opening: Opening) -> bytes:
        with opened(house.settings) as other:
            other.ledger.people.erase(one, "request of the person")
        return closed(opening)

    monkeypatch.setattr(vault, "_closed", meanwhile)
    assert vault.rewrap("", 10)[0] == 0
    assert house.vault.all() == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM {} WHERE id = 1", "key 1 is missing"),
        ("DELETE FROM {}", "key 2 is missing"),
        ("UPDATE {} SET made_at = made_at + interval '1 day' WHERE id = 2", "key 2 can't be"),
        ("UPDATE {} SET purpose = 'boxes' WHERE id = 1", "key 1 can't be opened"),
    ],
)
def test_an_altered_table_of_keys_is_told(house: House, statement: str, finding: str) -> None:
    with house.database.writing() as connection:
        connection.execute(sql.SQL(statement).format(house.database.table("vault_keys")))
    assert any(finding in found for found in house.vault_keys.findings())


def test_a_box_that_names_a_key_nobody_has_is_an_altered_one(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    (row,) = house.vault.all()
    with house.database.writing() as connection:
        connection.execute(
            sql.SQL("UPDATE {} SET box = %s").format(house.database.table("vault")),
            [MARK + (99).to_bytes(4, "big") + row.box[8:]],
        )
    with pytest.raises(OpeningAltered):
        house.vault.open(house.vault.all()[0])


def test_a_table_without_a_key_in_use_says_so(house: House) -> None:
    with house.database.writing() as connection:
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE id <> 1").format(house.database.table("vault_keys"))
        )
    keys = VaultKeys(
        house.database, house.keys.secret, house.keys.create, lambda: datetime.now(UTC),
        secrets.token_bytes,
    )  # fmt: skip
    assert keys.key(FINDING_ID)
    with pytest.raises(DataKeyUnknown, match="no key 2"):
        keys.current()


def test_keys_are_begun_once(house: House) -> None:
    before = house.vault_keys.rows()
    house.vault_keys.begin()
    house.vault_keys._adopt()
    assert house.vault_keys.rows() == before


def test_a_table_of_keys_that_lost_its_rows_is_not_filled_with_others(
    house: House, fund: str
) -> None:
    give(house, fund, "1.00")
    with house.database.writing() as connection:
        connection.execute(sql.SQL("DELETE FROM {}").format(house.database.table("vault_keys")))
    with opened(house.settings) as home, pytest.raises(DataKeyUnknown, match="from your backup"):
        home.vault.named("王某某")
    assert house.vault_keys.rows() == []
