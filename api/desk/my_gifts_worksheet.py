"""A donor's year before the tax bureau: the gifts as the ledger knows them, worked out as `deduct`.

What is typed (profits, incomes) is used for one answer and kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from api.commands.deducting import Told, tell
from api.deductibility_words import CHANNELS, ENTERPRISE, PERSON
from api.deducting.reference import rule_table
from api.deducting.worksheet import workbook
from api.desk.choices import Pair
from api.desk.my_gifts import MyGift
from api.wiring import House
from ledger.domain.deduction.case_reading import parse_cases
from ledger.domain.deduction.cases import EnterpriseCase, PersonCase
from ledger.domain.deduction.reading import YEARS, MemberUnusable
from ledger.domain.kinds import KINDS
from ledger.domain.receipt_life import Receipt

BACK = 3
"""Years before the one asked for of which profits and carried amounts can be typed."""

CLASSIFIED_ROWS = 3
ORDERS = ("comprehensive", "business", "classified")
ASSETS = {"money": "cash", "goods": "goods"}

NO_DAY = ("捐赠日期不明", "its day is not known")
NOTHING_LEFT = ("已退还或冲正", "it was given back or reversed")
NO_YUAN = ("没有人民币金额", "it has no amount in yuan")
OWN_COST = (
    "股权、房产按捐赠人取得成本计算，账本没有这项成本，请自行加入",
    "shares and houses count at the giver's own cost, which the ledger does not know: add it",
)

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a donor typed: `profits` and `carried` by year, `incomes` as a case has them.

    `first` says which kind of income gifts are taken from first.
    """

    year: int
    kind: str = PERSON
    profits: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    incomes: Sequence[Mapping[str, object]] = ()
    first: str = ORDERS[0]


@dataclass(frozen=True, slots=True)
class Worksheet:
    """An answer: what was worked out, and which gifts are not in it, and why."""

    year: int
    told: Told
    gifts: tuple[Json, ...]
    left_out: tuple[tuple[str, Pair], ...]

    def xlsx(self) -> bytes:
        """Return it as a spreadsheet: the same input, the same bytes."""
        made = datetime.combine(date(self.year, 12, 31), datetime.min.time())
        return workbook(self.told.sheets, made)


def work_out(house: House, mine: Sequence[MyGift], typed: Typed) -> Worksheet:
    """Work a donor's year out by the rules of the day of each gift, as the command does.

    Raises `MemberUnusable` for what was typed amiss, and what the rules refuse.
    """
    if typed.year not in YEARS:
        raise MemberUnusable("year", f"{typed.year} is no year of a return")
    known: list[Json] = []
    left_out: list[tuple[str, Pair]] = []
    for one in mine:
        day = one.gift.received_on
        if day is not None and not _asked(day.year, typed):
            continue
        found = _gift(house, one)
        if isinstance(found, tuple):
            left_out.append((one.gift.id, found))
        else:
            known.append(found)
    known.sort(key=lambda gift: (str(gift["date"]), str(gift["id"])))
    rules = rule_table()
    case = parse_cases(json.dumps(_case(typed, known)).encode(), rules.words)
    assert isinstance(case, EnterpriseCase | PersonCase), "one case was written"
    return Worksheet(typed.year, tell(case, rules), tuple(known), tuple(left_out))


def _asked(year: int, typed: Typed) -> bool:
    """Tell whether gifts of a year belong in: of an enterprise also those of earlier profits."""
    return year == typed.year or (typed.kind == ENTERPRISE and str(year) in typed.profits)


def _case(typed: Typed, gifts: list[Json]) -> Json:
    case: Json = {"taxpayer_kind": typed.kind, "year": typed.year, "gifts": gifts}
    if typed.kind == ENTERPRISE:
        carried = [
            {"gift_year": int(year), "amount": amount} for year, amount in typed.carried.items()
        ]
        return case | {"profits": dict(typed.profits), "opening_carry_forward": carried}
    allocation = [
        {"gift": gift["id"], "income": income["ref"]}
        for gift in gifts
        for income in _in_order(typed)
        if income.get("month") in (None, int(str(gift["date"])[5:7]))
    ]
    return case | {"incomes": list(typed.incomes), "allocation": allocation}


def _in_order(typed: Typed) -> list[Mapping[str, object]]:
    """Return the incomes, the chosen kind first (公告2019年第99号 art. 3: the giver chooses)."""
    return sorted(typed.incomes, key=lambda income: income["type"] != typed.first)


def _gift(house: House, one: MyGift) -> Json | Pair:
    """Return a gift as a case has it, or why it can't be in one."""
    gift = one.gift
    if gift.received_on is None:
        return NO_DAY
    if one.state in ("reversed", "returned"):
        return NOTHING_LEFT
    if gift.kind not in ASSETS:
        return OWN_COST
    receipt = _standing(house, one)
    amount = next((n.amount for n in receipt.lines if n.gift == gift.id), None) if receipt else None
    amount = amount or gift.booked
    if amount.currency != "CNY" or not amount.minor:
        return NO_YUAN
    holder = house.ledger.streams.organisation(gift.organisation)
    period = holder.eligible_on(gift.received_on)
    return {
        "id": gift.id,
        "date": gift.received_on.isoformat(),
        "amount": amount.decimal(),
        "use": "target_area" if receipt and receipt.area else "other",
        "channel": CHANNELS[KINDS[holder.kind].listing],
        "voucher": "donation_receipt" if receipt else "none",
        "asset": ASSETS[gift.kind],
        "eligibility": [_window(period.first_day, period.last_day)] if period else [],
    }


def _window(first: date, last: date) -> Json:
    return {"from": first.isoformat(), "to": last.isoformat()}


def _standing(house: House, one: MyGift) -> Receipt | None:
    """Return the receipt that stands for a gift and that its donor holds, if there is one."""
    if one.gift.receipt is None:
        return None
    receipt = house.ledger.streams.receipt(*one.gift.receipt)
    return None if receipt.red or receipt.held else receipt
