from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from api import serving
from api.settings import Settings
from api.states_words import states_line
from api.wiring import House
from ledger.store.integrator import LogAhead, States
from tests.houses import general_fund, give, register
from tests.invariants import check_house

Run = Callable[..., tuple[int, str, str]]


@contextmanager
def running(settings: Settings, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run `donation-ledger` in a process of its own, ended at the latest when the block is left."""
    told = {
        "LEDGER_DATA": str(settings.data),
        "LEDGER_DATABASE_URL": str(settings.database_url),
        "LEDGER_SCHEMA": settings.schema,
        **more,
    }
    command = [sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, *words], env=os.environ | told, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_what_to_open_answers_and_stops_cleanly(
    house: House, settings: Settings, stop: signal.Signals
) -> None:
    with taken_port() as port:
        pass  # free again: nothing else asks for ports just now
    with running(settings, "serve", "--json", LEDGER_PORT=str(port)) as process:
        assert process.stderr is not None
        addresses = [process.stderr.readline().split()[-1] for _ in range(3)]

        assert [httpx.get(a, timeout=30).status_code for a in addresses] == [200, 200, 200]
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 0, err
    assert json.loads(out) == {"address": f"http://127.0.0.1:{port}", "stopped": True}
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_told_in_one_line(
    house: House, command_line: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with taken_port() as port:
        monkeypatch.setenv("LEDGER_PORT", str(port))
        code, out, err = command_line("serve")

    assert (code, out) == (2, "")
    assert err == (
        f"can't serve on 127.0.0.1 port {port} (address already in use); stop what is there, or "
        "set LEDGER_PORT or LEDGER_HOST to another\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_not_ours_is_told_in_one_line(
    house: House, command_line: Run, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("LEDGER_HOST", host)

    code, _, err = command_line("serve")

    assert code == 2
    assert err.startswith(f"can't serve on {host} port 8000 (")
    assert err.count("\n") == 1


def test_without_a_ledger_there_is_nothing_to_serve_and_nothing_is_made(
    settings: Settings, command_line: Run
) -> None:
    code, out, err = command_line("serve")

    assert (code, out) == (2, "")
    assert err == (f"there is no ledger in {settings.data} yet; run: donation-ledger init\n")
    assert not settings.data.exists()


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 compared, not bound
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("ledger.example.org", "http://ledger.example.org:80"),
    ],
)
def test_the_address_told_is_one_a_browser_can_open(host: str, shown: str) -> None:
    assert serving._address(host, 80) == shown


def test_integrate_publishes_what_is_new_and_ends(house: House, command_line: Run) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")

    code, out, _ = command_line("integrate", "--json")

    assert code == 0
    size = house.recorder.size()
    assert json.loads(out) == {
        "size": size, "sequenced": size, "integrated": size, "published": size,
    }  # fmt: skip
    published = house.log.published(house.trust().log)
    assert published is not None
    assert published.size == house.recorder.size()


def test_integrate_goes_on_until_it_is_told_to_stop(house: House, settings: Settings) -> None:
    with running(settings, "integrate", "--every", "1", "--json") as process:
        register(house)
        wait_until_published(house)
        general_fund(house)
        wait_until_published(house)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 0, err
    assert json.loads(out)["size"] == house.recorder.size()


def wait_until_published(house: House) -> None:
    """Look at the published log until all that is recorded is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        seen = house.log.published(house.trust().log)
        if seen is not None and seen.size == house.recorder.size():
            return
    pytest.fail("the integrator never published it")


@pytest.mark.parametrize("pause", ["0", "86401", "1.5", "-1", "x"])
def test_a_pause_that_cannot_be_is_refused(command_line: Run, pause: str) -> None:
    code, _, err = command_line("integrate", "--every", pause)

    assert code == 2
    assert "--every" in err


def test_integrate_told_to_stop_ends_after_the_round_it_is_in(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "read", lambda: settings)
    monkeypatch.setattr(House, "publish", lambda _: os.kill(os.getpid(), signal.SIGTERM))

    assert isinstance(said := serving.integrate(Namespace(every=60)).data, dict)
    assert said["size"] == 1
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize(
    "fault",
    [LogAhead(9, 3), psycopg.OperationalError("the server closed\nthe connection"), OSError("x")],
)
def test_a_round_that_fails_is_told_in_one_line_and_tried_again(
    house: House,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: Exception,
) -> None:
    register(house)
    rounds: list[int] = []
    real = House.publish

    def publish(home: House) -> None:
        rounds.append(home.recorder.size())
        if len(rounds) == 1:
            raise fault
        real(home)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Settings, "read", lambda: settings)
    monkeypatch.setattr(House, "publish", publish)

    assert isinstance(said := serving.integrate(Namespace(every=0)).data, dict)

    assert len(rounds) == 2
    assert said["published"] == house.recorder.size()
    told = capsys.readouterr().err
    assert told.startswith("integrate: ")
    assert told.endswith("; tried again in 0 s\n")
    assert told.count("\n") == 1


def test_a_log_whose_folder_was_lost_is_written_again_when_that_is_asked(
    house: House, command_line: Run
) -> None:
    register(house)
    house.publish()
    note = house.log.note()
    shutil.rmtree(house.log.folder)

    code, _, err = command_line("integrate")
    assert (code, err.count("\n")) == (1, 1)
    assert "integrate --write-again" in err
    code, out, _ = command_line("integrate", "--write-again")

    size = house.recorder.size()
    assert (code, house.log.note()) == (0, note)
    assert out == states_line(States(size, size, size)) + "\n"
    check_house(house)
