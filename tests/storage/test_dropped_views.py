"""The read models of one ledger are dropped and made anew; those of its neighbour stay."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from api.wiring import VIEWS, House
from ledger.store.embedded_place import account_for, programs
from tests.houses import general_fund, give, register

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "citus" / "drop_views.sh"


def schemas(house: House) -> set[str]:
    with house.database.get_connection() as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace").fetchall()
    return {row["nspname"] for row in found}


def test_a_ledgers_read_models_are_dropped_by_name_and_made_anew(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    house.publish()
    mine = house.settings.schema
    named_alike = replace(
        house.settings, schema=f"{mine}_journal_2", data=house.settings.data.parent / "beside"
    )
    neighbour = House(named_alike, create=True)
    neighbour.close()
    before = schemas(house)

    path = f"{programs(account_for(house.settings.data, os.geteuid()))}:/usr/bin:/bin"
    subprocess.run(
        [SCRIPT, str(house.settings.database_url), mine], check=True,
        env={"PATH": path, "PYTHON": sys.executable},
    )  # fmt: skip

    assert before - schemas(house) == {f"{mine}_{view.name}" for view in VIEWS}
    again = House(house.settings)
    try:
        again.publish()
        assert schemas(house) == before
        assert all(one.equal for one in again.runner.rebuild(keep=False))
    finally:
        again.close()
