"""The machine is lost while gifts are recorded: the runbook's commands bring back what was told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.wiring import House
from tests.houses import general_fund, register
from tests.storage.sites import Moment, Site, commands, digest

pytestmark = pytest.mark.soak

RECEIVE, STRICT = commands("Received as it is written:")
BASE, FOLDER = commands("Copied once a day:")
NEWEST = commands("After a loss:")
THEN = commands("To look at an earlier moment ")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, tmp_path / "var")
    yield made
    made.remove()


def founded(site: Site) -> str:
    """Found a ledger whose passphrase lies in a place of its own; return a fund to give to."""
    house = House(site.settings, create=True)
    try:
        register(house)
        fund = general_fund(house)
        house.publish()
    finally:
        house.close()
    shutil.copy(site.data / "passphrase", site.folder / "passphrase")
    return fund


def worked(site: Site) -> Moment:
    """Back the ledger up while it works, publish, note a moment, work on, and lose it all."""
    fund = founded(site)
    site.receive(RECEIVE)
    site.type(STRICT)
    site.record(fund)
    site.until(15)
    site.type(BASE)
    site.until(60)
    noted = site.moment()
    site.until(120)
    site.type("donation-ledger integrate")
    site.type(FOLDER)
    site.until(150)
    site.lose()
    return noted


def test_nothing_acknowledged_is_lost_and_an_earlier_moment_is_exactly_that(site: Site) -> None:
    noted = worked(site)

    for command in NEWEST:
        site.type(command)
    house = House(site.settings)
    try:
        kept = set(house.recorder.streams_with("gift-received.v1"))
        assert set(site.acknowledged) <= kept
        assert digest(house, noted.size) == noted.digest
    finally:
        house.close()
    found = site.audited()
    assert found["findings"] == []

    then = replace(site, data=site.folder / "then", writer=None, receiver=None)
    try:
        for command in THEN:
            then.type(command, TIME=noted.at)
        house = House(then.settings)
        try:
            assert house.recorder.counts() == (noted.size,) * 3
            assert digest(house, noted.size) == noted.digest
            published = house.log.published(house.trust().log)
            assert published is not None
            assert published.size > noted.size
        finally:
            house.close()
        code, said = then.run("donation-ledger integrate")
        assert code == 1
        assert "restored from an older backup; nothing is signed" in said
        findings = then.audited()["findings"]
        assert isinstance(findings, list)
        assert any("restored from an older backup" in each for each in findings), findings
    finally:
        then.remove()
