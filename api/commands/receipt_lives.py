"""Commands on what becomes of a receipt: copied, exchanged, official, waived, void; its life."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts, table
from api.arguments import Command, Commands, OneLineParser, command, day
from api.commands.founding import home_of
from api.commands.funding import correction_of, why
from api.commands.receipt_joint import payer_of, wishes
from api.receipt_desk import IssuedReceipt, NotIssued, Number, Outcome, ReceiptDesk
from api.receipt_words import life_words, state_of
from api.times import today, written
from api.wiring import House
from ledger import codec
from ledger.domain.gifts import NameWasErased
from ledger.domain.receipt_changes import WAIVERS
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import Asked, stream
from ledger.errors import Unreadable
from projections import receipt_numbers


class NowhereToPrint(Unreadable):
    """A new receipt has to go somewhere."""

    def __init__(self) -> None:
        super().__init__("say with --out where the new receipt is to lie")


def declare(receipts: Commands) -> None:
    """Declare what becomes of a receipt."""
    void = _numbered(receipts, "reverse", reverse_receipt)
    why(void)
    void.add_argument("--replace", action="store_true", help="make it out anew for what is left")
    void.add_argument("--out", type=Path, metavar="DIR", help="print the red (and new) receipt")
    wishes(void)
    copy = command(receipts, "copy", copy_receipt)
    copy.add_argument("code", metavar="CODE")
    copy.add_argument("number", metavar="NUMBER")
    copy.add_argument("--out", type=Path, required=True, metavar="DIR")
    paper = _numbered(receipts, "exchange", exchange)
    paper.add_argument("--paper-code", required=True, metavar="C")
    paper.add_argument("--paper-number", required=True, metavar="N")
    _numbered(receipts, "paper-back", take_back)
    official = _numbered(receipts, "official", record_official)
    official.add_argument("--code", dest="official_code", required=True, metavar="C")
    official.add_argument("--number", dest="official_number", required=True, metavar="N")
    official.add_argument("--check-code", required=True, metavar="K")
    official.add_argument("--on", type=day, required=True, metavar="D")
    waived = command(receipts, "waive", waive, writes=True)
    waived.add_argument("gift", metavar="GIFT")
    waived.add_argument("--reason", choices=WAIVERS, required=True)
    waived.add_argument("--out", type=Path, metavar="DIR", help="make it out and keep it on file")
    shown = command(receipts, "show", show_receipt)
    shown.add_argument("code", metavar="CODE")
    shown.add_argument("number", metavar="NUMBER")


def _numbered(receipts: Commands, name: str, run: Command) -> OneLineParser:
    added = command(receipts, name, run, writes=True)
    added.add_argument("code", metavar="CODE")
    added.add_argument("number", metavar="NUMBER")
    return added


def reverse_receipt(args: Namespace) -> Answer:
    """Void a receipt by a red one, and with --replace make it out anew for what is left."""
    if args.replace and not args.out:
        raise NowhereToPrint
    with home_of(args) as home:
        home.runner.catch_up()
        old = home.ledger.streams.receipt(args.code, args.number)
        red, anew = _reverse(home, old, args)
        home.publish()
        desk = _desk(home, old.organisation, args)
        files = _printed(desk, old, red, anew) if desk else {}
    data: dict[str, object] = {
        "code": args.code,
        "number": args.number,
        "red_code": red[0],
        "red_number": red[1],
        "amount": old.amount.decimal(),
        "reason": args.reason,
        "freed": list(old.gifts),
        "notices": [claim.id for claim in old.claims],
        "new_code": anew[0] if anew else None,
        "new_number": anew[1] if anew else None,
        **files,
    }
    return Answer(data, [facts("红字票据 red receipt", data)])


def _reverse(home: House, old: Receipt, args: Namespace) -> tuple[Number, Number | None]:
    codes = receipt_numbers.codes_of(home.runner, old.organisation)
    if not args.replace:
        red = home.ledger.receipts.reverse(
            args.code, args.number, codes, today(), correction_of(args)
        )
        return red, None
    asked = Asked(issued_on=today(), area=args.area, deductible=args.deductible)
    return home.ledger.receipts.replace(
        args.code, args.number, codes, asked, correction_of(args), payer_of(args)
    )


def _desk(home: House, charity: str, args: Namespace) -> ReceiptDesk | None:
    if not args.out or home.dry_run:
        return None
    return ReceiptDesk(home, charity, args.out, today())


def _printed(
    desk: ReceiptDesk, old: Receipt, red: Number, anew: Number | None
) -> dict[str, object]:
    """Print the red receipt and the new one; one whose name was erased is not printed."""
    found = desk.print_red(old.code, old.number, red)
    files: dict[str, object] = {"red_path": str(found.path) if found else None}
    if anew:
        (sheet,) = desk.print_known([anew])
        files["new_path"] = str(sheet.path)
    return files


def copy_receipt(args: Namespace) -> Answer:
    """Print a receipt again as a copy, from what was recorded when it was made out."""
    with home_of(args) as home:
        home.publish()
        known = home.ledger.streams.receipt(args.code, args.number)
        desk = ReceiptDesk(home, known.organisation, args.out, today())
        found = desk.print_known([(args.code, args.number)], copy=True)
        if not found:
            raise NameWasErased
    data: dict[str, object] = {
        "code": args.code,
        "number": args.number,
        "amount": known.amount.decimal(),
        "path": str(found[0].path),
    }
    return Answer(data, [facts("票据副本 copy", data)])


def exchange(args: Namespace) -> Answer:
    """Record that a paper receipt was handed out in place of the electronic one."""
    paper = (args.paper_code, args.paper_number)
    with home_of(args) as home:
        home.ledger.receipts.exchange(args.code, args.number, paper, today())
        home.publish()
    data: dict[str, object] = {"code": args.code, "number": args.number, "paper": " ".join(paper)}
    return Answer(data, [facts("已换开纸质票据 exchanged", data)])


def take_back(args: Namespace) -> Answer:
    """Record that the paper receipt came back and is void."""
    with home_of(args) as home:
        paper = home.ledger.receipts.take_back(args.code, args.number, today())
        home.publish()
    data: dict[str, object] = {"code": args.code, "number": args.number, "paper": " ".join(paper)}
    return Answer(data, [facts("纸质票据已收回 paper taken back", data)])


def record_official(args: Namespace) -> Answer:
    """Record the finance authority's own e-receipt for this one; its check code is sealed."""
    official = (args.official_code, args.official_number)
    with home_of(args) as home:
        home.ledger.receipts.record_official(
            args.code, args.number, official, args.check_code, args.on
        )
        home.publish()
    data: dict[str, object] = {
        "code": args.code,
        "number": args.number,
        "official": " ".join(official),
        "issued_on": args.on.isoformat(),
    }
    return Answer(data, [facts("已登记财政电子票据 official receipt", data)])


def waive(args: Namespace) -> Answer:
    """Record that a donor takes no receipt; with --out one is made out and kept on file."""
    with home_of(args) as home:
        home.ledger.receipts.waive(args.gift, args.reason)
        home.publish()
        kept = _kept_on_file(home, args) if args.out and not home.dry_run else None
    data: dict[str, object] = {"gift": args.gift, "reason": args.reason}
    if kept is not None:
        data |= {
            "receipt": f"{kept.code} {kept.number}" if isinstance(kept, IssuedReceipt) else None,
            "path": str(kept.path) if isinstance(kept, IssuedReceipt) else None,
            "not_issued": kept.reason if isinstance(kept, NotIssued) else None,
        }
    return Answer(data, [facts("捐赠人不领取票据 waived", data)])


def _kept_on_file(home: House, args: Namespace) -> Outcome:
    charity = home.ledger.streams.gift(args.gift).organisation
    desk = ReceiptDesk(home, charity, args.out, today())
    (outcome,) = desk.issue([args.gift], lambda _: None)
    return outcome


def show_receipt(args: Namespace) -> Answer:
    """Tell a receipt's life: made out, exchanged, deducted, void, replaced."""
    with home_of(args) as home:
        home.runner.catch_up()
        known = home.ledger.streams.receipt(args.code, args.number)
        story = [
            (row.leaf, codec.read(row.entry, home.recorder.origin())[1])
            for row in home.recorder.log_of([stream(args.code, args.number)])
            if row.entry is not None
        ]
    told = [(leaf, written(event.timestamp), life_words(event)) for leaf, event in story]
    data: dict[str, object] = {
        **state_of(known),
        "life": [{"leaf": leaf, "time": time, "says": says} for leaf, time, says in told],
    }
    shown = {name: value for name, value in data.items() if name != "life"}
    columns = ("序号 leaf>", "时间 time", "经过 what")
    return Answer(data, [facts("票据 receipt", shown), table("经过 life", columns, told)])
