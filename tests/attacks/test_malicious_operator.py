"""Whatever a malicious operator does to the past, somebody catches it, and it is said who."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from api.mirroring.others import compare
from api.mirroring.rounds import run_round
from api.mirroring.views import TwoViews
from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.settings import Settings
from api.wiring import House
from ledger.store.mirror import MirrorFolder
from tests.attacks import operating
from tests.attacks.tampering import backup, kept, place_of
from tests.attacks.watching import (
    COSIGNER,
    DATABASE,
    HOLDER,
    LOG,
    MIRROR,
    WATCH,
    World,
    auditor_of_the_log,
    follow,
)
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register

Act = Callable[[World], None]

OLDER = {
    MIRROR: "the log shows an older checkpoint",
    COSIGNER: "this witness has seen",
    HOLDER: "a tree only grows",
}
SPLIT = {
    MIRROR: "the log signed two trees of",
    COSIGNER: "another tree of",
    HOLDER: "equal sizes differ",
}
OTHER_PAST = {
    MIRROR: "does not begin with its tree of",
    COSIGNER: "leads to other roots",
    HOLDER: "leads to other roots",
}
MISSING = "is missing from the published log"
BACK = "it is dated back"

CAUGHT: dict[Act, Mapping[str, str]] = {
    # with the database alone: what is published stays, so strangers have nothing to see
    operating.removes_an_event: {DATABASE: "the event store only"},
    operating.edits_an_event: {DATABASE: "the signature of this"},
    operating.reorders_two_events: {DATABASE: "do not give the published checkpoint"},
    operating.inserts_an_event: {DATABASE: "the signature of this"},
    # with the folder of the log alone: a mirror keeps what it has, a witness reads no entries
    operating.edits_the_published_entry: {
        LOG: "the signature of this",
        DATABASE: "log: checkpoint: its root is not that of the entries",
    },
    operating.replays_an_old_checkpoint: {**OLDER, DATABASE: "entries, but"},
    operating.withholds_the_newest_entries: {MIRROR: MISSING, LOG: MISSING, DATABASE: MISSING},
    # with the stolen key of the log: whoever comes for the first time sees a sound log
    operating.shows_a_shorter_log: {**OLDER, DATABASE: "entries, but"},
    operating.reorders_the_published_log: {**SPLIT, DATABASE: "checkpoint differs from what was"},
    operating.inserts_into_the_published_log: {**OTHER_PAST, DATABASE: "the event store only"},
    # with database, folder and all keys: only those can see it who were there before
    operating.rolls_everything_back: OLDER,
    operating.forks_at_the_same_size: SPLIT,
    operating.rewrites_history: OTHER_PAST,
    # with the server's own clock: the log's order speaks against it, also to a newcomer
    operating.dates_a_gift_back: {LOG: BACK, DATABASE: BACK},
    # to one person: the receipt must prove itself
    operating.swaps_the_proof_of_a_receipt: {HOLDER: "inclusion"},
    # what is no crime, and what can't be told from none: nobody complains. A gift kept back gives
    # no receipt, and the next audit of the database publishes it
    operating.nothing: {},
    operating.goes_on_honestly: {},
    operating.keeps_a_gift_back: {},
    operating.dates_a_gift_back_by_a_day: {},
}
"""Who catches an act, and words of what that one says; whoever is not named here can't see it."""


@pytest.fixture(scope="module")
def world(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Keep a ledger with a receipt, followed by a mirror and a witness."""
    folder = tmp_path_factory.mktemp("operator")
    settings = Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}")
    house = House(settings, create=True)
    try:
        register(house)
        fund = general_fund(house)
        gifts = give(house, fund, "100.00", "50.00", "7.00")
        ready_for_receipts(house)
        place = place_of(house)
        earlier = backup(place)
        give(house, fund, "20.00", "30.00")
        desk = ReceiptDesk(house, USCC, folder / "receipts", date(2026, 11, 21))
        (issued,) = desk.issue(gifts[:1], lambda _: None)
        assert isinstance(issued, IssuedReceipt)
        house.publish()
        known = house.log.published(house.trust().log)
        assert known is not None
        world = World(
            place, house.trust(), earlier, known, issued.path.read_bytes(),
            folder / "mirror", folder / "witness",
        )  # fmt: skip
        follow(world)
        yield world
    finally:
        house.close()


def told(world: World, act: Act) -> dict[str, list[str]]:
    """Do it; return what each says who says anything."""
    with kept(world.place):
        act(world)
        said = {who: watch(world) for who, watch in WATCH.items()}
        world.handed = b""
    return {who: complaints for who, complaints in said.items() if complaints}


@pytest.mark.parametrize("act", CAUGHT, ids=lambda act: act.__name__)
def test_an_operators_act_is_named_by_those_who_can_see_it_and_by_nobody_else(
    world: World, act: Act
) -> None:
    said = told(world, act)
    assert set(said) == set(CAUGHT[act])
    for who, words in CAUGHT[act].items():
        assert any(words in complaint for complaint in said[who]), said[who]


def test_no_party_sees_everything_and_none_is_useless() -> None:
    crimes = [seen for seen in CAUGHT.values() if seen]
    for who in WATCH:
        assert 0 < sum(who in seen for seen in crimes) < len(crimes)


def test_two_readers_who_were_shown_two_views_find_out_by_comparing(
    world: World, tmp_path: Path
) -> None:
    key, other = world.trust.log, MirrorFolder(tmp_path / "other")
    with kept(world.place):
        operating.forks_at_the_same_size(world)
        with other.locked():
            run_round(other, world.log.read, key)
        assert auditor_of_the_log(world) == [], "each view is sound on its own"
    with pytest.raises(TwoViews, match="the log signed two trees of"):
        compare(other, key, str(world.mirror))
