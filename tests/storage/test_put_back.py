"""A database that was put back behind its own published log takes in nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.wiring import House
from ledger.store.integrator import LogAhead, refuse_if_put_back
from ledger.store.log_folder import LogFolder
from tests.houses import general_fund, give, register
from tests.ledger.store.test_log_folder import forget


def given_back(house: House) -> str:
    """Publish a ledger, and put its database back; return a fund of it."""
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    house.publish()
    forget(house, house.recorder.size() - 1)
    return fund


def test_nothing_is_recorded_after_a_restore_that_lost_published_entries(house: House) -> None:
    fund = given_back(house)
    reopened = House(house.settings)
    try:
        with pytest.raises(LogAhead, match="restored from an older backup; nothing is signed"):
            give(reopened, fund, "2.00")
    finally:
        reopened.close()


@pytest.mark.parametrize("damaged", ["checkpoint", "vkey"])
def test_a_damaged_folder_is_left_to_the_integrator(house: House, damaged: str) -> None:
    given_back(house)
    (house.log.folder / "checkpoint").write_text("—" if damaged == "checkpoint" else "x")
    if damaged == "vkey":
        (house.log.folder / "vkey").unlink()

    refuse_if_put_back(house.recorder, house.log, house.database.looking)


def test_a_folder_without_a_checkpoint_hinders_nobody(house: House, tmp_path: Path) -> None:
    refuse_if_put_back(house.recorder, LogFolder(tmp_path), house.database.looking)


def test_a_bucket_is_not_asked(house: House) -> None:
    refuse_if_put_back(house.recorder, LogFolder(object()), house.database.looking)  # type: ignore[arg-type]  # asked for nothing
