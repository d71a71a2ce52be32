from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.donors import Donors, is_not_named, read_donors
from api.imports.files import read
from api.imports.rows import MoneyTable
from ledger.money import Money
from tests.conftest import SHARED

TEN = Money(1000)


@pytest.mark.parametrize(
    ("text", "donor", "conduit"),
    [
        ("王**转来示范家庭捐款", "示范家庭", "王**"),
        ("示范典当有限公司转来王某某、李**联名捐款", "王某某、李**", "示范典当有限公司"),
        ("林**转入示范商会捐款", "示范商会", "林**"),
        ("示范省红十字会转来捐款", None, "示范省红十字会"),
        ("示范省红十字会转来爱心人士捐款", None, "示范省红十字会"),
        ("示范省红十字会（转甲公司、乙公司）", "甲公司、乙公司", "示范省红十字会"),
        ("示范公司（转来）", None, "示范公司"),
        ("通过示范慈善会捐赠：李某某", "李某某", "示范慈善会"),
        ("李某某（经示范慈善会转）", "李某某", "示范慈善会"),
        ("王某某代李某某捐款", "李某某", "王某某"),
        ("示范公司转王某某捐款", "王某某", "示范公司"),
    ],
)
def test_who_passed_a_gift_on_is_told_from_who_gave_it(
    text: str, donor: str | None, conduit: str
) -> None:
    assert read_donors(text, TEN) == Donors(donor, conduit, ())


@pytest.mark.parametrize(
    "text",
    [
        "王某某", "李转业", "王转弟", "示范转型发展公司",
        "示范土地流转合作社", "示范周转来料加工厂", "代某",
        "示范现代公司捐款", "示范时代基金会捐款", "示范代理公司捐款",
        "王某某代表全体员工捐款", "甲、乙、丙",
        "示范公司（转型升级基金）", "示范市转塘街道",
        "示范县公安局(示范县委、县政府)", "匿名（王某）",
        "示范省红十字会（富某、阳某等）", "王某转来",
    ],
)  # fmt: skip
def test_ordinary_names_and_lists_without_amounts_stay_whole(text: str) -> None:
    assert read_donors(text, TEN) == Donors(text, None, ())


def test_a_stated_split_that_adds_up_gives_each_its_share() -> None:
    text = "甲公司员工（示范市）捐款3万元；乙公司捐款1,000元；丙捐500.50元。"
    found = read_donors(text, Money(3150050))
    assert found.shares == (
        ("甲公司员工（示范市）".replace("（", "(").replace("）", ")"), Money(3000000)),
        ("乙公司", Money(100000)),
        ("丙", Money(50050)),
    )
    assert (found.donor, found.conduit) == (text, None)


def test_what_is_passed_on_may_be_split_too() -> None:
    found = read_donors("示范省红十字会（转拨甲协会8.66元、乙1.34元）", TEN)
    assert found.conduit == "示范省红十字会"
    assert found.shares == (("甲协会", Money(866)), ("乙", Money(134)))


@pytest.mark.parametrize(
    "text", ["甲5元、乙4元", "甲5元、乙", "甲10元", "甲5美元、乙5元", "甲5、乙5", "甲5元、5元"]
)
def test_a_split_that_does_not_add_up_or_is_not_whole_gives_no_shares(text: str) -> None:
    assert read_donors(text, TEN) == Donors(text, None, ())


@pytest.mark.parametrize(
    "text",
    ["匿名", "爱心人士", "无名氏", "不愿透露姓名", "爱心企业（个人）", "不愿透露姓名的爱心人士",
     " 匿 名 ",
     "Anonymous"],
)  # fmt: skip
def test_some_words_name_nobody(text: str) -> None:
    assert is_not_named(text)
    assert read_donors(text, TEN) == Donors(None, None, ())


@pytest.mark.parametrize(
    "text", ["匿名（王某）", "示范爱心基金会", "王爱心", "爱心人士王某", "无名山公司"]
)
def test_words_with_a_name_beside_them_name_somebody(text: str) -> None:
    assert not is_not_named(text)


@given(st.text(max_size=60), st.integers(1, 10**9))
def test_shares_always_add_up_to_the_gift(text: str, minor: int) -> None:
    found = read_donors(text, Money(minor))
    assert not found.shares or sum(share.minor for _, share in found.shares) == minor


@pytest.mark.shared
def test_the_joint_donors_of_a_published_list_have_their_split() -> None:
    path = SHARED / "data" / "red-cross-2020" / "cash" / "gongshi-11-1_0202.xlsx"
    if not path.is_file():
        pytest.skip("the published list does not lie beside this repository")
    tables = [table for table in read(path).tables if isinstance(table, MoneyTable)]
    rows = {row.row: row for row in tables[0].rows}
    found = {
        number: read_donors(rows[number].party or "", rows[number].amount) for number in (31, 46)
    }
    assert [len(each.shares) for each in found.values()] == [6, 2]
    assert [each.conduit is None for each in found.values()] == [True, False]
    split = [
        number for number, row in rows.items() if read_donors(row.party or "", row.amount).shares
    ]
    assert split == [31, 46]
