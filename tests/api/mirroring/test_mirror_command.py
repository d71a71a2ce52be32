"""What the mirror says through the command line, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import threading
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.commands.mirroring import run
from ledger.proof.policy import Policy
from tests.api.mirroring.serving import Handler, files_of, log_of, serving
from tests.attacks.forging import TRUST, Log
from tests.ledger.proof.given import LOG_KEY, ORIGIN
from tests.ledger.proof.witnessed import cosigned_by, cosigner

Run = Callable[..., tuple[int, str, str]]


def test_a_first_copy_says_which_key_it_took_from_the_log_itself(
    command_line: Run, tmp_path: Path
) -> None:
    with serving(files_of(log_of(300))) as server:
        code, out, err = command_line("mirror", server.address, tmp_path / "m", "--json")
        assert (code, err.count("\n")) == (0, 1)
        assert TRUST.log.line in err
        found = json.loads(out)
        assert found["size"] == found["grown"] == 300
        assert (found["vkey"], found["findings"], found["evidence"]) == (TRUST.log.line, [], None)
        code, out, err = command_line("mirror", server.address, tmp_path / "m", "--json")
        assert (code, err, json.loads(out)["grown"]) == (0, "", 0)
        code, out, _ = command_line("mirror", server.address, tmp_path / "m")
        assert code == 0
        assert "300" in out


def test_a_log_is_held_to_the_key_of_the_trust_file(command_line: Run, tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(TRUST.encode())
    other = LOG_KEY.line
    with serving(files_of(log_of(30))) as server:
        asked = ("mirror", server.address, tmp_path / "m")
        code, out, _ = command_line(*asked, "--vkey", other, "--json")
        assert (code, json.loads(out)["size"]) == (1, None)
        assert ORIGIN in json.loads(out)["findings"][0]
        server.files.pop("vkey")
        code, out, err = command_line(*asked, "--trust", trust, "--json")
        assert (code, err) == (0, "")
        code, out, err = command_line(*asked, "--vkey", TRUST.log.line)
        assert (code, err) == (0, "")


def test_a_folder_holds_one_log_for_ever(command_line: Run, tmp_path: Path) -> None:
    with serving(files_of(log_of(30))) as server:
        assert command_line("mirror", server.address, tmp_path)[0] == 0
        (tmp_path / "vkey").write_text(f"{LOG_KEY.line}\n")
        code, out, err = command_line("mirror", server.address, tmp_path, "--vkey", TRUST.log.line)
        assert (code, out) == (2, "")
        assert "choose another folder" in err


def test_a_log_that_shows_two_views_ends_with_the_evidence_named(
    command_line: Run, tmp_path: Path
) -> None:
    with serving(files_of(log_of(30))) as server:
        assert command_line("mirror", server.address, tmp_path / "m")[0] == 0
        server.files = files_of(log_of(30, "another"))
        code, out, _ = command_line("mirror", server.address, tmp_path / "m", "--json")
        found = json.loads(out)
        assert (code, found["size"]) == (1, 30)
        assert "two trees of 30 entries" in found["findings"][0]
        assert (Path(found["evidence"]) / "known").exists()
        code, out, _ = command_line("mirror", server.address, tmp_path / "m")
        assert code == 1
        assert "two trees" in out


def test_a_split_view_between_readers_is_found_and_others_are_named(
    command_line: Run, tmp_path: Path
) -> None:
    lie = Log(entries=[b"a lie", *log_of(30).entries[1:]])
    with serving(files_of(log_of(30))) as server, serving(files_of(lie)) as liar:
        asked = ("mirror", server.address, tmp_path / "m", "--json", "--also", server.address)
        code, out, _ = command_line(*asked, "--also", tmp_path / "nowhere")
        assert code == 2
        states = [one["state"] for one in json.loads(out)["also"]]
        assert states == ["same", "unreachable"]
        code, out, _ = command_line(*asked, "--also", liar.address)
        found = json.loads(out)
        assert (code, [one["state"] for one in found["also"]]) == (1, ["same"])
        assert "two trees of 30" in found["findings"][0]
        liar.files["checkpoint"] = b"no note"
        code, out, _ = command_line(*asked, "--also", liar.address)
        assert code == 1
        assert liar.address in json.loads(out)["findings"][0]


def test_a_log_that_is_not_there_is_said_in_one_line(command_line: Run, tmp_path: Path) -> None:
    for where in (tmp_path / "none", "http://127.0.0.1:1"):
        code, out, err = command_line("mirror", where, tmp_path / "m")
        assert (code, out, err.count("\n")) == (2, "", 1)


def asked_for(address: str, folder: Path) -> Namespace:
    return Namespace(
        url=address, folder=folder, trust=None, vkey=TRUST.log.line, every=0.01, also=[]
    )


def test_a_mirror_goes_on_until_it_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def later(handler: Handler) -> None:
        round_ = handler.server.asked["checkpoint"]
        if round_ == 2:
            handler.server.files = files_of(log_of(40))
        if round_ == 3:
            handler.say(b"", 403)
            return
        if round_ == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        handler.say(handler.server.files["checkpoint"])

    with serving(files_of(log_of(30))) as server:
        server.tricks["checkpoint"] = later
        answer = run(asked_for(server.address, tmp_path))
    assert answer.code == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("mirror: 30 条")
    assert told[1].startswith("mirror: 40 条 entries (+10")
    assert "the server says 403" in told[2], "what can't be reached now may be reached later"


def test_a_mirror_that_is_stopped_while_it_waits_asks_no_more(tmp_path: Path) -> None:
    def last(handler: Handler) -> None:
        handler.say(handler.server.files["checkpoint"])
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    with serving(files_of(log_of(30))) as server:
        server.tricks["checkpoint"] = last
        asked = asked_for(server.address, tmp_path)
        asked.every = 60
        assert run(asked).code == 0
        assert server.asked["checkpoint"] == 1


def test_a_mirror_that_goes_on_ends_when_the_log_lies(tmp_path: Path) -> None:
    def lying(handler: Handler) -> None:
        if handler.server.asked["checkpoint"] == 2:
            handler.server.files = files_of(log_of(30, "another"))
        handler.say(handler.server.files["checkpoint"])

    with serving(files_of(log_of(30))) as server:
        server.tricks["checkpoint"] = lying
        answer = run(asked_for(server.address, tmp_path))
    assert answer.code == 1


WITNESS = "witness.example/w"


def test_a_checkpoint_without_the_quorum_of_the_trust_file_is_not_copied_nor_forgotten(
    command_line: Run, tmp_path: Path
) -> None:
    policy = f"log {TRUST.log.line}\nwitness w {cosigner(WITNESS).line}\nquorum w\n"
    trust = tmp_path / "trust.json"
    trust.write_bytes(replace(TRUST, policy=Policy.parse(policy)).encode())
    with serving(files_of(log_of(30))) as server:
        alone = server.files["checkpoint"]
        cosigned = cosigned_by(alone.decode(), WITNESS).encode()
        asked = ("mirror", server.address, tmp_path / "m", "--trust", trust, "--json")
        for _ in range(2):
            code, out, _ = command_line(*asked)
            found = json.loads(out)
            assert (code, found["size"], found["evidence"]) == (1, None, None)
            assert "too few witnesses" in found["findings"][0]
            assert (tmp_path / "m" / "checkpoints" / "30").read_bytes() == alone
        server.files["checkpoint"] = cosigned
        assert command_line(*asked)[0] == 0
        assert (tmp_path / "m" / "checkpoint").read_bytes() == cosigned
        with serving({**server.files, "checkpoint": alone}) as other:
            code, out, _ = command_line(*asked, "--also", other.address)
            assert (code, json.loads(out)["also"][0]["state"]) == (1, "wrong")
            assert "too few witnesses" in json.loads(out)["findings"][0]
        server.files["checkpoint"] = alone
        code, out, _ = command_line(*asked)
        assert (code, json.loads(out)["size"]) == (1, 30)
        code, out, _ = command_line("audit", "--log", server.address, "--trust", trust, "--json")
        found = json.loads(out)
        assert (code, found["checkpoint_ok"], found["tree_ok"]) == (1, False, True)
        assert any("too few witnesses" in finding for finding in found["findings"])


def test_an_audit_that_is_told_to_end_ends_as_by_ctrl_c(command_line: Run) -> None:
    def told(handler: Handler) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        handler.say(handler.server.files["tile/entries/000.p/30"])

    with serving({**files_of(log_of(30)), "vkey": f"{TRUST.log.line}\n".encode()}) as server:
        server.tricks["tile/entries/000.p/30"] = told
        code, out, err = command_line("audit", "--log", server.address)
    assert (code, out, err.count("\n")) == (130, "", 1)
