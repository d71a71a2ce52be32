"""All checkers of other authors, under their names: a folder to build in, requests, answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ledger.proof.cosignatures import CosignerKey
from tests.foreign import asking, in_python
from tests.foreign.asking import Answer, Request

Checker = Callable[[Path, list[Request]], list[Answer]]


def go(place: Path, requests: list[Request]) -> list[Answer]:
    return asking.answers([asking.go_binary(place)], [r.as_json() for r in requests], {})


def aics(_place: Path, requests: list[Request]) -> list[Answer]:
    """It knows Ed25519 cosignatures alone; it proves growth slowly, so it gets fewer old trees."""
    command: list[str | Path] = [asking.aics_python(), "-I", asking.HERE / "aics" / "check.py"]
    some = [replace(r, older=(*r.older[::5], *r.older[-1:])) for r in requests]
    return asking.answers(command, [{**r.as_json(), "witnesses": _known(r)} for r in some], {})


def _known(request: Request) -> list[str]:
    return [line for line in request.witnesses if CosignerKey.parse(line).kind == "ed25519"]


def sigstore_js(_place: Path, requests: list[Request]) -> list[Answer]:
    modules = asking.node_modules()
    command = ["node", str(asking.HERE / "javascript" / "check.cjs"), str(modules)]
    return asking.answers(command, [in_python.in_javascript(r) for r in requests], {})


def each(check: Callable[[Request], Answer], _place: Path, requests: list[Request]) -> list[Answer]:
    return [in_python.asked(check, request) for request in requests]


CHECKERS: dict[str, Checker] = {
    "go": go,
    "aics": aics,
    "tlog_scales": partial(each, in_python.tlog_scales),
    "sigstore": partial(each, in_python.sigstore),
    "sigstore_js": sigstore_js,
    "pymerkle": partial(each, in_python.pymerkle_),
}
