"""What a tax officer's page shows of one receipt, and how a check goes on record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from api.deducting.reference import rule_table
from api.operations.operation import Body, Operation, Request
from api.operations.running import Call, Use
from api.verifying.sheet import digest
from api.wiring import House
from ledger.domain import claims
from ledger.domain import events as facts
from ledger.domain.acting import Acting
from ledger.domain.events import CheckCount
from ledger.domain.receipt_life import Receipt
from ledger.errors import Refused, Unknown
from ledger.money import Money
from projections.claims import CLAIMS, ClaimEntry, claims_of
from receipts.status import StatusList
from receipts.verdict import Verdict

OFFICER = "tax-officer"


class FiveBoxes(Body):
    """The five elements as an officer typed them."""

    code: str
    number: str
    check_code: str
    issued_on: str
    amount: str


def _nothing(_request: Request, _body: FiveBoxes) -> None:
    raise AssertionError("each check brings its own result")


CHECK = Operation(
    "tax", "check", "查验票据", "Check a receipt", facts.ReceiptsChecked, FiveBoxes, _nothing
)
"""Not one of the forms: what it records is worked out, and never typed."""


@dataclass(frozen=True, slots=True)
class ReceiptNow:
    """A receipt as the ledger has it at this moment: its claims, and how much may still be."""

    receipt: Receipt
    claims: list[ClaimEntry]
    claimed: Money
    left: Money


def receipt_now(house: House, code: str, number: str) -> ReceiptNow | None:
    """Return a receipt with its claims, those that ended too; None where there is none."""
    try:
        receipt = house.ledger.streams.receipt(code, number)
    except (Refused, Unknown):  # not in this ledger, or no number that a receipt can bear
        return None
    house.runner.follow(CLAIMS)
    found, _ = claims_of(house.runner, code, number)
    return ReceiptNow(receipt, found, claims.claimed(receipt), claims.left(receipt))


def on_record(
    house: House, acting: Acting, asked: FiveBoxes, verdict: Verdict, status: StatusList, call: Call
) -> str:
    """Put a check on record as the officer's, once for the key of a form; return its stream.

    The log keeps the result in words, and which receipt it was of in a digest alone.
    """

    def record(request: Request, _body: FiveBoxes) -> None:
        request.house.ledger.claims.checked(
            acting.as_role(OFFICER),
            [CheckCount(result=verdict.result, receipts=1)],
            digest(plain(asked, verdict)),
            rule_table().digest.removeprefix("sha256:"),
            status.digest,
        )

    outcome = Use(house, acting, replace(CHECK, run=record), asked, call).run()
    return str(outcome.events[0].originator_id)


def plain(asked: FiveBoxes, verdict: Verdict) -> bytes:
    """Return what was asked and found as the JSON whose digest goes on record."""
    steps = [[s.check, s.step, s.ok, s.asked, s.says] for s in verdict.steps]
    said = {
        "asked": asked.model_dump(),
        "result": verdict.result,
        "steps": steps,
        "receipt": dict(verdict.receipt),
        "as_of": verdict.as_of,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
