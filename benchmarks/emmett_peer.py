"""Emmett's event store on PostgreSQL, as a peer: a Node.js program that appends when it is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

HERE = Path(__file__).parent
INSTALLED = HERE.parent / ".venv" / "foreign" / "emmett"


class Emmett:
    """A running program that appends gifts to a database of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def give(self, gifts: int, writers: int, at_once: int) -> int:
        """Append gifts by so many writers at a time, so many events an append; return how many."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {"gifts": gifts, "writers": writers, "at_once": at_once}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the program that appends to Emmett ended; its words are above")
        return int(json.loads(answer)["gifts"])


@contextmanager
def emmett(conninfo: str) -> Iterator[Emmett | None]:
    """Run Emmett on the server at `conninfo`, in a new database; None where Node.js is missing."""
    subprocess.run([HERE / "emmett" / "install.sh"], check=True)
    node = shutil.which("node")
    if node is None or not (INSTALLED / "node_modules").is_dir():
        yield None
        return
    name = f"emmett_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    process = subprocess.Popen(
        [node, "append.mjs"], cwd=INSTALLED, env=os.environ | _server(conninfo, name), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Emmett(process)
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _server(conninfo: str, database: str) -> dict[str, str]:
    given = conninfo_to_dict(conninfo)
    password = Path(str(given["passfile"])).read_text().strip().rsplit(":", 1)[1]
    return {
        "PGHOST": str(given["host"]),
        "PGPORT": str(given["port"]),
        "PGUSER": str(given["user"]),
        "PGPASSWORD": password,
        "PGDATABASE": database,
    }
