"""The proof that travels inside a receipt's PDF: one plain stream, found without a PDF reader."""

from __future__ import annotations

import re

from ledger.errors import Untrusted

MARKER = b"/DonationLedgerBundle 1"
_LINE = b"\n" + MARKER + b"\n"
_LENGTH = re.compile(rb"/Length (0|[1-9]\d{0,8})\n>>\nstream\n")
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

    The marker stands on a line of its own, which no text inside a line of JSON can imitate; other
    bytes that hold such a line raise ValueError, as they would not come out again.
    """
    if _LINE in b"\n%s\n" % content:
        raise ValueError("what is attached must not hold the marker on a line of its own")
    head = b"<<\n/Type /EmbeddedFile\n/Subtype /application#2Fjson\n"
    size = b"/Params << /Size %d >>\n" % len(content)
    tail = b"\n/Length %d\n>>\nstream\n" % len(content)
    return head + size + MARKER + tail + content + _END


def attached(pdf: bytes) -> bytes:
    """Return the one proof attached to the receipt `pdf`, to the byte.

    Raise `AttachmentMissing`, `AttachmentDoubled` or `AttachmentBroken`, all `Untrusted`.
    """
    at = pdf.find(_LINE)
    if at < 0:
        raise AttachmentMissing
    if pdf.rfind(_LINE) != at:
        raise AttachmentDoubled(pdf.count(_LINE))
    head = _LENGTH.match(pdf, at + len(_LINE))
    if head is None:
        raise AttachmentBroken(at)
    begin, length = head.end(), int(head[1])
    if pdf[begin + length : begin + length + len(_END)] != _END:
        raise AttachmentBroken(at)
    return pdf[begin : begin + length]
