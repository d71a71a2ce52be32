"""Gifts in kind: goods, shares and property, each line with its value's basis and proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ledger.domain.bindings import digest
from ledger.domain.events import GoodsLine, GoodsReceived
from ledger.domain.funds import AmountNotPositive, Fund
from ledger.domain.gifts import DATE_BASES, LARGEST_MINOR, GiftTooLarge, check_holder
from ledger.domain.values import Party, Source
from ledger.errors import Refused
from ledger.money import Money

KINDS = ("goods", "shares", "property")
BASES = ("none", "invoice", "customs", "market", "appraisal")
"""How goods are valued: by document, by market price of the day received, by a qualified third
party (财会〔2020〕9号; domain rules 7)."""

ORIGINS = ("donor", "stock")
LARGEST_COUNT = 10**12


class KindUnknown(Refused):
    """A gift in kind is of goods, shares or property."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"kind {kind!r} is none of {', '.join(KINDS)}")


class BasisUnknown(Refused):
    """A value rests on one of a few bases."""

    def __init__(self, basis: str) -> None:
        super().__init__(f"valuation basis {basis!r} is none of {', '.join(BASES)}")


class ValueWithoutBasis(Refused):
    """A proved value needs a basis, and a proof without a value proves nothing."""

    def __init__(self) -> None:
        super().__init__("a value that is proved needs its basis (invoice, customs, market, "
                         "appraisal), and a proof needs the value that it proves")  # fmt: skip


class ProvedInYuan(Refused):
    """A receipt is made out in yuan, so a proved value is one in yuan."""

    def __init__(self, value: Money) -> None:
        super().__init__(f"a proved value of {value} can't be receipted; give it in CNY, at the "
                         "rate of the day received")  # fmt: skip


class AppraisalNeeded(Refused):
    """Shares and property are valued by a qualified third party (domain rules 7)."""

    def __init__(self, kind: str, basis: str) -> None:
        super().__init__(f"{kind} are valued by appraisal, not by {basis}")


class NoLines(Refused):
    """A gift in kind has at least one line."""

    def __init__(self) -> None:
        super().__init__("a gift in kind needs at least one line: item, unit and quantity")


class ItemTwice(Refused):
    """Two lines of one gift name the same item."""

    def __init__(self, item: str) -> None:
        super().__init__(f"{item} stands on two lines; give their sum on one")


class QuantityTooLarge(Refused):
    """A quantity is larger than any ever was; its unit was surely misread."""

    def __init__(self, quantity: object) -> None:
        super().__init__(f"{quantity} can't be right; look whether the unit was misread")


def receive(
    gift: str,
    fund: Fund,
    organisation: str,
    kind: str,
    origin: str,
    lines: Sequence[GoodsLine],
    donor: Party | None,
    received_on: date | None,
    date_basis: str,
    source: Source | None,
    sealed: tuple[str, ...],
    at: datetime,
) -> GoodsReceived:
    """Decide that a gift in kind came in; without proof of value it is counted and not valued."""
    check_holder(fund, organisation)
    if kind not in KINDS:
        raise KindUnknown(kind)
    if not lines:
        raise NoLines
    assert date_basis in DATE_BASES
    assert origin in ORIGINS
    worth = 0
    for number, line in enumerate(lines):
        _check_line(kind, line)
        worth += line.value.minor if line.value and line.evidence else 0
        if worth > LARGEST_MINOR:
            raise GiftTooLarge(Money(worth))
        if any(line.quantity.item == before.quantity.item for before in lines[:number]):
            raise ItemTwice(line.quantity.item)
    return GoodsReceived(
        originator_id=gift,
        originator_version=1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        fund=fund.id,
        kind=kind,
        origin=origin,
        lines=tuple(lines),
        donor=donor,
        received_on=received_on,
        date_basis=date_basis,
        source=source,
        sealed=sealed,
    )


def _check_line(kind: str, line: GoodsLine) -> None:
    if line.quantity.count <= 0:
        raise AmountNotPositive(line.quantity)
    if line.quantity.count > LARGEST_COUNT:
        raise QuantityTooLarge(line.quantity)
    if line.basis not in BASES:
        raise BasisUnknown(line.basis)
    if kind != "goods" and line.basis not in ("none", "appraisal"):
        raise AppraisalNeeded(kind, line.basis)
    if line.evidence is not None:
        digest(line.evidence)
    proved = line.evidence is not None or line.basis != "none"
    if proved and (line.value is None or line.basis == "none"):
        raise ValueWithoutBasis
    if line.value is not None:
        _check_value(line.value)
        if line.evidence is not None and line.value.currency != "CNY":
            raise ProvedInYuan(line.value)


def _check_value(value: Money) -> None:
    if value.minor <= 0:
        raise AmountNotPositive(value)
    if value.minor > LARGEST_MINOR:
        raise GiftTooLarge(value)
