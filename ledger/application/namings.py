"""Commands on names given in thanks: from the proposal to the end, and what donors get else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.application.naming_requests import ApproveName, ProposeName, Screening
from ledger.application.naming_reviews import received
from ledger.application.receipting import unless_reduced
from ledger.domain import (
    benefits,
    naming,
    naming_approval,
    naming_funding,
    naming_life,
    naming_support,
)
from ledger.domain.events import BenefitRecorded
from ledger.domain.events.naming import (
    Beneficiary,
    NamingEntered,
    NamingEvent,
    NamingFundingTested,
    NamingReviewClosed,
    NamingRule,
    SealedText,
)
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.naming import Proposal
from ledger.domain.naming_grant import NamingGrant, Term
from ledger.domain.naming_screen import Circumstances, screen_text
from ledger.domain.naming_steps import counted
from ledger.domain.organisations import AUTHORITY, printable_name
from ledger.domain.payees import names_organisation
from ledger.domain.public_words import public_words
from ledger.money import Money
from ledger.proof.disclosure import Opening

TEXT, DOCUMENT, NAME = "name-text", "document", "name"
"""What the openings of a name are called."""


class NamingCommands:
    """What may bear whose name: each step decided from the name's own story.

    A `document` is the SHA-256 (hex) of a file; it is sealed like the text.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def propose(self, organisation: str, asked: ProposeName, recorded_by: str) -> str:
        """Record that a name is asked for; return its id."""
        fund = self._desk.streams.fund_of(asked.fund, organisation)
        self._gifts(asked.gifts, fund)
        if asked.follows is not None:
            before = self._desk.streams.naming(asked.follows)
            naming_support.check_follows(before.id, before.organisation, organisation)
        text = self._desk.sealer.opening(TEXT, _public(asked.text))
        proposed = naming.propose(
            f"naming-{self._desk.random_id()}",
            organisation,
            Proposal(
                proposed_by=asked.proposed_by,
                thing=asked.thing,
                form=asked.form,
                construction=asked.construction,
                text=SealedText(sealed=(text.digest,)),
                language=asked.language,
                fund=asked.fund,
                place=asked.place,
                benefit=asked.benefit,
                cost=asked.cost,
                gifts=asked.gifts,
                share_asked=asked.share_asked,
                follows=asked.follows,
            ),
            recorded_by,
            self._desk.now(),
        )
        self._record_sealed(proposed, text)
        return proposed.originator_id

    @retried
    def record_wish(
        self, name: str, wish: str, document: str, *, publish: bool, other: str | None = None
    ) -> None:
        """Record what the donor wants; `publish` lets public pages show the name."""
        grant = self._desk.streams.naming(name)
        paper = self._paper(document)
        text = self._desk.sealer.opening(TEXT, _public(other)) if other else None
        wished = naming.record_wish(
            grant,
            wish,
            SealedText(sealed=(text.digest,)) if text else None,
            SealedText(sealed=(paper.digest,)),
            self._desk.now(),
            publish=publish,
        )
        self._record_sealed(wished, paper, *([text] if text else []))

    @retried
    def screen(self, name: str, against: Screening) -> tuple[str, ...]:
        """Check the text; return what speaks against it."""
        grant = self._desk.streams.naming(name)
        around = Circumstances(
            person=against.person,
            withheld=self._donors(against.withheld),
            taken=self._texts(against.taken),
        )
        text = self._text(grant)
        findings = screen_text(text.value, grant.thing, against.lists, around)
        screened = naming.screen(grant, grant.text, against.lists.id, findings, self._desk.now())
        self._desk.record(Batch([screened], needed=[text.digest]))
        return findings

    @retried
    def test_funding(
        self,
        name: str,
        gifts: tuple[str, ...],
        cost: Money | None,
        rule: NamingRule,
        tested_on: date,
    ) -> NamingFundingTested:
        """Set what these gifts hold against a rule; without gifts, those that counted before.

        Each gift is told that the name rests on it, so that nothing of it goes back unseen.
        """
        grant, at = self._desk.streams.naming(name), self._desk.now()
        fund = self._desk.streams.fund(grant.fund)
        counting = self._gifts(gifts or counted(grant), fund)
        needed = naming_funding.threshold(rule, cost, tested_on)
        held = naming_support.held(counting, fund, needed.currency)
        ids = tuple(gift.id for gift in counting)
        tested = naming_funding.funding_test(grant, ids, held, cost, rule, tested_on, at)
        marks = naming_support.support(counting, grant.id, at)
        self._desk.record(Batch([*marks, tested], unless=unless_reduced(fund)))
        return tested

    @retried
    def record_consent(self, name: str, by: str, document: str, *, given: bool) -> None:
        """Record what the beneficiary says; one that may be a person is sealed."""
        grant, paper = self._desk.streams.naming(name), self._paper(document)
        public = by if names_organisation(by) else None
        sealed = [] if public else [self._desk.sealer.opening(NAME, printable_name(by))]
        bearer = Beneficiary(
            id=self._desk.random_id(),
            organisation=public,
            sealed=tuple(opening.digest for opening in sealed),
        )
        said = naming.record_consent(
            grant, bearer, SealedText(sealed=(paper.digest,)), self._desk.now(), given=given
        )
        self._record_sealed(said, paper, *sealed)

    @retried
    def submit(self, name: str, authority: str, level: str, submitted_by: str) -> None:
        """Record that the name was put before a government."""
        grant = self._desk.streams.naming(name)
        self._text(grant)
        submitted = naming_approval.submit(grant, authority, level, submitted_by, self._desk.now())
        self._desk.record(Batch([submitted]))

    @retried
    def approve(self, name: str, said: ApproveName) -> None:
        """Record a government's approval of exactly this text for a term."""
        self._check_power()
        grant = self._desk.streams.naming(name)
        kept = self._text(grant)
        typed = Opening(kept.salt, kept.name, printable_name(said.text))
        approved = naming_approval.approve(
            grant,
            SealedText(sealed=(typed.digest,)),
            said.authority,
            said.number,
            said.approved_on,
            said.term,
            said.decided_by,
            said.countersigned_by,
            AUTHORITY,
            self._desk.now(),
        )
        self._desk.record(Batch([approved], needed=[kept.digest]))

    @retried
    def reject(
        self, name: str, authority: str, reason: str, decided_by: str, countersigned_by: str
    ) -> None:
        """Record a government's refusal and its public reason."""
        self._check_power()
        rejected = naming_approval.reject(
            self._desk.streams.naming(name),
            authority,
            reason,
            decided_by,
            countersigned_by,
            AUTHORITY,
            self._desk.now(),
        )
        self._desk.record(Batch([rejected]))

    @retried
    def enter(
        self, name: str, term: Term | None, entered_on: date, entered_by: str
    ) -> NamingEntered:
        """Bring a name into force, if what its gifts hold now still carries it."""
        grant = self._desk.streams.naming(name)
        fund, text = self._desk.streams.fund(grant.fund), self._text(grant)
        valued = {g.id for g in self._gifts(counted(grant), fund) if g.benefit is not None}
        entered = naming_approval.enter(
            grant,
            received(self._desk, grant, fund),
            valued,
            term,
            entered_on,
            entered_by,
            self._desk.now(),
        )
        self._desk.record(Batch([entered], unless=unless_reduced(fund), needed=[text.digest]))
        return entered

    @retried
    def suspend(self, name: str, ground: str, by: str, *, as_authority: bool = False) -> None:
        """Take a name from public pages for now."""
        grant = self._desk.streams.naming(name)
        actor = _actor(grant, as_authority=as_authority)
        self._desk.record(Batch([naming_life.suspend(grant, ground, by, actor, self._desk.now())]))

    @retried
    def resume(self, name: str, on: date, by: str, *, as_authority: bool = False) -> None:
        """Bring a suspended name back into force."""
        grant = self._desk.streams.naming(name)
        actor = _actor(grant, as_authority=as_authority)
        self._desk.record(Batch([naming_life.resume(grant, on, by, actor, self._desk.now())]))

    @retried
    def revoke(self, name: str, ground: str, by: str, *, as_authority: bool = False) -> None:
        """Take a name back, for good."""
        grant = self._desk.streams.naming(name)
        actor = _actor(grant, as_authority=as_authority)
        self._desk.record(Batch([naming_life.revoke(grant, ground, by, actor, self._desk.now())]))

    @retried
    def withdraw(self, name: str, by: str, document: str) -> None:
        """Record that donor or beneficiary took a consent back."""
        grant, paper = self._desk.streams.naming(name), self._paper(document)
        said = SealedText(sealed=(paper.digest,))
        self._record_sealed(naming_life.withdraw(grant, by, said, self._desk.now()), paper)

    @retried
    def expire(self, name: str, today: date) -> None:
        """Record that the term of a name is over."""
        grant = self._desk.streams.naming(name)
        self._desk.record(Batch([naming_life.expire(grant, today, self._desk.now())]))

    @retried
    def close_review(
        self, name: str, outcome: str, reason: str, decided_by: str, countersigned_by: str
    ) -> NamingReviewClosed:
        """Keep or revoke a name under review, by what its gifts hold now."""
        grant = self._desk.streams.naming(name)
        fund = self._desk.streams.fund(grant.fund)
        closed = naming_life.close_review(
            grant,
            outcome,
            received(self._desk, grant, fund),
            reason,
            decided_by,
            countersigned_by,
            self._desk.now(),
        )
        self._desk.record(Batch([closed], unless=unless_reduced(fund)))
        return closed

    @retried
    def record_benefit(
        self, gift: str, benefit: Money | None, what: str, decided_by: str, document: str
    ) -> None:
        """Record what a donor gets for a gift; None when nobody can value it."""
        known, paper = self._desk.streams.gift(gift), self._paper(document)
        said = SealedText(sealed=(paper.digest,))
        recorded = benefits.record_benefit(known, benefit, what, decided_by, said, self._desk.now())
        self._record_sealed(recorded, paper)

    def text_of(self, name: str) -> str | None:
        """Return the text of a name for those who may read it; None once it was erased."""
        sealed = self._desk.streams.naming(name).text.sealed
        return next((o.value for o in self._desk.vault.of_digests(sealed).values()), None)

    def _record_sealed(self, event: NamingEvent | BenefitRecorded, *openings: Opening) -> None:
        self._desk.record(Batch([event], openings=self._desk.sealer.rows(openings, event)))

    def _paper(self, document: str) -> Opening:
        return self._desk.sealer.opening(DOCUMENT, document)

    def _text(self, grant: NamingGrant) -> Opening:
        found = self._desk.vault.of_digests(grant.text.sealed)
        if not found:
            raise naming_support.NameTextErased(grant.id)
        return next(iter(found.values()))

    def _texts(self, names: Sequence[str]) -> tuple[str, ...]:
        found = [self.text_of(name) for name in names]
        return tuple(text for text in found if text is not None)

    def _donors(self, gifts: Sequence[str]) -> tuple[str, ...]:
        known = [self._desk.streams.gift(gift) for gift in gifts]
        sealed = [digest for gift in known if gift.donor for digest in gift.donor.sealed]
        return tuple(o.value for o in self._desk.vault.of_digests(sealed).values())

    def _gifts(self, gifts: tuple[str, ...], fund: Fund) -> list[Gift]:
        found = [self._desk.streams.gift(gift) for gift in gifts]
        for gift in found:
            naming_support.check_fund(gift, fund)
        return found

    def _check_power(self) -> None:
        naming_support.check_power(self._desk.streams.organisation(AUTHORITY).powers)


def _public(text: str) -> str:
    """Return the text of a name, which everybody reads while it is in force."""
    return public_words(printable_name(text))


def _actor(grant: NamingGrant, *, as_authority: bool) -> str:
    return AUTHORITY if as_authority else grant.organisation
