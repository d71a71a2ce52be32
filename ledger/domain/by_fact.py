"""Methods by the class of the fact that they take in."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from types import MethodType
from typing import Any, Self, TypeVar, overload

Registered = TypeVar("Registered", bound=Callable[..., None])

TakeIn = Callable[[Any, Callable[[str], None]], None]
"""Takes in a fact, and tells whom it is given what is wrong with it."""


class ByFact:
    """What `functools.singledispatchmethod` is, for a history that asks it for every fact.

    What takes in a class of facts is looked up once, and all are registered before.
    """

    def __init__(self, otherwise: Callable[..., None]) -> None:
        self._otherwise = otherwise
        self._dispatcher = singledispatch(otherwise)
        self._known: dict[type, Callable[..., None]] = {}

    def register(self, method: Registered) -> Registered:
        """Register a method for the class of facts, or the classes, that its first argument has."""
        self._dispatcher.register(method)
        return method

    def takers(self, holder: object, kind: type) -> tuple[TakeIn, ...]:
        """Return what takes in facts of a class for this holder: nothing, or one method."""
        found = self._dispatcher.dispatch(kind)
        return () if found is self._otherwise else (MethodType(found, holder),)

    @overload
    def __get__(self, holder: None, cls: type) -> Self: ...

    @overload
    def __get__(self, holder: object, cls: type) -> Callable[..., None]: ...

    def __get__(self, holder: object, cls: type) -> Self | Callable[..., None]:
        """Return what takes in a fact for this holder; of the class, the methods themselves."""
        if holder is None:
            return self
        known = self._known

        def take_in(fact: object, *given: Any) -> None:
            kind = type(fact)
            found = known.get(kind)
            if found is None:
                found = known[kind] = self._dispatcher.dispatch(kind)
            found(holder, fact, *given)

        return take_in
