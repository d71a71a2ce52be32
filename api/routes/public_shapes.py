"""The shapes of what the portal says of charities, places, searches and open data."""

from __future__ import annotations

import datetime as dt
from datetime import date, datetime

from pydantic import ConfigDict, Field

from api.routes.shapes import AsOf, BalanceShape, Shape


class AnswerShape(Shape):
    """Yes or no to one question, why, and where it is written."""

    yes: bool
    reason: str
    source: str


class ClassShape(Shape):
    """The deduction class that a gift of the day has for a payer and a purpose.

    `class` is "full", "limited" or "none"; null where no rule of that day is known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    payer: str
    purpose: str
    treatment: str | None = Field(alias="class")
    reason: str
    source: str | None


class EligibilityShape(Shape):
    """One record of eligibility: "granted", "listed", "cancelled" or "ended", with its notice."""

    what: str
    first_day: date | None = Field(default=None, alias="from")
    last_day: date | None = Field(default=None, alias="to")
    notice: str | None = None
    notice_date: date | None = None
    applicant_kind: int | None = None
    departments: list[str] = Field(default_factory=list)
    level: str | None = None
    effective: date | None = None
    ground: str | None = None
    barred_until: date | None = None


class KeyShape(Shape):
    """A key that signs, or signed until `until`, for an organisation."""

    kid: str
    how: str
    since: datetime
    custody: str
    replaces: str | None
    gone: str | None
    until: datetime | None
    ground: str | None


class BookShape(Shape):
    """How many numbers of a receipt code were allotted, and what became of them."""

    code: str
    allotted: int
    issued: int
    void: int
    red: int
    paper: int
    lost: int


class CharityFundShape(Shape):
    """A fund of a charity; no balance in `balances` means no movement yet, not zero."""

    fund: str
    name: str
    kind: str
    closed: str | None
    balances: list[BalanceShape]


class CloseShape(Shape):
    """Books closed up to and with `last_day`, by entry `leaf`."""

    leaf: int
    last_day: date
    closed_at: datetime
    size: int


class DueShape(Shape):
    """A disclosure: `about` a year or a fund, by when, and when the ledger had it.

    `state` is "recorded", "late", "overdue" (no record here; there may be one elsewhere), "ahead",
    or "no day" where the law in force then named none.
    """

    duty: str
    about: str
    due: date | None
    recorded: date | None
    state: str
    source: str


class CharityShape(Shape):
    """A charity: eligibility on the day `on`, keys, receipt books, funds, closes, disclosures."""

    as_of: AsOf
    uscc: str
    name: str
    kind: str
    registered: datetime
    on: date
    may_issue: AnswerShape
    eligible: AnswerShape
    classes: list[ClassShape] = Field(alias="class")
    eligibility: list[EligibilityShape]
    keys: list[KeyShape]
    books: list[BookShape]
    funds: list[CharityFundShape]
    closes: list[CloseShape]
    disclosures: list[DueShape]


class CharityLineShape(Shape):
    """A charity in a list."""

    uscc: str
    name: str
    kind: str
    eligible: bool


class CharitiesShape(Shape):
    """A page of charities, in the order they were registered."""

    as_of: AsOf
    on: date
    charities: list[CharityLineShape]


class ReachedShape(Shape):
    """What payments of a fund to organisations brought to a place; `paid` less what came back."""

    fund: str
    name: str
    organisation: str
    unit: str
    payments: int
    accepted: int
    paid: str
    recovered: str


class PlacePaymentShape(Shape):
    """A payment to an organisation at a place, with what proves that it was accepted."""

    disbursement: str
    fund: str
    payee: str
    amount: str
    unit: str
    purpose: str | None
    place: str
    date: dt.date | None
    recovered: str
    accepted_on: dt.date | None
    evidence: list[str]


class PeopleShape(Shape):
    """How many payments a fund made to private persons; words where a small group is hidden."""

    fund: str
    payments: int | str


class PlaceShape(Shape):
    """What reached a place and all within it, by fund, with a page of payments, newest first."""

    as_of: AsOf
    place: str
    reached: list[ReachedShape]
    people: list[PeopleShape]
    people_total: int | str | None
    payments: list[PlacePaymentShape]


class PlacesShape(Shape):
    """A page of place codes (GB/T 2260 and its extension), in their order."""

    as_of: AsOf
    places: list[str]


class FoundShape(Shape):
    """One thing that was found; `title` null is a private person, or a name not shown here."""

    kind: str
    id: str
    charity: str | None
    fund: str | None
    title: str | None
    words: str | None
    place: str | None
    date: dt.date | None
    amount: str | None
    unit: str | None
    url: str


class FacetsShape(Shape):
    """How many things were found, by sort; `all_counted` false: there are more than `total`."""

    total: int
    all_counted: bool
    kind: dict[str, int]
    charity: dict[str, int]
    year: dict[str, int]
    band: dict[str, int]
    place: dict[str, int]


class SearchShape(Shape):
    """A page of what was found."""

    as_of: AsOf
    facets: FacetsShape
    found: list[FoundShape]


class FundRow(Shape):
    """A line of the download of funds: one fund and unit; `unit` null: no movement yet."""

    as_of: int
    fund: str
    organisation: str
    organisation_name: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    first_day: date | None
    last_day: date | None
    closed: str | None
    unit: str | None
    received: str | None
    transferred_in: str | None
    transferred_out: str | None
    disbursed: str | None
    returned: str | None
    balance: str | None
    reversed: str | None
    recovered: str | None


class GiftRowShape(Shape):
    """A line of the download of gifts: a gift, or the part of it counted in one unit.

    `returned` went back to the donor, `reversed` was a mistake: both are part of `amount`.
    `received` of the fund is the sum of `amount` less that of `reversed`. `notes` are corrections.
    """

    as_of: int
    gift: str
    fund: str
    unit: str
    amount: str
    returned: str
    reversed: str
    date: dt.date | None
    entry: int
    notes: str | None


class PaymentRowShape(Shape):
    """A line of the download of payments; a private person is never named.

    `disbursed` of the fund is the sum of `amount` less that of `recovered`. `notes` are
    corrections.
    """

    as_of: int
    disbursement: str
    fund: str
    payee: str
    amount: str
    recovered: str
    unit: str
    purpose: str | None
    place: str | None
    date: dt.date | None
    accepted_on: dt.date | None
    cost_class: str | None
    entry: int
    notes: str | None
