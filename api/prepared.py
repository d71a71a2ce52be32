"""How a command ends: with its answer, or with a request that is to be signed elsewhere.

Every command passes here, so that nothing is loaded which only some of them need.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from api.answers import Answer, facts

if TYPE_CHECKING:
    from ledger.store.signing_requests import SigningRequest

TITLE = "待签署，尚未入账 (to be signed; nothing is recorded yet)"
AGAIN = (
    "若该命令还要记录别的，提交之后再运行一次 "
    "(if the command records more than this, run it again once submitted)"
)


class Prepared(Exception):
    """A command ended with a request in place of a record; it is no error."""

    def __init__(self, request: SigningRequest, path: Path) -> None:
        super().__init__(f"request {request.id} was prepared in {path}")
        self.request = request
        self.path = path


def answered(args: Namespace) -> Answer:
    """Run a command; answer with the request if that is how it ended."""
    try:
        answer: Answer = args.run(args)
    except Prepared as prepared:
        return _told(prepared)
    return answer


def _told(prepared: Prepared) -> Answer:
    request = prepared.request
    data: dict[str, object] = {
        "prepared": str(prepared.path),
        "request": request.id,
        "entries": len(request.items),
        "expires": request.expires.isoformat(),
    }
    keys = {item.kid for item in request.items}
    shown = facts(TITLE, {**data, "keys": ", ".join(sorted(keys))})
    return Answer({**data, "keys": sorted(keys)}, [shown], lines=[AGAIN])
