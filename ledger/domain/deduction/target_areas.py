"""Target areas of poverty relief (目标脱贫地区): 832 counties, and villages nobody has listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.deduction import reading as read

FORMAT = "target-counties.v1"
_COUNTY = ("code", "name", "now", "province", "city", "left")


@dataclass(frozen=True, slots=True)
class County:
    """A county: its GB/T 2260 code (None: it has none), listed name, later name, year it left."""

    code: str | None
    name: str
    later_name: str | None
    province: str
    city: str
    left: int | None


@dataclass(frozen=True, slots=True)
class TargetAreas:
    """All counties of the list, with the counties that enjoy the same policy, and their source.

    A place that is not here may still be a registered poor village: absence proves nothing.
    """

    counties: tuple[County, ...]
    also: tuple[County, ...]
    source: str
    as_of: date

    def find(self, place: str) -> County | None:
        """Return the county of a code or of a longer code below it (township, village), or None."""
        for county in (*self.counties, *self.also):
            if county.code is not None and place[:6] == county.code:
                return county
        return None


def parse_target_areas(data: bytes) -> TargetAreas:
    """Read the list; refuse with `MemberUnusable` whatever is not exactly one."""
    needed = ("format", "source", "as_of", "instrument", "confidence", "also", "counties")
    found = read.members(read.read_json(data, "counties"), "counties", needed, ("note",))
    read.word(found["format"], "format", (FORMAT,))
    return TargetAreas(
        counties=_counties(read.items(found["counties"], "counties"), "counties"),
        also=_counties(read.items(found["also"], "also"), "also"),
        source=read.text(found["source"], "source"),
        as_of=read.day(found["as_of"], "as_of"),
    )


def _counties(listed: Sequence[object], where: str) -> tuple[County, ...]:
    return tuple(_county(one, f"{where}[{place}]") for place, one in enumerate(listed))


def _county(value: object, where: str) -> County:
    found = read.members(value, where, _COUNTY)
    return County(
        code=_text(found["code"], f"{where}.code"),
        name=read.text(found["name"], f"{where}.name"),
        later_name=_text(found["now"], f"{where}.now"),
        province=read.text(found["province"], f"{where}.province"),
        city=read.text(found["city"], f"{where}.city"),
        left=None if found["left"] is None else read.year(found["left"], f"{where}.left"),
    )


def _text(value: object, where: str) -> str | None:
    return None if value is None else read.text(value, where)
