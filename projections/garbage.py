"""The garbage collector, kept from looking through what is about to be let go anyway."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage inside, and as before after it: for bounded work that makes few cycles."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def collect_new() -> None:
    """Collect the garbage among what was made since the last time; what is older is left alone."""
    gc.collect(1)


def settle() -> None:
    """Leave all that is there now out of every later collection: a program that has loaded."""
    gc.collect()
    gc.freeze()
