"""What a row says is masked in public: equal rows differ, and the table still knows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.keeping import SourceRow
from ledger.domain.values import Source
from ledger.store.row_masks import MARK, as_said, mask_key, masked

SECRET = bytes(32)
KEY = mask_key(SECRET)
SAID = Source(file="f", table=1, row=1, listing="l", identity="a", content="ab" * 32)


def row(said: Source) -> SourceRow:
    return SourceRow(said.identity, "org", said.listing, said.content, "gift-1")


def test_equal_content_of_two_rows_looks_different_in_public() -> None:
    one, two = masked(SAID, KEY), masked(replace(SAID, identity="b"), KEY)
    assert one.content != two.content
    assert one.content.startswith(MARK)
    assert SAID.content not in one.content
    assert masked(SAID, mask_key(bytes([1] * 32))).content != one.content, (
        "only the key's holder can undo it"
    )
    assert masked(replace(SAID, content=one.content.removeprefix(MARK)), KEY).content == (
        MARK + SAID.content
    ), "and so the table can be rebuilt from the events"


def test_a_row_is_compared_as_its_event_says_it() -> None:
    kept = row(SAID)
    public = row(masked(SAID, KEY))
    assert as_said(kept, KEY) == public


@pytest.mark.parametrize(
    "content", ["ab" * 31, "xy" * 32, "", "AB" * 32, masked(SAID, KEY).content]
)
def test_a_row_altered_into_what_is_no_digest_says_nothing(content: str) -> None:
    assert as_said(replace(row(SAID), content=content), KEY) is None


def test_the_key_of_masks_follows_from_the_secret_alone() -> None:
    assert mask_key(SECRET) == mask_key(SECRET) != mask_key(bytes([1] * 32))
