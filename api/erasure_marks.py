"""The visible marker of an erasure: what page and JSON say of a gift whose openings are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from api.public_house import PublicHouse
from ledger.domain.events import Event
from projections import erasures
from projections.runner import Position

ERASED = "已按规定删除 (erased)"
"""Never a blank: who looks for a name is told that there is none any longer."""


def mark(home: PublicHouse, stream: str, size: int | None = None) -> dict[str, object] | None:
    """Return what says that personal data of a stream was erased; None where nothing was.

    With `size` only erasures in the first so many entries of the log count.
    """
    story = home.runner.stream(stream)
    return mark_of(home, [one for leaf, one in story if size is None or leaf < size], size)


def mark_of(
    home: PublicHouse, story: Iterable[Event], size: int | None = None
) -> dict[str, object] | None:
    """Return the same, given the facts of the stream."""
    sealed = {digest for fact in story for digest in _sealed(fact)}
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
