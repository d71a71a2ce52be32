"""What the audit says through the command line, of a database and of a published log."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import LiteralString

import pytest
from psycopg import sql

from api.wiring import House
from tests.houses import general_fund, give, pay, register

Run = Callable[..., tuple[int, str, str]]
PARTS = {
    "events", "signatures_ok", "tree_ok", "checkpoint_ok", "views_equal_rebuild",
    "money_conserved", "receipt_numbers_ok", "vault_ok", "sources_ok", "findings",
}  # fmt: skip


def alter(house: House, table: str, change: LiteralString) -> None:
    """Change every row of a table of the ledger, as who holds the database can."""
    query = sql.SQL("UPDATE {} SET {}").format(house.database.table(table), sql.SQL(change))
    with house.database.writing() as connection:
        connection.execute(query)


@pytest.fixture
def exported(house: House, command_line: Run, tmp_path: Path) -> Path:
    register(house)
    fund = general_fund(house)
    give(house, fund, "100.00", "50.00")
    pay(house, fund, "120.00")
    house.publish()
    code, _, err = command_line("log", "export", tmp_path / "log")
    assert (code, err) == (0, "")
    return tmp_path / "log"


def test_a_sound_ledger_has_every_part_ok(exported: Path, command_line: Run) -> None:
    code, out, _ = command_line("audit", "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == PARTS
    assert found["findings"] == []
    assert all(found[part] is True for part in PARTS - {"events", "findings"})


def test_a_published_log_is_audited_without_its_database(
    exported: Path, command_line: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole, _ = command_line("audit", "--json")
    monkeypatch.setenv("LEDGER_DATABASE_URL", "host=127.0.0.1 port=1")
    code, out, _ = command_line("audit", "--log", exported, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["events"] == json.loads(whole)["events"]
    assert found["views_equal_rebuild"] is None, "what was not looked at is not said to be right"
    assert found["vault_ok"] is None


def test_a_published_log_is_held_to_the_keys_that_are_trusted(
    house: House, exported: Path, command_line: Run, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.json"
    assert command_line("trust", "export", trust)[0] == 0
    assert command_line("audit", "--log", exported, "--trust", trust)[0] == 0
    other = json.loads(trust.read_text())
    trust.write_text(json.dumps(other | {"authority": "x" * 43}))
    code, out, _ = command_line("audit", "--log", exported, "--trust", trust, "--json")
    assert code == 1
    assert "not the trusted one" in json.loads(out)["findings"][0]


@pytest.mark.parametrize("change", ["cut", "added", "flipped", "empty"])
def test_a_vkey_that_was_altered_is_named(exported: Path, command_line: Run, change: str) -> None:
    key = (exported / "vkey").read_bytes()
    altered = {"cut": key[:-1], "added": key + b"x", "flipped": b"x" + key[1:], "empty": b""}
    (exported / "vkey").write_bytes(altered[change])
    code, out, err = command_line("audit", "--log", exported)
    assert code == 1
    assert "key" in out + err
    assert "Traceback" not in err


def test_each_exported_file_altered_is_named(exported: Path, command_line: Run) -> None:
    for path in [p for p in exported.rglob("*") if p.is_file() and p.name != "vkey"]:
        data = path.read_bytes()
        path.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
        code, out, _ = command_line("audit", "--log", exported, "--json")
        assert code == 1
        name = str(path.relative_to(exported))
        assert any(name in f or "entry" in f for f in json.loads(out)["findings"])
        path.write_bytes(data)
    assert command_line("audit", "--log", exported)[0] == 0


def test_findings_are_shown_to_people_too(house: House, exported: Path, command_line: Run) -> None:
    alter(house, "ledger_events", "topic = 'x'")
    code, out, _ = command_line("audit")
    assert code == 1
    assert "不符 wrong" in out
    assert "ledger_events" in out


def test_the_live_log_altered_on_disk_is_found_by_the_audit_of_the_ledger(
    house: House, exported: Path, command_line: Run
) -> None:
    live = house.settings.data / "log"
    for path in [p for p in live.rglob("*") if p.is_file() and p.name != ".lock"]:
        name = str(path.relative_to(live))
        if name not in {str(p.relative_to(exported)) for p in exported.rglob("*")}:
            continue
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        code, out, _ = command_line("audit", "--json")
        assert code == 1
        assert any(name in f or "entries" in f for f in json.loads(out)["findings"]), name
        path.write_bytes(data)
    assert command_line("audit")[0] == 0


def test_a_live_log_set_ahead_is_refused_and_one_that_was_lost_is_written_anew_when_asked(
    house: House, exported: Path, command_line: Run
) -> None:
    live = house.settings.data / "log"
    alter(house, "head", "size = size - 1")
    code, out, _ = command_line("audit", "--json")
    assert code == 1
    assert any("older backup" in f for f in json.loads(out)["findings"])
    alter(house, "head", "size = size + 1")
    assert command_line("audit")[0] == 0
    shutil.rmtree(live)
    code, out, _ = command_line("audit", "--json")
    assert code == 1
    assert any("integrate --write-again" in f for f in json.loads(out)["findings"])
    assert not (live / "checkpoint").exists(), "an audit publishes nothing that was lost"
    house.integrator.write_again()
    assert command_line("audit")[0] == 0


@pytest.fixture
def served(exported: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_request(self, *_: object) -> None:
            return

        def log_error(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(exported)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_log_is_audited_over_http(served: str, command_line: Run) -> None:
    assert command_line("audit", "--log", served)[0] == 0


def test_a_file_that_can_not_be_fetched_is_named(
    served: str, exported: Path, command_line: Run
) -> None:
    bundle = next((exported / "tile" / "entries").rglob("*"))
    shutil.rmtree(exported / "tile" / "entries")
    code, out, _ = command_line("audit", "--log", served, "--json")
    assert code == 1
    assert any("tile/entries" in f for f in json.loads(out)["findings"])
    assert not bundle.exists()


def test_a_log_that_is_not_there_can_not_be_audited(command_line: Run, tmp_path: Path) -> None:
    for where in (tmp_path / "none", "http://127.0.0.1:1/log"):
        code, out, err = command_line("audit", "--log", where)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
