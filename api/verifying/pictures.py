"""The printed code of a receipt, read off a picture of it: a photograph or a scan."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from ledger.errors import Unreadable
from receipts.qr import PREFIX

PIXELS_MAX = 50_000_000
ENDINGS = (".png", ".jpg", ".jpeg")


class NoCodeSeen(Unreadable):
    """A picture shows no receipt's code, or several."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(
            f"{path}: {found} codes of a receipt are to be seen; take one sharp picture of the one "
            "code on one receipt"
        )


class PictureUnreadable(Unreadable):
    """A file is no picture that can be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: no picture that can be read ({why}); give a PNG or JPEG")


def code_in(path: Path, data: bytes) -> str:
    """Return what the one code of a receipt in a picture (PNG, JPEG) says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
                if picture.width * picture.height > PIXELS_MAX:
                    raise PictureUnreadable(path, f"more than {PIXELS_MAX} pixels")
                found = zxingcpp.read_barcodes(picture.convert("L"))
    except (OSError, ValueError, UnidentifiedImageError, SyntaxError, Warning) as error:
        raise PictureUnreadable(path, str(error)) from None
    texts = {code.text for code in found if code.text.startswith(PREFIX)}
    if len(texts) != 1:
        raise NoCodeSeen(path, len(texts))
    return texts.pop()
