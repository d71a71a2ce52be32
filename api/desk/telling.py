"""Says in words what an operation records: each event with what it says, as anybody may read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.desk.choices import Pair
from api.desk.fact_words import value_words, words_of
from api.operations import OPERATIONS
from api.operations.running import facts_of
from ledger.domain.events import Event
from ledger.money import Money

FOLLOWING: Mapping[str, Pair] = {
    "attempt-refused.v1": ("被拒绝的操作", "Refused attempt"),
    "receipt-numbers-drawn.v1": ("领用票据号码", "Receipt number drawn"),
    "gift-receipted.v1": ("捐赠已开票", "Gift receipted"),
    "gift-receipt-reversed.v1": ("捐赠票据已冲红", "Receipt of the gift void"),
    "gift-supports-name.v1": ("捐赠计入冠名", "Gift counts for a name"),
    "gift-set-against-pledge.v1": ("捐赠抵认捐", "Gift set against a pledge"),
    "gift-freed-from-pledge.v1": ("捐赠不再抵认捐", "Gift freed from a pledge"),
    "fund-bound.v1": ("资金限定条件", "Fund bound"),
    "allocation-given-back.v1": ("拨付退回", "Allocation given back"),
    "claim-notice-raised.v1": ("税务提醒", "Notice to the tax bureau"),
    "naming-review-opened.v1": ("冠名转入复核", "Name under review"),
    "gift-shares-stated.v1": ("联名份额", "Shares of a joint gift"),
}
"""What is recorded beside what was asked for."""

MAIN: Mapping[str, Pair] = {one.fact.TOPIC: (one.zh, one.en) for one in OPERATIONS}


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: what happened, in which story, and each thing it says."""

    topic: str
    words: Pair
    stream: str
    version: int
    says: tuple[tuple[Pair, Pair], ...]


def tell(event: Event, origin: str) -> Told:
    """Tell of an event; personal data are digests in it, and shown as such."""
    said = facts_of(event, origin)
    topic = str(said["topic"])
    words = MAIN.get(topic) or FOLLOWING.get(topic) or (topic, topic)
    says = tuple((words_of(path), text) for path, text in _lines("", said["data"]))
    return Told(topic, words, said["stream"], said["version"], says)


def _lines(path: str, said: Any) -> Iterator[tuple[str, Pair]]:
    """Write nested facts as lines, amounts as people write them: `lines.1.value`, 100.00 CNY."""
    match said:
        case {"currency": currency, "minor": minor}:
            yield path, _alike(str(Money(minor, currency)))
        case {"count": count, "item": item}:
            yield path, _alike(f"{count} {item}")
        case dict():
            for name, value in said.items():
                yield from _lines(f"{path}.{name}".lstrip("."), _on_axis(name, value, said))
        case list() if all(isinstance(one, str) for one in said):
            if said:
                yield path, _alike(" ".join(said))
        case list():
            for number, value in enumerate(said, 1):
                yield from _lines(f"{path}.{number}", value)
        case None | "":
            return
        case _:
            yield path, value_words(path.rpartition(".")[2], said)


def _on_axis(name: str, value: Any, beside: Mapping[str, Any]) -> Any:
    """Return a fact, a place on a fund's axis as the amount that it is counted in there."""
    amount = beside.get("amount")
    if name in ("start", "end") and isinstance(value, int) and isinstance(amount, dict):
        return amount | {"minor": value}
    return value


def _alike(text: str) -> Pair:
    return text, text
