"""Published events as programs are told of them: read from the published log, in its order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ledger.domain.events import TOPICS
from ledger.errors import Unknown
from ledger.proof import jws
from ledger.proof.signed_tiles import or_cut
from ledger.proof.tiles import WIDTH, entries_path, unpack_entries
from ledger.store.log_folder import LogFolder

EVERYTHING = frozenset[str]()


class TopicUnknown(Unknown):
    """There is no event of that topic."""

    def __init__(self, topic: str) -> None:
        super().__init__(
            f"there is no event {topic[:100]!r}: topics are written like gift-received.v1, "
            "docs/formats/event.md lists them"
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of these topics, said by this organisation; empty means of all."""

    topics: frozenset[str] = EVERYTHING
    organisation: str = ""

    def holds(self, said: dict[str, Any]) -> bool:
        """Tell whether an event is among them."""
        return (not self.topics or said["topic"] in self.topics) and (
            not self.organisation or said["actor"] == self.organisation
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the log: from entry `start` to `stop`, not included, of `size` published."""

    start: int
    stop: int
    size: int


@dataclass(frozen=True, slots=True)
class Published:
    """An event under a checkpoint of `size` entries: its index in the log, and what it says."""

    index: int
    size: int
    said: dict[str, Any]

    @property
    def id(self) -> str:
        """Its name for ever: of the log and the index in it (no full stop, as signing asks)."""
        origin = sha256(self.said["origin"].encode()).hexdigest()[:16]
        return f"evt_{origin}_{self.index}"

    def told(self) -> dict[str, Any]:
        """Return it as programs are told of it, with where its proof is to be had."""
        number = self.index // WIDTH
        width = min(WIDTH, self.size - number * WIDTH)
        said = self.said
        return {
            "id": self.id,
            "type": said["topic"],
            "timestamp": said["at"],
            "leaf": self.index,
            "origin": said["origin"],
            "actor": said["actor"],
            "stream": said["stream"],
            "version": said["version"],
            "data": said["data"],
            "proof": {
                "size": self.size,
                "checkpoint": f"/log/checkpoints/{self.size}",
                "entries": f"/log/{entries_path(number, width)}",
            },
        }

    def body(self) -> bytes:
        """Return the bytes that are sent."""
        return json.dumps(self.told(), ensure_ascii=False, separators=(",", ":")).encode()


def check_topics(topics: list[str]) -> tuple[str, ...]:
    """Return topics in order, each once; refuse one that no event has."""
    for topic in topics:
        if topic not in TOPICS:
            raise TopicUnknown(topic)
    return tuple(sorted(set(topics)))


def published(log: LogFolder, stretch: Stretch, wanted: Wanted) -> Iterator[Published]:
    """Yield the events of a stretch that are wanted.

    Entries are read as they are published, a bundle at a time, so that what is handed out is what
    every copy of the log holds.
    """
    read = or_cut(log.read)
    for number in range(stretch.start // WIDTH, -(-stretch.stop // WIDTH)):
        first = number * WIDTH
        data = read(entries_path(number, min(WIDTH, stretch.size - first)))
        for index, entry in enumerate(unpack_entries(data), first):
            if stretch.start <= index < stretch.stop:
                said = json.loads(jws.parse(entry).payload)
                if wanted.holds(said):
                    yield Published(index, stretch.size, said)
