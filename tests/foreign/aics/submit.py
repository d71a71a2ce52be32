"""Submits checkpoints to a witness with aics-witness's client; runs in that program's environment.

Standard input holds the address, the witness's key and a list of (note, proofs by old size);
standard output gets, for each, the cosignature lines or the name of the refusal.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from typing import Any

from aics_witness import feeder  # type: ignore[import-not-found]  # it is not in this environment


def main() -> None:
    """Submit every checkpoint."""
    asked = json.load(sys.stdin)
    with feeder.WitnessClient(asked["url"], asked["vkey"], max_attempts=1) as client:
        json.dump([submitted(client, *each) for each in asked["checkpoints"]], sys.stdout)


def submitted(client: Any, note: str, proofs: dict[str, list[str]]) -> list[str]:
    """Submit one checkpoint; say whether it was cosigned, and with what lines or refusal."""
    try:
        lines = client.submit(
            note.encode(), lambda old, _: [b64decode(p) for p in proofs[str(old)]]
        )
    except feeder.FeederError as refusal:
        return ["refused", f"{type(refusal).__name__}: {refusal}"]
    return ["cosigned", lines if isinstance(lines, str) else lines.decode()]


if __name__ == "__main__":
    main()
