"""The proof that travels inside a receipt's PDF: one plain stream, found without a PDF reader."""

from __future__ import annotations

import re

from ledger.errors import Untrusted

MARKER = b"/DonationLedgerBundle 1"
_LINE = re.compile(b"\n" + re.escape(MARKER) + rb"\n(/Length (0|[1-9]\d{0,8})\n>>\nstream\n)?")
_END = b"\nendstream"


class AttachmentMissing(Untrusted):
    """The file carries no proof of ours."""

    def __init__(self) -> None:
        super().__init__("no proof is attached to this file: use the receipt as it was issued")


class AttachmentDoubled(Untrusted):
    """The file carries more than one proof, so none of them can be meant."""

    def __init__(self, found: int) -> None:
        super().__init__(f"{found} proofs are attached to this file, where one is expected")


class AttachmentBroken(Untrusted):
    """The attached stream is not laid out or not as long as it says."""

    def __init__(self, at: int) -> None:
        super().__init__(f"the proof attached at byte {at} is cut or altered: use the issued file")


def stream(content: bytes) -> bytes:
    """Lay `content` out as the body of a PDF object, uncompressed (ISO 32000-1 7.3.8, 7.11.4).

    The marker stands on a line of its own, which no text inside a line of JSON can imitate.
    """
    head = b"<<\n/Type /EmbeddedFile\n/Subtype /application#2Fjson\n"
    size = b"/Params << /Size %d >>\n" % len(content)
    tail = b"\n/Length %d\n>>\nstream\n" % len(content)
    return head + size + MARKER + tail + content + _END


def attached(pdf: bytes) -> bytes:
    """Return the one proof attached to the receipt `pdf`, to the byte.

    Raise `AttachmentMissing`, `AttachmentDoubled` or `AttachmentBroken`, all `Untrusted`.
    """
    found = list(_LINE.finditer(pdf))
    if not found:
        raise AttachmentMissing
    if len(found) > 1:
        raise AttachmentDoubled(len(found))
    if found[0][1] is None:
        raise AttachmentBroken(found[0].start())
    begin, length = found[0].end(), int(found[0][2])
    if pdf[begin + length : begin + length + len(_END)] != _END:
        raise AttachmentBroken(found[0].start())
    return pdf[begin : begin + length]
