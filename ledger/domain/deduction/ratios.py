"""Spending and cost ratios of charities: one set for eligibility, another for supervision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.domain.deduction import reading as read
from ledger.domain.deduction.amounts import share_half_up
from ledger.errors import Unknown
from ledger.money import Money

FORMAT = "charity-ratios.v1"
ELIGIBILITY, SUPERVISION = SETS = ("eligibility", "supervision")
KINDS = ("foundation", "society", "service_body")
INCOME, NET_ASSETS = BASES = ("income", "net_assets")

_ROW = (
    "set", "kinds", "qualified", "net_assets_from", "net_assets_below", "spending_base",
    "spending_least", "income_least", "cost_most", "article", "instrument", "confidence", "from",
    "to",
)  # fmt: skip
_ABOUT = ("kind", "qualified")
_AVERAGES = ("average_income", "average_net_assets")
_YEAR = (
    *_ABOUT, "income", "net_assets", "charitable_spending", "management_cost", "total_spending",
)  # fmt: skip


class NoRatioKnown(Unknown):
    """No row of the table speaks of such an organisation on that day."""

    def __init__(self, which: str, kind: str, day: date) -> None:
        super().__init__(f"the ratio table has no {which} ratio for a {kind} on {day}; load it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One row: shares as decimals; `net_assets_from` is included, `net_assets_below` is not."""

    which: str
    kinds: tuple[str, ...]
    qualified: bool
    net_assets_from: Money | None
    net_assets_below: Money | None
    spending_base: str
    spending_least: Decimal
    income_least: Decimal | None
    cost_most: Decimal
    source: str
    first: date
    last: date | None

    def speaks_of(self, year: OrganisationYear, day: date) -> bool:
        """Tell whether the row is for such an organisation on that day."""
        assets = year.net_assets
        return (
            year.kind in self.kinds
            and year.qualified == self.qualified
            and (self.net_assets_from is None or self.net_assets_from <= assets)
            and (self.net_assets_below is None or assets < self.net_assets_below)
            and self.first <= day
            and (self.last is None or day <= self.last)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationYear:
    """An organisation's year in yuan: last year's income and year-end net assets, three-year
    averages where they are known, and this year's spending.
    """

    kind: str
    qualified: bool
    income: Money
    net_assets: Money
    average_income: Money | None = None
    average_net_assets: Money | None = None
    charitable_spending: Money
    management_cost: Money
    total_spending: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioAnswer:
    """What a set of ratios asks of the year, and whether it is met."""

    ratio: Ratio
    spending_asked: Money
    cost_allowed: Money
    spending_met: bool
    cost_met: bool

    @property
    def met(self) -> bool:
        """Tell whether both ratios are met."""
        return self.spending_met and self.cost_met


@dataclass(frozen=True, slots=True)
class RatioTable:
    """All rows of both sets."""

    rows: tuple[Ratio, ...]

    def ratio_for(self, which: str, year: OrganisationYear, day: date) -> Ratio:
        """Return the row of a set for an organisation; refuse with `NoRatioKnown`."""
        fitting = [r for r in self.rows if r.which == which and r.speaks_of(year, day)]
        if not fitting:
            raise NoRatioKnown(which, year.kind, day)
        return max(fitting, key=lambda row: row.first)


def ratio_met(table: RatioTable, which: str, year: OrganisationYear, day: date) -> RatioAnswer:
    """Judge a year by one set; the average of three years may stand for last year's figure.

    公告2020年第27号 art. 4; 民发〔2016〕189号; 慈善法 2023 art. 61.
    """
    ratio = table.ratio_for(which, year, day)
    asked = share_half_up(_base(ratio, year), ratio.spending_least)
    if ratio.income_least is not None:
        asked = max(asked, share_half_up(year.income, ratio.income_least))
    allowed = share_half_up(year.total_spending, ratio.cost_most)
    return RatioAnswer(
        ratio=ratio,
        spending_asked=asked,
        cost_allowed=allowed,
        spending_met=asked <= year.charitable_spending,
        cost_met=year.management_cost <= allowed,
    )


def _base(ratio: Ratio, year: OrganisationYear) -> Money:
    last, average = {
        INCOME: (year.income, year.average_income),
        NET_ASSETS: (year.net_assets, year.average_net_assets),
    }[ratio.spending_base]
    return last if average is None else min(last, average)


def parse_year(data: bytes) -> OrganisationYear:
    """Read an organisation's year; refuse with `MemberUnusable` whatever is not exactly one."""
    found = read.members(read.read_json(data, "year"), "year", _YEAR, _AVERAGES)
    given = {name: read.amount(found[name], name) for name in _YEAR if name not in _ABOUT}
    given |= {name: read.amount(found[name], name) for name in _AVERAGES if name in found}
    return OrganisationYear(
        kind=read.word(found["kind"], "kind", KINDS),
        qualified=read.flag(found["qualified"], "qualified"),
        **given,
    )


def parse_ratios(data: bytes) -> RatioTable:
    """Read the table; refuse with `MemberUnusable` whatever is not exactly one."""
    found = read.members(read.read_json(data, "ratios"), "ratios", ("format", "rows"), ("note",))
    read.word(found["format"], "format", (FORMAT,))
    listed = enumerate(read.items(found["rows"], "rows"))
    return RatioTable(tuple(_ratio(one, f"rows[{place}]") for place, one in listed))


def _ratio(value: object, where: str) -> Ratio:
    found = read.members(value, where, _ROW)
    instrument = read.text(found["instrument"], f"{where}.instrument")
    return Ratio(
        which=read.word(found["set"], f"{where}.set", SETS),
        kinds=tuple(
            read.word(kind, f"{where}.kinds[{place}]", KINDS)
            for place, kind in enumerate(read.items(found["kinds"], f"{where}.kinds"))
        ),
        qualified=read.flag(found["qualified"], f"{where}.qualified"),
        net_assets_from=_bound(found, "net_assets_from", where),
        net_assets_below=_bound(found, "net_assets_below", where),
        spending_base=read.word(found["spending_base"], f"{where}.spending_base", BASES),
        spending_least=read.factor(found["spending_least"], f"{where}.spending_least"),
        income_least=_share(found["income_least"], f"{where}.income_least"),
        cost_most=read.factor(found["cost_most"], f"{where}.cost_most"),
        source=f"{instrument} {read.text(found['article'], f'{where}.article')}",
        first=read.day(found["from"], f"{where}.from"),
        last=None if found["to"] is None else read.day(found["to"], f"{where}.to"),
    )


def _bound(found: Mapping[str, object], name: str, where: str) -> Money | None:
    return None if found[name] is None else read.above_zero(found[name], f"{where}.{name}")


def _share(value: object, where: str) -> Decimal | None:
    return None if value is None else read.factor(value, where)
