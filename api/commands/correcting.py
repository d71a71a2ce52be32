"""Commands that correct: gifts returned, reversed, claimed; receipts reversed."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, datetime
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, OneLineParser, amount, command, digest_of
from api.commands.founding import home_of
from api.commands.funding import correction_of, why
from api.times import BEIJING
from api.wiring import House
from ledger.application import ReceiveGift, ReceiveGoods, Settlement
from ledger.errors import Unreadable
from ledger.money import Money
from projections import receipt_numbers

SETTLE = ("red", "replace")


class AmountOfGoods(Unreadable):
    """Goods have no right amount of money."""

    def __init__(self) -> None:
        super().__init__(
            "--amount is for gifts of money; reverse the goods, then record the right line "
            "(gift goods)"
        )


def declare_on_gifts(gift: Commands) -> None:
    """Declare the commands that correct gifts."""
    back = command(gift, "return", return_gift, writes=True)
    back.add_argument("gift", metavar="GIFT")
    back.add_argument("amount", metavar="AMOUNT")
    back.add_argument("--unit", metavar="CUR|ITEM")
    back.add_argument("--note", required=True, help="why; for the public, no personal data")
    back.add_argument("--by", required=True, metavar="ROLE")
    _settling(back)
    wrong = command(gift, "reverse", reverse_gift, writes=True)
    wrong.add_argument("gift", metavar="GIFT")
    why(wrong)
    wrong.add_argument("--amount", metavar="AMOUNT", help="the right amount")
    wrong.add_argument("--fund", metavar="FUND", help="the right fund")
    wrong.add_argument("--donor", metavar="NAME", help="the right donor")
    _settling(wrong)
    claim = command(gift, "identify", identify, writes=True)
    claim.add_argument("gift", metavar="GIFT")
    claim.add_argument("donor", metavar="NAME")
    claim.add_argument("--evidence", type=Path, required=True, metavar="FILE")


def _settling(parser: OneLineParser) -> None:
    add = parser.add_argument
    add("--settle", choices=SETTLE, help="a red receipt, and with `replace` a new one for the rest")


def _settlement(home: House, charity: str, how: str | None) -> Settlement | None:
    if how is None:
        return None
    codes = receipt_numbers.codes_of(home.runner, charity)
    return Settlement(codes=codes, on=_today(), replace=how == "replace")


def _today() -> date:
    return datetime.now(BEIJING).date()


def _numbered(found: tuple[str, str] | None) -> str | None:
    return " ".join(found) if found else None


def return_gift(args: Namespace) -> Answer:
    """Give unspent money or goods of a gift back to its donor, and settle its receipt."""
    with home_of(args) as home:
        home.runner.catch_up()
        known = home.ledger.streams.gift(args.gift)
        back = amount(args.amount, args.unit or known.units[0])
        settlement = _settlement(home, known.organisation, args.settle)
        done = home.ledger.corrections.return_gift(args.gift, back, args.note, args.by, settlement)
        home.publish()
    data: dict[str, object] = {
        "gift": args.gift,
        "returned": back.decimal(),
        "unit": back.unit,
        "red_receipt": _numbered(done.red),
        "new_receipt": _numbered(done.receipt),
    }
    return Answer(data, [facts("退赠 returned", data)])


def reverse_gift(args: Namespace) -> Answer:
    """Reverse a gift that was recorded by mistake, and record the right one in its place."""
    with home_of(args) as home:
        home.runner.catch_up()
        known = home.ledger.streams.gift(args.gift)
        replacement = _replacement(home, args) if args.amount or args.fund or args.donor else None
        done = home.ledger.corrections.reverse_gift(
            args.gift,
            correction_of(args),
            replacement,
            args.fund,
            _settlement(home, known.organisation, args.settle),
        )
        home.publish()
    data: dict[str, object] = {
        "gift": args.gift,
        "replaced_by": done.replaced_by,
        "red_receipt": _numbered(done.red),
    }
    return Answer(data, [facts("捐赠已冲正 reversed", data)])


def _replacement(home: House, args: Namespace) -> ReceiveGift | ReceiveGoods:
    """Describe the right gift: what is not named stays as it was recorded."""
    known = home.ledger.streams.gift(args.gift)
    names = home.vault.of_digests(known.donor.sealed if known.donor else ())
    kept = next((opening.value for opening in names.values() if opening.name == "name"), None)
    donor, day = args.donor or kept, known.received_on
    if known.given is None:
        if args.amount:
            raise AmountOfGoods
        return ReceiveGoods(
            lines=known.lines, donor=donor, received_on=day, date_basis="given", kind=known.kind
        )
    right = Money.parse(args.amount, known.given.currency) if args.amount else known.given
    return ReceiveGift(
        amount=right, donor=donor, received_on=day, date_basis="given", exchange=known.exchange
    )


def identify(args: Namespace) -> Answer:
    """Record whose a gift in suspense was, by a document that proves it."""
    evidence = digest_of(args.evidence)
    with home_of(args) as home:
        home.ledger.gifts.identify_donor(args.gift, args.donor, evidence)
        home.publish()
    data: dict[str, object] = {"gift": args.gift, "evidence": evidence}
    return Answer(data, [facts("捐赠人已认领 identified", data)])
