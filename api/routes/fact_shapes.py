"""The shapes of what the portal says of closed periods, of names given and of promises."""

from __future__ import annotations

from datetime import date, datetime

from api.routes.shapes import AsOf, Shape


class MovedShape(Shape):
    """What was held, came in and went out over a period, in one unit.

    opening + received + transferred_in + recovered - disbursed - transferred_out - returned -
    reversed = closing. `gifts` and `payments` are how many there were.
    """

    unit: str
    opening: str
    received: str
    transferred_in: str
    recovered: str
    disbursed: str
    transferred_out: str
    returned: str
    reversed: str
    closing: str
    gifts: int
    payments: int


class FundMovedShape(MovedShape):
    """The same of one fund."""

    fund: str
    name: str
    kind: str


class PeriodLineShape(Shape):
    """A closed period: its days (`first_day` null: from the beginning) and the entry that closed.

    `size` is how much of the log the closer had seen.
    """

    first_day: date | None
    last_day: date
    entry: int
    closed_at: datetime
    size: int


class PeriodsShape(Shape):
    """A page of closed periods, the first one first."""

    as_of: AsOf
    uscc: str
    name: str
    periods: list[PeriodLineShape]


class PeriodCorrectionShape(Shape):
    """A correction that was booked in the period; the day it is of, `day`, may lie before."""

    leaf: int
    fund: str | None
    kind: str
    id: str
    corrects: int | None
    amount: str | None
    unit: str | None
    day: date
    booked_on: date
    late: bool
    reason: str | None
    note: str | None
    words: str


class PeriodShape(PeriodLineShape):
    """A closed period of a charity's books, with a page of its corrections in log order.

    `totals` are without what is held for others (agency money), which stands by itself.
    `corrected_later` counts corrections of these days that came after the close: they are booked
    in later periods, and change nothing here.
    """

    as_of: AsOf
    uscc: str
    name: str
    totals: list[MovedShape]
    held_for_others: list[MovedShape]
    funds: list[FundMovedShape]
    corrections: list[PeriodCorrectionShape]
    corrected_later: int


class NamingLineShape(Shape):
    """A name given in thanks, in a list; its words are sealed and stand nowhere in public answers.

    `thing` is what bears it, `form` a "name" or a "plaque". `status` is "proposed", "submitted",
    "approved", "in force", "suspended", "not taken up", "rejected", "revoked", "expired" or
    "withdrawn". The days are its term, `number` that of the approval.
    """

    naming: str
    charity: str
    fund: str
    thing: str
    form: str
    place: str | None
    status: str
    first_day: date | None
    last_day: date | None
    number: str | None
    shown_today: bool


class NamingsShape(Shape):
    """A page of names, the newest first."""

    as_of: AsOf
    namings: list[NamingLineShape]


class NamingBasisShape(Shape):
    """What its gifts held when that was tested, against what the rule of the day asked.

    Of fewer than three gifts number and sum are told only while the donor agrees to be named in
    public; else `gifts` is a word and `received` null.
    """

    gifts: int | str
    received: str | None
    needed: str
    unit: str
    met: bool
    rule: str
    source: str
    tested_on: date


class ApprovalShape(Shape):
    """Which government organ approved the name (its credit code), under which number, when."""

    authority: str
    number: str
    on: date


class RejectionShape(Shape):
    """Which government organ refused the name, and why."""

    authority: str
    reason: str


class HistoryShape(Shape):
    """A step, by the log's entry that states it."""

    entry: int
    fact: str
    at: datetime


class NamingShape(NamingLineShape):
    """A name given in thanks as it stands on the day `on`.

    `text_digest` is the sealed text of the name: whoever knows it can prove it, nobody can read it
    from here. `ground` is why it is suspended or was revoked.
    """

    as_of: AsOf
    on: date
    construction: bool
    proposed_by: str
    text_digest: str
    beneficiary: str | None
    basis: NamingBasisShape | None
    approval: ApprovalShape | None
    rejection: RejectionShape | None
    ground: str | None
    under_review: bool
    history: list[HistoryShape]


class PledgeLineShape(Shape):
    """A promise, in a list: promised + ahead = received + written_off + outstanding.

    `promised` of a recurring gift is what has fallen due so far; `ahead` came before it was due.
    `state` is "kept", "open", "overdue", or "ended" of what recurs. A promise is never money: no
    total of gifts contains it.
    """

    pledge: str
    charity: str
    fund: str
    recurring: bool
    state: str
    unit: str
    promised: str
    received: str
    ahead: str
    written_off: str
    outstanding: str


class PledgesShape(Shape):
    """A page of promises, the newest first."""

    as_of: AsOf
    pledges: list[PledgeLineShape]


class TermShape(Shape):
    """From a day on, so much falls due every "month", "quarter" or "year"."""

    from_day: date
    amount: str
    every: str


class InstalmentShape(Shape):
    """What falls due on a day and has become of it; payments fill the oldest first.

    `state` is "paid", "written-off", "open" or "overdue".
    """

    due_on: date
    amount: str
    received: str
    written_off: str
    open: str
    state: str


class ReceiptedGiftShape(Shape):
    """A gift that a receipt was made out for, and what of it the receipt says."""

    gift: str
    given_on: date
    amount: str


class ReceiptedShape(Shape):
    """What the log says of a receipt: never for whom, nor whether one in hand is this one.

    A `void` one was reversed by a red receipt.
    """

    as_of: AsOf
    code: str
    number: str
    charity: str
    issued_on: date
    unit: str
    amount: str
    void: bool
    gifts: list[ReceiptedGiftShape]


class PledgeShape(PledgeLineShape):
    """A promise as it stands on the day `on`, with a page of its instalments; never its donor.

    `agreement` is the SHA-256 of the written agreement. `last_day` ends what recurs.
    """

    as_of: AsOf
    on: date
    agreement: str | None
    last_day: date | None
    terms: list[TermShape]
    instalments: list[InstalmentShape]
    history: list[HistoryShape]
