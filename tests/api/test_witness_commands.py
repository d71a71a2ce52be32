"""A ledger with witnesses: the policy, who cosigned, receipts under it; and a witness to run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.receipt_desk import IssuedReceipt, NotIssued, ReceiptDesk
from api.settings import Settings
from api.wiring import House
from api.witnesses import POLICY, policy_in
from ledger.proof.cosignatures import CosignerKey, cosigned
from ledger.proof.policy import Policy
from ledger.store.log_folder import NotYetPublished
from ledger.store.witness import Witness
from ledger.store.witness_asking import HttpPost, WitnessSawMore
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.trust import FORMAT, WITNESSED, Trust
from receipts.verify import verify
from tests.api.witnessed_log import keys, listening, witness_of
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.proof.witnessed import cosigner

Run = Callable[..., tuple[int, str, str]]
NAMES = ("audit", "press", "tax")


def said(outcome: tuple[int, str, str], code: int = 0) -> Any:
    assert outcome[0] == code, outcome
    return json.loads(outcome[1])


def refused(outcome: tuple[int, str, str], code: int = 2) -> str:
    assert (outcome[0], outcome[1], outcome[2].count("\n")) == (code, "", 1)
    return outcome[2]


class Three:
    """Three witnesses of a ledger's log; any may be away."""

    def __init__(self, house: House, folder: Path) -> None:
        self.log = house.trust().log
        self.witnesses: dict[str, Witness] = {}
        self.addresses: dict[str, str] = {}
        self._open: dict[str, ExitStack] = {}
        for name in NAMES:
            now = time.time()
            self.witnesses[name] = witness_of(folder / name, name, self.log, at=now)
            self.come(name)
        self.file = folder / "policy"

    def policy(self, quorum: str = "group two 2 audit press tax\nquorum two\n") -> Path:
        """Write a policy that names all three, with one of the two keys of each."""
        lines = [f"# 见证政策\nlog {self.log.line}\n"]
        for place, name in enumerate(NAMES):
            key = keys(name).public[place % 2]
            lines.append(f"witness {name} {key.line} {self.addresses[name]}\n")
        self.file.write_text("".join([*lines, quorum]), encoding="utf-8")
        return self.file

    def come(self, name: str) -> None:
        self._open[name] = ExitStack()
        self.addresses[name] = self._open[name].enter_context(listening(self.witnesses[name]))

    def leave(self, name: str) -> None:
        self._open.pop(name).close()

    def close(self) -> None:
        for stack in self._open.values():
            stack.close()


@pytest.fixture
def three(house: House, tmp_path: Path) -> Iterator[Three]:
    there = Three(house, tmp_path / "witnesses")
    yield there
    there.close()


def reopened(house: House) -> House:
    return House(house.settings)


def test_a_policy_is_put_in_force_and_the_witnesses_cosign_what_is_published(
    house: House, three: Three, command_line: Run
) -> None:
    told = said(command_line("witness", "policy", three.policy(), "--json"))
    assert told == {
        "log": three.log.name,
        "witnesses": list(NAMES),
        "quorum": "2 of (audit, press, tax)",
    }
    assert (house.settings.data / POLICY).read_bytes() == three.file.read_bytes()

    register(house)
    told = said(command_line("witness", "ask", "--json"))
    assert (told["met"], told["published"], told["size"]) == (True, True, house.recorder.size())
    assert [each["kind"] for each in told["witnesses"]] == ["ed25519", "ml-dsa-44", "ed25519"]
    assert all(each["at"] and each["why"] is None for each in told["witnesses"])
    again = said(command_line("witness", "status", "--json"))
    assert again == told

    policy = policy_in(house.settings.data, three.log)
    assert policy is not None
    assert policy.check(house.log.note()).size == house.recorder.size()
    assert {each.watched()[0].seen.size for each in three.witnesses.values()} == {told["size"]}
    check_house(house)


def test_nothing_is_published_before_enough_witnesses_have_cosigned(
    house: House, three: Three, command_line: Run
) -> None:
    said(command_line("witness", "policy", three.policy(), "--json"))
    before = house.log.note()
    three.leave("audit")
    three.leave("press")
    register(house)

    told = said(command_line("witness", "ask", "--json"), code=1)
    assert (told["met"], told["published"]) == (False, False)
    assert [bool(each["at"]) for each in told["witnesses"]] == [False, False, True]
    assert "refused" in told["witnesses"][0]["why"]
    assert house.log.note() == before
    code, out, _ = command_line("witness", "status")
    assert (code, "未满足 not met" in out) == (1, True)

    three.come("press")
    three.policy()
    said(command_line("witness", "policy", three.file, "--json"))
    told = said(command_line("witness", "ask", "--json"))
    assert (told["met"], told["published"]) == (True, True)
    assert house.log.note() != before
    check_house(house)


def test_a_ledger_restored_from_an_older_backup_is_told_by_its_witnesses(
    house: House, three: Three, command_line: Run
) -> None:
    older = house.log.note()
    said(command_line("witness", "policy", three.policy(), "--json"))
    register(house)
    size = said(command_line("witness", "ask", "--json"))["size"]

    restored = reopened(house)
    with pytest.raises(WitnessSawMore, match=f"has seen {size} entries"):
        restored.integrator.witnesses(older, lambda _old, _new: [])
    restored.close()


def test_a_receipt_is_good_under_the_policy_and_its_trust_file_says_what_it_needs(
    house: House, three: Three, command_line: Run, tmp_path: Path
) -> None:
    said(command_line("trust", "export", tmp_path / "old.json", "--json"))
    assert json.loads((tmp_path / "old.json").read_bytes())["format"] == FORMAT
    said(command_line("witness", "policy", three.policy(), "--json"))
    there = reopened(house)
    register(there)
    gifts = give(there, general_fund(there), "100.00")
    ready_for_receipts(there)
    (issued,) = receipt_desk(there, tmp_path).issue(gifts, lambda _: None)
    assert isinstance(issued, IssuedReceipt)
    there.close()

    said(command_line("trust", "export", tmp_path / "trust.json", "--json"))
    assert json.loads((tmp_path / "trust.json").read_bytes())["format"] == WITNESSED
    trust = Trust.parse((tmp_path / "trust.json").read_bytes())
    data = issued.path.read_bytes()
    assert verify(data, trust).result == "valid"
    assert verify(data, Trust.parse((tmp_path / "old.json").read_bytes())).result == "valid"
    told = command_line("verify", issued.path, "--trust", tmp_path / "trust.json", "--json")
    assert [each["result"] for each in said(told)] == ["valid"]

    note = Bundle.parse(attached(data)).entries[0].proof.checkpoint
    assert len(cosigned(note, [key for name in NAMES for key in keys(name).public])) == 3
    stricter = trust.policy
    assert stricter is not None
    text = stricter.encode() + f"witness late {cosigner('late').line}\n"
    text = text.replace("quorum two\n", "") + "group both all two late\nquorum both\n"
    verdict = verify(data, Trust(trust.log, trust.authority, Policy.parse(text)))
    assert (verdict.result, verdict.steps[-1].step) == ("untrusted", "checkpoint")
    assert "未签 late" in verdict.steps[-1].says


def test_a_receipt_is_printed_once_enough_witnesses_have_seen_it(
    house: House, three: Three, command_line: Run, tmp_path: Path
) -> None:
    register(house)
    gifts = give(house, general_fund(house), "100.00")
    ready_for_receipts(house)
    house.publish()
    said(command_line("witness", "policy", three.policy(), "--json"))
    three.leave("audit")
    three.leave("press")
    there = reopened(house)
    with pytest.raises(NotYetPublished, match="the published checkpoint covers only"):
        list(receipt_desk(there, tmp_path).issue(gifts, lambda _: None))
    assert [*tmp_path.glob("receipts/*.pdf")] == []
    there.close()

    three.come("audit")
    said(command_line("witness", "policy", three.policy(), "--json"))
    there = reopened(house)
    (again,) = receipt_desk(there, tmp_path).issue(gifts, lambda _: None)
    assert isinstance(again, NotIssued)
    assert again.printed, "it had its number already"
    (path,) = tmp_path.glob("receipts/*.pdf")
    assert verify(path.read_bytes(), there.exported_trust()).result == "valid"
    there.close()


def receipt_desk(house: House, folder: Path) -> ReceiptDesk:
    return ReceiptDesk(house, USCC, folder / "receipts", date(2026, 11, 21))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"nonsense\n", "line 1: it is none of"),
        (b"\xff\n", "it is not UTF-8"),
        (b"quorum none\n", "names 0 logs"),
        (b"log other.example+17b1b0e0+AdPgSH/KWo1eEN1qvW/iMdtrMFviaDgjoj/M3xYpcYNH\nquorum none\n",
         "line 1: its id|not a verifier key"),
    ],
)  # fmt: skip
def test_a_policy_that_can_not_be_used_is_not_put_in_force(
    house: House, command_line: Run, tmp_path: Path, text: bytes, why: str
) -> None:
    (tmp_path / "policy").write_bytes(text)
    line = refused(command_line("witness", "policy", tmp_path / "policy"))
    assert any(part in line for part in why.split("|"))
    assert not (house.settings.data / POLICY).exists()


def test_a_policy_of_another_log_or_with_a_bad_address_is_not_put_in_force(
    house: House, three: Three, command_line: Run, tmp_path: Path
) -> None:
    own = three.policy().read_text("utf-8")
    other = f"log {cosigner_log_line()}\nquorum none\n"
    for text, why in (
        (other, "the policy is of the log"),
        (own.replace("http://", "gopher://"), "can't be asked"),
    ):
        (tmp_path / "policy").write_text(text, encoding="utf-8")
        assert why in refused(command_line("witness", "policy", tmp_path / "policy"))
    assert not (house.settings.data / POLICY).exists()


def cosigner_log_line() -> str:
    return "donations.example/ledger+99b03e1f+AdPgSH/KWo1eEN1qvW/iMdtrMFviaDgjoj/M3xYpcYNH"


def test_without_a_policy_nobody_is_asked(house: House, command_line: Run) -> None:
    assert said(command_line("witness", "status", "--json")) == {"policy": False}
    assert said(command_line("witness", "ask", "--json")) == {"policy": False}
    assert "没有见证政策" in command_line("witness", "status")[1]
    assert house.policy is None


def test_a_witness_of_one_s_own_is_made_once_with_two_keys(
    command_line: Run, tmp_path: Path
) -> None:
    folder, name = tmp_path / "w", "tax.example/witness"
    made = said(command_line("witness", "init", folder, "--name", name, "--json"))
    assert said(command_line("witness", "init", folder, "--name", name, "--json")) == made
    ed25519, lattice = CosignerKey.parse(made["ed25519"]), CosignerKey.parse(made["ml_dsa_44"])
    assert (ed25519.name, ed25519.kind, lattice.kind) == (name, "ed25519", "ml-dsa-44")
    assert "is called" in refused(command_line("witness", "init", folder, "--name", "other"))
    for bad in ("two words", "a+b", ""):
        line = refused(command_line("witness", "init", tmp_path / "x", "--name", bad))
        assert "can't name a witness" in line
    assert not (tmp_path / "x").exists()


def test_a_witness_lists_the_logs_it_watches(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    folder, line = tmp_path / "w", house.trust().log.line
    assert "there is no witness in" in refused(command_line("witness", "log", folder, line))
    said(command_line("witness", "init", folder, "--name", "w", "--json"))
    assert said(command_line("witness", "log", folder, "--json")) == []
    watched = [{"origin": house.trust().log.name, "size": 0, "vkey": line}]
    assert said(command_line("witness", "log", folder, line, "--json")) == watched
    assert said(command_line("witness", "log", folder, "--json")) == watched
    assert "not a verifier key" in refused(command_line("witness", "log", folder, "x+y+AAAA"), 1)


def test_a_witness_serves_until_it_is_told_to_stop(
    house: House, command_line: Run, tmp_path: Path, settings: Settings
) -> None:
    folder, line = tmp_path / "w", house.trust().log.line
    made = said(command_line("witness", "init", folder, "--name", "w.example", "--json"))
    said(command_line("witness", "log", folder, line, "--json"))
    main = "from api.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
    words = ["witness", "serve", str(folder), "--port", "0"]
    command = [sys.executable, "-c", main, *words]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        address = server.stderr.readline().split()[-1]
        policy = tmp_path / "policy"
        policy.write_text(
            f"log {line}\nwitness w {made['ed25519']} {address}/\nquorum w\n", encoding="utf-8"
        )
        said(command_line("witness", "policy", policy, "--json"))
        register(house)
        assert said(command_line("witness", "ask", "--json"))["met"] is True
        taken = command_line("witness", "serve", folder, "--port", address.rpartition(":")[2])
        assert "can't serve on 127.0.0.1" in refused(taken)
        assert HttpPost()(f"{address}/add-checkpoint", b"").status == 400
        os.kill(server.pid, signal.SIGTERM)
        out, _ = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert server.returncode == 0
    assert "见证已停止" in out
