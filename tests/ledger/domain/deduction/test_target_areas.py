"""The 832 counties; a place that is not among them may still be a registered poor village."""

from __future__ import annotations

from collections import Counter

import pytest

from api.deducting.reference import target_areas
from ledger.domain.deduction.reading import MemberUnusable
from ledger.domain.deduction.target_areas import parse_target_areas


def test_there_are_832_counties_20_of_heilongjiang_and_none_of_liaoning() -> None:
    counties = target_areas().counties
    provinces = Counter(county.province for county in counties)
    assert len(counties) == 832
    assert (provinces["黑龙江省"], provinces["辽宁省"]) == (20, 0)
    assert {county.left for county in counties} == {2016, 2017, 2018, 2019, 2020}


def test_every_code_is_a_county_of_its_own() -> None:
    areas = target_areas()
    codes = [c.code for c in (*areas.counties, *areas.also) if c.code is not None]
    assert len(codes) == len(set(codes)) == 837
    assert all(len(code) == 6 and code.isdigit() and code[4:] != "00" for code in codes)
    assert [c.name for c in areas.counties if c.code is None] == ["冷湖行委", "大柴旦行委"]


def test_the_aksu_area_adds_six_counties_and_a_city() -> None:
    names = [county.name for county in target_areas().also]
    assert [name[-1] for name in names].count("县") == 6
    assert [name[-1] for name in names].count("市") == 1


@pytest.mark.parametrize("place", ["230230", "230230100", "230230100201"])
def test_a_county_is_found_by_its_code_and_by_the_codes_below(place: str) -> None:
    found = target_areas().find(place)
    assert found is not None
    assert (found.name, found.province) == ("克东县", "黑龙江省")


def test_a_renamed_county_tells_its_later_name() -> None:
    found = target_areas().find("230883")
    assert found is not None
    assert (found.name, found.later_name) == ("抚远县", "抚远市")


@pytest.mark.parametrize("place", ["210100", "", "23"])
def test_other_places_are_not_found(place: str) -> None:
    assert target_areas().find(place) is None


def test_the_list_names_its_source_and_day() -> None:
    assert target_areas().source
    assert target_areas().as_of.isoformat() == "2020-11-23"


def test_a_list_that_is_none_is_refused() -> None:
    with pytest.raises(MemberUnusable, match="'x' is unknown; write target-counties"):
        parse_target_areas(
            b'{"format": "x", "source": "s", "as_of": "2020-01-01", "instrument": "i",'
            b' "confidence": "V", "also": [], "counties": []}'
        )
