"""Commands in: each method loads what it decides from, decides, and records in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce, wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from ledger.domain import funds, gifts, organisations, receipt_books, receipts
from ledger.domain.events import Event, GiftReceived, OpeningsErased
from ledger.domain.funds import Fund, Inflows
from ledger.domain.gifts import Gift
from ledger.domain.keeping import SourceRow, VaultRow
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.domain.payees import names_organisation
from ledger.domain.receipt_books import ReceiptBook
from ledger.domain.values import Exchange, Party, Payee, Source
from ledger.engine import Conflict, Engine
from ledger.errors import Refused, Unknown
from ledger.money import Money
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url

ATTEMPTS = 8
"""How often a command is decided anew when somebody else was faster."""

ERASED_AT_ONCE = 1000

P = ParamSpec("P")
T = TypeVar("T")


class OrganisationUnknown(Unknown):
    """No organisation is registered under that credit code."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"no organisation {organisation}; register it first (charity register)")


class FundUnknown(Unknown):
    """No fund has that id."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"no fund {fund}; open one first (fund open)")


class GiftUnknown(Unknown):
    """No gift has that id."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"no gift {gift}")


class PersonUnknown(Unknown):
    """The vault holds nothing on that person."""

    def __init__(self, person: str) -> None:
        super().__init__(f"nothing is kept on {person!r}: give a name just as it was recorded, "
                         "or the id of a gift")  # fmt: skip


class NotACharity(Refused):
    """Only charities hold funds and receipt books."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is no charity")


class OpeningKeeper(Protocol):
    """Keeps openings of sealed fields; a vault on disk is one."""

    def row(self, opening: Opening, stream: str, version: int, organisation: str) -> VaultRow:
        """Encrypt an opening for storage in the transaction of its event."""

    def named(self, value: str) -> list[VaultRow]:
        """Return the openings whose value is exactly `value`."""

    def of_streams(self, streams: Sequence[str]) -> list[VaultRow]:
        """Return the openings of the events in these streams."""

    def of_digests(self, digests: Iterable[str]) -> dict[str, Opening]:
        """Return the openings of these digests, as far as they are still there."""

    def sweep(self) -> None:
        """Give the space of erased openings back, so that no page keeps their bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveGift:
    """A gift of money as it came in; names and notes go to the vault, not into the event."""

    amount: Money
    donor: str | None
    received_on: date | None
    date_basis: str
    exchange: Exchange | None = None
    note: str | None = None
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PayOut:
    """A payment that was made: to whom, how much, when, and for what."""

    payee: str
    amount: Money
    paid_on: date | None
    purpose: str | None = None
    place: str | None = None
    source: Source | None = None


@dataclass(slots=True)
class Batch:
    """Events to record together, with the rows that belong beside them."""

    events: list[Event] = field(default_factory=list)
    openings: list[VaultRow] = field(default_factory=list)
    sources: list[SourceRow] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)


def retried(
    command: Callable[Concatenate[Ledger, P], T],
) -> Callable[Concatenate[Ledger, P], T]:
    """Decide anew when somebody else recorded in the same stream first."""

    @wraps(command)
    def attempt(self: Ledger, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return command(self, *args, **kwargs)
            except Conflict:
                continue
        return command(self, *args, **kwargs)

    return attempt  # type: ignore[return-value] # wraps() forgets that self comes by position


class Ledger:
    """One method per command: load, decide, record.

    `clock` tells the time in UTC, `ids` makes random ids, `random(n)` returns n random bytes. A
    dry run decides and refuses as always, and records nothing.
    """

    def __init__(
        self,
        engine: Engine,
        vault: OpeningKeeper,
        inflows: Inflows,
        clock: Callable[[], datetime],
        ids: Callable[[], str],
        random: Callable[[int], bytes],
        *,
        dry_run: bool = False,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._inflows = inflows
        self._clock = clock
        self._ids = ids
        self._random = random
        self._dry_run = dry_run

    # Organisations.

    @retried
    def found(self, name: str, kid: str, public: str) -> bool:
        """Record the ledger's first fact; tell whether it was new."""
        if self._find_organisation(AUTHORITY) is not None:
            return False
        self._record(Batch([organisations.found_ledger(name, kid, public, self._clock())]))
        return True

    @retried
    def register_charity(self, uscc: str, name: str, kid: str, public: str) -> bool:
        """Record a charity with its key; tell whether anything was new."""
        known, at = self._find_organisation(uscc), self._clock()
        batch = Batch()
        registered = organisations.register_charity(known, uscc, name, AUTHORITY, at)
        if registered:
            batch.events.append(registered)
            known = organisations.evolve(None, registered)
        assert known is not None, "registered just now or before"
        if kid not in known.keys:
            batch.events.append(organisations.register_key(known, kid, public, AUTHORITY, at))
        self._record(batch)
        return bool(batch.events)

    @retried
    def revoke_key(self, organisation: str, kid: str, reason: str) -> None:
        """Record that a key signs nothing more."""
        known = self.organisation(organisation)
        self._record(
            Batch([organisations.revoke_key(known, kid, reason, AUTHORITY, self._clock())])
        )

    @retried
    def grant_eligibility(
        self, organisation: str, first: date, last: date, notice: str, applicant_kind: int
    ) -> bool:
        """Record a period of eligibility; tell whether it was new."""
        granted = organisations.grant_eligibility(
            self._charity(organisation), first, last, notice, applicant_kind, AUTHORITY,
            self._clock(),
        )  # fmt: skip
        self._record(Batch([granted] if granted else []))
        return granted is not None

    @retried
    def cancel_eligibility(self, organisation: str, notice_date: date) -> date:
        """Record a cancel notice; return the first day without eligibility."""
        cancelled = organisations.cancel_eligibility(
            self._charity(organisation), notice_date, AUTHORITY, self._clock()
        )
        self._record(Batch([cancelled]))
        return cancelled.effective

    @retried
    def allot_numbers(self, organisation: str, code: str, first: int, last: int) -> bool:
        """Record a lot of receipt numbers; tell whether it was new."""
        self._charity(organisation)
        allotted = receipt_books.allot(
            self.book(code), organisation, first, last, AUTHORITY, self._clock()
        )
        self._record(Batch([allotted] if allotted else []))
        return allotted is not None

    # Funds.

    def open_fund(
        self, organisation: str, name: str, kind: str, purpose: str | None, place: str | None
    ) -> str:
        """Record a new fund; return its id."""
        self._charity(organisation)
        fund = f"fund-{self._ids()}"
        self._record(
            Batch([funds.open_fund(fund, organisation, name, kind, purpose, place, self._clock())])
        )
        return fund

    @retried
    def allocate(self, fund: str, to_fund: str, amount: Money, decided_by: str) -> None:
        """Move money from one fund to another."""
        allocated = funds.allocate(
            self.fund(fund), self._inflows, self.fund(to_fund), amount, decided_by, self._clock()
        )
        self._record(Batch([allocated]))

    @retried
    def propose(self, fund: str, payment: PayOut, proposed_by: str) -> str:
        """Ask that a payee be paid; return the disbursement's id."""
        disbursement, batch = f"disbursement-{self._ids()}", Batch()
        self._propose(self.fund(fund), disbursement, payment, proposed_by, batch)
        self._record(batch)
        return disbursement

    @retried
    def approve(self, fund: str, disbursement: str, approved_by: str) -> None:
        """Agree, as another person, that a proposed disbursement be paid."""
        known, at = self.fund(fund), self._clock()
        self._record(Batch([funds.approve(known, self._inflows, disbursement, approved_by, at)]))

    @retried
    def pay(self, fund: str, disbursement: str, paid_on: date | None) -> None:
        """Record that an approved disbursement has been paid."""
        self._record(Batch([funds.pay(self.fund(fund), disbursement, paid_on, self._clock())]))

    @retried
    def pay_out(
        self,
        organisation: str,
        fund: str,
        payments: Sequence[PayOut],
        proposed_by: str,
        approved_by: str,
    ) -> list[str | Refused]:
        """Record payments that were proposed, approved by another person and paid.

        Returns for each its disbursement's id, or the refusal: the others are recorded.
        """
        known, batch = self.fund_of(fund, organisation), Batch()
        outcomes: list[str | Refused] = []
        for payment in payments:
            disbursement, one = f"disbursement-{self._ids()}", Batch()
            try:
                proposed = self._propose(known, disbursement, payment, proposed_by, one)
                known = self._settle(proposed, disbursement, payment.paid_on, approved_by, one)
            except Refused as refusal:
                outcomes.append(refusal)
                continue
            batch.events += one.events
            batch.openings += one.openings
            batch.sources += one.sources
            outcomes.append(disbursement)
        self._record(batch)
        return outcomes

    def _settle(
        self, fund: Fund, disbursement: str, paid_on: date | None, approved_by: str, batch: Batch
    ) -> Fund:
        at = self._clock()
        approved = funds.approve(fund, self._inflows, disbursement, approved_by, at)
        fund = funds.evolve(fund, approved)
        paid = funds.pay(fund, disbursement, paid_on, at)
        batch.events += [approved, paid]
        return funds.evolve(fund, paid)

    def _propose(
        self, fund: Fund, disbursement: str, payment: PayOut, proposed_by: str, batch: Batch
    ) -> Fund:
        named = payment.payee if names_organisation(payment.payee) else None
        openings = [] if named else [self._opening("name", payment.payee)]
        if payment.purpose and payment.purpose != fund.purpose and not fund.purpose:
            openings.append(self._opening("purpose", payment.purpose))
        payee = Payee(id=self._ids(), organisation=named, sealed=_digests(openings))
        proposed = funds.propose(
            fund,
            self._inflows,
            disbursement,
            payee,
            payment.amount,
            payment.purpose if fund.purpose else None,
            payment.place,
            proposed_by,
            payment.source,
            self._clock(),
        )
        batch.events.append(proposed)
        self._keep(batch, openings, proposed)
        _keep_source(batch, payment.source, fund.organisation, fund.id)
        return funds.evolve(fund, proposed)

    @retried
    def return_gift(self, gift: str, amount: Money, reason: str, decided_by: str) -> None:
        """Give unspent money of a gift back; the gift itself stays on the ledger."""
        known = self.gift(gift)
        gifts.returnable(known)
        fund = self.fund(known.fund)
        self._record(
            Batch(
                [
                    funds.return_gift(
                        fund, self._inflows, gift, amount, reason, decided_by, self._clock()
                    )
                ]
            )
        )

    # Gifts.

    def receive_gifts(
        self, organisation: str, fund: str, received: Sequence[ReceiveGift]
    ) -> list[str]:
        """Record gifts into a fund of the organisation, all or none; return their ids."""
        known = self.fund_of(fund, organisation)
        batch = Batch()
        for one in received:
            self._receive(known, organisation, one, batch)
        self._record(batch)
        return [event.originator_id for event in batch.events]

    def _receive(self, fund: Fund, organisation: str, received: ReceiveGift, batch: Batch) -> None:
        gift = f"gift-{self._ids()}"
        names = [self._opening("name", received.donor)] if received.donor else []
        notes = [self._opening("note", received.note)] if received.note else []
        event = gifts.receive(
            gift,
            fund,
            organisation,
            received.amount,
            received.exchange,
            Party(id=self._ids(), sealed=_digests(names)) if names else None,
            received.received_on,
            received.date_basis,
            received.source,
            _digests(notes),
            self._clock(),
        )
        batch.events.append(event)
        self._keep(batch, [*names, *notes], event)
        _keep_source(batch, received.source, organisation, gift)

    @retried
    def identify_donor(self, gift: str, donor: str, evidence: str) -> None:
        """Record whose a gift in suspense was; `evidence` is a document's digest or number."""
        name = self._opening("name", donor)
        party = Party(id=self._ids(), sealed=(name.digest,))
        identified = gifts.identify_donor(self.gift(gift), party, evidence, self._clock())
        batch = Batch([identified])
        self._keep(batch, [name], identified)
        self._record(batch)

    # Receipts.

    @retried
    def issue_receipts(
        self, organisation: str, asked: Sequence[str], codes: Sequence[str], issued_on: date
    ) -> dict[str, tuple[str, str] | Refused]:
        """Make out one receipt for each gift, numbers and receipts in one commit.

        Returns by gift the code and number, or why there is none.
        """
        issuer = self._charity(organisation)
        outcomes: dict[str, tuple[str, str] | Refused] = {}
        ready = [g for g in map(self.gift, asked) if self._receiptable(g, issuer, outcomes)]
        batch = Batch()
        numbers = self._draw(organisation, codes, len(ready), batch)
        names = self._vault.of_digests(d for g in ready if g.donor for d in g.donor.sealed)
        holders = {g.fund: self.fund(g.fund) for g in ready}
        for gift, (code, number) in zip(ready, numbers, strict=True):
            assert gift.donor is not None, "only gifts with a donor are ready"
            payer = next(names[d].value for d in gift.donor.sealed if d in names)
            returned = holders[gift.fund].returned.get(gift.id, 0)
            self._issue(gift, issuer, code, number, payer, returned, issued_on, batch)
            outcomes[gift.id] = (code, number)
        self._record(batch)
        return outcomes

    def _receiptable(
        self, gift: Gift, issuer: Organisation, outcomes: dict[str, tuple[str, str] | Refused]
    ) -> bool:
        try:
            if gift.organisation != issuer.id:
                raise gifts.FundOfAnotherCharity(gift.fund, gift.organisation, issuer.id)
            gifts.receiptable(gift)
            if self.fund(gift.fund).returned.get(gift.id, 0) >= gift.booked.minor:
                raise gifts.NotReceiptable("it was returned")
            if not self._vault.of_digests(gift.donor.sealed if gift.donor else ()):
                raise gifts.NotReceiptable("the donor's name was erased")
        except Refused as refusal:
            outcomes[gift.id] = refusal
            return False
        return True

    def _draw(
        self, organisation: str, codes: Sequence[str], count: int, batch: Batch
    ) -> list[tuple[str, str]]:
        numbers: list[tuple[str, str]] = []
        for code in codes:
            book = self.book(code)
            here = min(book.left(organisation), count - len(numbers))
            for drawn in receipt_books.draw(book, organisation, here, self._clock()):
                batch.events.append(drawn)
                numbers += [(code, f"{n:010d}") for n in range(drawn.first, drawn.last + 1)]
        if len(numbers) < count:
            raise receipt_books.NumbersUsedUp(organisation, count, len(numbers))
        return numbers

    def _issue(
        self,
        gift: Gift,
        issuer: Organisation,
        code: str,
        number: str,
        payer: str,
        returned: int,
        issued_on: date,
        batch: Batch,
    ) -> None:
        at = self._clock()
        openings = [
            self._opening("name", payer),
            self._opening("check_code", receipts.check_code(self._below)),
        ]
        party = Party(id=self._ids(), sealed=_digests(openings))
        issued = receipts.issue(gift, issuer, code, number, party, returned, issued_on, at)
        batch.events += [issued, gifts.mark_receipted(gift, code, number, at)]
        self._keep(batch, openings, issued)

    # People.

    def erase(self, person: str, ground: str) -> list[VaultRow]:
        """Erase what the vault keeps on a person, by name or by the id of a gift of theirs."""
        openings = self._openings_on(person)
        if not openings:
            raise PersonUnknown(person)
        for organisation in sorted({o.organisation for o in openings}):
            digests = [o.digest for o in openings if o.organisation == organisation]
            for first in range(0, len(digests), ERASED_AT_ONCE):
                self._erase(organisation, digests[first : first + ERASED_AT_ONCE], ground)
        if not self._dry_run:
            self._vault.sweep()
        return openings

    def _erase(self, organisation: str, digests: list[str], ground: str) -> None:
        erased = OpeningsErased(
            originator_id=f"erasure-{self._ids()}",
            originator_version=1,
            timestamp=self._clock(),
            actor=organisation,
            digests=tuple(digests),
            ground=organisations.printable_name(ground),
        )
        self._record(Batch([erased], erased=digests))

    def _openings_on(self, person: str) -> list[VaultRow]:
        if person.startswith("gift-"):
            found = self._vault.of_streams([person])
        else:
            found = self._vault.named(person)
        streams = {s for o in found for s in self._story_of(o.stream)}
        whole = self._vault.of_streams(sorted(streams))
        return list({o.digest: o for o in (*found, *whole)}.values())

    def _story_of(self, stream: str) -> list[str]:
        if stream.startswith("receipt-"):
            stream = self._engine.history(stream)[0].gift
        if not stream.startswith("gift-"):
            return []
        receipt = self.gift(stream).receipt
        return [stream, receipts.stream(*receipt)] if receipt else [stream]

    # What decisions are made from.

    def organisation(self, organisation: str) -> Organisation:
        """Return an organisation, from its stream."""
        found = self._find_organisation(organisation)
        if found is None:
            raise OrganisationUnknown(organisation)
        return found

    def fund(self, fund: str) -> Fund:
        """Return a fund, from its stream."""
        history = self._engine.history(fund) if fund.startswith("fund-") else []
        if not history:
            raise FundUnknown(fund)
        return reduce(funds.evolve, history[1:], funds.evolve(None, history[0]))

    def gift(self, gift: str) -> Gift:
        """Return a gift, from its stream."""
        history = self._engine.history(gift) if gift.startswith("gift-") else []
        if not history:
            raise GiftUnknown(gift)
        return reduce(gifts.evolve, history[1:], gifts.evolve(None, history[0]))

    def received(self, gift: str) -> GiftReceived:
        """Return the fact that opened a gift's story."""
        self.gift(gift)
        event: GiftReceived = self._engine.history(gift)[0]
        return event

    def book(self, code: str) -> ReceiptBook:
        """Return the lots of a receipt code, from its stream."""
        receipt_books.receipt_code(code)
        history = self._engine.history(receipt_books.stream(code))
        return reduce(receipt_books.evolve, history, ReceiptBook(code))

    def _charity(self, organisation: str) -> Organisation:
        found = self.organisation(organisation)
        if found.kind != "charity":
            raise NotACharity(organisation)
        return found

    def fund_of(self, fund: str, organisation: str) -> Fund:
        """Return a fund of this charity; refuse a fund of another one."""
        self._charity(organisation)
        found = self.fund(fund)
        if found.organisation != organisation:
            raise gifts.FundOfAnotherCharity(fund, found.organisation, organisation)
        return found

    def _find_organisation(self, organisation: str) -> Organisation | None:
        history = self._engine.history(organisations.stream(organisation))
        found: Organisation | None = None
        for event in history:
            found = organisations.evolve(found, event)
        return found

    # Recording.

    def _record(self, batch: Batch) -> None:
        if batch.events and not self._dry_run:
            beside = {
                "openings": batch.openings, "sources": batch.sources, "erased": batch.erased
            }  # fmt: skip
            self._engine.record(batch.events, beside)

    def _opening(self, name: str, value: str) -> Opening:
        return Opening(b64url(self._random(16)), name, value)

    def _keep(self, batch: Batch, openings: Sequence[Opening], event: Event) -> None:
        batch.openings += [
            self._vault.row(o, event.originator_id, event.originator_version, event.actor)
            for o in openings
        ]

    def _below(self, limit: int) -> int:
        return int.from_bytes(self._random(8), "big") % limit


def _digests(openings: Sequence[Opening]) -> tuple[str, ...]:
    return tuple(sorted(o.digest for o in openings))  # RFC 9901 4.2.4.1: not in the fields' order


def _keep_source(batch: Batch, source: Source | None, organisation: str, stream: str) -> None:
    if source is not None:
        batch.sources.append(
            SourceRow(source.identity, organisation, source.listing, source.content, stream)
        )
