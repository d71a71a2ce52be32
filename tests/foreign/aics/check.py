"""Checks published logs with aics-tlog; runs in an environment of its own (Python 3.12 or later).

Standard input holds a JSON list of requests, standard output gets a list of answers.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import aics_tlog as aics  # type: ignore[import-not-found]  # it is not in this environment


def main() -> None:
    """Answer every request."""
    json.dump([answer(asked) for asked in json.load(sys.stdin)], sys.stdout)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Check one log; a refusal is told with the name of its exception."""
    try:
        return check(asked)
    except (ValueError, OSError) as error:
        return {"refused": f"{type(error).__name__}: {error}", "size": 0, "root": "", "checked": 0}


def check(asked: dict[str, Any]) -> dict[str, Any]:
    """Check checkpoint and cosignature, every tile and entry, inclusion and consistency."""
    seen = opened((Path(asked["log"]) / "checkpoint").read_text(encoding="utf-8"), asked)
    files = aics.FileSystemTileReader(asked["log"])
    report = aics.audit_tiles(files, seen.size, seen.root)
    proven = aics.VerifiedTileReader(files, seen.size, seen.root)
    for leaf in asked["leaves"]:
        included(files, proven.entry(leaf), leaf, seen)
    for older in asked["older"]:
        extends(files, opened(older, {**asked, "witnesses": []}), seen)
    done = report.tiles + report.bundles + len(asked["leaves"]) + len(asked["older"])
    return {
        "refused": "",
        "size": seen.size,
        "root": b64encode(seen.root).decode(),
        "checked": done,
    }


def opened(text: str, asked: dict[str, Any]) -> Any:
    """Open a note that the log's key signed, and every witness that is asked for."""
    keys = [aics.parse_vkey(line) for line in asked["witnesses"]]
    log = aics.parse_vkey(asked["vkey"])
    note = aics.parse_note(text)
    seen = aics.verify_checkpoint(note, log, keys, len(keys), expected_origin=log.name)
    if not seen.ok:
        raise ValueError(seen.error)
    return seen


def included(files: Any, entry: bytes, leaf: int, seen: Any) -> None:
    """Check an entry against a path of the tiles as they lie there."""
    path = aics.inclusion_proof_from_tiles(files, leaf, seen.size)
    if not aics.verify_leaf_inclusion(entry, leaf, seen.size, path, seen.root):
        raise ValueError(f"leaf {leaf} is not included")


def extends(files: Any, before: Any, seen: Any) -> None:
    """Check that the tree extends an older checkpoint."""
    proof = aics.consistency_proof_from_tiles(files, before.size, seen.size)
    if not aics.verify_consistency(before.size, seen.size, before.root, seen.root, proof):
        raise ValueError(f"the tree does not extend that of {before.size}")


if __name__ == "__main__":
    main()
