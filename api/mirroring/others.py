"""What other readers of a log are shown: the same tree, an earlier or a later state, or a lie."""

from __future__ import annotations

from dataclasses import dataclass

from api.mirroring.fetching import source
from api.mirroring.rounds import accused
from api.mirroring.views import contradiction, open_shown
from ledger.errors import LedgerError, Untrusted
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.proof.signed_tiles import SignedTiles
from ledger.store.mirror import MirrorFolder, Shown


@dataclass(frozen=True, slots=True)
class Compared:
    """What another place shows: `state` is same, behind, ahead, wrong or unreachable."""

    where: str
    state: str
    size: int | None = None
    says: str | None = None


def compare(
    folder: MirrorFolder, key: VerifierKey, where: str, policy: Policy | None = None
) -> Compared:
    """Hold what another place shows against the copy; raise TwoViews if both can't be true.

    What lacks the quorum of the policy is wrong, whatever the copy says.
    """
    own = folder.copied(key)
    assert own is not None, "others are asked after a round"
    try:
        read = source(where)
        note = read("checkpoint")
    except LedgerError as error:
        return Compared(where, "unreachable", says=str(error))
    try:
        theirs = open_shown(note, key)
        found = contradiction(
            own,
            theirs,
            lambda large: SignedTiles(large.seen, folder.read if large is own else read),
        )
    except LedgerError as error:
        return Compared(where, "wrong", says=str(error))
    if found:
        raise accused(folder, found)
    try:
        if policy:
            policy.check(theirs.note)
    except Untrusted as error:
        return Compared(where, "wrong", theirs.seen.size, str(error))
    return Compared(where, _state(own, theirs), theirs.seen.size)


def _state(own: Shown, theirs: Shown) -> str:
    if own.seen.size == theirs.seen.size:
        return "same"
    return "ahead" if own.seen.size < theirs.seen.size else "behind"
