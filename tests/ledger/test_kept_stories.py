"""Stories that are kept: read on from where they were, told as they were, and few of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from ledger.application import kept_stories
from ledger.application.kept_stories import KeptStories


@dataclass(frozen=True)
class Story:
    """What was told, in order; its length is its version."""

    told: tuple[str, ...]

    @property
    def version(self) -> int:
        return len(self.told)


def folded(known: Story | None, event: str) -> Story:
    return Story((*(known.told if known else ()), event))


class Log:
    """Streams in memory, and what was asked of them."""

    def __init__(self) -> None:
        self.streams = {"one": ["a", "b"], "two": ["c"], "three": ["d"]}
        self.asked: list[tuple[str, int | None]] = []
        self.before_answering: Callable[[], object] = bool

    def __call__(self, stream: str, after: int | None) -> Sequence[str]:
        self.asked.append((stream, after))
        found = self.streams.get(stream, [])[after or 0 :]
        self.before_answering()
        return found


def test_a_story_is_read_once_and_then_read_on() -> None:
    log = Log()
    stories = KeptStories(log, folded, 9)
    assert stories.now("one") == Story(("a", "b"))
    log.streams["one"].append("c")
    assert stories.now("one") == Story(("a", "b", "c"))
    assert stories.now("none") is None
    assert log.asked == [("one", None), ("one", 2), ("none", None)]


def test_lately_it_is_told_as_it_was_until_it_was_told_so_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_stories, "USES_MAX", 2)
    log = Log()
    stories = KeptStories(log, folded, 9)
    assert stories.lately("one") == Story(("a", "b"))
    log.streams["one"].append("c")
    told = [stories.lately("one") for _ in range(4)]
    assert told == [Story(("a", "b"))] * 2 + [Story(("a", "b", "c"))] * 2
    assert log.asked == [("one", None), ("one", 2)]
    assert stories.lately("none") is None


@pytest.mark.parametrize("way", ["now", "lately"])
def test_only_those_asked_for_last_are_kept(way: str) -> None:
    log = Log()
    stories = KeptStories(log, folded, 2)
    stories.now("one")
    stories.now("two")
    getattr(stories, way)("one")
    for stream in ("three", "one", "two"):
        stories.now(stream)
    assert log.asked[-3:] == [("three", None), ("one", 2), ("two", None)]


def test_who_reads_slowly_does_not_put_an_older_story_in_place_of_a_newer_one() -> None:
    log = Log()
    stories = KeptStories(log, folded, 9)

    def another_reads_further() -> None:
        log.before_answering = bool
        log.streams["one"].append("c")
        assert stories.now("one") == Story(("a", "b", "c"))

    log.before_answering = another_reads_further
    assert stories.now("one") == Story(("a", "b"))
    assert stories.lately("one") == Story(("a", "b", "c"))
