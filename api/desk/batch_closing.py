"""Closes batches: shows what would be recorded, records it in one commit, or hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.desk import drafting
from api.desk.batch_rows import NothingKeyed, ReadBatch, RowsUnreadable, both, read
from api.desk.batches import RECEIVE, BatchChanged, BatchEnded, Kept, changing, rewrite
from api.desk.choices import Pair
from api.importing.matching import lookalikes
from api.imports.rows import MoneyRow
from api.operations.batches import BatchedGift, GiftBatch
from api.operations.running import Call, Outcome, Use
from api.wiring import House
from api.words import in_words
from ledger.domain.acting import Acting
from ledger.domain.control_totals import ControlTotals, ControlTotalsDiffer
from ledger.domain.events import Event
from ledger.domain.values import Source
from ledger.errors import LedgerError
from ledger.money import Money
from ledger.store.drafts import RECORDED

CHINESE: Mapping[type[LedgerError], str] = {
    BatchChanged: "本批已在另一窗口保存，此处内容未保存，请重新打开本批",
    BatchEnded: "本批已入账、已交复核或已删除，没有改动",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing a batch would record, and by a row's place what a person should look at."""

    batch: ReadBatch
    events: tuple[Event, ...]
    remarks: dict[int, Pair]


def preview(house: House, acting: Acting, kept: Kept, today: date) -> Preview:
    """Say what closing a batch would record; refuse one that is not what was counted."""
    kept.check(kept.batch.revision)
    keyed = read(kept.batch)
    outcome = _use(house, acting, keyed.body(), Call(today, dry_run=True))
    return Preview(keyed, outcome.events, remarks(house, acting.organisation, keyed))


def record(house: House, acting: Acting, name: str, revision: int, today: date) -> None:
    """Record a batch in one commit, once: who asks again changes nothing."""
    with changing(house, acting, name) as kept:
        if kept.draft.state == RECORDED:
            return
        kept.check(revision)
        body = read(kept.batch).body()
        begun = house.drafts.begin(kept.draft, acting.account)
        _use(house, acting, body, Call(today, key=begun.key))
        house.drafts.decide(begun, RECORDED, acting.account)


def hand_over(house: House, acting: Acting, name: str, revision: int, today: date) -> str:
    """Hand a batch to another account to record; return the name of the draft it is now.

    The batch names its draft before that is made: whatever crashes, one of them can be recorded.
    """
    with changing(house, acting, name) as kept:
        kept.check(revision)
        body = read(kept.batch).body()
        _use(house, acting, body, Call(today, dry_run=True))
        key = f"{kept.draft.id}-{revision}"
        handed = house.drafts.name_of(acting.account, key)
        rewrite(house, kept, kept.batch.model_copy(update={"handed": handed}))
        draft, _ = drafting.prepare(house, acting, RECEIVE, body, key)
    return draft.id


def recorded(house: House, kept: Kept) -> tuple[Event, ...]:
    """Return what was recorded of a batch, by its account or by the one it was handed to."""
    draft = kept.draft
    if draft.state != RECORDED:
        return ()
    of = house.drafts.find(draft.note, draft.organisation) if draft.note else draft
    return drafting.recorded_of(house, of)


def remarks(house: House, charity: str, keyed: ReadBatch) -> dict[int, Pair]:
    """Point out rows that say what another row, or a gift on record, says: donor, amount, day."""
    found: dict[int, Pair] = {}
    first: dict[tuple[object, ...], int] = {}
    gifts = [(one.place, one.gift) for one in keyed.rows if one.gift]
    for place, gift in gifts:
        said = (gift.donor, gift.amount, gift.received_on)
        other = first.setdefault(said, place) if gift.donor else place
        if other != place:
            found[place] = (f"与第 {other} 行相同", f"the same as row {other}")
    listed = [_as_listed(place, gift) for place, gift in gifts]
    for row, known in lookalikes(house, charity, [(one, _source(one)) for one in listed]).items():
        found[int(row)] = (f"可能已入账：{known}", f"perhaps on record: {known}")
    return found


def _as_listed(place: int, gift: BatchedGift) -> MoneyRow:
    """Return a row as one of a list that is imported, for the same comparison."""
    return MoneyRow(
        sheet="", row=place, amount=Money.parse(gift.amount), party=gift.donor,
        date=gift.received_on, date_basis="row", serial=None, purpose=None, note=None,
        place=None, sequence=None, content=(),
    )  # fmt: skip


def _source(row: MoneyRow) -> Source:
    return Source(file="", table=1, row=row.row, listing="", identity=str(row.row), content="")


def sentence(error: LedgerError) -> Pair:
    """Say in both languages why a batch was not closed."""
    match error:
        case ControlTotalsDiffer():
            chinese = f"应有 {_told(error.expected)}，实录 {_told(error.found)}；没有入账"
            return chinese, str(error)
        case RowsUnreadable() | NothingKeyed():
            return both(str(error))
        case _:
            chinese = CHINESE.get(type(error), in_words(error))
            return chinese, str(error)


def _told(totals: ControlTotals) -> str:
    return f"{totals.count} 笔、{totals.amount.grouped()} 元"


def _use(house: House, acting: Acting, body: GiftBatch, call: Call) -> Outcome:
    return Use(house, acting, RECEIVE, body, call).run()
