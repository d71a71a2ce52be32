"""The main job as its persons see it, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.wiring import House
from receipts.verify import verify
from tests.conftest import USCC
from tests.houses import general_fund, give, pay, ready_for_receipts, register

Run = Callable[..., tuple[int, str, str]]


def test_a_gift_is_paid_out_traced_receipted_verified_and_audited(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    first, second = give(house, fund, "100.00", "50.00")
    (disbursement,) = pay(house, fund, "120.00")
    ready_for_receipts(house)

    code, out, _ = command_line("trace", "gift", second, "--json")
    traced = json.loads(out)
    assert code == 0
    assert [s["amount"] for s in traced["segments"]] == ["20.00"]
    assert traced["unspent"] == "30.00"

    code, out, _ = command_line("trace", "disbursement", disbursement, "--json")
    assert [(s["gift"], s["amount"]) for s in json.loads(out)["segments"]] == [
        (first, "100.00"),
        (second, "20.00"),
    ]

    desk = ReceiptDesk(house, USCC, tmp_path / "receipts", date(2026, 11, 21))
    issued = list(desk.issue([first, second], lambda _: None))
    assert all(isinstance(o, IssuedReceipt) for o in issued)
    for one in issued:
        assert isinstance(one, IssuedReceipt)
        assert verify(one.path.read_bytes(), house.trust()).result == "valid"

    code, out, _ = command_line("audit", "--json")
    assert code == 0
    assert json.loads(out)["findings"] == []
