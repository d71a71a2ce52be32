"""The command that checks a code, number or amount by its own form alone."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence

from api.answers import DONE, NOT_UNDERSTOOD, WRONG, Answer, facts
from api.arguments import Commands, command
from ledger.domain.credit_codes import credit_code
from ledger.domain.filings import filing_number
from ledger.domain.receipt_books import NotADonationReceipt
from ledger.domain.receipts import well_formed
from ledger.domain.resident_numbers import resident_number
from ledger.errors import Refused, Unreadable
from ledger.money import Money
from receipts.words import parse_rmb_words, rmb_words


class ValuesMissing(Unreadable):
    """A check was asked for with too few or too many values."""

    def __init__(self, what: str, wanted: str) -> None:
        super().__init__(f"check {what} takes {wanted}")


def _amount(text: str) -> Money:
    """Read an amount in figures, or in capital words in any spelling the banks' rule allows."""
    amount = Money.parse(text) if text.isascii() else Money(parse_rmb_words(text))
    rmb_words(amount.minor)
    return amount


Rule = Callable[..., object]
RULES: dict[str, tuple[str, Rule]] = {
    "uscc": ("one credit code", credit_code),
    "resident-id": ("one resident number", resident_number),
    "receipt": ("a code, a number and a check code", well_formed),
    "filing": ("one filing number", filing_number),
    "amount": ("one amount in yuan, in figures or in words", _amount),
}


def declare(commands: Commands) -> None:
    """Declare the command."""
    asked = command(commands, "check", check)
    asked.add_argument("what", choices=tuple(RULES))
    asked.add_argument("values", nargs="+", metavar="VALUE")


def check(args: Namespace) -> Answer:
    """Check a credit code, resident number, receipt number, filing number or amount."""
    wanted, rule = RULES[args.what]
    if len(args.values) != (3 if args.what == "receipt" else 1):
        raise ValuesMissing(args.what, wanted)
    data = _checked(rule, args.values)
    code = DONE if data["ok"] else (NOT_UNDERSTOOD if args.what == "amount" else WRONG)
    return Answer(data, [facts("检查 check", data)], code)


def _checked(rule: Rule, values: Sequence[str]) -> dict[str, object]:
    try:
        found = rule(*values)
    except NotADonationReceipt:
        told = f"not a donation receipt (digits 3-4): {values[0][2:4]} stands where 05 must"
        return {"ok": False, "reason": told}
    except Refused as refusal:
        return {"ok": False, "reason": str(refusal)}
    said: dict[str, object] = {"ok": True, "reason": None}
    if isinstance(found, Money):
        said |= {"uppercase": rmb_words(found.minor), "amount": found.decimal()}
    return said
