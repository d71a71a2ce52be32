"""The stranger who follows a log sees a fork, a log that shrinks, and a rewritten one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.proof.checkpoint import Checkpoint, sign
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, published
from tests.soak.following import Follower, Unanswered


@dataclass
class Reader(Follower):
    """A follower who is handed files instead of asking a server."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise Unanswered(path, "it is not there")
        return self.files[path]

    def look(self, files: dict[str, bytes]) -> list[str]:
        """Look once at these files; return all that was found wrong so far."""
        self.files = files
        self._once()
        return self.wrong


def forked(size: int) -> dict[str, bytes]:
    """Publish a tree of that size whose root is another one."""
    note = sign(Checkpoint(ORIGIN, size, b"\x07" * 32), LOG)
    return {**published(size), "checkpoint": note.encode()}


def test_a_log_that_grows_is_proved_step_by_step() -> None:
    reader = Reader("", LOG_KEY)
    for size in (1, 3, 3, 256, 300):
        assert reader.look(published(size)) == []
    assert (reader.proved, sorted(reader.seen)) == (4, [1, 3, 256, 300])


def test_what_a_dead_server_left_unanswered_is_asked_again() -> None:
    reader = Reader("", LOG_KEY)
    assert reader.look(published(3)) == []
    assert reader.look({"checkpoint": published(300)["checkpoint"]}) == []
    assert reader.proved == 1
    assert reader.look(published(300)) == []
    assert reader.proved == 2


def test_a_fork_a_smaller_log_and_a_rewritten_one_are_seen() -> None:
    for files, says in (
        (forked(256), "two roots of size 256"),
        (published(3), "3 entries after 256"),
        (forked(300), "leads to other roots"),
    ):
        reader = Reader("", LOG_KEY)
        assert reader.look(published(256)) == []
        assert any(says in wrong for wrong in reader.look(files))
