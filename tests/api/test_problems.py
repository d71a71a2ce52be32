"""What people read when something goes wrong: their own language first, technical words apart."""

from __future__ import annotations

import re

import pytest

from api.problem_kinds import REFUSED
from api.problems import KINDS, explained, in_chinese
from api.wiring import House
from ledger.domain.funds import FundIsClosed
from ledger.errors import Unknown
from tests.api.portal import Get, words

HAN = re.compile(r"[\u4e00-\u9fff]")
TECHNICAL = re.compile(r'<details class="technical">.*?</details>', re.DOTALL)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_problem_says_in_both_languages_what_to_do(name: str) -> None:
    chinese, english = KINDS[name].advice
    assert len(HAN.findall(chinese)) > 15
    assert chinese.endswith("。")
    assert not HAN.search(english)
    assert len(english.split()) > 10
    assert english.endswith(".")


@pytest.mark.parametrize(
    "path", ["/funds/nobody", "/charities/911", "/search?year=soon", "/nowhere"]
)
def test_a_chinese_page_keeps_english_sentences_in_the_technical_part(get: Get, path: str) -> None:
    text = get(path, accept="text/html").text
    main = text.partition("<main")[2].partition("</main>")[0]

    (technical,) = TECHNICAL.findall(main)
    assert re.search(r"[a-z]{3,} [a-z]{2,}", words(technical))
    rest = words(TECHNICAL.sub("", main))
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,}", rest), rest
    assert len(HAN.findall(rest)) > 30


def test_an_english_page_says_it_all_in_english(get: Get) -> None:
    text = get("/funds/nobody?lang=en").text
    main = text.partition("<main")[2].partition("</main>")[0]
    assert not HAN.search(main)
    assert "What the ledger says:" in main
    assert "<details" not in main


def test_what_the_catalog_has_words_for_is_said_in_them(house: House, get: Get) -> None:
    del house
    assert in_chinese(FundIsClosed("fund-1")) == "资金已结项"
    assert in_chinese(Unknown("none")) == ""
    assert in_chinese(ValueError("none")) == ""
    assert get("/problems/refused").status_code == 200


def test_a_form_is_told_kind_catalog_and_technical_words_of_a_refusal() -> None:
    told = explained(FundIsClosed("fund-1"))
    assert told == {
        "problem": REFUSED, "chinese": "资金已结项", "detail": str(FundIsClosed("fund-1")),
    }  # fmt: skip
