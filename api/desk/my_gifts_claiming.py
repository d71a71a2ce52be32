"""A donor shows that a receipt is hers, by what only its holder knows; its gifts become her own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.people.house import People
from api.wiring import House
from ledger.application.asked import Asked
from ledger.domain.acting import Acting
from ledger.domain.permissions import DONOR
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import stream, well_formed
from ledger.errors import Refused, Unknown, Unreadable
from ledger.money import Money
from receipts.elements import Five
from receipts.status import StatusList
from receipts.verdict import Verdict
from receipts.verify import Verifier

FREE_OF_ACCOUNT, FREE_OF_RECEIPT, FREE_OF_PLACE = 5, 5, 30
"""Failures that cost no wait: of one account, of one receipt from anywhere, of one address."""

CHECK_CODE = "check_code"
PROVED = frozenset({"valid", "not_eligible", "reversed", "replaced"})
"""Results of a file whose evidence holds, whatever became of the receipt."""


class ReceiptNotShown(Refused):
    """What was typed is not what a receipt of this ledger says; it is not told what differs."""

    def __init__(self) -> None:
        super().__init__(
            "没有这样一张票据，或所填五项与票面不一致；请照票面逐项核对 "
            "(there is no such receipt, or one of the five is not what it says: compare all five)"
        )


class FileNotShown(Refused):
    """A file is no receipt that proves itself."""

    def __init__(self) -> None:
        super().__init__(
            "这不是可以自证的票据文件；请上传原始 PDF，或照票面填写五项 "
            "(this file is no receipt that proves itself: send the PDF as you got it, or type the "
            "five elements)"
        )


class ReceiptStandsNoMore(Refused):
    """A receipt that was reversed shows nothing any more."""

    def __init__(self) -> None:
        super().__init__(
            "这张票据已冲红，不能再用来认领；请用换开的新票据，或联系受赠慈善组织 "
            "(this receipt was reversed and shows nothing any more: use the one made out in its "
            "place, or ask the charity)"
        )


class NoDonorsAccount(Refused):
    """Gifts are claimed by donors, in accounts that belong to no organisation."""

    def __init__(self) -> None:
        super().__init__("只有捐赠人账号可以认领捐赠 (only an account of a donor can claim gifts)")


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: the account as it acts, and the address it asks from."""

    acting: Acting
    place: str


def check_donor(acting: Acting) -> Acting:
    """Return the account, if it is a donor's; refuse any other."""
    if acting.organisation or not DONOR & acting.roles:
        raise NoDonorsAccount
    return acting


def claim(people: People, who: Claimant, five: Five) -> list[str]:
    """Bind the gifts of a receipt to the account that typed its five elements; return them.

    Each attempt counts as failed until it is shown to be right, and a right one takes back no
    more than itself: whoever holds one receipt can't use it to go on guessing another's.
    """
    check_donor(who.acting)
    counted = _counted(who, five)
    for whose, free in counted:
        people.attempts.begin(whose, free)
    receipt = shown(people.house, who.acting, five)
    for whose, _ in counted:
        people.attempts.succeeded(whose, all_of_it=False)
    people.accounts.bind_gift(who.acting.account, *receipt.gifts)
    return list(receipt.gifts)


def _counted(who: Claimant, five: Five) -> list[tuple[str, int]]:
    return [
        (f"claim {who.acting.account}", FREE_OF_ACCOUNT),
        (f"receipt {five.code} {five.number}", FREE_OF_RECEIPT),
        (f"place {who.place}", FREE_OF_PLACE),
    ]


def shown(house: House, acting: Acting, five: Five) -> Receipt:
    """Return the receipt that the five elements are of; the answer never tells which was wrong.

    1. They are written as those of a receipt are.
    2. The ledger has that receipt, of that day and amount.
    3. The vault has an opening of that receipt whose value is the check code. It is found closed,
       by a keyed digest, and only then opened, as read by the account: another field of the
       receipt could have the same value.
    4. The receipt stands.
    """
    try:
        well_formed(five.code, five.number, five.check_code)  # 1
        receipt = house.ledger.streams.receipt(five.code, five.number)  # 2
    except (Refused, Unknown, Unreadable):
        raise ReceiptNotShown from None
    if (receipt.issued_on, receipt.amount) != (five.issued_on, five.amount):
        raise ReceiptNotShown
    if not _has_check_code(house, acting, five, receipt):  # 3
        raise ReceiptNotShown
    if receipt.red is not None:  # 4
        raise ReceiptStandsNoMore
    return receipt


def _has_check_code(house: House, acting: Acting, five: Five, receipt: Receipt) -> bool:
    vault, own = house.of_request(Asked(acting)).vault, stream(receipt.code, receipt.number)
    found = [row for row in vault.named(five.check_code) if row.stream == own and row.version == 1]
    return any(one.name == CHECK_CODE for one in vault.open_all(found).values())


def five_of_file(house: House, data: bytes, status: StatusList | None) -> Five:
    """Return the five elements of a receipt's own file, once its evidence was proved."""
    verdict = Verifier(house.trust(), status).verify(data)
    said = verdict.receipt
    if verdict.result not in PROVED or not all(said.get(name) for name in ("code", CHECK_CODE)):
        raise FileNotShown
    return _five(verdict)


def _five(verdict: Verdict) -> Five:
    said = verdict.receipt
    return Five(
        code=said["code"],
        number=said["number"],
        check_code=said[CHECK_CODE],
        issued_on=date.fromisoformat(said["issued_on"]),
        amount=Money.parse(said["amount"]),
    )
