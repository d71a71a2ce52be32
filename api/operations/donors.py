"""Operations of donors on their own gifts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from api.operations.fields import Id, titled
from api.operations.operation import Body, Operation, Request
from ledger.domain import events as facts
from ledger.domain.donor_shown import PEN_NAME_MAX

PenName = Annotated[
    Annotated[str, Field(min_length=1, max_length=PEN_NAME_MAX)] | None,
    BeforeValidator(lambda value: None if value == "" else value),
]


class ShownDonor(Body):
    """How public pages may show the donor of a gift."""

    gift: Id = titled("捐赠编号", "Gift")
    shown: Literal["anonymous", "pen-name", "own-name"] = titled("公开方式", "Shown as")
    pen_name: PenName = titled("化名（公开）", "Pen name (public)", default=None)


def show(request: Request, body: ShownDonor) -> None:
    """Record how public pages may show the donor of a gift: only the donor decides that."""
    request.house.ledger.donors.show(body.gift, body.shown, body.pen_name)


SHOW = Operation("gifts", "show", "捐赠人公开方式", "How the donor is shown", facts.DonorShown,
                 ShownDonor, show, lambda body: body.gift)  # fmt: skip

OPERATIONS = (SHOW,)
