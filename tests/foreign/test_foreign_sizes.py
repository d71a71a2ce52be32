"""Checkers nobody here wrote accept our log at every size, and refuse what was tampered with."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.proof.checkpoint import open_signed
from ledger.proof.encoding import b64
from tests.foreign import logs
from tests.foreign.asking import Request
from tests.foreign.checkers import CHECKERS
from tests.ledger.proof.given import LOG_KEY


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep tlog-scales from writing whole ML-DSA keys into the report of a failure."""
    caplog.set_level(logging.CRITICAL, "tlog_scales")


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("foreign-sizes")


@pytest.fixture(scope="session")
def honest(place: Path) -> dict[str, Request]:
    """Publish a log of every size."""
    return {
        f"{size} entries": logs.request(logs.written(place / str(size), size), size)
        for size in logs.SIZES
    }


@dataclass(frozen=True, slots=True)
class Copy:
    """A tampered copy of a log, and who must refuse it."""

    request: Request
    act: logs.Tampering


@pytest.fixture(scope="session")
def tampered(place: Path, honest: dict[str, Request]) -> dict[str, Copy]:
    """Copy a small and a large log, each copy with one thing changed."""
    found = {}
    for size, acts in ((257, logs.SMALL), (70_000, logs.LARGE)):
        log = honest[f"{size} entries"].log
        for number, (name, act) in enumerate(acts.items()):
            copy = place / f"{size}-{number}"
            found[f"{name}, of {size}"] = Copy(act.apply(log, copy, size), act)
    return found


@pytest.mark.parametrize("checker", sorted(CHECKERS))
def test_a_foreign_checker_accepts_the_log_at_every_size(
    checker: str, place: Path, honest: dict[str, Request]
) -> None:
    requests = list(honest.values())
    for size, request, told in zip(
        logs.SIZES, requests, CHECKERS[checker](place, requests), strict=True
    ):
        assert told.refused == "", size
        seen = open_signed(logs.signed(size), LOG_KEY)
        assert (told.size, told.root) == (size, b64(seen.root))
        assert told.checked >= len(request.leaves), size


@pytest.mark.parametrize("checker", sorted(CHECKERS))
def test_a_foreign_checker_refuses_what_was_tampered_with_where_it_looks(
    checker: str, place: Path, tampered: dict[str, Copy]
) -> None:
    shown = {
        name: copy
        for name, copy in tampered.items()
        if copy.act.readable or checker not in logs.HANDED
    }
    told = CHECKERS[checker](place, [copy.request for copy in shown.values()])
    refused = {name for name, answer in zip(shown, told, strict=True) if answer.refused}
    assert refused == {name for name, copy in shown.items() if checker in copy.act.seen_by}


def test_every_tampering_is_refused_by_two_checkers_of_different_authors() -> None:
    for act in (*logs.SMALL.values(), *logs.LARGE.values()):
        assert len(act.seen_by) >= 2
