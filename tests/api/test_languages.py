"""A page speaks one language, the one that its reader asked for."""

from __future__ import annotations

import re

import pytest
from eventsourcing.persistence import OperationalError

from tests.api.portal import Broken, Get, reading

PAGE = "/problems/unknown"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def get() -> Get:
    """Ask a portal for pages that need no ledger."""
    return reading(Broken(OperationalError("nobody there")))


def test_a_page_is_chinese_unless_english_is_asked_for(get: Get) -> None:
    chinese, english = get(PAGE), get(f"{PAGE}?lang=en")

    assert '<html lang="zh-CN">' in chinese.text
    assert "账本中没有这一项" in chinese.text
    assert chinese.headers["content-language"] == "zh-CN"
    assert '<html lang="en">' in english.text
    assert "Nothing is known under that name" in english.text
    assert english.headers["content-language"] == "en"


def test_an_english_page_has_no_chinese_on_it_but_the_way_to_chinese(get: Get) -> None:
    english = get(f"{PAGE}?lang=en").text

    assert CHINESE.findall(english) == ["中", "文"]
    assert '<a class="language" href="/problems/unknown?lang=zh"' in english


def test_the_language_asked_for_is_remembered_and_the_answer_says_that_it_depends_on_it(
    get: Get,
) -> None:
    asked = get(f"{PAGE}?lang=en")
    again = get(PAGE, cookie="lang=en")

    assert asked.headers["set-cookie"].startswith("lang=en; HttpOnly; Max-Age=31536000; Path=/;")
    assert asked.headers["cache-control"] == "private, no-cache"
    assert '<html lang="en">' in again.text
    assert "set-cookie" not in again.headers
    assert "private" not in again.headers["cache-control"]
    assert asked.headers["vary"] == again.headers["vary"] == "Cookie"


def test_the_address_goes_before_the_cookie(get: Get) -> None:
    assert '<html lang="zh-CN">' in get(f"{PAGE}?lang=zh", cookie="lang=en").text


@pytest.mark.parametrize("asked", ["", "fr", "EN", "zh-CN"])
def test_a_language_that_is_not_there_is_neither_shown_nor_remembered(get: Get, asked: str) -> None:
    answer = get(f"{PAGE}?lang={asked}", cookie="lang=de")

    assert '<html lang="zh-CN">' in answer.text
    assert "set-cookie" not in answer.headers


def test_the_way_to_the_other_language_keeps_the_page_and_what_it_was_asked(get: Get) -> None:
    text = get(f"{PAGE}?a=1&lang=zh&b=%26%3C&c=").text

    assert 'href="/problems/unknown?a=1&amp;b=%26%3C&amp;c=&amp;lang=en"' in text


def test_over_https_the_language_is_remembered_for_https_alone(get: Get) -> None:
    assert "Secure" not in get(f"{PAGE}?lang=en").headers["set-cookie"]
    assert "Secure" in get(f"https://portal{PAGE}?lang=en").headers["set-cookie"]


def test_the_head_of_a_page_marks_where_it_is(get: Get) -> None:
    check = get("/check/nothing").text

    assert '<a href="/check" aria-current="true">查验票据</a>' in check
    assert check.count("aria-current") == 1
    assert "aria-current" not in get(PAGE).text
    assert '<a href="/sign-in">登录</a>' in check


def test_a_browser_gets_a_page_for_an_address_that_is_not_there_and_a_program_a_document(
    get: Get,
) -> None:
    browser = "text/html,application/xhtml+xml"

    assert "没有这个网址" in get("/nowhere", accept=browser).text
    assert get("/nowhere", accept="*/*").json()["type"] == "/problems/no-such-address"
    for path in ("/api/v1/nowhere", "/log/nowhere"):
        assert get(path, accept=browser).headers["content-type"] == "application/problem+json"
