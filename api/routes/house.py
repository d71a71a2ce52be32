"""What a route may ask of the house that the portal was opened with."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from api.public_house import PublicHouse


def house_of(request: Request) -> PublicHouse:
    """Return the house that the portal was opened with."""
    return cast("PublicHouse", request.app.state.house)


Home = Annotated[PublicHouse, Depends(house_of)]
