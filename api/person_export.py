"""All that is held on a person: openings with their fields, gifts, receipts, where they show."""

from __future__ import annotations

from collections.abc import Sequence

from api.wiring import House
from ledger.domain.keeping import Restriction, VaultRow
from ledger.domain.receipt_life import Receipt
from ledger.domain.retention import source_of

Json = dict[str, object]

SHOWN = {
    "gift": "/trace/gift/{} （金额、日期、去向；无姓名 amounts and days, no name）",
    "fund": "/funds/{} （支出；个人收款人不具名 payments, a person is not named）",
    "naming": "公开名录，冠名有效期间 (the public list of names, while the name is in force)",
}
"""Where what belongs to a stream is shown to the public; anything else is in the log alone."""

IN_THE_LOG = "公开账本，仅有加盐摘要 (the public log, as salted digests alone)"


def export(house: House, person: str, *, namesakes: bool) -> Json:
    """Return all that is held on a person, by name or by the id of a gift; it is noted as read."""
    held = house.ledger.people.held_on(person, namesakes=namesakes)
    opened = house.vault.open_all(held)
    marks = {m.digest: m for m in house.vault.restrictions.rows([one.digest for one in held])}
    streams = sorted({one.stream for one in held})
    gifts = {s for s in streams if s.startswith("gift-")}
    receipts = {s for s in streams if s.startswith("receipt-")}
    gifts |= {gift for one in receipts for gift in _receipt(house, one).gifts}
    return {
        "openings": [
            {
                **_opening(one, marks.get(one.digest)),
                "field": opened[one.digest].name,
                "value": opened[one.digest].value,
            }
            for one in held
        ],
        "gifts": [_gift_json(house, gift) for gift in sorted(gifts)],
        "receipts": [_receipt_json(house, one) for one in sorted(receipts)],
        "shown": _shown(streams),
        "as_of": house.recorder.size(),
    }


def _opening(one: VaultRow, mark: Restriction | None) -> Json:
    kept = mark and {
        "until": mark.until.isoformat(),
        "rule": mark.rule,
        "source": source_of(mark.rule),
    }
    return {
        "stream": one.stream,
        "version": one.version,
        "held_by": one.organisation,
        "digest": one.digest,
        "restricted": kept,
    }


def _receipt(house: House, stream: str) -> Receipt:
    _, code, number = stream.split("-")
    return house.ledger.streams.receipt(code, number)


def _gift_json(house: House, gift: str) -> Json:
    known = house.ledger.streams.gift(gift)
    return {
        "gift": gift,
        "charity": known.organisation,
        "fund": known.fund,
        "amount": known.booked.decimal(),
        "unit": known.booked.currency,
        "received_on": known.received_on.isoformat() if known.received_on else None,
        "receipt": " ".join(known.receipt) if known.receipt else None,
    }


def _receipt_json(house: House, stream: str) -> Json:
    known = _receipt(house, stream)
    return {
        "receipt": f"{known.code} {known.number}",
        "kind": known.kind,
        "amount": known.amount.decimal(),
        "issued_on": known.issued_on.isoformat(),
        "gifts": list(known.gifts),
        "red": f"{known.red.code} {known.red.number}" if known.red else None,
    }


def _shown(streams: Sequence[str]) -> list[Json]:
    told: list[Json] = []
    for stream in streams:
        where = SHOWN.get(stream.partition("-")[0])
        told.append({"stream": stream, "where": where.format(stream) if where else IN_THE_LOG})
    return told
