"""The seal: the issuer's signature over every byte of a receipt's file that stands before it.

The last line of the file is a comment to a PDF reader: a JWS with detached, unencoded payload
(RFC 7515 appendix F, RFC 7797). Docs: docs/formats/receipt.md.
"""

from __future__ import annotations

import re

from ledger.errors import Untrusted
from ledger.proof import jws

TYP = "donation-ledger-receipt+pdf"
LINE = b"%donation-ledger-seal "
AT_END = re.compile(re.escape(LINE) + rb"([A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+)\n\Z")


class SealMissing(Untrusted):
    """The file does not end with a seal."""

    def __init__(self) -> None:
        super().__init__("the file does not end with its issuer's seal: it was cut or added to")


def sealed(document: bytes, signer: jws.Signer) -> bytes:
    """Return the document with its seal; the same document and key give the same bytes."""
    return document + LINE + jws.seal(document, signer, TYP).encode("ascii") + b"\n"


def take_apart(data: bytes) -> tuple[bytes, str]:
    """Return what a seal covers, and the seal."""
    found = AT_END.search(data, max(0, len(data) - 1024))
    if found is None:
        raise SealMissing
    return data[: found.start()], found[1].decode("ascii")
