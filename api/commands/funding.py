"""Commands on funds: opened, bound, closed, and what moves between them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, OneLineParser, amount, command, day, digest_of, group, number
from api.commands.founding import home_of
from ledger.application import Correction
from ledger.domain.bindings import BASES, LEFT_OVERS
from ledger.domain.corrections import REASONS
from ledger.domain.funds import KINDS, Binding
from ledger.errors import Unreadable


class ConsentUnnamed(Unreadable):
    """A change of use rests on one of two grounds."""

    def __init__(self) -> None:
        super().__init__(
            "name either the donor's consent (--consent FILE) or the filed plan (--filing NUMBER)"
        )


def declare(commands: Commands) -> None:
    """Declare the commands on funds."""
    fund = group(commands, "fund", "funds")
    opening = command(fund, "open", open_fund, writes=True)
    opening.add_argument("--charity", required=True, metavar="USCC")
    opening.add_argument("name", metavar="NAME")
    opening.add_argument("--kind", choices=KINDS)
    opening.add_argument("--purpose")
    opening.add_argument("--place", metavar="CODE")
    opening.add_argument("--basis", choices=BASES, help="who must agree to another use")
    opening.add_argument("--plan", metavar="FILING", help="filing number of a public raise")
    opening.add_argument("--first-day", type=day, metavar="D")
    opening.add_argument("--last-day", type=day, metavar="D")
    opening.add_argument("--brand", help="welfare brand, such as 希望工程")
    opening.add_argument("--recipient", help="whom agency money goes to")
    use = command(fund, "change-use", change_use, writes=True)
    use.add_argument("fund", metavar="FUND")
    use.add_argument("--purpose")
    use.add_argument("--place", metavar="CODE")
    use.add_argument("--consent", type=Path, metavar="FILE", help="the donor's written consent")
    use.add_argument("--filing", metavar="NUMBER", help="the number of the filed plan")
    use.add_argument("--by", required=True, metavar="ROLE")
    close = command(fund, "close", close_fund, writes=True)
    close.add_argument("fund", metavar="FUND")
    close.add_argument("--left-over", choices=LEFT_OVERS, default="none")
    close.add_argument("--note", required=True, help="for the public")
    close.add_argument("--by", required=True, metavar="ROLE")
    move = command(commands, "allocate", allocate, writes=True)
    move.add_argument("fund", metavar="FUND")
    move.add_argument("to_fund", metavar="TO_FUND")
    move.add_argument("amount", metavar="AMOUNT")
    move.add_argument("--unit", default="CNY", metavar="CUR|ITEM")
    move.add_argument("--by", required=True, metavar="ROLE")
    back = command(commands, "take-back", take_back, writes=True)
    back.add_argument("fund", metavar="FUND", help="the fund that the allocation left")
    back.add_argument("allocation", type=number, metavar="NUMBER")
    why(back)


def why(parser: OneLineParser) -> None:
    """Declare what every correction says."""
    add = parser.add_argument
    add("--reason", choices=REASONS, required=True)
    add("--note", required=True, help="for the public; no personal data")
    add("--by", required=True, metavar="ROLE")


def correction_of(args: Namespace) -> Correction:
    """Return why something is corrected, as the command line says it."""
    return Correction(reason=args.reason, note=args.note, decided_by=args.by)


def open_fund(args: Namespace) -> Answer:
    """Open a fund; one with a purpose or place is a project fund unless a kind is named."""
    kind = args.kind or ("project" if args.purpose or args.place else "general")
    bound = Binding(
        args.basis, args.plan, args.first_day, args.last_day, args.brand, args.recipient
    )
    binding = None if bound == Binding() else bound
    with home_of(args) as home:
        fund = home.ledger.funds.open_fund(
            args.charity, args.name, kind, args.purpose, args.place, binding
        )
        home.publish()
    data: dict[str, object] = {
        "fund": fund,
        "charity": args.charity,
        "name": args.name,
        "kind": kind,
        "purpose": args.purpose,
        "place": args.place,
    }
    data |= {name: str(value) for name in Binding.__slots__ if (value := getattr(bound, name))}
    return Answer(data, [facts("资金 fund", data)])


def change_use(args: Namespace) -> Answer:
    """Record that a fund may be spent otherwise too: by the donor's consent or a filing."""
    if (args.consent is None) == (args.filing is None):
        raise ConsentUnnamed
    ground = "donor-consent" if args.consent else "filing"
    document = digest_of(args.consent) if args.consent else args.filing
    with home_of(args) as home:
        home.ledger.funds.change_use(args.fund, args.purpose, args.place, ground, document, args.by)
        home.publish()
    data: dict[str, object] = {
        "fund": args.fund,
        "purpose": args.purpose,
        "place": args.place,
        "ground": ground,
        "document": document,
    }
    return Answer(data, [facts("用途变更 change of use", data)])


def close_fund(args: Namespace) -> Answer:
    """Close a fund in which nothing is left."""
    with home_of(args) as home:
        home.ledger.funds.close_fund(args.fund, args.left_over, args.note, args.by)
        home.publish()
    data: dict[str, object] = {"fund": args.fund, "left_over": args.left_over, "note": args.note}
    return Answer(data, [facts("资金已结项 fund closed", data)])


def allocate(args: Namespace) -> Answer:
    """Move money or goods from one fund to another; that is never new money."""
    moved = amount(args.amount, args.unit)
    with home_of(args) as home:
        number = home.ledger.funds.allocate(args.fund, args.to_fund, moved, args.by)
        home.publish()
    data: dict[str, object] = {
        "fund": args.fund,
        "to_fund": args.to_fund,
        "allocation": number,
        "amount": moved.decimal(),
        "unit": moved.unit,
    }
    return Answer(data, [facts("拨付 allocation", data)])


def take_back(args: Namespace) -> Answer:
    """Reverse an allocation that was a mistake, in both funds at once."""
    with home_of(args) as home:
        home.ledger.funds.take_back(args.fund, args.allocation, correction_of(args))
        home.publish()
    data: dict[str, object] = {"fund": args.fund, "allocation": args.allocation}
    return Answer(data, [facts("拨付已冲回 allocation taken back", data)])
