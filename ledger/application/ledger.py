"""The ledger's one door for everything that is recorded: commands, by what they act on."""

from __future__ import annotations

from ledger.application.asked import Asked
from ledger.application.batch import OpeningKeeper
from ledger.application.claims import ClaimCommands
from ledger.application.corrections import CorrectionCommands
from ledger.application.credits import CreditCommands
from ledger.application.desk import Desk
from ledger.application.disbursements import DisbursementCommands
from ledger.application.donors import DonorCommands
from ledger.application.funds import FundCommands
from ledger.application.gifts import GiftCommands
from ledger.application.namings import NamingCommands
from ledger.application.organisations import OrganisationCommands
from ledger.application.people import PeopleCommands
from ledger.application.periods import PeriodCommands
from ledger.application.pledges import PledgeCommands
from ledger.application.receiptable import ReceiptableGifts
from ledger.application.receipts import ReceiptCommands
from ledger.application.services import ServiceCommands


class Ledger:
    """Each command loads what it decides from, decides, and records in one commit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.streams = desk.streams
        self.organisations = OrganisationCommands(desk)
        self.funds = FundCommands(desk)
        self.disbursements = DisbursementCommands(desk)
        self.gifts = GiftCommands(desk)
        self.corrections = CorrectionCommands(desk)
        self.receipts = ReceiptCommands(desk)
        self.receiptable = ReceiptableGifts(desk)
        self.people = PeopleCommands(desk)
        self.periods = PeriodCommands(desk)
        self.naming = NamingCommands(desk)
        self.pledges = PledgeCommands(desk)
        self.credits = CreditCommands(desk)
        self.services = ServiceCommands(desk)
        self.claims = ClaimCommands(desk)
        self.donors = DonorCommands(desk)

    def asked(self, asked: Asked, vault: OpeningKeeper, *, dry_run: bool = False) -> Ledger:
        """Return this ledger for one request of an account, which records only what it may.

        `vault` writes down that the account read from it.

        A dry run decides and refuses as always, and records nothing.
        """
        return Ledger(self._desk.asked(asked, vault, dry_run=dry_run))
