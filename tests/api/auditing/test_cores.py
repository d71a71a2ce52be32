"""An audit finds the same on one core, on several, and as the plain reading of the log in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest

from api.audit import Audit, Spread, audit_log
from api.working import WorkerLost, cores, in_order
from ledger import codec
from ledger.domain import organisations
from ledger.domain.events import GiftReceived, KeyRegistered, KeyRevoked
from ledger.domain.history import History
from ledger.domain.organisations import AUTHORITY
from ledger.domain.registry import Registry
from ledger.errors import Untrusted
from ledger.proof import checkpoint
from tests.api.auditing.tasks import doubled, gone
from tests.attacks.forging import (
    LOG,
    ORIGIN,
    SIGNERS,
    TRUST,
    Files,
    Log,
    gift,
    key_of,
    public,
    told,
)
from tests.conftest import OTHER_USCC, USCC

ONE, TWO = Spread(1, 1), Spread(2, 1)
CHARITY, OTHER = organisations.stream(USCC), organisations.stream(OTHER_USCC)

Lie = Callable[[Log], object]


def gifts(log: Log, first: int, last: int, **data: Any) -> None:
    for number in range(first, last):
        log.record(f"gift {number}", GiftReceived, f"gift-{number}", USCC, **gift(), **data)


def large(lie: Lie = lambda _: None) -> Log:
    """Tell a story of three bundles, with a lie after the first of them."""
    log = told()
    gifts(log, 2, 260)
    lie(log)
    gifts(log, 300, 600)
    return log


def plainly(log: Log) -> tuple[int, list[str]]:
    """Read entries one after the other, as the definition says; return what is found."""
    registry, history, found = Registry(TRUST.authority), History(), []
    for leaf, entry in enumerate(log.entries):
        try:
            event = codec.admit(entry, ORIGIN, registry)
        except Untrusted as error:
            found.append(f"entry {leaf}: {error}")
        else:
            history.see(leaf, event)
    history.close()
    return len(log.entries), [*found, *history.findings]


def audited(files: dict[str, bytes], spread: Spread) -> Audit:
    return audit_log(Files(files), TRUST.log, TRUST.authority, spread)


def revoked(log: Log) -> None:
    data = {"organisation": USCC, "kid": SIGNERS[USCC].kid, "reason": "stolen"}
    log.record("revoked", KeyRevoked, CHARITY, AUTHORITY, **data)


def stolen(log: Log) -> None:
    gifts(log, 260, 262, signer=SIGNERS["stolen"])


def of_another(log: Log) -> None:
    gifts(log, 260, 262, signer=SIGNERS[OTHER_USCC])


def named_falsely(log: Log) -> None:
    lie = {**key_of(OTHER_USCC), "public": public(SIGNERS["stolen"]), "organisation": USCC}
    log.record("false", KeyRegistered, CHARITY, AUTHORITY, **lie)
    gifts(log, 260, 262, signer=SIGNERS[OTHER_USCC])
    gifts(log, 262, 264, signer=SIGNERS["stolen"])


def weak(log: Log) -> None:
    lie = {"organisation": USCC, "kid": "x" * 43, "public": "A" * 43}
    log.record("weak", KeyRegistered, CHARITY, AUTHORITY, **lie)


def used_too_early(log: Log) -> None:
    stolen(log)
    data = {"organisation": USCC, "kid": SIGNERS["stolen"].kid, "public": public(SIGNERS["stolen"])}
    log.record("late", KeyRegistered, CHARITY, AUTHORITY, **data)
    gifts(log, 264, 266, signer=SIGNERS["stolen"])


def beyond_power(log: Log) -> None:
    log.record("own", KeyRegistered, CHARITY, USCC, **key_of(USCC))


def garbage(log: Log) -> None:
    log.entries += [b"x", b"a.b.c", b"\xff.\xff.\xff", b"", log.entries[20][:-4] + b"AAAA"]


def moved(log: Log) -> None:
    log.entries[20], log.entries[21] = log.entries[21], log.entries[20]


LIES = [
    revoked, stolen, of_another, named_falsely, weak, used_too_early, beyond_power, garbage, moved,
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_what_is_proved_out_of_order_is_judged_in_order(lie: Lie) -> None:
    log = large(lie)
    found = audited(log.files(), ONE)
    events, expected = plainly(log)
    assert (found.events, found.findings) == (events, expected)
    assert expected or lie in (weak, moved), "these two break nothing by themselves"
    assert found.tree_ok, "every entry is under the root"


def test_a_revoked_key_signs_nothing_after_its_revocation_and_all_before() -> None:
    log = large(revoked)
    found = audited(log.files(), ONE).findings
    refused = [f for f in found if "does not sign for" in f]
    assert len(refused) == 300
    assert refused[0].startswith(f"entry {log.leaves['revoked'] + 1}: ")


@lru_cache
def tampered() -> dict[str, bytes]:
    """The files of a log with most of these lies, and damage to files of each kind besides."""

    def lies(log: Log) -> None:
        for lie in (stolen, of_another, used_too_early, garbage, revoked):
            lie(log)

    files = large(lies).files()
    for path in ("tile/0/001", "tile/1/000.p/2", "tile/entries/001"):
        files[path] = files[path][:33] + bytes([files[path][33] ^ 1]) + files[path][34:]
    return files


def test_several_cores_find_what_one_finds() -> None:
    for files in (large().files(), tampered()):
        one, two = audited(files, ONE), audited(files, TWO)
        assert two == one
        assert two.events > 512
    assert one.findings
    assert not audited(large().files(), TWO).findings


@pytest.mark.parametrize("bundles", [1, 2, 4])
def test_blocks_of_any_length_find_the_same(bundles: int) -> None:
    assert audited(tampered(), Spread(1, bundles)) == audited(tampered(), ONE)


def test_a_missing_bundle_is_named_and_the_rest_is_still_audited() -> None:
    files = large(stolen).files()
    del files["tile/entries/000"], files["tile/0/002.p/60"]
    found = audited(files, ONE)
    assert found.events == 256 + 60
    assert "tile/entries/000: tile/entries/000 is missing" in found.findings
    assert any("tile/0/002.p/60 is missing" in each for each in found.findings)
    assert not any("tile/1" in each for each in found.findings)
    assert not any("its root" in each for each in found.findings), "nobody can say what it is"


def test_a_log_that_claims_to_be_enormous_is_left_after_a_while() -> None:
    boast = checkpoint.sign(checkpoint.Checkpoint(ORIGIN, 2**60, b"\x00" * 32), LOG)
    found = audited({"checkpoint": boast.encode()}, Spread(1, 512))
    assert any("tiles in a row can't be read" in each for each in found.findings)


def test_results_come_in_the_order_of_their_tasks() -> None:
    for jobs in (1, 2):
        assert list(in_order(doubled, range(9), jobs)) == [(n, 2 * n) for n in range(9)]
    assert list(in_order(doubled, [], 2)) == []


def test_no_process_starts_for_a_single_task() -> None:
    assert list(in_order(lambda _: os.getpid(), [1], 8)) == [(1, os.getpid())]


def test_a_process_that_is_killed_makes_no_log_sound() -> None:
    with pytest.raises(WorkerLost, match="--jobs 1"):
        list(in_order(gone, range(3), 2))


def test_as_many_processes_as_cores_are_used_if_nobody_says_otherwise() -> None:
    assert cores() == len(os.sched_getaffinity(0))


def test_processes_end_with_the_one_that_they_work_for() -> None:
    work = "from api.working import in_order; from tests.api.auditing.tasks import stuck"
    told = [sys.executable, "-c", f"{work}; list(in_order(stuck, range(4), 2))"]
    with subprocess.Popen(told, stdout=subprocess.PIPE) as auditor:
        assert auditor.stdout is not None
        assert auditor.stdout.readline() == b"here\n"
        auditor.kill()
        rest, _ = auditor.communicate(timeout=60)  # which comes once nobody holds the other end
    assert rest in (b"", b"here\n")


def test_alone_no_task_is_taken_before_the_ones_before_it_are_done() -> None:
    done: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(9):
            assert len(done) >= number - 1, "two are looked at first, to see whether there are many"
            yield number

    for number, _ in in_order(done.append, tasks(), 1):
        assert done[-1] == number
    assert done == list(range(9))
