"""Commands on gifts: received, claimed."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.application.receiving import Received, check_room, receive
from ledger.application.requests import ReceiveGift
from ledger.domain import gifts
from ledger.domain.control_totals import ControlTotals
from ledger.domain.events import FundClosed, GiftReceived, GoodsReceived
from ledger.domain.funds import Fund
from ledger.domain.keeping import Unless
from ledger.domain.values import Party
from ledger.engine import Conflict
from ledger.errors import Refused


class GiftCommands:
    """What comes in, and whose it is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def receive_gifts(
        self, organisation: str, fund: str, received: Sequence[Received]
    ) -> list[str]:
        """Record gifts into a fund of the organisation, all or none; return their ids."""
        outcomes = self.receive_listed(organisation, fund, received, all_or_none=True)
        return [outcome for outcome in outcomes if isinstance(outcome, str)]

    def receive_batch(
        self, organisation: str, fund: str, received: Sequence[ReceiveGift], counted: ControlTotals
    ) -> list[str]:
        """Record gifts of one batch, all or none, if they are just what was counted before."""
        counted.check([one.amount for one in received])
        return self.receive_gifts(organisation, fund, received)

    def receive_listed(
        self,
        organisation: str,
        fund: str,
        received: Sequence[Received],
        *,
        all_or_none: bool = False,
    ) -> list[str | Refused]:
        """Record gifts in one commit; return for each its id, or why a rule refused it.

        With `all_or_none` the first refusal is raised, and nothing is recorded.
        """
        known = self._desk.streams.fund_of(fund, organisation, lately=True)
        try:
            return self._receive(known, organisation, received, all_or_none=all_or_none)
        except Conflict:
            now = self._desk.streams.fund_of(fund, organisation)
            if now.version == known.version:
                raise
            return self._receive(now, organisation, received, all_or_none=all_or_none)

    def _receive(
        self, fund: Fund, organisation: str, received: Sequence[Received], *, all_or_none: bool
    ) -> list[str | Refused]:
        """Decide and record gifts into a fund as it was read; only its closing spoils that."""
        gifts.check_holder(fund, organisation)
        batch = Batch(unless=[Unless(fund.id, fund.version, FundClosed.TOPIC)])
        outcomes: list[str | Refused] = []
        came: list[GiftReceived | GoodsReceived] = []
        for one in received:
            try:
                came.append(receive(self._desk, fund, organisation, one, batch))
            except Refused as refusal:
                if all_or_none:
                    raise
                outcomes.append(refusal)
                continue
            outcomes.append(came[-1].originator_id)
        check_room(self._desk, fund, came)
        self._desk.record(batch)
        return outcomes

    @retried
    def identify_donor(self, gift: str, donor: str, evidence: str) -> None:
        """Record whose a gift in suspense was; `evidence` is a document's digest or number."""
        name = self._desk.sealer.opening("name", donor)
        party = Party(id=self._desk.random_id(), sealed=(name.digest,))
        known = self._desk.streams.gift(gift)
        identified = gifts.identify_donor(known, party, evidence, self._desk.now())
        batch = Batch([identified])
        batch.openings += self._desk.sealer.rows([name], identified)
        self._desk.record(batch)
