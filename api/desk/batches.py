"""Batches of gifts that an account keys in: kept as its private drafts until they are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from api.operations.batches import OPERATIONS, ROWS_MAX
from api.wiring import House
from ledger.domain import drafting
from ledger.domain.acting import Acting
from ledger.errors import Refused, Unknown
from ledger.store.drafts import RECORDED, WAITING, WITHDRAWN, Draft, DraftUnknown

(RECEIVE,) = OPERATIONS
KIND = "batch"
"""What its draft is kept as: no operation is called so, and no queue lists it."""

KEYED_MAX = 1 << 20
"""So many bytes may all that is typed take."""

CELLS = ("received_on", "donor", "amount", "note")


class BatchUnknown(Unknown):
    """No batch of this account has that id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no batch {name} of yours is known here; look at the list of batches")


class BatchTooLong(Refused):
    """What is typed takes more room than a batch has."""

    def __init__(self) -> None:
        super().__init__(
            f"a batch has room for {ROWS_MAX} rows and {KEYED_MAX >> 20} MiB; key the rest in "
            "another one"
        )


class BatchChanged(Refused):
    """The batch was saved from another window since this page was shown."""

    def __init__(self) -> None:
        super().__init__(
            "this batch was saved from another window meanwhile, and what stands here was not "
            "saved; open the batch anew"
        )


class BatchEnded(Refused):
    """What was recorded, handed over or thrown away is keyed no more."""

    def __init__(self) -> None:
        super().__init__("this batch is recorded, handed over or thrown away; nothing was changed")


class BatchOutdated(Refused):
    """What was keyed has another form than batches have now."""

    def __init__(self, name: str) -> None:
        super().__init__(f"batch {name} was keyed on a page that has changed since; key it again")


class Row(BaseModel):
    """A row as it was typed, readable or not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    received_on: str = ""
    donor: str = ""
    amount: str = ""
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Its cells, in the order of `CELLS`."""
        return (self.received_on, self.donor, self.amount, self.note)

    @property
    def blank(self) -> bool:
        """Whether nothing is typed in it."""
        return not any(cell.strip() for cell in self.cells)


class Batch(BaseModel):
    """A batch as it was typed; `received_on` and `reference` are those of all its rows.

    `revision` counts how often it was saved, `handed` names the draft it was last handed over as.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fund: str = ""
    received_on: str = ""
    reference: str = ""
    count: str = ""
    total: str = ""
    rows: tuple[Row, ...] = ()
    revision: int = 1
    handed: str = ""

    def longer(self, more: int) -> Batch:
        """Return it with so many more rows, as far as there is room."""
        room = max(0, ROWS_MAX - len(self.rows))
        return self.model_copy(update={"rows": (*self.rows, *[Row()] * min(more, room))})

    def as_bytes(self) -> bytes:
        """Write it down; refuse one that is too long."""
        said = self.model_dump_json().encode()
        if len(self.rows) > ROWS_MAX or len(said) > KEYED_MAX:
            raise BatchTooLong
        return said


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch and its draft; `given` is the draft that it was handed over as, if it is known.

    Once the draft is decided the batch is empty: what was keyed is gone.
    """

    draft: Draft
    batch: Batch
    given: Draft | None = None

    @property
    def waits(self) -> bool:
        """Whether another account has to decide on it."""
        return self.given is not None and self.given.state == WAITING

    @property
    def open(self) -> bool:
        """Whether it can still be keyed."""
        return self.draft.state == WAITING and not self.waits

    def check(self, revision: int) -> None:
        """Refuse a batch that is keyed no more, or was saved since that revision."""
        if not self.open:
            raise BatchEnded
        if self.batch.revision != revision:
            raise BatchChanged


def check_keying(acting: Acting) -> None:
    """Refuse an account that may neither record gifts nor prepare them."""
    drafting.check_preparing(acting, RECEIVE.fact)


def start(house: House, acting: Acting, batch: Batch, key: str) -> Draft:
    """Begin a batch; the same key gives the same one."""
    check_keying(acting)
    draft, _ = house.drafts.add(acting, KIND, batch.as_bytes(), key)
    return draft


def own(house: House, acting: Acting) -> list[Kept]:
    """Return an account's batches that are not recorded, the newest first."""
    found = [_kept(house, draft) for draft in house.drafts.own(acting, KIND)]
    return [one for one in found if one.draft.state == WAITING]


def find(house: House, acting: Acting, name: str) -> Kept:
    """Return a batch of this account; those of others are not there."""
    draft = house.drafts.find(name, acting.organisation)
    if draft.operation != KIND or draft.prepared_by != acting.account:
        raise BatchUnknown(name)
    return _kept(house, draft)


def save(house: House, acting: Acting, name: str, batch: Batch) -> None:
    """Keep what stands in a batch now; its `revision` is the one that it was typed over."""
    with changing(house, acting, name) as kept:
        kept.check(batch.revision)
        rewrite(house, kept, batch.model_copy(update={"handed": ""}))


def discard(house: House, acting: Acting, name: str, revision: int) -> None:
    """Throw a batch away, with all that was typed."""
    with changing(house, acting, name) as kept:
        kept.check(revision)
        house.drafts.decide(kept.draft, WITHDRAWN, acting.account)


def rewrite(house: House, kept: Kept, batch: Batch) -> None:
    """Put a batch in the place of the one that is kept, as its next revision."""
    following = batch.model_copy(update={"revision": kept.batch.revision + 1})
    house.drafts.rewrite(kept.draft, following.as_bytes())


@contextmanager
def changing(house: House, acting: Acting, name: str) -> Iterator[Kept]:
    """Keep all other windows from changing a batch."""
    find(house, acting, name)  # whoever may not look at it waits for nobody
    with house.drafts.deciding(name):
        yield find(house, acting, name)


def _kept(house: House, draft: Draft) -> Kept:
    """Read a batch; it ends when another account recorded what was handed over."""
    if draft.state != WAITING:
        return Kept(draft, Batch())
    try:
        batch = Batch.model_validate_json(house.drafts.body(draft))
    except ValidationError:
        raise BatchOutdated(draft.id) from None
    given = _given(house, draft, batch)
    if given is None or given.state != RECORDED:
        return Kept(draft, batch, given)
    decided = str(given.decided_by)
    return Kept(house.drafts.decide(draft, RECORDED, decided, note=given.id), Batch(), given)


def _given(house: House, draft: Draft, batch: Batch) -> Draft | None:
    """Return what it was handed over as: named before it is made, so it may not be there."""
    if not batch.handed:
        return None
    try:
        return house.drafts.find(batch.handed, draft.organisation)
    except DraftUnknown:
        return None
