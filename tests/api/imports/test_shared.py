"""The figures published files must come to, from the files beside the repository."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from api.imports.files import SourceFile, read
from ledger.errors import Unreadable
from ledger.money import Money

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data" / "red-cross-2020"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the published files are not beside this folder"
    ),
]


def facts(source: SourceFile) -> list[tuple[str, int, str]]:
    return [
        (t.kind, len(t.rows), str(Money(sum(r.amount.minor for r in t.rows), t.currency)))
        for t in source.money
    ]


@pytest.mark.parametrize(
    ("name", "rows", "total"),
    [
        ("cash/gongshi-06-1_0122-0128.xlsx", 100, "362638873.00 CNY"),
        ("cash/gongshi-07-1_0129.xlsx", 100, "77319319.01 CNY"),
        ("cash/gongshi-08-1_0130.xlsx", 100, "129843982.85 CNY"),
        ("gifts-hubei/donate02.xls", 1_633, "38422322.24 CNY"),
        ("gifts-hubei/donate03.xls", 1_995, "153967316.14 CNY"),
        ("payments-qr/qr_0124.xlsx", 1_207, "210783.19 CNY"),
        ("payments-qr/qr_0125.xlsx", 49_691, "4761028.68 CNY"),
        ("payments-qr/alipay_0203.xlsx", 450, "306562.00 CNY"),
    ],
)
def test_a_published_list_of_gifts_comes_to_its_figures(name: str, rows: int, total: str) -> None:
    source = read(SHARED / name)
    assert facts(source) == [("gifts", rows, total)]
    assert source.money[0].rejected == ()
    assert str(source.money[0].stated_total) in (total, "None")


def test_a_second_table_in_dollars_is_told_from_the_first() -> None:
    source = read(SHARED / "cash" / "gongshi-11-1_0202.xlsx")
    assert facts(source) == [("gifts", 69, "144236922.86 CNY"), ("gifts", 2, "33133.00 USD")]


def test_the_payments_are_payments() -> None:
    source = read(SHARED / "cash" / "outflows.csv")
    assert facts(source) == [("payments", 14, "130777900.00 CNY")]


def test_the_lists_own_total_is_kept() -> None:
    (table,) = read(SHARED / "gifts-hubei" / "donate02.xls").money
    assert str(table.stated_total) == "38422322.24 CNY"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gifts-hubei/donate03.xls", "gifts-hubei/donate04.xls"),
        ("payments-qr/qr_0124.xlsx", "payments-qr/qr_0124_copy.xlsx"),
    ],
)
def test_a_list_published_again_has_the_same_content(one: str, other: str) -> None:
    first, second = read(SHARED / one), read(SHARED / other)
    assert first.sha256 != second.sha256
    assert [r.content for r in first.tables[0].rows] == [r.content for r in second.tables[0].rows]


def test_the_gift_without_a_name_is_unidentified() -> None:
    (table,) = read(SHARED / "payments-qr" / "alipay_0203.xlsx").money
    assert [(r.row, str(r.amount)) for r in table.rows if r.party is None] == [(278, "50.00 CNY")]


@pytest.mark.parametrize("seed", range(8))
def test_a_published_list_with_changed_bytes_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    data = bytearray((SHARED / "gifts-hubei" / "donate02.xls").read_bytes())
    chance = Random(seed)  # noqa: S311 the same changes each time
    for _ in range(50):
        data[chance.randrange(len(data))] = chance.randrange(256)
    (tmp_path / "a.xls").write_bytes(data)
    try:
        told = read(tmp_path / "a.xls").sha256
    except Unreadable as refusal:
        told = str(refusal)
    assert "\n" not in told


def test_lists_of_goods_are_no_lists_of_money() -> None:
    for path in [*SHARED.glob("goods-in/*"), *SHARED.glob("goods-out/*")]:
        with pytest.raises(Unreadable, match="list of goods"):
            read(path, "gifts")
