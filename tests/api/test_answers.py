"""A table shows what is said, letter by letter: who signs by it must see all of it."""

from __future__ import annotations

import pytest

from api.answers import Answer, facts, show, table


@pytest.mark.parametrize(
    "said",
    [
        "[gyj3INWBHiMcDS8LW1b43Ni8NEpk-GvZLiw_YsjYcfo]",
        "助学 [black on black]另付他人[/]",
        "[/bold]",
        "甲\u3000乙",
    ],
)
def test_what_looks_like_markup_is_shown_as_it_is(
    capsys: pytest.CaptureFixture[str], said: str
) -> None:
    shown = [table("表", ("内容 what",), [(said,)]), facts(said, {"note": said})]
    show(Answer({}, shown, lines=[said]), as_json=False)
    assert capsys.readouterr().out.count(said) == 4


@pytest.mark.parametrize("said", ["甲\x1b[2J乙", "甲\u202e乙", "甲\r乙"])
def test_what_steers_a_terminal_is_spelled_out(
    capsys: pytest.CaptureFixture[str], said: str
) -> None:
    show(Answer({}, [table("表", ("内容 what",), [(said,)])], lines=[said]), as_json=False)
    out = capsys.readouterr().out
    assert not set("\x1b\u202e\r") & set(out)
    assert out.count(f"\\u{ord(said[1]):04x}") == 2
