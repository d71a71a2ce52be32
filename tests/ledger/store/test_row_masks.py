"""What a row says is masked in public: equal rows differ, and the table still knows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.keeping import SourceRow
from ledger.domain.values import Source
from ledger.store.row_masks import MARK, as_said, masked

SECRET = bytes(32)
SAID = Source(file="f", table=1, row=1, listing="l", identity="a", content="ab" * 32)


def row(said: Source) -> SourceRow:
    return SourceRow(said.identity, "org", said.listing, said.content, "gift-1")


def test_equal_content_of_two_rows_looks_different_in_public() -> None:
    one, two = masked(SAID, SECRET), masked(replace(SAID, identity="b"), SECRET)
    assert one.content != two.content
    assert one.content.startswith(MARK)
    assert SAID.content not in one.content
    assert masked(SAID, bytes([1] * 32)).content != one.content, "only the key's holder can undo it"
    assert masked(replace(SAID, content=one.content.removeprefix(MARK)), SECRET).content == (
        MARK + SAID.content
    ), "and so the table can be rebuilt from the events"


def test_a_row_is_compared_as_its_event_says_it() -> None:
    kept = row(SAID)
    public = row(masked(SAID, SECRET))
    assert as_said(kept, public, SECRET) == public
    assert as_said(kept, None, SECRET) == public
    assert as_said(kept, kept, SECRET) == kept, "an event recorded before masks"


@pytest.mark.parametrize("content", ["ab" * 31, "xy" * 32, ""])
def test_a_row_altered_into_what_is_no_digest_is_compared_as_it_is(content: str) -> None:
    altered = replace(row(SAID), content=content)
    assert as_said(altered, row(masked(SAID, SECRET)), SECRET) == altered
