"""Receipts drawn together, step by step, are those drawn one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import Refused
from receipts.layout import TextDoesNotFit
from receipts.page import Page
from receipts.pdf import GlyphMissing, QrUnprintable, render, render_all
from tests.receipts.pages import ANNUAL, GOODS, LATIN, LONG, SHORT

WRONG: dict[type[Refused], Page] = {
    TextDoesNotFit: replace(SHORT, payer="甲" * 4000),
    GlyphMissing: replace(SHORT, payer="𪚥"),
    QrUnprintable: replace(SHORT, qr=""),
}


def test_receipts_drawn_together_are_those_drawn_alone() -> None:
    pages = [SHORT, LONG, LATIN, GOODS, ANNUAL]
    wanted = [(page, str(at).encode()) for at, page in enumerate(pages)]
    assert render_all(wanted) == [render(page, attached) for page, attached in wanted]
    assert render_all([]) == []


def test_one_that_can_not_be_drawn_is_refused_and_stops_no_other() -> None:
    first, *refused, last = render_all([(page, b"{}") for page in (SHORT, *WRONG.values(), LATIN)])
    assert [type(one) for one in refused] == list(WRONG)
    assert (first, last) == (render(SHORT, b"{}"), render(LATIN, b"{}"))


@pytest.mark.parametrize("why", WRONG)
def test_one_alone_that_can_not_be_drawn_is_refused(why: type[Refused]) -> None:
    with pytest.raises(why):
        render(WRONG[why], b"{}")
