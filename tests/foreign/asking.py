"""How the tests ask checkers of other authors about a published log, many logs in one question."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "foreign"
"""Where tools.sh puts what is neither a package of Debian nor one of Python 3.11."""

GO_SOURCES = Path("/usr/share/gocode")
"""Where Debian keeps the sources of Go packages."""


@dataclass(frozen=True, slots=True)
class Request:
    """A log to check: its folder, the keys that must have signed, and what is to be proved."""

    log: Path
    vkey: str
    witnesses: tuple[str, ...]
    leaves: tuple[int, ...]
    older: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the request as a checker in another process reads it."""
        return {**asdict(self), "log": str(self.log)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checker says: why it refused, or the tree it saw and how many things it checked."""

    refused: str
    size: int = 0
    root: str = ""
    checked: int = 0


def missing(tool: str, remedy: str) -> None:
    """Skip what needs a tool that is not here; on a build server that is a failure."""
    said = f"{tool} is not installed; {remedy}"
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(said)
    pytest.skip(said)


def answers(
    command: Sequence[str | Path], questions: Sequence[dict[str, Any]], environment: dict[str, str]
) -> list[Answer]:
    """Run a checker once over all questions."""
    done = subprocess.run(
        list(command),
        input=json.dumps(questions),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Answer(**told) for told in json.loads(done.stdout)]


@cache
def go_binary(folder: Path) -> Path:
    """Build the Go checker with the distribution's packages alone; no module is fetched."""
    if not shutil.which("go") or not (GO_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        missing("Go's sumdb/tlog", "on Debian: apt-get install golang-go golang-golang-x-mod-dev")
    built = folder / "goverify"
    subprocess.run(
        ["go", "build", "-o", built, HERE / "goverify" / "main.go"],
        env={
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": str(GO_SOURCES),
            "GOCACHE": str(folder / "go-cache"),
        },
        check=True,
        timeout=300,
    )
    return built


def node_modules() -> Path:
    """Find the JavaScript packages that tools.sh installs, and a Node.js to run them."""
    modules = INSTALLED / "javascript" / "node_modules"
    if not shutil.which("node") or not (modules / "@sigstore" / "verify").is_dir():
        missing("@sigstore/verify", "install npm (Node.js 18 or later), then run tools.sh")
    return modules


def aics_python() -> Path:
    """Find the environment of aics-tlog and aics-witness that tools.sh makes."""
    python = INSTALLED / "aics" / "bin" / "python"
    if not python.exists():
        missing("aics-tlog", "install Python 3.12 or later, then run tests/foreign/tools.sh")
    return python
