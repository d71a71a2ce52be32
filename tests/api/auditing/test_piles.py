"""Claims of any number are held against each other in memory that does not grow with them."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import closing

import pytest

from api.auditing import belongings, piles
from api.auditing.piles import BETWEEN, PILES, Piles, line_of, name_of, parts_of

BYTES_A_CLAIM = 40
"""What one more claim may take at the most; a claim held in a dictionary takes over 400."""

ODD = 'a"\\\t\n,", \u2028名\x00'


def names(first: int, last: int) -> list[str]:
    return [f"digest-{number:039}" for number in range(first, last)]


def filled(some: list[str], version: int = 1) -> Piles:
    heap = Piles()
    for name in some:
        heap.put(name, f"gift-{name[-32:]}", version, "532300000000000198")
    return heap


def lines(heap: Piles) -> list[bytes]:
    return [line for number in range(PILES) for line in heap.pile(number)]


def test_a_line_gives_back_whatever_was_put_into_it() -> None:
    line = line_of(ODD, ODD, 7, "")
    assert b"\n" not in line
    assert parts_of(line) == [ODD, ODD, 7, ""]
    assert name_of(line) == name_of(line_of(ODD, "else"))
    assert name_of(line) != name_of(line_of('a"', "else"))
    assert line_of("a", "1") != line_of("a", 1)
    assert line_of(ODD, 7) == BETWEEN.join([json.dumps(ODD), "7"]).encode()


@pytest.mark.parametrize("held", [1, 300, piles.HELD_BYTES])
def test_every_claim_comes_back_once_whether_it_went_to_the_disk_or_not(
    monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(piles, "HELD_BYTES", held)
    with closing(filled(names(0, 900))) as heap:
        assert sorted(str(parts_of(line)[0]) for line in lines(heap)) == names(0, 900)
        heap.put("one more", 1)
        assert len(lines(heap)) == 901, "it can be read again, and added to between two readings"


def test_claims_on_one_name_come_back_from_one_pile_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(piles, "HELD_BYTES", 64)
    with closing(Piles()) as heap:
        for version in range(50):
            for name in ("one", "two"):
                heap.put(name, version)
        for number in range(PILES):
            found = [parts_of(line) for line in heap.pile(number)]
            for name in ("one", "two"):
                of_name = [value for said, value in found if said == name]
                assert of_name in ([], list(range(50)))


def held_against(said: Piles, kept: Piles) -> tuple[list[str], list[str]]:
    found = [belongings.held_against(said, kept, number) for number in range(PILES)]
    gone = [name for missing, _ in found for name in missing]
    return sorted(gone), sorted(name for _, astray in found for name, _, _ in astray)


def test_what_is_missing_and_what_is_not_as_said_is_named() -> None:
    with closing(filled(names(0, 500))) as said, closing(filled(names(1, 499))) as kept:
        said.put(names(7, 8)[0], "a later fact repeats it", 2, "other")
        kept.put("made up", "gift-1", 1, "532300000000000198")
        assert held_against(said, kept) == ([names(0, 1)[0], names(499, 500)[0]], ["made up"])
    with closing(filled(names(0, 2))) as said, closing(filled(names(0, 2), 2)) as kept:
        assert held_against(said, kept) == ([], names(0, 2)), "none is missing, both are elsewhere"


def peak_of(claims: int) -> int:
    """Return the most memory that comparing so many claims takes, in bytes."""
    tracemalloc.start()
    try:
        with closing(Piles()) as said, closing(Piles()) as kept:
            for number in range(claims):
                name = f"digest-{number:039}"
                for heap in (said, kept):
                    heap.put(name, f"gift-{number:032}", 1, "532300000000000198")
            assert held_against(said, kept) == ([], [])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_one_more_claim_takes_next_to_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piles, "HELD_BYTES", 2**11)
    few, many = 8_000, 32_000
    peak_of(few)
    assert (peak_of(many) - peak_of(few)) / (many - few) < BYTES_A_CLAIM
