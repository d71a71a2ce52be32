"""What an act rests on: fixed reasons, and documents named by their digests."""

from __future__ import annotations

import pytest

from ledger.domain.grounds import DocumentMalformed, ReasonUnknown, document, reason
from tests.ledger.domain.promises import DOCUMENT


def test_a_reason_is_one_of_those_known() -> None:
    assert reason("mistake", ("mistake", "duplicate")) == "mistake"
    with pytest.raises(ReasonUnknown, match="reason 'other' is none of mistake, duplicate"):
        reason("other", ("mistake", "duplicate"))


@pytest.mark.parametrize(
    "digest", [DOCUMENT.upper(), DOCUMENT[:-1], DOCUMENT + "0", DOCUMENT + "\n", "", "协议.pdf"]
)
def test_a_document_is_named_by_its_digest_in_one_form(digest: str) -> None:
    with pytest.raises(DocumentMalformed, match="64 digits 0-9 and a-f"):
        document(digest)


def test_there_may_be_no_document() -> None:
    assert document(None) is None
    assert document(DOCUMENT) == DOCUMENT
