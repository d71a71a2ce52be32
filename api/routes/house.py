"""What a route may ask of the house: reading only, never its keys or its vault."""

from __future__ import annotations

from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from ledger.store.log_folder import LogFolder
from ledger.store.recorder import LedgerRecorder
from projections.runner import Runner


class PublicHouse(Protocol):
    """The part of a house that public routes see."""

    recorder: LedgerRecorder
    runner: Runner
    log: LogFolder


def house_of(request: Request) -> PublicHouse:
    """Return the house that the portal was opened with."""
    return cast("PublicHouse", request.app.state.house)


Home = Annotated[PublicHouse, Depends(house_of)]
