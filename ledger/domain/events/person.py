"""Facts about people who are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningsErased(Event):
    """The openings of these digests were erased from the vault; what is signed stays as it is."""

    TOPIC: ClassVar[str] = "openings-erased.v1"

    digests: tuple[str, ...]
    ground: str
