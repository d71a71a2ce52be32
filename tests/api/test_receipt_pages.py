"""What the page of a receipt says, read off the files that commands print."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp

from api.receipt_remarks import is_whole
from api.wiring import House
from ledger.application import ReceiveGift
from ledger.domain.events import ReceiptLine
from ledger.domain.values import Exchange
from ledger.money import Money
from tests.api.test_commands import Run
from tests.api.test_receipt_commands import CODE, FIRST, WHY, made_out, receipts
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, ready_for_receipts, register
from tests.ledger.corrected import goods, line

DOLLARS = Exchange(rate="712.17", quote_unit=100, source="中国外汇交易中心", day=date(2026, 10, 1))
ORIGINAL = "USD100.00×712.17/100"
ANNUAL = ("annual", "--charity", USCC, "--year", 2026, "--donor", "王某某", "--same-person")


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def foreign(donor: str = "王某某") -> ReceiveGift:
    return replace(gift("100.00", donor, "USD"), exchange=DOLLARS)


def text_of(path: object) -> str:
    return re.sub(r"\s", "", pypdf.PdfReader(str(path)).pages[0].extract_text())


def scanned(path: object) -> str:
    document = pypdfium2.PdfDocument(str(path))
    try:
        (code,) = zxingcpp.read_barcodes(document[0].render(scale=200 / 72).to_pil())
    finally:
        document.close()
    return str(code.text)


def give_back(house: House, gift: str, yuan: str) -> None:
    house.ledger.corrections.return_gift(gift, Money.parse(yuan), "捐赠人申请退回", "clerk")


def test_foreign_money_stands_beside_the_whole_of_a_gift_and_never_beside_a_part(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    whole, part = house.ledger.gifts.receive_gifts(USCC, fund, [foreign(), foreign()])
    give_back(house, part, "356.00")
    ready_for_receipts(house)

    first = text_of(made_out(command_line, whole, tmp_path)["path"])
    assert f"¥712.17原币original：{ORIGINAL}" in first
    assert "原捐赠" not in first
    second = text_of(made_out(command_line, part, tmp_path)["path"])
    assert f"原捐赠{ORIGINAL}，折合712.17元，本票据为其中保留部分" in second
    assert "¥356.17" in second
    assert "原币original" not in second


def test_a_receipt_replaced_after_a_partial_return_does_not_repeat_the_foreign_money_as_its_own(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [foreign()])
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    why = ("--note", "捐赠人申请退回", "--by", "council", "--settle", "replace")
    assert command_line("gift", "return", one, "356.00", *why)[0] == 0

    new = text_of(receipts(command_line, "copy", CODE, "0000000003", "--out", tmp_path)["path"])
    assert ("¥356.17" in new, "原币original" in new) == (True, False)
    assert f"备注Remark原捐赠{ORIGINAL}，折合712.17元" in new


def test_of_several_gifts_in_parts_each_is_told_up_to_two_and_more_are_counted(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    known = house.ledger.gifts.receive_gifts(
        USCC, fund, [*[foreign()] * 4, *[foreign("李某某")] * 3, gift("5.00", "李某某")]
    )
    for one in (*known[:3], *known[4:6]):
        give_back(house, one, "356.00")
    give_back(house, known[7], "1.00")
    ready_for_receipts(house)

    many = text_of(receipts(command_line, *ANNUAL, "--out", tmp_path)["receipt"]["path"])
    assert "备注Remark3笔外币捐赠已部分退回，本票据为其中保留部分税前扣除" in many
    assert many.count(ORIGINAL) == 1
    asked = [word if word != "王某某" else "李某某" for word in ANNUAL]
    two = text_of(receipts(command_line, *asked, "--out", tmp_path)["receipt"]["path"])
    assert two.count(f"原捐赠{ORIGINAL}，折合712.17元") == 2
    assert two.count(ORIGINAL) == 3


def test_the_part_that_is_withheld_belongs_to_the_whole() -> None:
    said = ReceiptLine(
        gift="gift-1", amount=Money(700_00), gift_on=date(2026, 10, 1), eligible=False,
        notice=None, withheld=Money(12_17),
    )  # fmt: skip
    assert is_whole(said, Money(712_17))
    assert not is_whole(said, Money(712_18))
    assert not is_whole(replace(said, withheld=None), Money(712_17))


def test_goods_have_no_foreign_money(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(3, value="30.00"))])
    ready_for_receipts(house)

    text = text_of(made_out(command_line, one, tmp_path)["path"])
    assert "备注Remark实物公允价值证明：发票税前扣除" in text
    assert "原币" not in text


def test_a_copy_of_a_void_receipt_says_so_and_names_the_red_one(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    alive = text_of(receipts(command_line, "copy", *FIRST, "--out", tmp_path)["path"])
    assert ("冲红" in alive, "换开" in alive, "VOID" in alive) == (False, False, False)
    receipts(command_line, "reverse", *FIRST, *WHY)

    void = text_of(receipts(command_line, "copy", *FIRST, "--out", tmp_path)["path"])
    assert f"备注Remark已冲红，由红字票据{CODE}0000000002冲销" in void
    assert f"(void:reversedbyredreceipt{CODE}0000000002)" in void
    assert "已冲红）" in void


def test_a_copy_of_an_exchanged_receipt_says_so_until_the_paper_comes_back(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    paper = ("--paper-code", "23052126", "--paper-number", "0000000007")
    receipts(command_line, "exchange", *FIRST, *paper)

    copy = receipts(command_line, "copy", *FIRST, "--out", tmp_path)["path"]
    assert "备注Remark已换开纸质票据230521260000000007(exchanged" in text_of(copy)
    receipts(command_line, "paper-back", *FIRST)
    back = text_of(receipts(command_line, "copy", *FIRST, "--out", tmp_path)["path"])
    assert "换开" not in back


def test_an_annual_receipt_says_from_which_day_to_which(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    days = [date(2026, 7, 1), date(2026, 3, 1), date(2026, 5, 2)]
    house.ledger.gifts.receive_gifts(
        USCC, fund, [replace(gift("10.00"), received_on=day) for day in days]
    )
    ready_for_receipts(house)

    text = text_of(receipts(command_line, *ANNUAL, "--out", tmp_path)["receipt"]["path"])
    assert "受赠日期Receivedon2026年3月1日至7月1日" in text
    assert "捐赠日（2026年3月1日至7月1日）受赠单位具有" in text
    assert all(f"{day.isoformat()}货币捐赠" in text for day in days)


def test_a_red_receipt_has_no_check_code_and_its_printed_code_is_the_reversed_ones(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    check = made_out(command_line, one, tmp_path)["check_code"]

    red = receipts(command_line, "reverse", *FIRST, *WHY, "--out", tmp_path)["red_path"]
    text = text_of(red)
    assert "校验码Checkcode—" in text
    assert check not in text
    assert "原票据，扫码查验" in text
    assert scanned(red).split("|")[1:4] == [*FIRST, check]
