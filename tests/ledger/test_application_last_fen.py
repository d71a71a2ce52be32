"""Two processes want the last fen of a fund: exactly one gets it, the other is told why not."""

from __future__ import annotations

from api.wiring import House
from tests.houses import general_fund, register
from tests.invariants import check_house
from tests.ledger.corrected import balance_of
from tests.soak.racing import TOO_LATE, WON, Race, run


def raced(house: House, laps: int, funds: int, longest_s: float) -> None:
    """Race for a last fen that many times; each fen must be spent or moved once, and no more."""
    register(house)
    contested = [general_fund(house, name=f"资金{n}") for n in range(funds)]
    race, rounds = Race(laps, contested, general_fund(house, name="县级资金")), laps * funds

    outcomes = run(house.settings, race, longest_s)

    assert len(outcomes) == rounds
    assert {tuple(sorted(one)) for one in outcomes} == {tuple(sorted((WON, TOO_LATE)))}
    assert {one.index(WON) for one in outcomes} == {0, 1}, "either process wins some"
    known = [balance_of(house, fund) for fund in race.funds]
    assert {one.balance for one in known} == {0}
    moved = balance_of(house, race.target).balance
    assert sum(one.received for one in known) == rounds
    assert sum(one.disbursed for one in known) + moved == rounds
    assert 0 < moved < rounds, "some were paid, some were allocated"


def test_of_two_processes_exactly_one_gets_the_last_fen(house: House) -> None:
    raced(house, laps=4, funds=25, longest_s=120)
    check_house(house)
