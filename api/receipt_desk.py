"""Makes out receipts: decided by the ledger, proved by the log, printed and sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from api.evidence import Evidence, ReceiptEvidence
from api.receipt_pages import Naming, Red, draft_of, page_of
from api.wiring import House
from api.words import in_short, in_words
from ledger.application import Payer
from ledger.application.receiptable import Standing
from ledger.domain import receipts
from ledger.domain.events import ReceiptIssued
from ledger.domain.gifts import AlreadyReceipted, Gift, NameWasErased
from ledger.domain.receipts import ANONYMOUS, Asked, Kept
from ledger.errors import Refused
from ledger.money import Money
from projections import directory, receipt_numbers
from receipts import qr
from receipts.pades import Signer
from receipts.pdf import GlyphMissing, missing_glyphs, render
from receipts.press import FEW, Press, Sheet

BATCH = 500
LONG_NAME = 40
"""A name of more characters is tried on a page of its own before a number is drawn for it."""

DRY_RUN = "试运行，未开具 (dry run)"

Number = tuple[str, str]


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A new receipt, and the file it lies in; `booked` is the gift as it was booked."""

    gift: str
    code: str
    number: str
    check_code: str
    amount: str
    path: Path
    booked: Money


@dataclass(frozen=True, slots=True)
class NotIssued:
    """A gift for which no receipt was made out now, and why; `printed` if its file was missing."""

    gift: str
    reason: str
    short: str
    booked: Money
    printed: bool = False


Outcome = IssuedReceipt | NotIssued


class ReceiptDesk:
    """Issues the receipts of one charity into a folder, printing over `jobs` processes."""

    def __init__(
        self,
        house: House,
        charity: str,
        folder: Path,
        issued_on: date,
        payer: Payer | None = None,
        area: str | None = None,
        *,
        deductible: bool = False,
        jobs: int = 1,
    ) -> None:
        self._house = house
        self._charity = charity
        self._folder = folder
        self._asked = Asked(issued_on=issued_on, area=area, deductible=deductible)
        self._payer = payer
        self._jobs = jobs
        self._issuer = house.ledger.streams.organisation(charity)
        self._code_signer = house.code_signer(charity)
        self._funds = {f.fund: f.name for f in directory.funds(house.runner, charity)}
        self._tried: set[tuple[str, ...]] = set()

    def issue(self, gifts: Sequence[str], progress: Callable[[int], None]) -> Iterator[Outcome]:
        """Issue a receipt for each gift that has none; print again what lacks its file.

        Each batch is one commit, and its files lie in the folder before the next one begins: a
        run that was killed is gone on with by running it again.
        """
        with self.press(len(gifts)) as press:
            for first in range(0, len(gifts), BATCH):
                batch = gifts[first : first + BATCH]
                yield from self._issue_batch(batch, press)
                progress(len(batch))

    @cached_property
    def _signer(self) -> Signer:
        """What signs the charity's documents; a new key is registered before evidence is asked."""
        return self._house.document_signer(self._charity)

    def press(self, pages: int) -> AbstractContextManager[Press]:
        """Return what prints so many pages; the charity's document key is registered if needed."""
        jobs = min(self._jobs, pages // FEW)
        return Press(self._signer, jobs)

    def _issue_batch(self, gifts: Sequence[str], press: Press) -> Iterator[Outcome]:
        self._house.runner.catch_up()
        known = {gift: self._house.ledger.streams.gift(gift) for gift in gifts}
        refused = self._refused(list(known.values()))
        outcomes: dict[str, Number | Refused] = self._house.ledger.receipts.issue_receipts(
            self._charity,
            [g for g in known if g not in refused],
            receipt_numbers.codes_of(self._house.runner, self._charity),
            self._asked.issued_on,
            self._asked.area,
            self._payer,
            deductible=self._asked.deductible,
        )
        outcomes |= refused
        if self._house.dry_run:
            yield from (_not_issued(known[g], outcomes[g]) for g in known)
            return
        self._house.publish()
        yield from self._printed(known, outcomes, press)

    def _printed(
        self, known: dict[str, Gift], outcomes: dict[str, Number | Refused], press: Press
    ) -> Iterator[Outcome]:
        """Print what was made out now, and what lacks its file; tell of each gift in order."""
        evidence = Evidence(self._house, self._charity)
        numbers = [number for one in outcomes.values() if (number := _number(one))]
        self._house.vault.announce(receipts.stream(*number) for number in numbers)
        whose: dict[Path, str] = {}
        told: dict[str, Outcome] = {}
        sheets = self._sheets(evidence, outcomes, whose)
        for sheet, refusal in press.print_all(sheets):
            gift = whose.pop(sheet.path)
            told[gift] = self._told(known[gift], outcomes[gift], sheet, refusal)
        for gift, one in known.items():
            yield told.get(gift) or _not_issued(one, _unmade(outcomes[gift]))

    def _sheets(
        self, evidence: Evidence, outcomes: dict[str, Number | Refused], whose: dict[Path, str]
    ) -> Iterator[Sheet]:
        for gift, outcome in outcomes.items():
            number = _number(outcome)
            if number is None:
                continue
            path = self.path_of(*number)
            if path in whose or (isinstance(outcome, Refused) and path.exists()):
                continue
            found = evidence.of_receipt(*number)
            if found.names:
                whose[path] = gift
                yield self.sheet(found, path)

    def _told(
        self, gift: Gift, outcome: Number | Refused, sheet: Sheet, refusal: Refused | None
    ) -> Outcome:
        if refusal is not None:  # the others of the batch are printed all the same
            return _not_issued(gift, refusal)
        if isinstance(outcome, Refused):
            return _not_issued(gift, outcome, printed=True)
        page = sheet.page
        return IssuedReceipt(
            gift.id, page.code, page.number, page.check_code, page.amount.decimal(), sheet.path,
            gift.booked,
        )  # fmt: skip

    def path_of(self, code: str, number: str, mark: str = "") -> Path:
        """Return the file of a receipt."""
        return self._folder / f"{code}-{number}{mark}.pdf"

    def sheet(self, found: ReceiptEvidence, path: Path, *, copy: bool = False) -> Sheet:
        """Return the page of a receipt with its proof, ready for print."""
        known = self._house.ledger.streams.receipt(found.receipt.code, found.receipt.number)
        portal = self._house.settings.address
        page = page_of(found, self._funds, self._qr(found), known, copy=copy, portal=portal)
        return Sheet(path, page, found.bundle.encode())

    def print_known(self, numbers: Sequence[Number], *, copy: bool = False) -> list[Sheet]:
        """Print receipts that were made out, as copies or for the first time.

        One whose name was erased is left out. What was recorded last must be published.
        """
        evidence = self._evidence()
        found = [(number, evidence.of_receipt(*number)) for number in numbers]
        mark = "-copy" if copy else ""
        sheets = [
            self.sheet(one, self.path_of(*number, mark), copy=copy)
            for number, one in found
            if one.names
        ]
        return self._print(sheets)

    def print_red(self, code: str, number: str, red: Number) -> Sheet | None:
        """Print the red receipt that voids another one; None if its name was erased."""
        found = self._evidence().of_receipt(code, number)
        if not found.names:
            return None
        said = Red(*red, self._asked.issued_on)
        portal = self._house.settings.address
        page = page_of(found, self._funds, self._qr(found), red=said, portal=portal)
        (sheet,) = self._print([Sheet(self.path_of(*red), page, found.bundle.encode())])
        return sheet

    def _evidence(self) -> Evidence:
        self._house.document_signer(self._charity)  # what it registers is part of the evidence
        return Evidence(self._house, self._charity)

    def _print(self, sheets: list[Sheet]) -> list[Sheet]:
        with self.press(len(sheets)) as press:
            for _, refusal in press.print_all(sheets):
                if refusal is not None:
                    raise refusal
        return sheets

    def _qr(self, found: ReceiptEvidence) -> str:
        if isinstance(found.receipt, ReceiptIssued):
            return found.qr
        return qr.payload(found.elements, self._code_signer)

    def _refused(self, known: Sequence[Gift]) -> dict[str, Refused]:
        """Return, by gift, why a page can't be printed, before a number is drawn for it."""
        own = [gift for gift in known if gift.organisation == self._charity]
        funds = {f: self._house.ledger.streams.fund(f) for f in {gift.fund for gift in own}}
        sealed = [d for gift in own if gift.donor and not gift.receipt for d in gift.donor.sealed]
        names = {d: o.value for d, o in self._house.vault.of_digests(sealed).items()}
        found = {g.id: self._unprintable(Kept(g, funds[g.fund]), names) for g in own}
        return {gift: why for gift, why in found.items() if why}

    def _unprintable(self, kept: Kept, names: Mapping[str, str]) -> Refused | None:
        gift = kept.gift
        if gift.receipt:
            return AlreadyReceipted(*gift.receipt)
        sealed = gift.donor.sealed if gift.donor else ()
        try:
            for name in [names[d] for d in sealed if d in names] or [ANONYMOUS]:
                self.try_page(kept, name)
        except Refused as refusal:
            return refusal
        return None

    def try_gift(self, gift: str, members: Sequence[str] = ()) -> None:
        """Refuse a gift or members whose page can't be printed, before a number is drawn."""
        if missing := missing_glyphs("".join(members)):
            raise GlyphMissing(missing)
        for refusal in self._refused([self._house.ledger.streams.gift(gift)]).values():
            raise refusal

    def try_lines(self, ready: Sequence[Standing], name: str) -> None:
        """Refuse gifts of which no page can be printed, as far as it can be told line by line."""
        for one in ready:
            self.try_page(Kept(one.gift, self._house.ledger.streams.fund(one.gift.fund)), name)

    def try_page(self, kept: Kept, name: str) -> None:
        """Refuse a name that the page can't bear: a glyph that is missing, or too many."""
        said = self._payer or Payer(name)
        naming = Naming(name, said.address, said.taxpayer)
        if missing := missing_glyphs(name + (naming.address or "")):
            raise GlyphMissing(missing)
        origin, portal = self._house.recorder.origin(), self._house.settings.address
        draft = draft_of(kept, naming, self._issuer, self._funds, self._asked, origin, portal)
        public = (
            draft.fund, draft.item, draft.remark, draft.eligibility.partition("）")[2],
            draft.held or "", draft.replaces or "", str(bool(draft.withheld)),
        )  # fmt: skip
        if public in self._tried and len(name) <= LONG_NAME:
            return
        render(draft, b"{}", self._signer)
        self._tried.add(public)


def _number(outcome: Number | Refused) -> Number | None:
    if isinstance(outcome, AlreadyReceipted):
        return outcome.code, outcome.number
    return None if isinstance(outcome, Refused) else outcome


def _unmade(outcome: Number | Refused) -> Number | Refused:
    """Return why a receipt that was just made out has no file: its name went meanwhile."""
    return outcome if isinstance(outcome, Refused) else NameWasErased()


def _not_issued(gift: Gift, outcome: Number | Refused, *, printed: bool = False) -> NotIssued:
    """Say why there is no new receipt; in a dry run the number was not really drawn."""
    if isinstance(outcome, Refused):
        return NotIssued(gift.id, in_words(outcome), in_short(outcome), gift.booked, printed)
    return NotIssued(gift.id, DRY_RUN, DRY_RUN, gift.booked)
