"""A history asks what takes in a fact by its class, and a fact of no class is let pass."""

from __future__ import annotations

from ledger.domain.by_fact import ByFact


class Fact:
    """Something that happened."""


class Gift(Fact):
    """One kind of it."""


class Loan(Fact):
    """Another."""


class Grant(Gift):
    """A gift by another name."""


class Told:
    """Remembers what took in what."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @ByFact
    def take_in(self, fact: Fact, more: str) -> None:
        self.seen.append(f"{type(fact).__name__} otherwise {more}")

    @take_in.register
    def _lent(self, fact: Loan | int, more: str) -> None:
        self.seen.append(f"{type(fact).__name__} lent {more}")

    @take_in.register
    def _given(self, fact: Gift, more: str) -> None:
        self.seen.append(f"{type(fact).__name__} given {more}")


def test_a_fact_goes_to_the_method_of_its_class_or_of_the_nearest_above() -> None:
    one, other = Told(), Told()

    for fact in (Gift(), Loan(), Grant(), Fact(), 1, Gift()):
        one.take_in(fact, "a")
    other.take_in(Grant(), "b")

    assert one.seen == [
        "Gift given a",
        "Loan lent a",
        "Grant given a",
        "Fact otherwise a",
        "int lent a",
        "Gift given a",
    ]
    assert other.seen == ["Grant given b"]


def test_what_takes_in_a_class_of_facts_is_known_ahead_and_nothing_of_no_class() -> None:
    one = Told()

    for fact in (Grant(), Loan(), Fact()):
        for take_in in Told.take_in.takers(one, type(fact)):
            take_in(fact, one.seen.append)

    assert [said.split(" <")[0] for said in one.seen] == ["Grant given", "Loan lent"]
