"""A gift of a case, read strictly; its amount must be what its valuation says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from ledger.domain.deduction import reading as read
from ledger.domain.deduction.amounts import ZERO
from ledger.domain.deduction.cases import Gift, Window
from ledger.domain.deduction.reading import MemberUnusable
from ledger.money import PLACES, Money, convert_half_up

ID_MAX = 64
PER_MAX = 10_000

_NEEDED = ("id", "date", "amount", "use", "channel", "voucher")
_OPTIONAL = (
    "eligibility", "eligibility_ends_before", "list_notice_date", "pledge_date", "receipt_date",
    "receipt_names_area", "asset", "valuation", "founder_gift", "deduct_year", "benefit_return",
    "class", "theme", "note",
)  # fmt: skip
_VALUES = ("fair_value", "freight_on_receipt", "freight_not_on_receipt", "historical_cost",
           "original_cost", "market")  # fmt: skip
_FOREIGN = ("currency", "amount", "rate", "per")

Words = Mapping[str, Collection[str]]


def parse_gift(value: object, where: str, who: str, words: Words) -> Gift:
    """Read one gift; `words` are the uses, channels, assets and vouchers that the rules know."""
    found = read.members(value, where, _NEEDED, _OPTIONAL)
    for name in ("list_notice_date", "pledge_date"):
        _optional_day(found, name, where)
    gift = Gift(
        id=read.text(found["id"], f"{where}.id", ID_MAX),
        day=read.day(found["date"], f"{where}.date"),
        amount=read.above_zero(found["amount"], f"{where}.amount"),
        use=read.word(found["use"], f"{where}.use", words["use"]),
        channel=read.word(found["channel"], f"{where}.channel", words["channel"]),
        voucher=read.word(found["voucher"], f"{where}.voucher", words["voucher"]),
        eligibility=_windows(found.get("eligibility", []), f"{where}.eligibility"),
        ends_before=_optional_day(found, "eligibility_ends_before", where),
        names_area=read.flag(found.get("receipt_names_area", True), f"{where}.receipt_names_area"),
        asset=read.word(found.get("asset", "cash"), f"{where}.asset", words["asset"]),
        founder=read.flag(found.get("founder_gift", False), f"{where}.founder_gift"),
        deduct_year=_deduct_year(found, where),
        benefit=read.flag(found.get("benefit_return", False), f"{where}.benefit_return"),
        stated_class=_stated_class(found, where, words),
        theme=read.text(found["theme"], f"{where}.theme") if "theme" in found else "",
        receipt_day=_optional_day(found, "receipt_date", where),
    )
    if "valuation" in found:
        _check_valuation(gift, found["valuation"], f"{where}.valuation", who)
    return gift


def _optional_day(found: Mapping[str, object], name: str, where: str) -> date | None:
    return read.day(found[name], f"{where}.{name}") if name in found else None


def _stated_class(found: Mapping[str, object], where: str, words: Words) -> str:
    if "class" not in found:
        return ""
    return read.word(found["class"], f"{where}.class", words["stated_class"])


def _windows(value: object, where: str) -> tuple[Window, ...]:
    return tuple(
        _window(one, f"{where}[{place}]") for place, one in enumerate(read.items(value, where))
    )


def _window(value: object, where: str) -> Window:
    found = read.members(value, where, ("from", "to"))
    first, last = read.day(found["from"], f"{where}.from"), read.day(found["to"], f"{where}.to")
    if last < first:
        raise MemberUnusable(f"{where}.to", f"{last} is before from {first}; exchange them")
    return Window(first, last)


def _deduct_year(found: Mapping[str, object], where: str) -> int | None:
    """Only a founder's gift has a year of its own, and not one before the gift."""
    if "deduct_year" not in found:
        return None
    here = f"{where}.deduct_year"
    if found.get("founder_gift") is not True:
        raise MemberUnusable(here, "is for a founder's gift; remove it or set founder_gift true")
    given = read.day(found["date"], f"{where}.date").year
    year = read.year(found["deduct_year"], here)
    if year < given:
        raise MemberUnusable(here, f"{year} is before the gift of {given}; write the first year "
                             "the organisation is eligible in")  # fmt: skip
    return year


def _check_valuation(gift: Gift, value: object, where: str, who: str) -> None:
    """Refuse an amount other than its valuation says (domain rules 1.3 and 1.4)."""
    found = read.members(value, where, (), (*_VALUES, *_FOREIGN))
    values = {n: read.amount(found[n], f"{where}.{n}") for n in _VALUES if n in found}
    if any(name in found for name in _FOREIGN):
        counted, how = _converted(found, where), "amount x rate / per"
    else:
        counted, how = _counted(gift, values, where, who)
    if counted != gift.amount:
        raise MemberUnusable(
            where,
            f"{how} makes {counted.decimal()}, the gift's amount is {gift.amount.decimal()}; "
            "correct one of them",
        )


def _converted(found: Mapping[str, object], where: str) -> Money:
    """Book foreign money at the rate of the day, half a fen going up."""
    read.members(found, where, ("currency", "amount", "rate"), ("per", *_VALUES))
    currency = read.word(found["currency"], f"{where}.currency", PLACES)
    foreign = read.above_zero(found["amount"], f"{where}.amount", currency)
    rate: Decimal = read.factor(found["rate"], f"{where}.rate")
    per = read.whole(found.get("per", 1), f"{where}.per", 1, PER_MAX)
    return convert_half_up(foreign, rate, per)


def _counted(gift: Gift, values: Mapping[str, Money], where: str, who: str) -> tuple[Money, str]:
    """Return what counts: cost for shares (and a person's house), else value and freight.

    财税〔2016〕45号; 公告2019年第99号 art. 2; 国家税务总局公告2021年第17号 art. 1.
    """
    if gift.asset == "equity" or (gift.asset == "house" and who != "enterprise"):
        cost = "historical_cost" if who == "enterprise" else "original_cost"
        return _valued(values, (cost,), where), cost
    value = _valued(values, ("fair_value", "market"), where)
    return value + values.get("freight_on_receipt", ZERO), "fair value with freight on the receipt"


def _valued(values: Mapping[str, Money], names: tuple[str, ...], where: str) -> Money:
    for name in names:
        if name in values:
            return values[name]
    raise MemberUnusable(where, f"{' or '.join(names)} is missing; add it")
