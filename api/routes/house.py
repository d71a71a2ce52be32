"""What a route may ask of the house that the portal was opened with."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from api.public_house import PublicHouse


async def house_of(request: Request) -> PublicHouse:
    """Return the house that the portal was opened with; no thread is needed for that."""
    return cast("PublicHouse", request.app.state.house)


Home = Annotated[PublicHouse, Depends(house_of)]
