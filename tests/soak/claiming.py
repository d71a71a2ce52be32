"""Many processes of one ledger that claim one receipt at once, fen by fen, until it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from api.settings import Settings
from api.wiring import House
from ledger.domain.claim_refusals import ClaimExceedsReceipt
from ledger.engine import Conflict
from ledger.money import Money
from tests.ledger.claimed import CODE, asked

LONGEST_S = 120.0
TRIES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Rush:
    """A receipt that all want; each claim is of so many fen, by a taxpayer of its own."""

    number: str
    fen: int


def run(settings: Settings, rush: Rush, processes: int, longest_s: float) -> list[int]:
    """Let that many processes claim; return how many claims each of them got."""
    spawn = get_context("spawn")
    start, ends = spawn.Barrier(processes), [spawn.Pipe(duplex=False) for _ in range(processes)]
    clerks = [
        spawn.Process(target=_clerk, args=(place, settings, rush, start, told))
        for place, (_, told) in enumerate(ends)
    ]
    for clerk in clerks:
        clerk.start()
    try:
        return [_heard(end, longest_s) for end, _ in ends]
    finally:
        for clerk in clerks:
            clerk.join(LONGEST_S)
            clerk.kill()


def _heard(end: Connection, longest_s: float) -> int:
    assert end.poll(longest_s), f"the rush is not over after {longest_s} s"
    heard: int = end.recv()
    return heard


def _clerk(place: int, settings: Settings, rush: Rush, start: Barrier, told: Connection) -> None:
    house = House(settings)
    try:
        start.wait(LONGEST_S)
        told.send(_claim_all(house, place, rush))
    finally:
        house.close()


def _claim_all(house: House, place: int, rush: Rush) -> int:
    """Claim until the receipt has nothing left; who is overtaken asks again."""
    got = 0
    for _ in range(TRIES_MAX):
        wish = asked("0.00", amount=Money(rush.fen), taxpayer=f"G{place:03d}{got:05d}")
        try:
            house.ledger.claims.claim(CODE, rush.number, wish)
        except Conflict:
            continue
        except ClaimExceedsReceipt:
            return got
        got += 1
    raise AssertionError(f"still claiming after {TRIES_MAX} tries")
