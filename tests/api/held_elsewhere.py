"""An organisation that keeps its key itself: the other machine, with its own folder and key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.wiring import House
from ledger.store import own_keys
from tests.conftest import USCC

Run = Callable[..., tuple[int, str, str]]
PHRASE = "correct horse battery staple"


def said(outcome: tuple[int, str, str]) -> Any:
    code, out, err = outcome
    assert code == 0, err
    return json.loads(out)


def refused(outcome: tuple[int, str, str], code: int = 2) -> str:
    found, out, err = outcome
    assert (found, out, err.count("\n")) == (code, "", 1), (found, out, err)
    return err


class Holder:
    """Whoever holds a key: `folder` stands for a machine that has no ledger."""

    def __init__(self, folder: Path, run: Run, name: str = "key") -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._run = run
        self.key = folder / name
        self.public = folder / f"{name}.pub"
        self.phrase = folder / "phrase"
        self.phrase.write_text(PHRASE + "\n")

    def make(self, origin: str, replaces: str | None, uscc: str = USCC) -> Any:
        """Make a key and its proof."""
        place = (f"--replaces={replaces}",) if replaces else ()
        return said(
            self._run(
                "key", "make", self.key, "--secret-file", self.phrase, "--for", uscc,
                "--origin", origin, "--out", self.public, *place, "--json",
            )
        )  # fmt: skip

    def sign(self, request: Path, out: Path) -> tuple[int, str, str]:
        """Sign a request."""
        return self._run(
            "sign", request, "--key-file", self.key, "--secret-file", self.phrase,
            "--out", out, "--json",
        )  # fmt: skip

    @property
    def secret(self) -> bytes:
        """The private half: 32 bytes that no server may hold."""
        signer = own_keys.read(self.key, PHRASE.encode(), own_keys.ed25519)
        return signer._private.private_bytes_raw()


def adopted(house: House, run: Run, folder: Path) -> Holder:
    """Let the charity take its key into its own hands."""
    working = next(iter(house.ledger.streams.organisation(USCC).keys))
    holder = Holder(folder / "elsewhere", run)
    holder.make(house.recorder.origin(), working)
    said(run("key", "adopt", USCC, "--public", holder.public, "--json"))
    return holder
