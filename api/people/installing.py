"""Puts accounts into the web application: who asks, whether a form is ours, and the pages."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from api.people.dependencies import SignInFirst, lead_on, ours
from api.people.house import People
from api.people.middleware import SignedIn
from api.public_house import PublicHouse
from api.routes import account, account_people, oidc, passkeys, people

EVERYWHERE = [Depends(ours)]
"""What every route asks for: that a page of ours sent what changes something."""


def install(app: FastAPI, house: PublicHouse) -> None:
    """Let an application know who asks, and give it the pages of accounts."""
    app.state.people = People(house)
    app.add_middleware(SignedIn)
    app.add_exception_handler(SignInFirst, lead_on)
    for one in (people, account, account_people, passkeys, oidc):
        app.include_router(one.router)
