"""Printing over several processes: the same files, whoever dies on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.money import Money
from receipts import certificates
from receipts.pades import Signer
from receipts.page import Page
from receipts.pdf import GlyphMissing
from receipts.press import Press, Sheet

USCC = "51230000MJ00000000"
DAY = date(2026, 1, 1)
PAGE = Page(
    code="23050126", number="0000000001", check_code="aB3dE9", issued_on=date(2026, 11, 21),
    payer="张三", recipient="示范基金会", recipient_uscc=USCC, gift_on=date(2026, 10, 1),
    item="货币捐赠", fund="扶贫济困资金", amount=Money(10_000), original=None, remark="",
    eligibility="依据：公告示例1号。", handler="clerk", origin="ledger.example", leaf=1,
    log_size=2, event_hash="0" * 64, qr="DLR2", specimen=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def signer() -> Signer:
    root_key, key = (ec.derive_private_key(n, ec.SECP256R1()) for n in (11, 12))
    root = certificates.root(root_key, "示范机关", DAY)
    leaf = certificates.leaf(root, root_key, key.public_key(), USCC, "示范基金会", DAY)
    return Signer(leaf, root, key)


def sheets(folder: Path, count: int) -> Iterator[Sheet]:
    for n in range(1, count + 1):
        number = f"{n:010d}"
        yield Sheet(folder / f"{number}.pdf", replace(PAGE, number=number), b"{}")


def test_several_processes_print_the_same_bytes_as_one(tmp_path: Path, signer: Signer) -> None:
    for jobs in (1, 2):
        with Press(signer, jobs) as press:
            done = list(press.print_all(sheets(tmp_path / str(jobs), 7)))
        assert [refusal for _, refusal in done] == [None] * 7
        assert {sheet.path for sheet, _ in done} == set((tmp_path / str(jobs)).iterdir())

    for one in (tmp_path / "1").iterdir():
        assert one.read_bytes() == (tmp_path / "2" / one.name).read_bytes()


def test_a_page_that_can_not_be_printed_stops_no_other(tmp_path: Path, signer: Signer) -> None:
    bad = Sheet(tmp_path / "bad.pdf", replace(PAGE, payer="𪚥"), b"{}")

    for jobs in (1, 2):
        with Press(signer, jobs) as press:
            done = dict(press.print_all([*sheets(tmp_path / str(jobs), 2), bad]))
        assert isinstance(done.pop(bad), GlyphMissing)
        assert set(done.values()) == {None}
        assert len(list((tmp_path / str(jobs)).iterdir())) == 2


def test_what_a_killed_process_did_not_print_is_printed_all_the_same(
    tmp_path: Path, signer: Signer
) -> None:
    with Press(signer, 2) as press:
        for pid in press.pids:
            os.kill(pid, signal.SIGKILL)
        done = list(press.print_all(sheets(tmp_path, 5)))

    assert [refusal for _, refusal in done] == [None] * 5
    assert len(list(tmp_path.iterdir())) == 5
