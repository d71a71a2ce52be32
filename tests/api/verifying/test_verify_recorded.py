"""Real receipts checked with the ledger at hand: the day's list, the record, the root."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from api.wiring import House
from ledger.domain.events import ReceiptsChecked
from receipts.verify import verify
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register

Run = Callable[..., tuple[int, str, str]]
DAYS = ("--from", "2026-10-01", "--to", "2026-10-31")


def issued(house: House, run: Run, folder: Path) -> list[Path]:
    register(house)
    give(house, general_fund(house), "100.00", "50.00")
    ready_for_receipts(house)
    code, _, err = run("receipts", "issue", "--charity", USCC, *DAYS, "--out", folder)
    assert code == 0, err
    return sorted(folder.glob("*.pdf"))


def test_a_check_by_an_officer_goes_on_record_with_rules_list_and_sheet(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    folder, status = tmp_path / "receipts", tmp_path / "status"
    issued(house, command_line, folder)
    assert command_line("status", "export", status)[0] == 0
    asked = ("verify", folder, "--status", status, "--officer", "tax-officer-1")
    code, out, err = command_line(*asked, "--sheet", tmp_path / "o.xlsx", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert [one["result"] for one in found] == ["valid", "valid"]
    last = found[0]["steps"][-1]
    assert (last["step"], last["check"], last["asked"]) == ("recorded", 10, True)
    stream = last["says"].split("记入账本 ")[1].split(" ")[0]
    (row,) = house.recorder.log_of([stream])
    assert row.topic == ReceiptsChecked.TOPIC
    before = house.recorder.size()
    assert command_line(*asked, "--dry-run")[0] == 0
    assert house.recorder.size() == before


def test_the_root_certificate_can_be_exported_for_readers(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    (first, _) = issued(house, command_line, tmp_path / "receipts")
    pem = tmp_path / "root.pem"
    trust = tmp_path / "trust.json"
    assert command_line("trust", "export", trust, "--certificate", pem)[0] == 0
    root = x509.load_pem_x509_certificate(pem.read_bytes())
    assert root.issuer == root.subject
    assert verify(first.read_bytes(), house.trust()).result == "valid"
