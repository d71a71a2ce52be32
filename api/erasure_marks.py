"""The visible marker of an erasure: what page and JSON say of a gift whose openings are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from api.public_house import PublicHouse
from ledger import codec
from projections import erasures
from projections.runner import Position

ERASED = "已按规定删除 (erased)"
"""Never a blank: who looks for a name is told that there is none any longer."""


def mark(home: PublicHouse, stream: str, size: int | None = None) -> dict[str, object] | None:
    """Return what says that personal data of a stream was erased; None where nothing was.

    With `size` only erasures in the first so many entries of the log count.
    """
    origin, sealed = home.recorder.origin(), set[str]()
    for row in home.recorder.log_of([stream]):
        if row.entry is not None and (size is None or row.leaf < size):
            sealed.update(_sealed(codec.read(row.entry, origin)[1]))
    found = erasures.erased(home.runner, sealed, None if size is None else Position(size, None))
    if not found:
        return None
    last = found[-1]
    return {
        "words": ERASED,
        "fields": len(found),
        "of": len(sealed),
        "erased_on": last.erased_on.isoformat(),
        "ground": last.ground,
    }


def _sealed(value: object) -> Iterator[str]:
    """Yield the digests of sealed fields in a fact, wherever it holds a party."""
    yield from getattr(value, "sealed", ())
    yield from getattr(value, "digests", ())
    for field in fields(value) if is_dataclass(value) else ():
        held = getattr(value, field.name)
        for one in held if isinstance(held, tuple) else (held,):
            if is_dataclass(one):
                yield from _sealed(one)
