"""Keys that sign an organisation's PDF files: kept here, certified and registered when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from ledger.application import Ledger
from ledger.domain.document_keys import DocumentKeyWasRevoked
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.errors import Unreadable
from ledger.proof.encoding import unb64url
from ledger.store.key_files import DocumentKey, KeyFiles, certifies
from receipts import certificates
from receipts.pades import Signer

NAME_BYTES = 64
"""The X.520 bound on names (RFC 5280 appendix A.1), counted in bytes as libraries count it."""


class DocumentKeyElsewhere(Unreadable):
    """The document key that is registered does not lie in this data folder."""

    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"the document key registered for {organisation} is not in this data folder; put it "
            "back from your backup, or make another (key revoke --document, then key renew)"
        )


class DocumentKeys:
    """The authority's root certificate and the organisations' certificates that it signed.

    `publish` is called after something was registered. A dry run makes keys that nobody keeps.
    """

    def __init__(
        self,
        ledger: Ledger,
        keys: KeyFiles,
        today: Callable[[], date],
        publish: Callable[[], None],
        *,
        dry_run: bool,
    ) -> None:
        self._ledger = ledger
        self._keys = keys
        self._today = today
        self._publish = publish
        self._dry_run = dry_run

    def signer(self, organisation: str) -> Signer:
        """Return what signs an organisation's documents; certify and register its key if new.

        Refuses with `DocumentKeyElsewhere` when the registered one is kept elsewhere, and with
        `DocumentKeyWasRevoked` when the key kept here was revoked and none came after it.
        """
        root_key, root = self.root()
        known = self._ledger.streams.recipient(organisation)
        key = self._key(organisation)

        def make() -> bytes:
            public = key.public_key()
            name = certified(known.name)
            return certificates.leaf(root, root_key, public, known.id, name, self._today())

        return Signer(self._certified(known, key, make), root, key)

    def root(self) -> tuple[DocumentKey, bytes]:
        """Return the authority's key and root certificate; make and register them if missing."""
        known = self._ledger.streams.organisation(AUTHORITY)
        key = self._key(AUTHORITY)

        def make() -> bytes:
            return certificates.root(key, certified(known.name), self._today())

        return key, self._certified(known, key, make)

    def renew(self, organisation: str) -> bool:
        """Make, certify and register another key if none works; tell whether it was needed."""
        known = self._ledger.streams.recipient(organisation)
        if known.documents or self._dry_run:
            return not known.documents
        name = self._keys.newest(name_of(organisation))
        if self._keys.has(name) and _revoked(known, self._keys.document_key(name)):
            self._keys.renew(name_of(organisation))
        self.signer(organisation)
        return True

    def renew_root(self, reason: str, organisations: Iterable[str]) -> list[str]:
        """Make another root, and another key for each of these organisations that has one.

        A dry run does nothing. Returns the organisations whose certificates were renewed.
        """
        holders = [one for one in organisations if self._ledger.streams.organisation(one).documents]
        if self._dry_run:
            return holders
        for one in dict.fromkeys((AUTHORITY, *holders)):
            self._ledger.organisations.revoke_document_keys(one, reason)
            self._keys.renew(name_of(one))
            if one == AUTHORITY:
                self.root()
            else:
                self.signer(one)
        return holders

    def _key(self, organisation: str) -> DocumentKey:
        name = self._keys.newest(name_of(organisation))
        if not self._keys.has(name):
            if self._dry_run:
                return self._keys.passing_document_key()
            self._keys.create(name)
        return self._keys.document_key(name)

    def _certified(self, known: Organisation, key: DocumentKey, make: Callable[[], bytes]) -> bytes:
        working = next(iter(known.documents.values()), None)
        if working is not None:
            certificate = unb64url(working)
        elif fingerprint := _revoked(known, key):
            raise DocumentKeyWasRevoked(known.id, fingerprint)
        else:
            certificate = self._ledger.organisations.register_document_key(known.id, make())
            self._publish()
        if not certifies(certificate, key):
            raise DocumentKeyElsewhere(known.id)
        return certificate


def name_of(organisation: str) -> str:
    """Return the name under which an organisation's document key is kept."""
    return f"document-{organisation}"


def certified(name: str) -> str:
    """Return as much of a name as fits into a certificate; its credit code stands there whole."""
    return name.encode()[:NAME_BYTES].decode(errors="ignore").rstrip()


def _revoked(known: Organisation, key: DocumentKey) -> str | None:
    """Return the fingerprint of the revoked certificate of a key, if there is one."""
    held = known.certificates
    return next((f for f in known.documents_revoked if certifies(unb64url(held[f]), key)), None)
