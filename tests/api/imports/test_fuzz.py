from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.imports.files import OLE2, XLS_STREAMS, SourceFile, read
from api.imports.sheets import Sheet
from api.imports.tables import read_sheet
from ledger.errors import Unreadable
from tests.api.imports.workbooks import GIFTS, workbook, written

WORKBOOK = workbook(Sheet1=GIFTS)
TEXT = "某会公示\n捐赠人,金额（元）,日期\n甲*,1.50,2020-01-22\n合计,1.5\n".encode()
MAGIC = st.sampled_from([b"", b"PK\x03\x04", OLE2 + XLS_STREAMS[0], b"[{"])
CHANGES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=20)
WORDS = st.sampled_from(
    ["捐赠人", "金额", "金额（美元）", "日期", "合计", "小计", "甲", "", "单位：万元", "注：x",
     "-5", "品名", "数量", "2020-01-02", "43860", "其中：乙", "\u200b"]
)  # fmt: skip
CELLS = st.one_of(WORDS, WORDS, st.text(max_size=5), st.floats(), st.dates(), st.booleans())
BOXES = st.tuples(*[st.integers(0, 8)] * 4)


def survives(data: bytes) -> SourceFile | None:
    """Read the bytes; the one error allowed is the one that says what is wrong with the file."""
    with TemporaryDirectory() as folder:
        try:
            return read(written(Path(folder), "a.xlsx", data))
        except Unreadable as refusal:
            assert "\n" not in str(refusal)  # noqa: PT017 either outcome is allowed
            return None


@given(MAGIC, st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_in_a_sentence(magic: bytes, data: bytes) -> None:
    survives(magic + data)


@given(CHANGES)
@settings(max_examples=60, deadline=None)
def test_a_text_with_changed_bytes_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    survives(_changed(TEXT, changes))


@given(CHANGES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_workbook_with_changed_bytes_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    survives(_changed(WORKBOOK, changes))


def _changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for place, value in changes:
        changed[place % len(data)] = value
    return bytes(changed)


@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=9),
    st.lists(BOXES, max_size=4),
    st.sampled_from(["auto", "gifts", "payments"]),
)
@settings(max_examples=300, deadline=None)
def test_any_sheet_is_read_and_every_row_of_money_is_whole(
    rows: list[list[str | float]], boxes: list[tuple[int, int, int, int]], kind: str
) -> None:
    reading = read_sheet(Sheet("表", rows, boxes), kind, None)
    for table in reading.tables:
        assert all(row.amount.minor > 0 for row in table.rows)
        assert all(row.amount.currency == table.currency for row in table.rows)
        assert [row.row for row in table.rows] == sorted({row.row for row in table.rows})
        assert not {row.row for row in table.rows} & {row.row for row in table.rejected}
        assert all(reason.reason for reason in table.rejected)


def test_a_header_of_every_length_of_text_and_a_long_sheet_are_read_quickly() -> None:
    rows = [
        ["捐赠人", "金额"],
        *([f"爱心人士{number}", f"第{number}位"] for number in range(5_000)),
    ]
    assert len(read_sheet(Sheet("表", rows), "auto", None).tables) == 1
