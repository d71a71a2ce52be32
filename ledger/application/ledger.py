"""Commands in: each method loads what it decides from, decides, and records in one commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import wraps
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

from ledger.application.batch import Batch, HeldInflows, OpeningKeeper, Sealer, digests
from ledger.application.requests import PayOut, ReceiveGift
from ledger.application.streams import Streams
from ledger.domain import funds, gifts, organisations, receipt_books, receipts
from ledger.domain.events import (
    GiftReceipted,
    GiftReceived,
    GiftReturned,
    OpeningsErased,
)
from ledger.domain.funds import Fund, Inflows
from ledger.domain.gifts import Gift
from ledger.domain.keeping import Unless, VaultRow
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.domain.payees import names_organisation
from ledger.domain.values import Party, Payee
from ledger.engine import Conflict, Engine
from ledger.errors import Refused, Unknown
from ledger.money import Money
from ledger.proof.disclosure import Opening

ATTEMPTS = 8
"""How often a command is decided anew when somebody else was faster."""

ERASED_AT_ONCE = 1000
LARGE_SUM = 10**11
GROUNDS = ("request of the person", "retention period over", "recorded by mistake")

P = ParamSpec("P")
T = TypeVar("T")


class PersonUnknown(Unknown):
    """The vault holds nothing on that person."""

    def __init__(self, person: str) -> None:
        super().__init__(f"nothing is kept on {person!r}: give a name just as it was recorded, "
                         "or the id of a gift")  # fmt: skip


class SeveralPeople(Refused):
    """A name is borne by several gifts, which may be several people's."""

    def __init__(self, person: str, stories: Sequence[str]) -> None:
        super().__init__(
            f"{len(stories)} gifts or payments bear the name {person!r}; erase one by the id of "
            f"its gift ({', '.join(stories[:5])}), or all of them with --namesakes"
        )


class GroundUnknown(Refused):
    """Erasure has one of a few grounds; free text could name the very person."""

    def __init__(self, ground: str) -> None:
        super().__init__(f"ground {ground!r} is none of: {'; '.join(GROUNDS)}")


def retried(
    command: Callable[Concatenate[Ledger, P], T],
) -> Callable[Concatenate[Ledger, P], T]:
    """Decide anew when somebody else recorded in the same stream first.

    Who was overtaken tries again in line: in a crowd most attempts would fail otherwise.
    """

    @wraps(command)
    def attempt(self: Ledger, *args: P.args, **kwargs: P.kwargs) -> T:
        with suppress(Conflict):
            return command(self, *args, **kwargs)
        with self._line:
            for _ in range(ATTEMPTS - 2):
                with suppress(Conflict):
                    return command(self, *args, **kwargs)
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
        self._sealer = Sealer(vault, random)
        self.streams = Streams(engine)
        self._inflows = inflows
        self._clock = clock
        self._ids = ids
        self._random = random
        self._dry_run = dry_run
        self._line = RLock()

    # Organisations.

    @retried
    def found(self, name: str, kid: str, public: str) -> bool:
        """Record the ledger's first fact; tell whether it was new."""
        if self.streams.find_organisation(AUTHORITY) is not None:
            return False
        self._record(Batch([organisations.found_ledger(name, kid, public, self._clock())]))
        return True

    def check_charity(self, uscc: str, name: str) -> None:
        """Refuse a registration that would be refused, before a key is made for it."""
        known = self.streams.find_organisation(uscc)
        organisations.register_charity(known, uscc, name, AUTHORITY, self._clock())

    @retried
    def register_charity(self, uscc: str, name: str, kid: str, public: str) -> bool:
        """Record a charity with its key; tell whether anything was new."""
        known, at = self.streams.find_organisation(uscc), self._clock()
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
        known = self.streams.organisation(organisation)
        self._record(
            Batch([organisations.revoke_key(known, kid, reason, AUTHORITY, self._clock())])
        )

    @retried
    def grant_eligibility(
        self, organisation: str, first: date, last: date, notice: str, applicant_kind: int
    ) -> bool:
        """Record a period of eligibility; tell whether it was new."""
        granted = organisations.grant_eligibility(
            self.streams.charity(organisation), first, last, notice, applicant_kind, AUTHORITY,
            self._clock(),
        )  # fmt: skip
        self._record(Batch([granted] if granted else []))
        return granted is not None

    @retried
    def cancel_eligibility(self, organisation: str, notice_date: date) -> date:
        """Record a cancel notice; return the first day without eligibility."""
        cancelled = organisations.cancel_eligibility(
            self.streams.charity(organisation), notice_date, AUTHORITY, self._clock()
        )
        self._record(Batch([cancelled]))
        return cancelled.effective

    @retried
    def allot_numbers(self, organisation: str, code: str, first: int, last: int) -> bool:
        """Record a lot of receipt numbers; tell whether it was new."""
        self.streams.charity(organisation)
        allotted = receipt_books.allot(
            self.streams.book(code), organisation, first, last, AUTHORITY, self._clock()
        )
        self._record(Batch([allotted] if allotted else []))
        return allotted is not None

    # Funds.

    def open_fund(
        self, organisation: str, name: str, kind: str, purpose: str | None, place: str | None
    ) -> str:
        """Record a new fund; return its id."""
        self.streams.charity(organisation)
        fund = f"fund-{self._ids()}"
        self._record(
            Batch([funds.open_fund(fund, organisation, name, kind, purpose, place, self._clock())])
        )
        return fund

    @retried
    def allocate(self, fund: str, to_fund: str, amount: Money, decided_by: str) -> None:
        """Move money from one fund to another."""
        allocated = funds.allocate(
            self.streams.fund(fund),
            self._inflows,
            self.streams.fund(to_fund),
            amount,
            decided_by,
            self._clock(),
        )
        self._record(Batch([allocated]))

    @retried
    def propose(self, fund: str, payment: PayOut, proposed_by: str) -> str:
        """Ask that a payee be paid; return the disbursement's id."""
        disbursement, batch = f"disbursement-{self._ids()}", Batch()
        self._propose(
            self.streams.fund(fund), self._inflows, disbursement, payment, proposed_by, batch
        )
        self._record(batch)
        return disbursement

    @retried
    def approve(self, fund: str, disbursement: str, approved_by: str) -> None:
        """Agree, as another person, that a proposed disbursement be paid."""
        known, at = self.streams.fund(fund), self._clock()
        self._record(Batch([funds.approve(known, self._inflows, disbursement, approved_by, at)]))

    @retried
    def pay(self, fund: str, disbursement: str, paid_on: date | None) -> None:
        """Record that an approved disbursement has been paid."""
        self._record(
            Batch([funds.pay(self.streams.fund(fund), disbursement, paid_on, self._clock())])
        )

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
        known, batch = self.streams.fund_of(fund, organisation), Batch()
        inflows = HeldInflows(self._inflows)
        outcomes: list[str | Refused] = []
        for payment in payments:
            disbursement, one = f"disbursement-{self._ids()}", Batch()
            try:
                proposed = self._propose(known, inflows, disbursement, payment, proposed_by, one)
                approved = self._approve(proposed, inflows, disbursement, approved_by, one)
                known = self._pay(approved, disbursement, payment.paid_on, one)
            except Refused as refusal:
                outcomes.append(refusal)
                continue
            batch.absorb(one)
            outcomes.append(disbursement)
        self._record(batch)
        return outcomes

    def _approve(
        self, fund: Fund, inflows: Inflows, disbursement: str, approved_by: str, batch: Batch
    ) -> Fund:
        approved = funds.approve(fund, inflows, disbursement, approved_by, self._clock())
        batch.events.append(approved)
        return funds.evolve(fund, approved)

    def _pay(self, fund: Fund, disbursement: str, paid_on: date | None, batch: Batch) -> Fund:
        paid = funds.pay(fund, disbursement, paid_on, self._clock())
        batch.events.append(paid)
        return funds.evolve(fund, paid)

    def _propose(
        self,
        fund: Fund,
        inflows: Inflows,
        disbursement: str,
        payment: PayOut,
        proposed_by: str,
        batch: Batch,
    ) -> Fund:
        named = payment.payee if names_organisation(payment.payee) else None
        openings = [] if named else [self._sealer.opening("name", payment.payee)]
        if payment.purpose and payment.purpose != fund.purpose and not fund.purpose:
            openings.append(self._sealer.opening("purpose", payment.purpose))
        payee = Payee(id=self._ids(), organisation=named, sealed=digests(openings))
        proposed = funds.propose(
            fund,
            inflows,
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
        batch.openings += self._sealer.rows(openings, proposed)
        batch.keep_source(payment.source, fund.organisation, fund.id)
        return funds.evolve(fund, proposed)

    @retried
    def return_gift(self, gift: str, amount: Money, reason: str, decided_by: str) -> None:
        """Give unspent money of a gift back; the gift itself stays on the ledger."""
        known = self.streams.gift(gift)
        gifts.returnable(known)
        fund = self.streams.fund(known.fund)
        returned = funds.return_gift(
            fund, self._inflows, gift, amount, reason, decided_by, self._clock()
        )
        receipted = Unless(gift, known.version, GiftReceipted.TOPIC)
        self._record(Batch([returned], unless=[receipted]))

    # Gifts.

    def receive_gifts(
        self, organisation: str, fund: str, received: Sequence[ReceiveGift]
    ) -> list[str]:
        """Record gifts into a fund of the organisation, all or none; return their ids."""
        known = self.streams.fund_of(fund, organisation)
        batch = Batch()
        for one in received:
            self._receive(known, organisation, one, batch)
        self._check_room(known, batch)
        self._record(batch)
        return [event.originator_id for event in batch.events]

    def _check_room(self, fund: Fund, batch: Batch) -> None:
        """Refuse a sum that can't be counted; small sums would need ages to get there."""
        sums: Counter[str] = Counter()
        for event in batch.events:
            assert isinstance(event, GiftReceived), "this batch receives gifts"
            sums[event.booked.currency] += event.booked.minor
        for unit, more in sums.items():
            if more > LARGE_SUM:
                funds.check_room(fund.id, self._inflows, unit, more)

    def _receive(self, fund: Fund, organisation: str, received: ReceiveGift, batch: Batch) -> None:
        gift = f"gift-{self._ids()}"
        names = [self._sealer.opening("name", received.donor)] if received.donor else []
        notes = [self._sealer.opening("note", received.note)] if received.note else []
        event = gifts.receive(
            gift,
            fund,
            organisation,
            received.amount,
            received.exchange,
            Party(id=self._ids(), sealed=digests(names)) if names else None,
            received.received_on,
            received.date_basis,
            received.source,
            digests(notes),
            self._clock(),
        )
        batch.events.append(event)
        batch.openings += self._sealer.rows([*names, *notes], event)
        batch.keep_source(received.source, organisation, gift)

    @retried
    def identify_donor(self, gift: str, donor: str, evidence: str) -> None:
        """Record whose a gift in suspense was; `evidence` is a document's digest or number."""
        name = self._sealer.opening("name", donor)
        party = Party(id=self._ids(), sealed=(name.digest,))
        identified = gifts.identify_donor(self.streams.gift(gift), party, evidence, self._clock())
        batch = Batch([identified])
        batch.openings += self._sealer.rows([name], identified)
        self._record(batch)

    # Receipts.

    @retried
    def issue_receipts(
        self, organisation: str, asked: Sequence[str], codes: Sequence[str], issued_on: date
    ) -> dict[str, tuple[str, str] | Refused]:
        """Make out one receipt for each gift, numbers and receipts in one commit.

        Returns by gift the code and number, or why there is none.
        """
        issuer, batch = self.streams.charity(organisation), Batch()
        known = [self.streams.gift(gift) for gift in dict.fromkeys(asked)]
        returned = self._returned(known, batch)
        names = self._vault.of_digests(d for g in known if g.donor for d in g.donor.sealed)
        batch.needed += names
        outcomes: dict[str, tuple[str, str] | Refused] = {}
        ready: list[tuple[Gift, str]] = []
        for gift in known:
            try:
                ready.append((gift, _payer(gift, issuer, returned[gift.id], names)))
            except Refused as refusal:
                outcomes[gift.id] = refusal
        numbers = iter(self._draw(organisation, codes, len(ready), batch))
        for gift, payer in ready:
            number = next(numbers, None)
            if number is None:
                outcomes[gift.id] = receipt_books.NumbersUsedUp(organisation, 1, 0)
                continue
            self._issue(gift, issuer, *number, payer, returned[gift.id], issued_on, batch)
            outcomes[gift.id] = number
        self._record(batch)
        return outcomes

    def _returned(self, known: Sequence[Gift], batch: Batch) -> dict[str, int]:
        """Return how many fen of each gift went back; the batch rests on there being no more."""
        holders = {fund: self.streams.fund(fund) for fund in {g.fund for g in known}}
        batch.unless += [Unless(f.id, f.version, GiftReturned.TOPIC) for f in holders.values()]
        return {g.id: holders[g.fund].returned.get(g.id, 0) for g in known}

    def _draw(
        self, organisation: str, codes: Sequence[str], count: int, batch: Batch
    ) -> list[tuple[str, str]]:
        """Draw as many numbers as there are left of `count`, through the codes in order."""
        numbers: list[tuple[str, str]] = []
        for code in codes:
            book = self.streams.book(code)
            here = min(book.left(organisation), count - len(numbers))
            for drawn in receipt_books.draw(book, organisation, here, self._clock()):
                batch.events.append(drawn)
                numbers += [(code, f"{n:010d}") for n in range(drawn.first, drawn.last + 1)]
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
            self._sealer.opening("name", payer),
            self._sealer.opening("check_code", receipts.check_code(self._below)),
        ]
        party = Party(id=self._ids(), sealed=digests(openings))
        issued = receipts.issue(gift, issuer, code, number, party, returned, issued_on, at)
        batch.events += [issued, gifts.mark_receipted(gift, code, number, at)]
        batch.openings += self._sealer.rows(openings, issued)

    # People.

    def erase(self, person: str, ground: str, *, namesakes: bool = False) -> list[VaultRow]:
        """Erase what the vault keeps on a person, by name or by the id of a gift of theirs.

        A name that several gifts or payments bear could be several people's: only with
        `namesakes` are they all erased.
        """
        if ground not in GROUNDS:
            raise GroundUnknown(ground)
        if not namesakes:
            self._check_one_person(person)
        erased: list[VaultRow] = []
        while openings := self._openings_on(person):  # again: a receipt may come in between
            self._erase_all(openings, ground)
            erased += openings
            if self._dry_run:
                return erased
        if not erased:
            raise PersonUnknown(person)
        self._vault.sweep()
        return erased

    def _check_one_person(self, person: str) -> None:
        named = [] if person.startswith("gift-") else self._vault.named(person)
        stories = {(self._story_of(o.stream) or [f"{o.stream} {o.version}"])[0] for o in named}
        if len(stories) > 1:
            raise SeveralPeople(person, sorted(stories))

    def _erase_all(self, openings: Sequence[VaultRow], ground: str) -> None:
        for organisation in sorted({o.organisation for o in openings}):
            theirs = [o.digest for o in openings if o.organisation == organisation]
            for first in range(0, len(theirs), ERASED_AT_ONCE):
                self._erase(organisation, theirs[first : first + ERASED_AT_ONCE], ground)

    def _erase(self, organisation: str, theirs: list[str], ground: str) -> None:
        erased = OpeningsErased(
            originator_id=f"erasure-{self._ids()}",
            originator_version=1,
            timestamp=self._clock(),
            actor=organisation,
            digests=tuple(theirs),
            ground=ground,
        )
        self._record(Batch([erased], erased=theirs))

    def _openings_on(self, person: str) -> list[VaultRow]:
        if person.startswith("gift-"):
            found = self._vault.of_streams([person])
        else:
            found = self._vault.named(person)
        stories = {s for o in found for s in self._story_of(o.stream)}
        facts = {(o.stream, o.version) for o in found}
        near = self._vault.of_streams(sorted(stories | {o.stream for o in found}))
        return [o for o in near if o.stream in stories or (o.stream, o.version) in facts]

    def _story_of(self, stream: str) -> list[str]:
        if stream.startswith("receipt-"):
            stream = self.streams.receipt(stream).gift
        if not stream.startswith("gift-"):
            return []
        receipt = self.streams.gift(stream).receipt
        return [stream, receipts.stream(*receipt)] if receipt else [stream]

    def _record(self, batch: Batch) -> None:
        if batch.events and not self._dry_run:
            self._engine.record(batch.events, batch.beside)

    def _below(self, limit: int) -> int:
        return int.from_bytes(self._random(8), "big") % limit


def _payer(gift: Gift, issuer: Organisation, returned: int, names: Mapping[str, Opening]) -> str:
    """Return the name that goes on a gift's receipt; refuse with the reason why there is none."""
    if gift.organisation != issuer.id:
        raise gifts.FundOfAnotherCharity(gift.fund, gift.organisation, issuer.id)
    gifts.receiptable(gift)
    if returned >= gift.booked.minor:
        raise gifts.GiftWasReturned
    sealed = gift.donor.sealed if gift.donor else ()
    payer = next((names[d].value for d in sealed if d in names), None)
    if payer is None:
        raise gifts.NameWasErased
    return payer
