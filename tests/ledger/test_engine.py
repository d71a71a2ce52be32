"""The engine: signed in, verified out, and a commit whose answer was lost is known again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from psycopg import sql

from api.wiring import House
from ledger.domain.registry import SignerUnknown
from ledger.engine import Conflict, Engine, EntryMoved, SignedMapper
from ledger.store.recorder import EVENTS
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house


def engine_of(house: House) -> Engine:
    return house.ledger.funds._desk._engine


def test_a_commit_whose_answer_was_lost_is_known_as_ours(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (opened,) = engine_of(house).history(fund)
    before = house.recorder.counts()

    engine_of(house).record([opened], {})

    assert house.recorder.counts() == before
    check_house(house)


def test_another_event_in_the_same_place_is_a_conflict(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (opened,) = engine_of(house).history(fund)
    before = house.recorder.counts()

    with pytest.raises(Conflict, match=f"somebody else recorded in {fund}"):
        engine_of(house).record([replace(opened, name="另一资金")], {})

    assert house.recorder.counts() == before
    check_house(house)


def test_rows_beside_that_are_taken_are_a_conflict_though_the_stream_is_free(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "1.00")
    (received,) = engine_of(house).history(one)
    before = house.recorder.counts()
    kept = house.vault.all()

    with pytest.raises(Conflict):
        engine_of(house).record([replace(received, originator_id="gift-2")], {"openings": kept})

    assert house.recorder.counts() == before
    check_house(house)


def test_what_is_signed_here_at_the_end_is_signed_with_the_key_it_names(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (opened,) = engine_of(house).history(fund)
    entry = house.mapper.unsigned(replace(opened, originator_id="fund-2"))

    with pytest.raises(Conflict, match=f"recorded in {USCC}"):
        engine_of(house).submit([(replace(entry, kid="another"), None)], {})

    assert engine_of(house).submit([(entry, None)], {}) == 1
    assert house.ledger.streams.fund("fund-2").organisation == USCC


def test_an_entry_in_anothers_place_is_refused(house: House) -> None:
    register(house)
    one, two = general_fund(house), general_fund(house, name="助学资金")
    with house.database.writing() as connection:
        query = sql.SQL("UPDATE {} SET originator_id = %s WHERE originator_id = %s")
        events = house.database.table(EVENTS)
        connection.execute(query.format(events), ["fund-moved", one])

    with pytest.raises(EntryMoved, match="fund-moved version 1 belongs elsewhere"):
        house.ledger.streams.fund("fund-moved")
    assert house.ledger.streams.fund(two).name == "助学资金"


def test_an_entry_signed_by_another_than_its_actor_is_refused(house: House) -> None:
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    fund = general_fund(house)
    (opened,) = engine_of(house).history(fund)
    verify = engine_of(house).mapper._verify  # type: ignore[attr-defined] # it is ours
    forger = SignedMapper(
        house.recorder.origin(), lambda _: house.keys.signer_of(OTHER_USCC), verify
    )
    Engine(forger, house.recorder).record([replace(opened, originator_id="fund-forged")], {})

    with pytest.raises(SignerUnknown, match=f"does not sign for {USCC}"):
        house.ledger.streams.fund("fund-forged")


def test_the_environment_of_the_process_changes_nothing_that_is_stored(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    monkeypatch.setenv("CIPHER_TOPIC", "nowhere:Cipher")
    monkeypatch.setenv("LEDGER_COMPRESSOR_TOPIC", "zlib")
    register(house)
    (stored,) = house.recorder.select_events(general_fund(house))

    assert bytes(stored.state).startswith(b"eyJ")
    check_house(house)
