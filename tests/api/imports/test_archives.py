from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.archives import MEMBERS_MAX, unzipped
from ledger.errors import Unreadable


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_members_of_a_zip_come_in_their_order_without_what_a_desktop_adds() -> None:
    files = {"a/汇总.csv": b"1", "__MACOSX/a": b"x", ".DS_Store": b"x", "明细.csv": b"2"}
    assert unzipped(zipped(**files)) == [("汇总.csv", b"1"), ("明细.csv", b"2")]


def test_names_in_gbk_are_read() -> None:
    name = "账务明细.csv"
    plain = zipped(**{"x" * len(name.encode("gbk")): b"1"})
    data = plain.replace(b"x" * len(name.encode("gbk")), name.encode("gbk"))
    assert unzipped(data) == [(name, b"1")]


def test_a_zip_that_unpacks_a_thousandfold_is_refused() -> None:
    with pytest.raises(Unreadable, match="unpacks to more"):
        unzipped(zipped(bomb=bytes(30 * 2**20)))


def test_a_zip_of_too_many_files_or_an_encrypted_one_is_refused() -> None:
    many = zipped(**{str(number): b"" for number in range(MEMBERS_MAX + 1)})
    with pytest.raises(Unreadable, match="more than 100 files"):
        unzipped(many)
    locked = bytearray(zipped(a=b"1"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="encrypted"):
        unzipped(bytes(locked))


def test_a_file_without_a_name_is_refused() -> None:
    named, nameless = zipped(a=b"1"), zipped(a=b"1").replace(b"a", b"\0")
    assert named != nameless
    with pytest.raises(Unreadable, match="damaged"):
        unzipped(nameless)


@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255))))
def test_any_bytes_are_unpacked_or_refused(junk: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(zipped(a=b"1" * 50, b=b"2"))
    for place, value in changes:
        damaged[place % len(damaged)] = value
    for data in (junk, bytes(damaged)):
        try:
            found = unzipped(data)
        except Unreadable:
            continue
        assert all(isinstance(each, bytes) for _, each in found)
