"""Commands that make one receipt out for several: a donor's gifts of a year, a collection."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts, table
from api.arguments import Commands, OneLineParser, command, number
from api.commands.founding import home_of
from api.imports import files
from api.imports.rows import MoneyTable
from api.receipt_desk import ReceiptDesk
from api.times import today
from api.wiring import House
from api.words import in_words
from ledger.application import Payer
from ledger.application.receiptable import Standing
from ledger.domain.payees import names_organisation
from ledger.domain.receipts import Asked
from ledger.errors import Refused, Unknown, Unreadable
from ledger.money import Money
from projections import gift_index, receipt_numbers

ROWS_SHOWN = 50
JOINS = (
    "年度合并票据在公开账本上把这些捐赠连在一起（不含姓名）：只应捐赠人要求开具 "
    "(an annual receipt joins these gifts to each other in public, without a name: only for a "
    "donor who asks for it)"
)


class SeveralGiftsOneName(Refused):
    """A name is no identity: gifts that bear it may be several people's."""

    def __init__(self, donor: str, gifts: list[str]) -> None:
        super().__init__(
            f"{len(gifts)} gifts bear the name {donor!r}, which may be several people's; name "
            f"those of one donor with --gift ({', '.join(gifts[:3])} ...), or say --same-person"
        )


class NoGiftsOfDonor(Unknown):
    """The charity received nothing in that donor's name."""

    def __init__(self, donor: str) -> None:
        super().__init__(f"no gift was recorded in the name {donor!r}; give it just as it was")


class NotOfDonor(Refused):
    """A gift that was named bears another donor's name."""

    def __init__(self, gift: str, donor: str) -> None:
        super().__init__(f"{gift} was not given in the name {donor!r}")


class ListUnusable(Unreadable):
    """A list of members has rows without a name or an amount."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name}: {why}; a list has a name and an amount in every row")


def declare(receipts: Commands) -> None:
    """Declare what makes one receipt out for several."""
    annual = command(receipts, "annual", issue_annual, writes=True)
    annual.add_argument("--charity", required=True, metavar="USCC")
    annual.add_argument("--year", type=number, required=True, metavar="Y")
    annual.add_argument("--donor", required=True, metavar="NAME")
    annual.add_argument("--gift", action="append", default=[], metavar="ID")
    annual.add_argument("--same-person", action="store_true", help="all these gifts are one's")
    annual.add_argument("--out", type=Path, required=True, metavar="DIR")
    wishes(annual)
    joint = command(receipts, "joint", issue_joint, writes=True)
    joint.add_argument("--gift", required=True, metavar="ID")
    joint.add_argument("--list", type=Path, metavar="FILE", help="names and amounts, .xlsx or .csv")
    joint.add_argument("--out", type=Path, required=True, metavar="DIR")
    wishes(joint)


def wishes(parser: OneLineParser) -> None:
    """Declare what can be asked of a receipt."""
    add = parser.add_argument
    add("--deductible", action="store_true", help="only of days when gifts could be deducted")
    add("--payer-address", metavar="ADDRESS", help="as it is now; sealed with the receipt")
    add("--payer-taxpayer", metavar="NO", help="the payer's credit code or resident number")
    add("--area", metavar="CODE", help="the target area that the gift is for")


def payer_of(args: Namespace) -> Payer | None:
    """Return the payer's particulars, if any were given."""
    if args.payer_address is None and args.payer_taxpayer is None:
        return None
    return Payer("", args.payer_address, args.payer_taxpayer)


def _asked(args: Namespace) -> Asked:
    return Asked(issued_on=today(), area=args.area, deductible=args.deductible)


def issue_annual(args: Namespace) -> Answer:
    """Issue one receipt for a donor's gifts of a year; list what is left out, and why."""
    with home_of(args) as home:
        home.runner.catch_up()
        told = _of_year(home, args)
        ready = [one.gift.id for one in told if one.line]
        if len(ready) > 1 and not (args.gift or args.same_person or names_organisation(args.donor)):
            raise SeveralGiftsOneName(args.donor, ready)
        desk = ReceiptDesk(home, args.charity, args.out, today(), payer_of(args), args.area)
        desk.try_lines([one for one in told if one.line], args.donor)
        numbered = home.ledger.receipts.issue_annual(
            args.charity, ready, args.year,
            receipt_numbers.codes_of(home.runner, args.charity), _asked(args), payer_of(args),
        )  # fmt: skip
        made = _made(home, desk, numbered)
    return _annual_answer(told, made)


def _of_year(home: House, args: Namespace) -> list[Standing]:
    """Tell of the gifts of the year in the donor's name, or of those named, oldest first."""
    given = home.ledger.receiptable.given_by(args.charity, args.donor)
    if not given:
        raise NoGiftsOfDonor(args.donor)
    if strange := [gift for gift in args.gift if gift not in given]:
        raise NotOfDonor(strange[0], args.donor)
    asked = gift_index.by_day(home.runner, args.gift or given)
    told = home.ledger.receiptable.standing(args.charity, asked, _asked(args))
    return [
        one for one in told
        if one.gift.received_on is None or one.gift.received_on.year == args.year
    ]  # fmt: skip


def _made(home: House, desk: ReceiptDesk, numbered: tuple[str, str]) -> dict[str, object]:
    """Print a receipt that was just made out; in a dry run there is nothing to print."""
    if home.dry_run:
        return {}
    home.publish()
    (sheet,) = desk.print_known([numbered])
    return {
        "code": sheet.page.code,
        "number": sheet.page.number,
        "check_code": sheet.page.check_code,
        "amount": sheet.page.amount.decimal(),
        "path": str(sheet.path),
    }


def _annual_answer(told: list[Standing], made: dict[str, object]) -> Answer:
    lines = [one.line for one in told if one.line]
    left = [one for one in told if one.refusal]
    data: dict[str, object] = {
        "receipt": made,
        "lines": [
            {"gift": o.gift, "gift_on": o.gift_on.isoformat(), "amount": o.amount.decimal()}
            for o in lines
        ],
        "total": Money(sum(o.amount.minor for o in lines)).decimal(),
        "left_out": [
            {"gift": o.gift.id, "amount": o.booked.decimal(), "currency": o.booked.currency,
             "reason": in_words(o.refusal)}
            for o in left if o.refusal
        ],
        "warning": JOINS,
    }  # fmt: skip
    columns = ("捐赠 gift", "日期 day", "金额 amount>")
    shown = [
        facts("年度合并票据 annual receipt", made),
        table("所含捐赠 gifts on it", columns,
              [(o.gift, o.gift_on, o.amount.decimal()) for o in lines][:ROWS_SHOWN]),
    ]  # fmt: skip
    if left:
        shown.append(table("未列入 left out", ("捐赠 gift", "金额 amount>", "原因 reason"),
                           [(o.gift.id, str(o.booked), in_words(o.refusal))
                            for o in left[:ROWS_SHOWN] if o.refusal]))  # fmt: skip
    return Answer(data, shown, lines=[JOINS])


def issue_joint(args: Namespace) -> Answer:
    """Issue the receipt of a collection with a list of who gave how much."""
    members = _members(args.list) if args.list else None
    with home_of(args) as home:
        home.runner.catch_up()
        charity = home.ledger.streams.gift(args.gift).organisation
        desk = ReceiptDesk(home, charity, args.out, today(), payer_of(args), args.area)
        desk.try_gift(args.gift, [name for name, _ in members or ()])
        numbered = home.ledger.receipts.issue_joint(
            args.gift, receipt_numbers.codes_of(home.runner, charity), _asked(args), members,
            payer_of(args),
        )  # fmt: skip
        made = _made(home, desk, numbered)
        listed = len(home.ledger.streams.receipt(*numbered).digests) if made else 0
    data: dict[str, object] = {"gift": args.gift, "members": listed, **made}
    return Answer(data, [facts("联合票据 joint receipt", data)])


def _members(path: Path) -> list[tuple[str, Money]]:
    """Read a list of names and amounts; refuse one with a row that is not understood."""
    tables = [t for t in files.read(path, "gifts").tables if isinstance(t, MoneyTable)]
    if rejected := [row for one in tables for row in one.rejected]:
        raise ListUnusable(path, f"row {rejected[0].row}: {rejected[0].reason}")
    rows = [row for one in tables for row in one.rows]
    if nameless := [row.row for row in rows if row.party is None]:
        raise ListUnusable(path, f"row {nameless[0]} has no name")
    return [(str(row.party), row.amount) for row in rows]
