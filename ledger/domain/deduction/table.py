"""The table of deduction rules: each with its window, its source and the day it became known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from ledger.errors import Unknown
from ledger.money import Money

FULL, LIMITED, NONE, METHOD = TREATMENTS = ("full", "limited", "none", "method")
"""Deducted whole, deducted inside a share, never deducted, or a way of working (order, expiry)."""

TAXPAYERS = ("enterprise", "resident_individual", "non_resident_individual")
FACTS = ("use", "channel", "asset", "voucher", "stated_class", "theme", "names_area")
"""What the conditions of a rule may ask about a gift."""

LISTED, OPEN, HOSPITAL, CLOSED = ROUTES = ("listed", "open", "hospital", "closed")
"""Ways of a gift: a body that must be eligible, government, goods to a hospital, no way at all."""


class NoRuleKnown(Unknown):
    """On that day the table held no rule at all, or none that settles a question."""

    def __init__(self, what: str, day: date, known_on: date | None) -> None:
        told = f" as known on {known_on}" if known_on else ""
        super().__init__(f"the rule table{told} has no {what} on {day}; load it, or ask later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: `first` and `last` bound the days of gifts, `loaded` is when it became known.

    `reason` is what the class of a gift says; `claimed_in` names the one year in whose return a
    rule that reaches back is claimed.
    """

    rule: str
    tax: str
    who: tuple[str, ...]
    first: date
    last: date | None
    treatment: str
    rate: Decimal | None
    carry_years: int
    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    claimed_in: int | None
    reason: str
    article: str
    instrument: str
    also: str
    confidence: str
    loaded: date

    @property
    def source(self) -> str:
        """The instrument and its article, and what else the rule stands on."""
        return f"{self.instrument} {self.article}" + (f"；{self.also}" if self.also else "")

    def covers(self, who: str, day: date) -> bool:
        """Tell whether the rule speaks of that taxpayer on that day."""
        within = self.first <= day and (self.last is None or day <= self.last)
        return within and who in self.who

    def meets(self, facts: Mapping[str, str]) -> bool:
        """Tell whether a gift fulfils all conditions."""
        return all(facts.get(name, "") in words for name, words in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What a gift must have come through and be proved by, for whom, in a window."""

    who: tuple[str, ...]
    first: date
    last: date | None
    routes: Mapping[str, str]
    vouchers: tuple[str, ...]
    interim_vouchers: tuple[str, ...]
    receipt_days: int
    source: str
    loaded: date


@dataclass(frozen=True, slots=True)
class Bracket:
    """One step of a tax scale: income up to `most` (None: without end) at `rate` less `quick`."""

    most: Money | None
    rate: Decimal
    quick: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxScale:
    """The annual scale of comprehensive income, years both included."""

    first_year: int
    last_year: int | None
    brackets: tuple[Bracket, ...]
    source: str
    loaded: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """All rules that are known, and since when; `known_on` is the day asked about, if any.

    `words` are what a case may say; `entries` are the entries as written, for the digest.
    """

    rules: tuple[Rule, ...]
    admissions: tuple[Admission, ...]
    scales: tuple[TaxScale, ...]
    words: Mapping[str, frozenset[str]]
    entries: tuple[tuple[date, str], ...]
    known_on: date | None = None

    def as_known_on(self, day: date) -> RuleTable:
        """Return the table as it stood on a day: without whatever was loaded later."""
        return replace(
            self,
            rules=tuple(r for r in self.rules if r.loaded <= day),
            admissions=tuple(a for a in self.admissions if a.loaded <= day),
            scales=tuple(s for s in self.scales if s.loaded <= day),
            entries=tuple(e for e in self.entries if e[0] <= day),
            known_on=day,
        )

    @property
    def digest(self) -> str:
        """The version of what is known: SHA-256 of all entries, one a line, sorted."""
        lines = sorted(entry for _, entry in self.entries)
        return f"sha256:{sha256(chr(10).join(lines).encode()).hexdigest()}"

    def rule_for(self, who: str, day: date, facts: Mapping[str, str]) -> Rule:
        """Return the rule that gives a gift of that day its class.

        A full rule goes before a limited one, more conditions before fewer, a later first day
        before an earlier one. Rules that are claimed in one year only are `claimed_in`'s.
        """
        return self._best((FULL, LIMITED), who, day, facts)

    def limit_rule(self, who: str, day: date) -> Rule:
        """Return the limited rule of a day that asks nothing of a gift: its rate bounds a year."""
        return self._best((LIMITED,), who, day, {})

    def _best(
        self, treatments: Sequence[str], who: str, day: date, facts: Mapping[str, str]
    ) -> Rule:
        fitting = [
            rule
            for rule in self._covering(who, day, treatments)
            if rule.claimed_in is None and rule.meets(facts)
        ]
        if not fitting:
            raise NoRuleKnown(f"deduction rule for {who} gifts", day, self.known_on)
        return max(fitting, key=_precedence)

    def reaching_back(self, who: str, day: date, facts: Mapping[str, str]) -> Rule | None:
        """Return the rule that lets what was not yet deducted be claimed later, if there is one."""
        fitting = [
            rule
            for rule in self._covering(who, day, (FULL,))
            if rule.claimed_in is not None and rule.meets(facts)
        ]
        return max(fitting, key=_precedence, default=None)

    def named(self, name: str, who: str, day: date) -> Rule:
        """Return the rule of that name in force for that taxpayer on that day."""
        fitting = [r for r in self._covering(who, day, TREATMENTS) if r.rule == name]
        if not fitting:
            raise NoRuleKnown(f"rule {name} for {who}", day, self.known_on)
        return max(fitting, key=_precedence)

    def admission(self, who: str, day: date) -> Admission:
        """Return what a gift of that day must have come through and be proved by."""
        fitting = [
            one
            for one in self.admissions
            if who in one.who and one.first <= day and (one.last is None or day <= one.last)
        ]
        if not fitting:
            raise NoRuleKnown(f"admission of {who} gifts", day, self.known_on)
        return max(fitting, key=lambda one: (one.first, one.loaded))

    def scale(self, year: int) -> TaxScale:
        """Return the annual scale of comprehensive income."""
        fitting = [
            s
            for s in self.scales
            if s.first_year <= year and (s.last_year is None or year <= s.last_year)
        ]
        if not fitting:
            told = "scale of comprehensive income"
            raise NoRuleKnown(told, date(year, 12, 31), self.known_on)
        return max(fitting, key=lambda one: (one.first_year, one.loaded))

    def _covering(self, who: str, day: date, treatments: Sequence[str]) -> Iterable[Rule]:
        return (r for r in self.rules if r.treatment in treatments and r.covers(who, day))


def _precedence(rule: Rule) -> tuple[bool, int, date, date]:
    return (rule.treatment == FULL, len(rule.conditions), rule.first, rule.loaded)
