"""Receipts as they are made out now, in a log in memory: single, annual, joint; with their PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.domain import organisations, receipts
from ledger.domain.events import (
    GiftReceived,
    GoodsLine,
    GoodsReceived,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumber,
)
from ledger.domain.organisations import AUTHORITY
from ledger.domain.values import Party
from ledger.money import Money
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from receipts.bundle import Bundle
from tests.attacks import forging
from tests.attacks.forging import CHECK, CODE, DAY, NAME, NOTICE, NUMBER, PROVING, Log
from tests.conftest import USCC

ISSUED_ON = date(2026, 11, 21)
STREAM = receipts.stream(CODE, NUMBER)


def opening(place: int, name: str, value: str) -> Opening:
    """Seal a field with a salt made from a number."""
    return Opening(b64url(place.to_bytes(16, "big")), name, value)


TAXPAYER = opening(3, "taxpayer", USCC)


def line(gift: str = forging.GIFT, fen: int = 100_00, day: date = DAY, **more: Any) -> ReceiptLine:
    """What a receipt says of one gift."""
    said = {"eligible": True, "notice": NOTICE, "withheld": None}
    return ReceiptLine(**{**said, "gift": gift, "amount": Money(fen), "gift_on": day, **more})


def made_out(
    lines: Iterable[ReceiptLine] = (), openings: Sequence[Opening] = (NAME, CHECK), **more: Any
) -> dict[str, Any]:
    """What a receipt says; openings called `member` are those of a joint one."""
    listed = tuple(lines) or (line(),)
    sealed = [o.digest for o in openings if o.name != "member"]
    said: dict[str, Any] = {
        "organisation": USCC,
        "code": CODE,
        "number": NUMBER,
        "kind": "single",
        "lines": listed,
        "amount": Money(sum(one.amount.minor for one in listed)),
        "payer": Party(id="payer-1", sealed=tuple(sorted(sealed))),
        "digests": tuple(sorted(o.digest for o in openings if o.name == "member")),
        "issued_on": ISSUED_ON,
        "area": None,
        "replaces": None,
        "held": None,
        "specimen": True,
    }
    return said | more


def in_kind(lines: tuple[GoodsLine, ...]) -> dict[str, Any]:
    """What a gift in kind says."""
    said = {name: forging.gift()[name] for name in (
        "organisation", "fund", "donor", "received_on", "date_basis", "source", "sealed",
    )}  # fmt: skip
    return {**said, "kind": "goods", "origin": "given", "lines": lines}


class Story:
    """A told ledger whose receipt is of the present kind, and the bundle of it."""

    def __init__(
        self,
        receipt: Mapping[str, Any] | None = None,
        gifts: Mapping[str, Mapping[str, Any]] | None = None,
        openings: tuple[Opening, ...] = (NAME, CHECK),
        goods: tuple[GoodsLine, ...] = (),
        **lies: Mapping[str, Any] | None,
    ) -> None:
        self.openings = openings
        self.log: Log = forging.told(**{**lies, "receipt": None, "marked": None})
        self.proving = [n for n in PROVING if n != "receipt" and lies.get(n, {}) is not None]
        if goods:
            self.tell("gift", GoodsReceived, forging.GIFT, USCC, **in_kind(goods))
        for gift, more in (gifts or {}).items():
            self.tell(gift, GiftReceived, gift, USCC, **{**forging.gift(), **more})
        said = dict(receipt) if receipt is not None else made_out(openings=openings)
        stream, actor = said.pop("stream", STREAM), said.pop("actor", USCC)
        self.tell("receipt", ReceiptMadeOut, stream, actor, **said)

    def tell(self, name: str, cls: type[Any], stream: str, actor: str, **data: Any) -> None:
        """Record a fact that the bundle proves too."""
        self.log.record(name, cls, stream, actor, **data)
        self.proving.append(name)

    def of_issuer(self, name: str, cls: type[Any], **data: Any) -> None:
        """Record what the authority says of the issuer."""
        self.tell(name, cls, organisations.stream(USCC), AUTHORITY, organisation=USCC, **data)

    def bundle(self) -> Bundle:
        """Gather the proof under a checkpoint as the log stands now."""
        return self.log.bundle(self.proving, self.openings)

    def encode(self) -> bytes:
        """Write the bundle."""
        return self.bundle().encode()


RED = ReceiptNumber(code=CODE, number="0000000002")
