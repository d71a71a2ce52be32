"""The scripts, style sheets and fonts of the pages: found by name alone, told apart by digest."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from ledger.errors import Unknown

PAGES = Path(__file__).with_name("pages")
BUNDLED = PAGES / "bundled"
"""What `api/pages/bundle.sh` makes where Node.js is there; pages do without it."""

FOLDERS = (PAGES / "assets", PAGES / "fonts", BUNDLED)

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
PACKED = ("css", "js", "svg")
"""What becomes smaller when it is compressed."""

NAME = re.compile(rf"[a-z0-9]+(?:[-.][a-z0-9]+)*\.({'|'.join(MEDIA_TYPES)})")
"""No name of this form leads out of a folder, or to another kind of file."""


class AssetMissing(Unknown):
    """No script, style sheet or font has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no script, style sheet or font {name[:80]!r} here")


@dataclass(frozen=True)
class Asset:
    """A file that pages load; `digest` tells its bytes apart from those of another version."""

    name: str
    data: bytes
    digest: str

    @property
    def media_type(self) -> str:
        """Its media type, by the ending of its name."""
        return MEDIA_TYPES[self._ending]

    @property
    def compressible(self) -> bool:
        """Whether it is worth compressing."""
        return self._ending in PACKED

    @cached_property
    def packed(self) -> bytes:
        """Its bytes, compressed with gzip."""
        return gzip.compress(self.data, mtime=0)

    @property
    def address(self) -> str:
        """Where a page finds it; a cache may keep what is there for ever."""
        return f"/assets/{self.name}?v={self.digest}"

    @property
    def _ending(self) -> str:
        return self.name.rpartition(".")[2]


def find(name: str) -> Asset:
    """Return the file of that name as it is now; raise AssetMissing."""
    path = _path(name)
    if path is None:
        raise AssetMissing(name)
    changed = path.stat()
    return _read(path, changed.st_mtime_ns, changed.st_size)


def asset(name: str) -> str:
    """Return the address of a file, for a template; it changes when the file does."""
    return find(name).address


def has_asset(name: str) -> bool:
    """Tell a template whether a file is there: what is bundled may not be."""
    return _path(name) is not None


def _path(name: str) -> Path | None:
    if not NAME.fullmatch(name):
        return None
    return next((f / name for f in FOLDERS if (f / name).is_file()), None)


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int, _size: int) -> Asset:
    """Read a file once for each time that it was written."""
    data = path.read_bytes()
    return Asset(path.name, data, sha256(data).hexdigest()[:16])
