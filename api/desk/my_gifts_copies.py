"""A receipt printed again for its donor, as a copy: from what was recorded when it was made out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from api.desk.my_gifts import check_own, receipts_of
from api.people.limits import Limits, Rate
from api.receipt_desk import ReceiptDesk
from api.wiring import House
from ledger.application.asked import Asked
from ledger.domain.acting import Acting
from ledger.domain.gifts import NameWasErased
from ledger.domain.receipts import ReceiptUnknown
from projections.directory import DIRECTORY

PRINTS = Rate(burst=10, per_s=0.1)
"""Of one account: a page takes the processor a while."""


def copy_of(
    house: House, limits: Limits, acting: Acting, gift: str, number: tuple[str, str], today: date
) -> bytes:
    """Return the PDF of a receipt of the account's own gift, marked as a copy.

    What of the vault is printed on it is written down as read by the account. Raises
    `NotTheDonor`, `ReceiptUnknown`, `NameWasErased`, or `ReceiptsNeedTheKey` where the issuer's key
    is held elsewhere.
    """
    check_own(house, acting, gift)
    found = receipts_of(house, house.ledger.streams.facts(gift))
    if number not in {(one.receipt.code, one.receipt.number) for one in found}:
        raise ReceiptUnknown(*number)
    limits.take(f"print {acting.account}", PRINTS)
    house.publish()
    house.runner.follow(DIRECTORY)
    known = house.ledger.streams.gift(gift)
    house.document_signer(known.organisation)
    with TemporaryDirectory(prefix="copy-") as folder:
        desk = ReceiptDesk(house.of_request(Asked(acting)), known.organisation, Path(folder), today)
        sheets = desk.print_known([number], copy=True)
        if not sheets:
            raise NameWasErased
        return sheets[0].path.read_bytes()
