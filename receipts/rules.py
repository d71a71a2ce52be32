"""Checks 3 to 10 of a proved receipt: issuer, eligibility, payer, amounts, class, claims."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from ledger.domain.claimants import folded, normalised
from ledger.domain.credit_codes import credit_code
from ledger.domain.deductibility import eligible_by, eligible_on
from ledger.domain.deduction.table import FULL, LIMITED, NONE, NoRuleKnown
from ledger.domain.events import EligibilityCancelled, EligibilityEnded, GoodsReceived, ReceiptLine
from ledger.domain.gifts import worth
from ledger.domain.kinds import KINDS, issuing_code, issuing_kind
from ledger.domain.resident_numbers import resident_number
from ledger.errors import Refused
from ledger.money import Money
from receipts import says
from receipts.chain import Chain
from receipts.classes import Facts
from receipts.known import Known
from receipts.remaining import is_void, listed, remaining
from receipts.verdict import NOT_ASKED, NOTHING_AGAINST, Differs, NotEligible, Told
from receipts.words import parse_rmb_words, rmb_words

ENTERPRISE, PERSON = "enterprise", "resident_individual"
WORTH_LESS = (NONE, LIMITED, FULL)
LOSSES = (EligibilityCancelled, EligibilityEnded)
NOTHING = Money(0)


def check_issuer(known: Known, _: Chain) -> Told:
    """3. The issuer's credit code is right, it is who got the gift, and its kind may issue."""
    issuer, receipt = known.issuer, known.receipt
    _may_issue(issuer.id, issuer.kind)
    for gift in known.gifts.values():
        who = {issuer.id, receipt.organisation, gift.organisation, gift.actor}
        if len(who) != 1:
            raise Differs("the issuer is not who received the gift, by its own record", "issuer")
    return Told(f"{issuer.name} {issuer.id}")


@lru_cache(maxsize=1024)
def _may_issue(code: str, kind: str) -> None:
    """Refuse a credit code that can't be, and a kind that issues no receipts."""
    credit_code(issuing_code(code))
    issuing_kind(kind)


def check_eligibility(known: Known, _: Chain) -> Told:
    """4. The issuer was eligible on the day of each gift; what was lost later changes nothing."""
    for line in known.receipt.lines:
        _check_day(known, line)
    lost = _lost_later(known)
    return Told(lost)


def _check_day(known: Known, line: ReceiptLine) -> None:
    issuer, day = known.issuer, line.gift_on
    period = eligible_by(issuer, day)
    if period is None or not line.eligible:
        reason = eligible_on(issuer, day).reason
        raise NotEligible(f"{issuer.name} was not eligible on {day}: {reason}")
    if KINDS[issuer.kind].listing == "always":
        return
    if line.notice != period.notice:
        raise NotEligible(f"{issuer.name} was not eligible on {day} by the notice it names")
    listed = known.listed
    if listed is not None and listed.eligible_on(day) is None:
        raise NotEligible(f"{issuer.name} was not eligible on {day}, says the status list")


def _lost_later(known: Known) -> str:
    """Tell that eligibility was lost after the gifts, by the bundle or by the list's directory."""
    ended = [
        event.effective
        for event in known.events
        if isinstance(event, LOSSES) and event.organisation == known.issuer.id
    ]
    if ended:
        return says.eligibility_lost(ended[-1])
    if known.listed is None or known.status is None or KINDS[known.issuer.kind].listing == "always":
        return ""
    if known.listed.eligible_on(known.status.as_of.day) is not None:
        return ""
    last = max((period.last for period in known.listed.eligibility), default=None)
    return "" if last is None else says.eligibility_over(last, known.status.as_of.day)


def check_payer(known: Known, _: Chain) -> Told:
    """5. The payer is the taxpayer who claims; of a joint receipt, a member in its list."""
    asked, names = known.asked.taxpayer, known.names
    if asked is None:
        return Told(says.NO_TAXPAYER_NAMED, asked=False)
    if known.receipt.kind == "joint":
        return Told(says.share_of_member(_share(known, asked)))
    if folded(names["name"]) == folded(asked):
        return NOTHING_AGAINST
    number = _number(asked)
    if "taxpayer" in names:
        if number is not None and (_number(names["taxpayer"]) or names["taxpayer"]) == number:
            return NOTHING_AGAINST
        raise Differs("the payer is not that taxpayer", "payer")
    if number is None or _kind_of(number) is None:
        raise Differs("the payer is not that taxpayer", "payer")
    return Told(says.NO_TAXPAYER_NUMBER, asked=False)


def _share(known: Known, asked: str) -> Money:
    """Return what the members of that name gave together; nothing tells namesakes apart."""
    members = [member.rpartition("\t") for member in known.members]
    shares = [Money.parse(amount) for name, _, amount in members if folded(name) == folded(asked)]
    if not shares:
        raise Differs("the taxpayer is not in the list of this joint receipt", "members")
    return Money(sum(share.minor for share in shares))


def _number(text: str | None) -> str | None:
    if text is None:
        return None
    with suppress(Refused):
        return normalised(text)
    return None


def official_number(text: str) -> str | None:
    """Return the one spelling of a credit code or resident number; None for any other text."""
    number = _number(text)
    return number if _kind_of(number) else None


def _kind_of(number: str | None) -> str | None:
    """Tell whose number it is: an enterprise's credit code, or a resident's."""
    if number is None:
        return None
    for rule, who in ((credit_code, ENTERPRISE), (resident_number, PERSON)):
        with suppress(Refused):
            rule(number)
            return who
    return None


def check_amounts(known: Known, _: Chain) -> Told:
    """6. Words and figures are one amount; lines and members add up; no line exceeds its gift."""
    receipt, gifts = known.receipt, known.gifts
    words = _in_words(receipt.amount)
    for line in receipt.lines:
        most = worth(gifts[line.gift])
        if not NOTHING < line.amount <= most - (line.withheld or NOTHING):
            raise Differs(f"the receipt says {line.amount}, the gift was {most}", "amount")
    if (total := sum(line.amount.minor for line in receipt.lines)) != receipt.amount.minor:
        raise Differs(f"its lines add up to {Money(total)}, not to {receipt.amount}", "amount")
    shares = [Money.parse(member.rpartition("\t")[2]) for member in known.members]
    if shares and sum(share.minor for share in shares) != receipt.amount.minor:
        raise Differs(f"its members' shares do not add up to {receipt.amount}", "members")
    return Told(words)


@lru_cache(maxsize=4096)
def _in_words(amount: Money) -> str:
    """Write an amount in words and read it back; many receipts share few amounts."""
    words = rmb_words(amount.minor, prefixed=True)
    if amount.currency != "CNY" or parse_rmb_words(words) != amount.minor:
        raise Differs(f"{amount} is no amount in yuan", "amount")
    return words


def check_class(known: Known, _: Chain) -> Told:
    """7. The deduction class of its gifts, by the rules of their days; of several, the least."""
    if known.receipt.held is not None:
        return Told(says.kept_on_file(known.receipt.held))
    classes = known.asked.classes
    if classes is None:
        known.deduction_class = LIMITED
        return Told(says.NO_RULE_TABLE, asked=False)
    who = _kind_of(_claimant(known))
    try:
        found = [classes.of(_facts(known, line, who or ENTERPRISE)) for line in known.receipt.lines]
    except NoRuleKnown as error:
        return Told(f"({error})", asked=False)
    least = min(found, key=lambda one: WORTH_LESS.index(one.treatment))
    known.deduction_class, known.rule = least.treatment, least.rule.rule
    area = known.receipt.area
    told = [
        says.classed(least.treatment, least.rule.rule, least.rule.source),
        says.area_named(area, classes.county(area)) if area else "",
        "" if who else says.PAYER_KIND_UNKNOWN,
    ]
    return Told("；".join(each for each in told if each))


def _claimant(known: Known) -> str | None:
    """Return the number of who deducts: the one asked of, or the payer's on the receipt."""
    asked = _number(known.asked.taxpayer)
    return asked if _kind_of(asked) else _number(known.names.get("taxpayer"))


def _facts(known: Known, line: ReceiptLine, who: str) -> Facts:
    gift = known.gifts[line.gift]
    return Facts(
        who=who,
        day=line.gift_on,
        area_named=known.receipt.area is not None,
        government=KINDS[known.issuer.kind].issuing == "government",
        goods=isinstance(gift, GoodsReceived) and gift.kind == "goods",
        issued_on=known.receipt.issued_on,
    )


def check_claims(known: Known, _: Chain) -> Told:
    """8. What was deducted of it already, by the status list, and what is left."""
    receipt, found = known.receipt, listed(known)
    if receipt.held is not None:
        return Told(says.kept_on_file(receipt.held))
    if found is None:
        return NOT_ASKED
    if found.claimed > receipt.amount:
        raise Differs(f"{found.claimed} are claimed of {receipt.amount}", "claimed")
    if is_void(known):
        return Told(says.claimed_of_void(found.claimed))
    return Told(says.claimed(found.claimed, remaining(found)))


def check_in_kind(known: Known, _: Chain) -> Told:
    """9. Each value of a gift in kind has its evidence (公告2020年第27号 art. 13)."""
    goods = [gift for gift in known.gifts.values() if isinstance(gift, GoodsReceived)]
    lines = [line for gift in goods for line in gift.lines if line.value is not None]
    if any(line.evidence is None or line.basis == "none" for line in lines):
        raise Differs("a value on the receipt has no evidence on file", "evidence")
    return Told(says.evidenced(len(lines)) if goods else says.NOT_IN_KIND)


def check_recorded(_known: Known, _: Chain) -> Told:
    """10. Recording is the officer's act, after all checks (`ReceiptsChecked`)."""
    return NOT_ASKED
