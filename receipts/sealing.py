"""The seal: the issuer's signature over every byte of a receipt's file that stands before it.

The last line of the file is a comment to a PDF reader: a JWS with detached, unencoded payload
(RFC 7515 appendix F, RFC 7797). Docs: docs/formats/receipt.md.
"""

from __future__ import annotations

import re

from ledger.proof import jws

TYP = "donation-ledger-receipt+pdf"
LINE = b"%donation-ledger-seal "
AT_END = re.compile(re.escape(LINE) + rb"([A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+)\n\Z")


def sealed(document: bytes, signer: jws.Signer) -> bytes:
    """Return the document with its seal; the same document and key give the same bytes."""
    return document + LINE + jws.seal(document, signer, TYP).encode("ascii") + b"\n"


def find_seal(data: bytes) -> tuple[bytes, str | None]:
    """Return a file and no seal, or what the seal at its end covers and that seal."""
    found = AT_END.search(data, max(0, len(data) - 1024))
    return (data[: found.start()], found[1].decode("ascii")) if found else (data, None)
