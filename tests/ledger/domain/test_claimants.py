"""Only the payer deducts a receipt, and of a joint one each member what that member gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.claimants import (
    NotInMemberList,
    PayerDiffers,
    PayerWasErased,
    Taxpayer,
    TaxpayerNameMissing,
    TaxpayerNameUnusable,
    TaxpayerNumberUnusable,
    entitled,
    folded,
    known_by,
    normalised,
    taxpayer,
)
from ledger.errors import Refused
from tests.ledger.domain.given import CHARITY, cny

PERSON = "11010519491231002X"
"""The worked example of GB 11643-1999."""

MEMBERS = ["张三\t20.00", "李 四\t30.00", "张三\t5.00", "王五\t1.00"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (CHARITY, CHARITY),
        (CHARITY.lower(), CHARITY),
        (f" {CHARITY[:6]} {CHARITY[6:]}\u3000", CHARITY),
        ("１１０１０５１９４９１２３１００２ｘ", PERSON),
        ("11010519491231002x", PERSON),
        ("g1234567", "G1234567"),
        ("110105491231002", "110105491231002"),
        ("AB12", "AB12"),
        ("9" * 40, "9" * 40),
    ],
)
def test_a_number_has_one_spelling(written: str, meant: str) -> None:
    assert normalised(written) == meant


@pytest.mark.parametrize(
    "written", ["", "ABC", "9" * 41, CHARITY[:17] + "0", "110105194912310021", "G123\x004567"]
)
def test_a_number_that_names_nobody_is_refused_and_never_repeated(written: str) -> None:
    with pytest.raises(TaxpayerNumberUnusable) as refused:
        normalised(written)
    assert not written or written not in str(refused.value)


@given(st.text(max_size=45))
def test_normalising_is_done_once(text: str) -> None:
    try:
        once = normalised(text)
    except Refused:
        return
    assert normalised(once) == once


def test_neither_name_nor_number_shows_where_programs_print() -> None:
    assert repr(taxpayer(PERSON, "张三")) == "Taxpayer()"


@pytest.mark.parametrize(("written", "kept"), [(None, None), ("  ", None), (" 张 三 ", "张 三")])
def test_a_name_is_kept_as_it_was_written(written: str | None, kept: str | None) -> None:
    assert taxpayer(PERSON, written) == Taxpayer(PERSON, kept)


@pytest.mark.parametrize("name", ["张" * 201, "张\n三"])
def test_a_name_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(TaxpayerNameUnusable):
        taxpayer(PERSON, name)


def test_names_are_compared_without_blanks_and_widths() -> None:
    assert folded("张　三") == folded("张三")
    assert folded("ＡＢ公司 ") == folded("AB 公司")
    assert folded("张三") != folded("张叁")


def test_a_receipt_with_a_number_is_for_the_one_who_has_it() -> None:
    payer = {"name": "张三", "taxpayer": PERSON.lower()}

    assert entitled(taxpayer(PERSON, None), "single", payer, []) is None
    with pytest.raises(PayerDiffers, match="number"):
        entitled(taxpayer(CHARITY, "张三"), "single", payer, [])


def test_a_number_on_a_receipt_that_we_would_refuse_is_compared_as_it_is() -> None:
    with pytest.raises(PayerDiffers, match="number"):
        entitled(taxpayer(PERSON, None), "single", {"taxpayer": "无"}, [])


def test_a_receipt_without_a_number_is_for_the_one_of_that_name() -> None:
    assert entitled(taxpayer(PERSON, "张 三"), "annual", {"name": "张三"}, []) is None
    with pytest.raises(PayerDiffers, match="name"):
        entitled(taxpayer(PERSON, "李四"), "annual", {"name": "张三"}, [])
    with pytest.raises(TaxpayerNameMissing, match="name as well"):
        entitled(taxpayer(PERSON, None), "annual", {"name": "张三"}, [])


def test_what_was_erased_can_be_compared_with_nothing() -> None:
    with pytest.raises(PayerWasErased):
        entitled(taxpayer(PERSON, "张三"), "single", {"check_code": "a1B2c3"}, [])


def test_of_a_joint_receipt_a_member_has_a_share() -> None:
    assert entitled(taxpayer(PERSON, "李四"), "joint", {"name": "示范公司"}, MEMBERS) == cny(
        "30.00"
    )
    assert entitled(taxpayer(PERSON, "王五"), "joint", {"name": "示范公司"}, MEMBERS) == cny("1.00")


def test_namesakes_of_a_joint_receipt_have_the_sum_of_their_shares() -> None:
    assert entitled(taxpayer(PERSON, "张三"), "joint", {}, MEMBERS) == cny("25.00")


def test_a_taxpayer_is_known_again_by_the_number_and_a_member_by_the_name() -> None:
    other = taxpayer("G1234567", "张 三")

    assert known_by(taxpayer(PERSON, "张三"), "single") == (PERSON,)
    assert known_by(taxpayer(PERSON, None), "annual") == (PERSON,)
    assert known_by(other, "single") != known_by(taxpayer(PERSON, "张三"), "single")
    assert known_by(other, "joint") == known_by(taxpayer(PERSON, "张三"), "joint")
    assert known_by(other, "joint") != known_by(taxpayer("G1234567", "李四"), "joint")
    with pytest.raises(TaxpayerNameMissing):
        known_by(taxpayer(PERSON, None), "joint")


def test_who_is_no_member_deducts_nothing_of_a_joint_receipt() -> None:
    for name in ("赵六", "示范公司"):
        with pytest.raises(NotInMemberList):
            entitled(taxpayer(PERSON, name), "joint", {"name": "示范公司"}, MEMBERS)
    with pytest.raises(NotInMemberList):
        entitled(taxpayer(PERSON, "张三"), "joint", {}, [])
    with pytest.raises(TaxpayerNameMissing):
        entitled(taxpayer(PERSON, None), "joint", {"taxpayer": PERSON}, MEMBERS)
