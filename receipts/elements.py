"""Checks a receipt by its five elements alone: read off paper, off its printed code, or a list.

A status list answers (domain rules 3.9, 2); what only the file can prove is said to be left open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from ledger import codec
from ledger.domain.claimants import folded
from ledger.domain.credit_codes import credit_code
from ledger.domain.kinds import issuing_code, issuing_kind
from ledger.domain.receipts import well_formed
from ledger.errors import LedgerError
from ledger.money import Money
from receipts import qr, says
from receipts.proofs import check_elements, check_number_form
from receipts.remaining import remaining, stands_no_more
from receipts.rules import official_number
from receipts.status import Status, StatusList
from receipts.verdict import Differs, NotEligible, Told, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Five:
    """The five elements of a receipt check; `issuer` is a credit code where one is known."""

    code: str
    number: str
    check_code: str
    issued_on: date
    amount: Money
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Payers:
    """Who claims, by number or name, and who is written down as the payer beside the elements."""

    taxpayer: str | None = None
    written: str = ""


NOBODY = Payers()


def check_five(
    five: Five, status: StatusList, today: date | None = None, payers: Payers = NOBODY
) -> Verdict:
    """Check five elements against a status list; `today` tells how old that is."""
    verdict = Verdict()
    if verdict.ask(1, "form", "mismatch", partial(_form, five)):
        _by_the_list(verdict, five, status, today, payers)
    return verdict


def check_code(
    text: str, status: StatusList, today: date | None = None, payers: Payers = NOBODY
) -> Verdict:
    """Check what the printed code of a receipt says (`receipts.qr`).

    The issuer's key comes from the directory in the status list, which the log has signed.
    """
    verdict = Verdict()
    try:
        code = qr.parse(text)
    except LedgerError as error:
        verdict.refuse(2, "code", "untrusted", error)
        return verdict
    five = _five_of(code.says)
    if verdict.ask(1, "form", "mismatch", partial(_form, five)) and verdict.ask(
        2, "code", "untrusted", partial(_signed, code, status)
    ):
        _by_the_list(verdict, five, status, today, payers)
    return verdict


def _five_of(said: qr.Elements) -> Five:
    return Five(
        code=said.code,
        number=said.number,
        check_code=said.check_code,
        issued_on=said.issued_on,
        amount=said.amount,
        issuer=said.issuer,
    )


def _by_the_list(
    verdict: Verdict, five: Five, status: StatusList, today: date | None, payers: Payers
) -> None:
    verdict.as_of = status.as_of.size
    stands = verdict.ask(2, "status", "mismatch", partial(_status, five, status, today))
    found = status.of(five.code, five.number)
    if found is None or verdict.result == "mismatch":
        return
    verdict.receipt = _told(five, found, status)
    verdict.ask(3, "issuer", "mismatch", partial(_issuer, found, status))
    verdict.ask(4, "eligibility", "not_eligible", partial(_eligibility, found))
    verdict.ask(5, "payer", "mismatch", partial(_payer, payers))
    verdict.ask(6, "amounts", "mismatch", _needs_file)
    verdict.ask(7, "class", "mismatch", partial(_class, found))
    verdict.ask(8, "claims", "mismatch", partial(_claims, found))
    verdict.ask(9, "in_kind", "mismatch", _needs_file)
    verdict.ask(10, "recorded", "mismatch", partial(Told, asked=False))
    if stands and verdict.result == "valid" and found.held is None:
        verdict.deduction_class = "limited"


def _form(five: Five) -> Told:
    check_number_form(five.code, five.number, five.issued_on)
    well_formed(five.code, five.number, five.check_code)
    return Told()


def _signed(code: qr.SignedElements, status: StatusList) -> Told:
    issuer = status.issuers.get(code.says.issuer)
    keys = [key for key in issuer.keys if key.kid.startswith(code.kid)] if issuer else []
    if not keys:
        raise Unfit(f"the status list has no key {code.kid}... of {code.says.issuer}")
    qr.check(code, codec.public_key(keys[0].public))
    return Told(says.KEY_REVOKED_LATER if keys[0].until is not None else "")


def _status(five: Five, status: StatusList, today: date | None) -> Told:
    found = check_elements(
        status, five.code, five.number, five.check_code, five.issued_on, five.amount
    )
    if five.issuer not in (None, found.issuer):
        raise Differs(f"the status list says it was issued by {found.issuer}", "issuer")
    return Told(status.freshness(today or status.as_of.day))


def _issuer(found: Status, status: StatusList) -> Told:
    issuer = status.issuers[found.issuer]
    credit_code(issuing_code(issuer.uscc))
    issuing_kind(issuer.kind)
    return Told(f"{issuer.name} {issuer.uscc}")


def _eligibility(found: Status) -> Told:
    """Answer for the days of its gifts, as the list tells of them together."""
    if not found.eligible:
        raise NotEligible(f"of {found.amount}, {found.eligible_amount} were eligible on their days")
    return Told(found.notice or "")


def _payer(payers: Payers) -> Told:
    """Compare who claims with who is written down, number with number or name with name."""
    asked, written = payers.taxpayer, payers.written
    if asked is None:
        return Told(f"{says.NO_TAXPAYER_NAMED}；{says.FILE_NEEDED}", asked=False)
    if written and _differ(asked, written):
        raise Differs("the payer written down is not that taxpayer", "payer")
    return Told(says.PAYER_NEEDS_FILE, asked=False)


def _differ(asked: str, written: str) -> bool:
    """Tell whether two numbers, or two names, differ; a number and a name can't be compared."""
    numbers = official_number(asked), official_number(written)
    if None not in numbers:
        return numbers[0] != numbers[1]
    return numbers == (None, None) and folded(asked) != folded(written)


def _class(found: Status) -> Told:
    return _needs_file() if found.held is None else Told(says.kept_on_file(found.held))


def _claims(found: Status) -> Told:
    if found.held is not None:
        return Told(says.kept_on_file(found.held))
    if stands_no_more(found):
        return Told(says.claimed_of_void(found.claimed))
    return Told(says.claimed(found.claimed, remaining(found)))


def _needs_file() -> Told:
    return Told(says.FILE_NEEDED, asked=False)


def _told(five: Five, found: Status, status: StatusList) -> dict[str, str]:
    return {
        "code": five.code,
        "number": five.number,
        "check_code": five.check_code,
        "kind": found.kind,
        "issuer": status.issuers[found.issuer].name,
        "issuer_uscc": found.issuer,
        "amount": five.amount.decimal(),
        "issued_on": five.issued_on.isoformat(),
        "claimed": found.claimed.decimal(),
        "remaining": remaining(found).decimal(),
    }
