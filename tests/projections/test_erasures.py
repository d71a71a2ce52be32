"""An erasure leaves a mark that everybody sees: which digests, since when, on what ground."""

from __future__ import annotations

from datetime import datetime

from api.erasure_marks import ERASED, mark
from api.times import BEIJING
from api.wiring import House
from projections.erasures import erased
from tests.conftest import USCC
from tests.houses import general_fund, gift, register


def test_a_gift_whose_openings_are_gone_says_so_and_another_says_nothing(house: House) -> None:
    register(house)
    fund = general_fund(house)
    one, two = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00"), gift("2.00", "李某某")])
    before = house.recorder.size()
    house.publish()
    assert mark(house, one) is None
    house.ledger.people.erase(one, "request of the person")
    house.publish()

    told = mark(house, one)
    today = datetime.now(BEIJING).date().isoformat()
    assert told == {"words": ERASED, "fields": 1, "of": 1, "erased_on": today,
                    "ground": "request of the person"}  # fmt: skip
    assert mark(house, two) is None
    assert mark(house, one, before) is None, "as of then nothing was erased"
    assert mark(house, one, before + 1) == told


def test_what_is_erased_twice_counts_from_the_first_time(house: House) -> None:
    register(house)
    (one,) = house.ledger.gifts.receive_gifts(USCC, general_fund(house), [gift("1.00")])
    (row,) = house.vault.all()
    house.ledger.people.erase(one, "request of the person")
    house.publish()
    (first,) = erased(house.runner, [row.digest])
    house.ledger.people._erase(USCC, [row.digest], "recorded by mistake", [])
    house.publish()
    assert erased(house.runner, [row.digest, "none"]) == [first]
    assert (first.ground, first.leaf) == ("request of the person", house.recorder.size() - 2)


def test_of_no_digest_nothing_was_erased(house: House) -> None:
    assert erased(house.runner, []) == []
