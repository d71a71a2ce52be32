"""Two processes of one ledger that want the last fen of a fund, round after round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from api.settings import Settings
from api.wiring import House
from ledger.application.batch import Batch
from ledger.application.receiving import receive
from ledger.domain.funds import BalanceTooSmall
from ledger.errors import Refused
from ledger.money import Money
from tests.conftest import USCC
from tests.houses import gift, payment

LONGEST_S = 60.0
WON, TOO_LATE = "won", "too late"


@dataclass(frozen=True, slots=True)
class Race:
    """How many laps over these funds, a round in each, and where an allocation goes."""

    laps: int
    funds: Sequence[str]
    target: str


def run(settings: Settings, race: Race, longest_s: float) -> list[tuple[str, str]]:
    """Let two processes race; return for each round what became of either's wish."""
    spawn = get_context("spawn")
    start, ends = spawn.Barrier(2), [spawn.Pipe(duplex=False) for _ in range(2)]
    racers = [
        spawn.Process(target=_racer, args=(number, settings, race, start, told))
        for number, (_, told) in enumerate(ends)
    ]
    for racer in racers:
        racer.start()
    try:
        told = [_heard(end, longest_s) for end, _ in ends]
    finally:
        for racer in racers:
            racer.join(LONGEST_S)
            racer.kill()
    return list(zip(*told, strict=True))


def _heard(end: Connection, longest_s: float) -> list[str]:
    assert end.poll(longest_s), f"the race is not over after {longest_s} s"
    heard: list[str] = end.recv()
    return heard


def _racer(number: int, settings: Settings, race: Race, start: Barrier, told: Connection) -> None:
    house = House(settings)
    try:
        told.send([one for _ in range(race.laps) for one in _lap(house, number, race, start)])
    finally:
        house.close()


def _lap(house: House, number: int, race: Race, start: Barrier) -> list[str]:
    """Race once in every fund; the last fen of each comes in before, in one commit."""
    start.wait(LONGEST_S)
    if number == 0:
        _give_each(house, race.funds)
    outcomes = []
    for round_, fund in enumerate(race.funds):
        start.wait(LONGEST_S)
        allocates = round_ % 3 == number
        outcomes.append(_wish(house, fund, race.target if allocates else None))
    return outcomes


def _give_each(house: House, funds: Sequence[str]) -> None:
    desk, batch = house.ledger.gifts._desk, Batch()
    for fund in funds:
        known = desk.streams.fund(fund)
        receive(desk, known, USCC, gift("0.01", donor=None), batch)
    desk.record(batch)


def _wish(house: House, fund: str, target: str | None) -> str:
    """Pay the last fen out, or move it to the target; tell what came of it."""
    try:
        if target is not None:
            house.ledger.funds.allocate(fund, target, Money(1), "clerk")
            return WON
        (outcome,) = house.ledger.disbursements.pay_out(
            USCC, fund, [payment("0.01")], "clerk", "reviewer"
        )
    except BalanceTooSmall:
        return TOO_LATE
    except Refused as refusal:
        return type(refusal).__name__
    if isinstance(outcome, str):
        return WON
    return TOO_LATE if isinstance(outcome, BalanceTooSmall) else type(outcome).__name__
