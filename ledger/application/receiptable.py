"""Says what could be receipted: whose gifts, how much of each, or why not. It records nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.application.desk import Desk
from ledger.application.receipting import names_of, payer_of
from ledger.domain import receipts
from ledger.domain.events import ReceiptLine
from ledger.domain.gifts import Gift
from ledger.domain.receipts import Asked, Kept
from ledger.errors import Refused
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What a receipt of a gift would say now (`line`), or why there is none (`refusal`).

    `gone` is what went back or was reversed of the gift as it was `booked`.
    """

    gift: Gift
    booked: Money
    gone: Money
    line: ReceiptLine | None
    refusal: Refused | None


class ReceiptableGifts:
    """Gifts, looked at as if a receipt were made out for each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def given_by(self, organisation: str, donor: str) -> list[str]:
        """Return the gifts of an organisation whose donor's name is exactly `donor`.

        Who passed a gift on, shares in it or is credited with it is not its donor. A name is no
        identity: these gifts may be several people's.
        """
        rows = self._desk.vault.named(donor)
        digests = {row.digest for row in rows if row.organisation == organisation}
        streams = dict.fromkeys(row.stream for row in rows if row.stream.startswith("gift-"))
        known = [self._desk.streams.gift(stream) for stream in streams]
        return [g.id for g in known if g.donor and digests & set(g.donor.sealed)]

    def standing(self, organisation: str, asked: Sequence[str], wishes: Asked) -> list[Standing]:
        """Tell of each gift what its receipt would say, or why there is none."""
        issuer = self._desk.streams.charity(organisation)
        known = [self._desk.streams.gift(gift) for gift in asked]
        funds = {fund: self._desk.streams.fund(fund) for fund in {g.fund for g in known}}
        names = names_of(self._desk, known)
        told: list[Standing] = []
        for gift in known:
            kept, line, refusal = Kept(gift, funds[gift.fund]), None, None
            try:
                payer_of(gift, issuer, kept.fund, names)
                line = receipts.line(kept, issuer, wishes)
            except Refused as why:
                refusal = why
            gone = receipts.gone_of(gift, kept.fund)
            told.append(Standing(gift, gift.booked, gone, line, refusal))
        return told
