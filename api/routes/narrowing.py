"""What lists of public facts can be narrowed to: a charity, a fund, a page of rows."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from projections.public_facts import Narrowed

PAGE, PAGE_MAX = 25, 100
ID = r"^[0-9A-Za-z_.-]{1,100}$"

Charity = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z]{1,32}$", description="credit code")]
Fund = Annotated[str | None, Query(pattern=ID, description="id of a fund: fund-…")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]


def narrowed(charity: Charity = None, fund: Fund = None, before: Before = None) -> Narrowed:
    """Return what is asked for."""
    return Narrowed(charity, fund, before)


Asked = Annotated[Narrowed, Depends(narrowed)]
