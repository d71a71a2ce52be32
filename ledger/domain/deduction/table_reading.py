"""The rule table as a JSON document, read strictly; docs/formats/deduction-case.md says how."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from ledger.domain.deduction import reading as read
from ledger.domain.deduction.reading import MemberUnusable
from ledger.domain.deduction.table import (
    FACTS,
    LIMITED,
    ROUTES,
    TAXPAYERS,
    TREATMENTS,
    Admission,
    Bracket,
    Rule,
    RuleTable,
    TaxScale,
)

FORMAT = "deduction-rules.v1"
CARRY_YEARS_MAX = 20
RECEIPT_DAYS_MAX = 3650

_RULE = (
    "rule", "tax", "who", "from", "to", "treatment", "conditions", "reason", "article",
    "instrument", "confidence", "loaded",
)  # fmt: skip
_ADMISSION = (
    "who", "from", "to", "routes", "vouchers", "interim_vouchers", "receipt_days", "source",
    "confidence", "loaded",
)  # fmt: skip
_SCALE = ("from_year", "to_year", "brackets", "source", "confidence", "loaded")


def parse_table(data: bytes) -> RuleTable:
    """Read a rule table; refuse with `MemberUnusable` whatever is not exactly one."""
    sections = ("format", "rules", "admissions", "scales", "words")
    found = read.members(read.read_json(data, "rules"), "rules", sections, ("note",))
    read.word(found["format"], "format", (FORMAT,))
    rules = tuple(
        _rule(value, f"rules[{place}]")
        for place, value in enumerate(read.items(found["rules"], "rules"))
    )
    _check_once(rules)
    return RuleTable(
        rules=rules,
        admissions=tuple(
            _admission(value, f"admissions[{place}]")
            for place, value in enumerate(read.items(found["admissions"], "admissions"))
        ),
        scales=tuple(
            _scale(value, f"scales[{place}]")
            for place, value in enumerate(read.items(found["scales"], "scales"))
        ),
        words=_vocabulary(found["words"]),
        entries=tuple(_entries(found)),
    )


def _entries(found: Mapping[str, object]) -> Iterator[tuple[date, str]]:
    """Yield the day each entry was loaded and the entry itself, names sorted, without blanks."""
    for section in ("rules", "admissions", "scales"):
        for entry in read.items(found[section], section):
            loaded = read.day(read.by_name(entry, section)["loaded"], section)
            written = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            yield loaded, f"{section} {written}"


def _rule(value: object, where: str) -> Rule:
    found = read.members(value, where, _RULE, ("rate", "carry_years", "claimed_in", "also"))
    treatment = read.word(found["treatment"], f"{where}.treatment", TREATMENTS)
    first, last = _window(found, where)
    return Rule(
        rule=read.text(found["rule"], f"{where}.rule"),
        tax=read.word(found["tax"], f"{where}.tax", ("CIT", "IIT", "CIT,IIT")),
        who=_words(found["who"], f"{where}.who", TAXPAYERS),
        first=first,
        last=last,
        treatment=treatment,
        rate=_rate(found, where, limited=treatment == LIMITED),
        carry_years=read.whole(
            found.get("carry_years", 0), f"{where}.carry_years", 0, CARRY_YEARS_MAX
        ),
        conditions=_conditions(found["conditions"], f"{where}.conditions"),
        claimed_in=_optional_year(found.get("claimed_in"), f"{where}.claimed_in"),
        reason=read.text(found["reason"], f"{where}.reason"),
        article=read.text(found["article"], f"{where}.article"),
        instrument=read.text(found["instrument"], f"{where}.instrument"),
        also=read.text(found["also"], f"{where}.also") if "also" in found else "",
        confidence=read.text(found["confidence"], f"{where}.confidence"),
        loaded=read.day(found["loaded"], f"{where}.loaded"),
    )


def _rate(found: Mapping[str, object], where: str, *, limited: bool) -> Decimal | None:
    """A limited rule has a rate of at most one, any other rule has none."""
    if limited != ("rate" in found):
        told = "is missing; a limited rule needs one" if limited else "is for limited rules only"
        raise MemberUnusable(f"{where}.rate", told)
    rate = read.factor(found["rate"], f"{where}.rate") if limited else None
    if rate is not None and rate > 1:
        raise MemberUnusable(f"{where}.rate", f"{rate} is more than the whole; write 12 % as 0.12")
    return rate


def _conditions(value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = read.members(value, where, (), FACTS)
    return tuple(
        (name, _words(words, f"{where}.{name}", None)) for name, words in sorted(found.items())
    )


def _admission(value: object, where: str) -> Admission:
    found = read.members(value, where, _ADMISSION)
    first, last = _window(found, where)
    return Admission(
        who=_words(found["who"], f"{where}.who", TAXPAYERS),
        first=first,
        last=last,
        routes=_routes(found["routes"], f"{where}.routes"),
        vouchers=_words(found["vouchers"], f"{where}.vouchers", None),
        interim_vouchers=_words(found["interim_vouchers"], f"{where}.interim_vouchers", None),
        receipt_days=read.whole(
            found["receipt_days"], f"{where}.receipt_days", 0, RECEIPT_DAYS_MAX
        ),
        source=read.text(found["source"], f"{where}.source"),
        loaded=read.day(found["loaded"], f"{where}.loaded"),
    )


def _routes(value: object, where: str) -> Mapping[str, str]:
    return {
        read.text(channel, where): read.word(route, f"{where}.{channel}", ROUTES)
        for channel, route in read.by_name(value, where).items()
    }


def _scale(value: object, where: str) -> TaxScale:
    found = read.members(value, where, _SCALE)
    return TaxScale(
        first_year=read.year(found["from_year"], f"{where}.from_year"),
        last_year=_optional_year(found["to_year"], f"{where}.to_year"),
        brackets=_brackets(found["brackets"], f"{where}.brackets"),
        source=read.text(found["source"], f"{where}.source"),
        loaded=read.day(found["loaded"], f"{where}.loaded"),
    )


def _brackets(value: object, where: str) -> tuple[Bracket, ...]:
    """Read steps in rising order; the last and only the last is without end."""
    brackets = tuple(
        _bracket(step, f"{where}[{place}]") for place, step in enumerate(read.items(value, where))
    )
    ends = [bracket.most for bracket in brackets]
    bounded = [end.minor for end in ends if end is not None]
    if not ends or ends[-1] is not None or len(bounded) != len(ends) - 1:
        raise MemberUnusable(where, "the last step, and no other, has up_to null")
    if bounded != sorted(set(bounded)):
        raise MemberUnusable(where, "steps do not rise; write them from low to high")
    return brackets


def _bracket(value: object, where: str) -> Bracket:
    found = read.members(value, where, ("up_to", "rate", "quick"))
    most = None if found["up_to"] is None else read.above_zero(found["up_to"], f"{where}.up_to")
    rate = read.factor(found["rate"], f"{where}.rate")
    return Bracket(most, rate, read.amount(found["quick"], f"{where}.quick"))


def _vocabulary(value: object) -> Mapping[str, frozenset[str]]:
    kinds = ("use", "channel", "asset", "voucher", "stated_class")
    found = read.members(value, "words", kinds)
    return {kind: frozenset(_words(found[kind], f"words.{kind}", None)) for kind in kinds}


def _window(found: Mapping[str, object], where: str) -> tuple[date, date | None]:
    first = read.day(found["from"], f"{where}.from")
    last = None if found["to"] is None else read.day(found["to"], f"{where}.to")
    if last is not None and last < first:
        raise MemberUnusable(f"{where}.to", f"{last} is before from {first}; exchange them")
    return first, last


def _words(value: object, where: str, known: tuple[str, ...] | None) -> tuple[str, ...]:
    listed = enumerate(read.items(value, where))
    if known is None:
        return tuple(read.text(one, f"{where}[{place}]") for place, one in listed)
    return tuple(read.word(one, f"{where}[{place}]", known) for place, one in listed)


def _optional_year(value: object, where: str) -> int | None:
    return None if value is None else read.year(value, where)


def _check_once(rules: tuple[Rule, ...]) -> None:
    """Two entries of one name for one taxpayer may not begin on one day with equal conditions."""
    seen = set()
    for place, rule in enumerate(rules):
        for who in rule.who:
            key = (rule.rule, who, rule.first, rule.conditions)
            if key in seen:
                told = f"{rule.rule} from {rule.first} stands twice for {who}; keep one"
                raise MemberUnusable(f"rules[{place}]", told)
            seen.add(key)
