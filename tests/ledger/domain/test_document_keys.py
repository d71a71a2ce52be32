"""Document keys: one at a time, never again after it was revoked."""

from __future__ import annotations

from functools import reduce

import pytest

from ledger.domain import document_keys
from ledger.domain.document_keys import DocumentKeyUnknown, DocumentKeyWasRevoked
from ledger.domain.events import (
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.organisations import AUTHORITY, NameUnusable, Organisation, evolve
from tests.ledger.domain.given import CHARITY, NOON, fact
from tests.ledger.domain.receipted import CERTIFICATE, FACTS, FINGERPRINT

STREAM = f"organisation-{CHARITY}"
OTHER = "f" * 64


def charity(*later: OrganisationEvent) -> Organisation:
    return reduce(evolve, later, evolve(None, fact(OrganisationRegistered, STREAM)))


def register(known: Organisation, print_: str = FINGERPRINT) -> DocumentKeyRegistered | None:
    return document_keys.register(known, CERTIFICATE, print_, AUTHORITY, NOON)


REGISTERED = DocumentKeyRegistered(
    originator_id=STREAM, originator_version=2, timestamp=NOON, actor=AUTHORITY,
    **FACTS[DocumentKeyRegistered],
)  # fmt: skip
REVOKED = DocumentKeyRevoked(
    originator_id=STREAM, originator_version=3, timestamp=NOON, actor=AUTHORITY,
    **FACTS[DocumentKeyRevoked],
)  # fmt: skip


def test_a_certificate_is_registered_and_works() -> None:
    assert register(charity()) == REGISTERED
    assert charity(REGISTERED).documents == {FINGERPRINT: CERTIFICATE}


def test_an_organisation_has_one_document_key_at_a_time() -> None:
    assert register(charity(REGISTERED)) is None
    assert register(charity(REGISTERED), OTHER) is None


def test_a_revoked_document_key_never_comes_back_but_is_still_known() -> None:
    event = document_keys.revoke(charity(REGISTERED), FINGERPRINT, " 设备遗失 ", AUTHORITY, NOON)
    assert event == REVOKED
    known = charity(REGISTERED, event)

    assert known.documents == {}
    assert known.documents_revoked == {FINGERPRINT}
    assert known.certificates == {FINGERPRINT: CERTIFICATE}
    with pytest.raises(DocumentKeyWasRevoked, match=rf"{FINGERPRINT} of {CHARITY} was .*key renew"):
        register(known)
    another = register(known, OTHER)
    assert another is not None
    assert set(charity(REGISTERED, event, another).documents) == {OTHER}


def test_only_a_working_document_key_is_revoked_and_with_a_reason() -> None:
    with pytest.raises(DocumentKeyUnknown, match=f"{CHARITY} has no working document key"):
        document_keys.revoke(charity(), FINGERPRINT, "设备遗失", AUTHORITY, NOON)
    with pytest.raises(DocumentKeyUnknown):
        document_keys.revoke(charity(REGISTERED, REVOKED), FINGERPRINT, "lost", AUTHORITY, NOON)
    with pytest.raises(NameUnusable):
        document_keys.revoke(charity(REGISTERED), FINGERPRINT, "", AUTHORITY, NOON)
