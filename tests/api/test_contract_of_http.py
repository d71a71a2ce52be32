"""The OpenAPI document is kept: by whatever a stranger may send, and for a client made from it."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from api.wiring import House
from tests.api.portal import charity_at_work
from tests.browser.serving import served

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
GENERATOR = Path(sys.executable).with_name("openapi-python-client")
CLIENT = "client_of_the_ledger"
WAIT_S = 60.0
"""The document is made when it is first asked for; the machine may be busy."""
"""The package that the generator writes."""

ASKED = """
continue-on-failure = true

[generation]
deterministic = true
max-examples = 10
database = "none"

[dictionaries]
{dictionaries}

[parameters]
{parameters}

[[operations]]
include-tag = "writing"
generation.max-examples = 2
phases.coverage.enabled = false
"""
"""Requests are drawn the same way each time; every second name in a path is one that exists.

A stranger records nothing: what is sent to be recorded is tried less often, and in every role by
`test_roles`.
"""


@pytest.fixture(scope="module")
def filled(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Open a ledger for all requests of this file."""
    place, schema = tmp_path_factory.mktemp("contract"), f"t_{uuid.uuid4().hex[:16]}"
    house = House(Settings(data=place, database_url=database_url, schema=schema), create=True)
    yield house
    house.close()


@pytest.fixture(scope="module")
def known(filled: House) -> dict[str, str]:
    """Let a charity work; return what in a path can be found, by the parameter's name."""
    fund, gifts, paid, _ = charity_at_work(filled)
    return {"fund": fund, "gift": gifts[0], "disbursement": paid}


@pytest.fixture(scope="module")
def origin(filled: House, known: dict[str, str]) -> Iterator[str]:
    """Serve the portal over it."""
    with served(create_app(filled)) as address:
        yield address


@pytest.mark.long
def test_whatever_a_stranger_sends_is_answered_as_the_document_says(
    origin: str, known: dict[str, str], tmp_path: Path
) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(_settings(known), encoding="utf-8")

    done = subprocess.run(
        [SCHEMATHESIS, "--no-color", f"--config-file={settings}", "run", f"{origin}/openapi.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    paths = httpx.get(f"{origin}/openapi.json", timeout=WAIT_S).json()["paths"].values()
    assert f"Tested: {sum(map(len, paths))}\n" in done.stdout, done.stdout


def _settings(known: dict[str, str]) -> str:
    return ASKED.format(
        dictionaries="\n".join(f'{name} = {{ values = ["{k}"] }}' for name, k in known.items()),
        parameters="\n".join(
            f'"path.{name}" = {{ dictionary = "{name}", probability = 0.5 }}' for name in known
        ),
    )


def test_a_typed_client_made_from_the_document_reads_the_ledger(
    origin: str, known: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = httpx.get(f"{origin}/openapi.json", timeout=WAIT_S).json()
    _generate(described, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    funds = importlib.import_module(_module(described, "/api/v1/funds"))
    trace = importlib.import_module(_module(described, "/api/v1/gifts/{gift}/trace"))

    with importlib.import_module(CLIENT).Client(
        base_url=origin, timeout=httpx.Timeout(WAIT_S)
    ) as client:
        (fund,) = funds.sync(client=client).funds
        traced = trace.sync(known["gift"], client=client)

    assert (fund.fund, [b.received for b in fund.balances]) == (known["fund"], ["150.00"])
    assert [segment.disbursement for segment in traced.segments] == [known["disbursement"]]
    assert traced.unspent == "0.00"


def _generate(described: dict[str, Any], place: Path) -> None:
    """Write a client for the document into a package; a warning is a failure."""
    (place / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
    (place / "settings.json").write_text('{"post_hooks": []}', encoding="utf-8")
    subprocess.run(
        [
            *(GENERATOR, "generate", "--meta=none", "--fail-on-warning"),
            *("--config=settings.json", "--path=openapi.json", f"--output-path={CLIENT}"),
        ],
        cwd=place,
        capture_output=True,
        timeout=120,
        check=True,
    )


def _module(described: dict[str, Any], path: str) -> str:
    """Return the module that the generator makes for reading a path."""
    operation = described["paths"][path]["get"]
    name = re.sub("_+", "_", re.sub(r"\W", "_", operation["operationId"])).strip("_").lower()
    return f"{CLIENT}.api.{operation['tags'][0]}.{name}"
