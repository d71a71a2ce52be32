"""Commands of donors on their own gifts."""

from __future__ import annotations

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.domain import donor_shown
from ledger.domain.donor_shown import ANONYMOUS, FIELD, OWN_NAME, PenNameNotAsked
from ledger.domain.gifts import DonorNotIdentified, Gift, NameWasErased
from ledger.domain.keeping import ShownRow


class DonorCommands:
    """What a donor decides."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def show(self, gift: str, shown: str, pen_name: str | None = None) -> None:
        """Record how public pages may show the donor of a gift: anonymous, by pen or own name.

        Whoever asks must be the gift's donor: that is looked at before the vault is opened, and
        again at the door. The own name is the one that the charity recorded.
        """
        self._desk.check_donor(gift)
        known = self._desk.streams.gift(gift)
        text = self._text(known, shown, pen_name)
        opened = [self._desk.sealer.opening(FIELD, text)] if text is not None else []
        sealed = tuple(one.digest for one in opened)
        fact = donor_shown.show(known, shown, sealed, self._desk.now())
        if fact is None:
            return
        batch = Batch([fact], hidden=[gift])
        batch.openings += self._desk.sealer.rows(opened, fact)
        batch.shown += [ShownRow(one.digest, gift, one.encoded) for one in opened]
        if shown == OWN_NAME and known.donor:
            batch.needed += known.donor.sealed  # an erasure that comes first stops it
        self._desk.record(batch)

    def _text(self, known: Gift, shown: str, pen_name: str | None) -> str | None:
        """Return what is to be shown, None of an anonymous donor."""
        if shown in (ANONYMOUS, OWN_NAME) and pen_name:
            raise PenNameNotAsked
        if shown == ANONYMOUS:
            return None
        return self._own_name(known) if shown == OWN_NAME else donor_shown.pen_name(pen_name)

    def own_name(self, gift: str) -> str:
        """Return the name that the charity recorded, to the donor alone; refuse an erased one."""
        self._desk.check_donor(gift)
        return self._own_name(self._desk.streams.gift(gift))

    def _own_name(self, known: Gift) -> str:
        if known.donor is None:
            raise DonorNotIdentified
        opened = self._desk.vault.of_digests(known.donor.sealed).values()
        name = next((one.value for one in opened if one.name == "name"), None)
        if name is None:
            raise NameWasErased
        return name
