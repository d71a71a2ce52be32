"""A status list tells offline what has become of every receipt, and no byte of it can change."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.money import Money
from ledger.proof import checkpoint, notes
from ledger.proof.checkpoint import Checkpoint, CheckpointMalformed
from ledger.proof.encoding import NotACount, b64, canonical
from ledger.proof.notes import NoteUnsigned, VerifierKey
from receipts.status import (
    SUFFIX,
    BodyDiffers,
    Compared,
    StatusList,
    StatusOfAnotherLog,
    good_until,
    sign,
    tag,
)
from receipts.status_body import COLUMNS, pack
from receipts.status_issuers import Issuer, Period, StatusListMalformed
from receipts.trust import Trust
from tests.conftest import USCC
from tests.ledger.domain.given import UNHURRIED
from tests.receipts.listed import (
    AS_OF,
    AUTHORITY,
    CHARITY,
    CHECK,
    CODE,
    DAY,
    ENTRIES,
    ISSUED_ON,
    ISSUERS,
    LEADING_ZERO,
    ORIGIN,
    PRIVATE,
    RED,
    TRUST,
    entry,
    parsed,
    signed,
)

VECTOR = Path(__file__).parents[1] / "vectors" / "status-list-v1.json"


def number(place: int) -> str:
    return f"{place:010d}"


def test_a_list_tells_what_has_become_of_each_receipt() -> None:
    known = parsed()
    valid, voided, reduced, kept = (known.of(CODE, number(n)) for n in (1, 2, 3, 4))

    assert valid is not None
    assert voided is not None
    assert reduced is not None
    assert kept is not None
    assert (valid.state, valid.red, valid.claimed) == ("valid", None, Money(0))
    assert (voided.state, voided.red) == ("reversed", (CODE, number(8)))
    assert (reduced.state, reduced.replaced_by) == ("replaced", (CODE, number(4)))
    assert (reduced.reduced_to, reduced.claimed) == (Money(6000), Money(10000))
    assert kept.state == "valid"
    assert len(known) == len(ENTRIES)


def test_a_replacement_for_all_of_it_reduces_nothing() -> None:
    replaced = parsed().of(CODE, number(5))

    assert replaced is not None
    assert (replaced.state, replaced.reduced_to) == ("replaced", None)


def test_a_list_tells_of_paper_and_of_receipts_held_on_file() -> None:
    known = parsed()
    exchanged, declined, anonymous = (known.of(CODE, number(n)) for n in (6, 10, 11))

    assert exchanged is not None
    assert declined is not None
    assert anonymous is not None
    assert (exchanged.exchanged, exchanged.paper) == (True, ("23052126", number(7)))
    assert (exchanged.kind, exchanged.specimen, exchanged.held) == ("annual", False, None)
    assert (declined.kind, declined.held, declined.exchanged) == ("joint", "declined", False)
    assert anonymous.held == "anonymous"


def test_a_list_tells_how_much_was_given_on_eligible_days() -> None:
    known = parsed()
    whole, part, none = (known.of(CODE, number(n)) for n in (1, 10, 11))

    assert whole is not None
    assert part is not None
    assert none is not None
    assert (whole.eligible, whole.notice) == (True, "公告示例1号")
    assert (part.eligible, part.eligible_amount) == (False, Money(3000))
    assert (none.eligible, none.eligible_amount, none.notice) == (False, Money(0), None)


def test_the_largest_amount_and_leading_zeros_are_kept() -> None:
    known = parsed().of(LEADING_ZERO, number(9_999_999_999))

    assert known is not None
    assert (known.code, known.number) == (LEADING_ZERO, number(9_999_999_999))
    assert (known.amount, known.issued_on) == (Money(2**53 - 1), ISSUED_ON)
    assert known.notice == "公告示例2号"
    assert known.issuer == USCC


@pytest.mark.parametrize(
    ("code", "known"),
    [(CODE, number(7)), ("23050127", number(1)), ("23050125", number(1)), ("99999999", number(1)),
     (CODE, "1"), (CODE[:7], number(1)), ("", ""), (CODE, "00000000٠1"), (CODE, "-000000001")],
)  # fmt: skip
def test_what_the_list_does_not_hold_is_not_found(code: str, known: str) -> None:
    assert parsed().of(code, known) is None
    assert parsed().five(code, known, CHECK, ISSUED_ON, Money(8000)) == Compared(found=False)
    assert not Compared(found=False).matches


def test_the_number_of_a_red_receipt_leads_to_what_it_reversed() -> None:
    known = parsed()

    assert known.reverses(*RED) == (CODE, number(3))
    assert known.reverses(CODE, number(1)) is None
    assert known.of(*RED) is None


def test_five_elements_match_or_the_list_says_which_differ() -> None:
    known = parsed()
    wrong_day, wrong_amount = ISSUED_ON + timedelta(days=1), Money(8001)

    assert known.five(CODE, number(1), CHECK, ISSUED_ON, Money(8000)).matches
    assert known.five(CODE, number(1), "A1B2C3", ISSUED_ON, Money(8000)).differ == ("check_code",)
    assert known.five(CODE, number(1), CHECK, wrong_day, Money(8000)).differ == ("issued_on",)
    everything = known.five(CODE, number(1), "", wrong_day, wrong_amount)
    assert everything.differ == ("check_code", "issued_on", "amount")
    assert not everything.matches
    assert known.five(CODE, number(1), CHECK, ISSUED_ON, Money(8000, "USD")).differ == ("amount",)


def test_a_check_code_that_was_erased_can_not_be_told() -> None:
    known = parsed()
    compared = known.five(CODE, number(11), CHECK, ISSUED_ON, Money(1))

    assert compared == Compared(found=True, differ=("amount",), unknown=("check_code",))
    assert known.five(CODE, number(11), CHECK, ISSUED_ON, Money(8000)).matches


def test_a_text_that_is_no_text_is_a_wrong_check_code() -> None:
    assert parsed().five(CODE, number(1), "\ud800", ISSUED_ON, Money(8000)).differ == (
        "check_code",
    )


def test_a_tag_is_the_beginning_of_the_digest_of_the_five_elements() -> None:
    said = f"{CODE}|{number(1)}|{CHECK}|2026-11-21|80.00"

    assert tag(CODE, number(1), CHECK, ISSUED_ON, Money(8000)) == sha256(said.encode()).digest()[:3]


def test_a_list_tells_who_could_sign_from_when_to_when() -> None:
    known = parsed().issuers

    assert known == {USCC: CHARITY, "authority": AUTHORITY}
    assert known[USCC].keys[0].until == 90
    assert known[USCC].eligible_on(date(2026, 1, 1)) == CHARITY.eligibility[0]
    assert known[USCC].eligible_on(date(2028, 12, 31)) == CHARITY.eligibility[0]
    assert known[USCC].eligible_on(date(2025, 12, 31)) is None
    assert known[USCC].eligible_on(date(2029, 1, 1)) is None


def test_the_same_receipts_in_any_order_give_the_same_bytes() -> None:
    assert signed(*reversed(ENTRIES), issuers=ISSUERS[::-1]) == signed()
    assert parsed().digest == sha256(signed()).hexdigest()


def test_a_list_without_receipts_is_a_list() -> None:
    empty = StatusList.parse(sign((), (), AS_OF, ORIGIN, PRIVATE), TRUST)

    assert len(empty) == 0
    assert empty.of(CODE, number(1)) is None
    assert empty.issuers == {}


def test_not_a_byte_of_a_list_can_change() -> None:
    data = signed(ENTRIES[0], ENTRIES[1])
    for place in range(len(data)):
        for flip in (0x01, 0x80):
            changed = bytearray(data)
            changed[place] ^= flip
            with pytest.raises(Untrusted):
                StatusList.parse(bytes(changed), TRUST)


def test_not_a_byte_can_be_cut_off_or_added() -> None:
    data = signed(ENTRIES[0])
    for length in range(len(data)):
        with pytest.raises(Untrusted):
            StatusList.parse(data[:length], TRUST)
    for more in (data + b"\n", b"\n" + data, data + data):
        with pytest.raises(Untrusted):
            StatusList.parse(more, TRUST)


@UNHURRIED
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(Untrusted) as refused:
        StatusList.parse(data, TRUST)
    assert str(refused.value)


def test_a_list_signed_by_another_key_is_refused() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))

    with pytest.raises(NoteUnsigned, match=ORIGIN):
        StatusList.parse(signed(private=stranger), TRUST)
    other = Trust(VerifierKey.of("other.example", PRIVATE.public_key()), "root-kid")
    with pytest.raises(NoteUnsigned):
        StatusList.parse(signed(), other)


def test_the_body_of_another_list_is_refused() -> None:
    head, gap, _ = signed().rpartition(pack(ENTRIES, ISSUERS))

    with pytest.raises(BodyDiffers, match="fetch it again"):
        StatusList.parse(head + gap + pack(ENTRIES[1:], ISSUERS), TRUST)


def test_a_signed_checkpoint_is_no_status_list_and_no_list_a_checkpoint() -> None:
    seen = Checkpoint(ORIGIN, 3, bytes(32))
    note = checkpoint.sign(seen, PRIVATE)
    head = signed()[: -len(pack(ENTRIES, ISSUERS)) - 1].decode()

    with pytest.raises(StatusListMalformed, match="seven lines"):
        StatusList.parse(note.encode() + b"\n" + pack(ENTRIES, ISSUERS), TRUST)
    with pytest.raises(CheckpointMalformed):
        checkpoint.open_signed(head, TRUST.log)


def head_lines(**others: str) -> str:
    packed = pack(ENTRIES, ISSUERS)
    lines = {
        "first": f"{ORIGIN}{SUFFIX}", "day": "2026-11-22", "size": "1234",
        "root": b64(bytes(range(32))), "digest": sha256(packed).hexdigest(),
        "count": str(len(ENTRIES)), "until": "2026-11-29", **others,
    }  # fmt: skip
    return "".join(f"{line}\n" for line in lines.values())


def with_head(text: str, packed: bytes) -> bytes:
    return notes.sign(text, ORIGIN, PRIVATE).encode() + b"\n" + packed


@pytest.mark.parametrize(
    ("line", "value", "said"),
    [
        ("first", ORIGIN, StatusOfAnotherLog),
        ("first", f"other.example{SUFFIX}", StatusOfAnotherLog),
        ("day", "20261122", StatusListMalformed),
        ("day", "2026-02-30", StatusListMalformed),
        ("size", "01234", NotACount),
        ("root", b64(bytes(31)), StatusListMalformed),
        ("digest", "ab" * 31, StatusListMalformed),
        ("digest", "AB" * 32, StatusListMalformed),
        ("count", str(len(ENTRIES) + 1), StatusListMalformed),
        ("count", "50000001", StatusListMalformed),
        ("until", "2026-11-21", StatusListMalformed),
    ],
)
def test_a_head_that_is_signed_but_makes_no_sense_is_refused(
    line: str, value: str, said: type[Untrusted]
) -> None:
    packed = pack(ENTRIES, ISSUERS)

    assert with_head(head_lines(), packed) == signed()
    with pytest.raises(said):
        StatusList.parse(with_head(head_lines(**{line: value}), packed), TRUST)


def test_more_receipts_than_there_could_be_are_not_reckoned_with() -> None:
    packed = zlib.compress(body(directory={"receipts": 2**53 - 1}))
    head = head_lines(digest=sha256(packed).hexdigest(), count=str(2**53 - 1))

    with pytest.raises(StatusListMalformed, match="count"):
        StatusList.parse(with_head(head, packed), TRUST)


def test_a_head_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(StatusListMalformed, match="UTF-8"):
        StatusList.parse(b"\xff\n\n\xff\n\n", TRUST)


def body(entries: bytes | None = None, directory: dict[str, object] | None = None) -> bytes:
    """Pack a body whose parts are said otherwise."""
    raw = zlib.decompress(pack(ENTRIES, ISSUERS))
    head, _, columns = raw.partition(b"\n")
    known = json.loads(head) | (directory or {})
    return canonical(known) + b"\n" + (columns if entries is None else entries)


def altered(column: str, row: int, value: int) -> bytes:
    """Return the columns with one value in one of them said otherwise."""
    raw = bytearray(zlib.decompress(pack(ENTRIES, ISSUERS)).partition(b"\n")[2])
    sizes = {"B": 1, "H": 2, "I": 4, "Q": 8}
    at = 0
    for name, width in COLUMNS.items():
        size = sizes[width]
        if name == column:
            raw[at + row * size : at + (row + 1) * size] = value.to_bytes(size, "big")
        at += size * len(ENTRIES)
    return bytes(raw)


def resigned(packed: bytes) -> bytes:
    return with_head(head_lines(digest=sha256(packed).hexdigest()), packed)


WRONG_BODIES: dict[str, Callable[[], bytes]] = {
    "does not unpack": lambda: b"no zlib",
    "ends too early": lambda: zlib.compress(body())[:-1],
    "or too late": lambda: zlib.compress(body()) + b"\x00",
    "has other members": lambda: zlib.compress(body(directory={"more": 1})),
    "other members than ours": lambda: zlib.compress(b"[]\n"),
    "members than ours": lambda: zlib.compress(canonical({})),
    "it is no donation-ledger-status.v1": lambda: zlib.compress(body(directory={"format": "v2"})),
    "of 9 receipts": lambda: zlib.compress(body(directory={"receipts": 8})),
    "a list in its directory": lambda: zlib.compress(body(directory={"issuers": {}})),
    "a text in its directory": lambda: zlib.compress(body(directory={"notices": [1]})),
    "its columns": lambda: zlib.compress(body(entries=b"")),
    "an issuer": lambda: zlib.compress(body(directory={"issuers": [{}]})),
    "column code": lambda: zlib.compress(body(altered("code", 8, 10**8))),
    "column number": lambda: zlib.compress(body(altered("number", 8, 10**10))),
    "column amount": lambda: zlib.compress(body(altered("amount", 0, 2**53))),
    "column eligible": lambda: zlib.compress(body(altered("eligible", 0, 2**53))),
    "column claimed": lambda: zlib.compress(body(altered("claimed", 0, 2**53))),
    "column issuer": lambda: zlib.compress(body(altered("issuer", 0, 2))),
    "column notice": lambda: zlib.compress(body(altered("notice", 0, 3))),
    "column kind": lambda: zlib.compress(body(altered("kind", 0, 3))),
    "column held": lambda: zlib.compress(body(altered("held", 0, 3))),
    "column marks": lambda: zlib.compress(body(altered("marks", 0, 4))),
    "column red_code": lambda: zlib.compress(body(altered("red_code", 0, 10**8))),
    "column red_number": lambda: zlib.compress(body(altered("red_number", 0, 10**10))),
    "column replaced_by": lambda: zlib.compress(body(altered("replaced_by", 0, 10))),
    "column paper_code": lambda: zlib.compress(body(altered("paper_code", 0, 10**8))),
    "column paper_number": lambda: zlib.compress(body(altered("paper_number", 0, 10**10))),
    "20261131 is no day": lambda: zlib.compress(body(altered("issued_on", 0, 20261131))),
    "do not rise": lambda: zlib.compress(body(altered("number", 1, 2))),
    "not in order": lambda: zlib.compress(body(directory={"issuers": [*_issuers()[::-1]]})),
    "a key in its directory": lambda: zlib.compress(body(directory=_with(keys=[["kid"]]))),
    "a period in its directory": lambda: zlib.compress(body(directory=_with(eligibility=[[]]))),
}


def _issuers() -> list[dict[str, object]]:
    raw = zlib.decompress(pack(ENTRIES, ISSUERS)).partition(b"\n")[0]
    issuers: list[dict[str, object]] = json.loads(raw)["issuers"]
    return issuers


def _with(**members: object) -> dict[str, object]:
    first, second = _issuers()
    return {"issuers": [first | members, second]}


@pytest.mark.parametrize("said", WRONG_BODIES)
def test_a_body_that_is_signed_but_means_nothing_is_refused(said: str) -> None:
    assert StatusList.parse(resigned(zlib.compress(body(), 9)), TRUST)
    with pytest.raises(Untrusted, match=said):
        StatusList.parse(resigned(WRONG_BODIES[said]()), TRUST)


def test_a_day_in_a_period_has_one_spelling() -> None:
    wrong = _with(eligibility=[["20260101", "2028-12-31", "公告"]])

    with pytest.raises(StatusListMalformed, match="as we write it"):
        StatusList.parse(resigned(zlib.compress(body(directory=wrong))), TRUST)


def test_a_list_says_how_old_it_is_and_goes_on_telling_what_was_so() -> None:
    known = parsed()

    assert (known.age(DAY), known.stale(DAY)) == (0, False)
    assert (known.age(date(2026, 11, 29)), known.stale(date(2026, 11, 29))) == (7, False)
    assert (known.age(date(2026, 11, 30)), known.stale(date(2026, 11, 30))) == (8, True)
    assert "as of 2026-11-22, 2 days ago" in known.freshness(date(2026, 11, 24))
    assert "stale: 8 days old" in known.freshness(date(2026, 11, 30))
    assert "2026-11-29" in known.freshness(date(2026, 11, 30))
    assert "after today" in known.freshness(date(2026, 11, 21))


def test_an_older_list_is_taken_with_its_own_date() -> None:
    older = replace(
        AS_OF, day=date(2026, 11, 1), size=900, valid_until=good_until(date(2026, 11, 1))
    )
    known = parsed(as_of=older)

    assert known.as_of == older
    assert known.as_of.valid_until == date(2026, 11, 8)
    assert known.stale(DAY)


receipts = st.dictionaries(
    st.tuples(st.sampled_from(("23050125", "23050126")), st.integers(1, 10**10 - 1)),
    st.tuples(st.integers(1, 2**53 - 1), st.sampled_from(("single", "annual", "joint")),
              st.sampled_from((None, "anonymous", "declined")), st.booleans(),
              st.dates(date(1970, 1, 1), date(9999, 12, 31))),
    max_size=20,
)  # fmt: skip


@UNHURRIED
@given(receipts)
def test_what_is_written_is_what_is_read(
    drawn: dict[tuple[str, int], tuple[int, str, str | None, bool, date]],
) -> None:
    entries = [
        entry(place, fen, code=code, kind=kind, held=held, specimen=specimen, issued_on=day)
        for (code, place), (fen, kind, held, specimen, day) in drawn.items()
    ]
    known = StatusList.parse(sign(entries, ISSUERS, AS_OF, ORIGIN, PRIVATE), TRUST)

    assert len(known) == len(entries)
    for one in entries:
        found = known.of(one.code, one.number)
        assert found is not None
        assert (found.amount.minor, found.kind, found.held, found.specimen, found.issued_on) == (
            one.amount, one.kind, one.held, one.specimen, one.issued_on,
        )  # fmt: skip
        assert found.tag == one.tag


def test_an_issuer_whose_days_are_all_eligible_is_eligible_on_all() -> None:
    always = Issuer(
        "x", "示范县人民政府", "government", (), (), (Period(date.min, date.max, "法"),)
    )
    known = StatusList.parse(sign((), (always,), AS_OF, ORIGIN, PRIVATE), TRUST)

    assert known.issuers["x"].eligible_on(date.min) == Period(date.min, date.max, "法")
    assert known.issuers["x"].eligible_on(date.max) == Period(date.min, date.max, "法")


def test_the_stored_list_is_read_as_it_was_written() -> None:
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))
    data, trust = b64decode(vector["list"]), Trust.parse(json.dumps(vector["trust"]).encode())
    known = StatusList.parse(data, trust)

    assert zlib.decompress(data[-vector["packed_bytes"] :]) == b64decode(vector["body"])
    assert known.digest == vector["sha256"]
    assert [known.as_of.day.isoformat(), known.as_of.size] == vector["as_of"]
    for told in vector["receipts"]:
        found = known.of(told["code"], told["number"])
        assert found is not None
        assert told == {
            "code": found.code,
            "number": found.number,
            "state": found.state,
            "amount": found.amount.decimal(),
            "claimed": found.claimed.decimal(),
            "tag": found.tag.hex() if found.tag else None,
        }


def test_what_we_write_today_is_the_stored_body() -> None:
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))

    assert zlib.decompress(pack(ENTRIES, ISSUERS)) == b64decode(vector["body"])


def test_a_list_is_read_without_the_rest_of_the_house() -> None:
    wanted = "import sys, receipts.status; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", wanted], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())

    assert "receipts.status" in loaded
    for absent in ("api", "projections", "ledger.application", "ledger.store", "ledger.engine",
                   "psycopg", "eventsourcing", "reportlab", "fastapi"):  # fmt: skip
        assert absent not in loaded
