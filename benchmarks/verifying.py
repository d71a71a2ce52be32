"""How fast receipts are verified offline, beside the bare signature checks that they need.

Both run over the same receipts in turn, round by round, on one core. Prints a table and JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench import DAY, USCC, furnished, gift, server
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from rich.console import Console

from api.answers import table
from api.deducting.reference import rule_table, target_areas
from api.receipt_desk import ReceiptDesk
from projections.gift_index import gifts_between
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.classes import DeductionClasses
from receipts.known import Asked
from receipts.trust import Trust
from receipts.verify import Verifier

RESULTS = Path(__file__).parent / "verifying.json"
OWN_ENTRIES = 2
"""Entries that only this receipt has: its gift and itself."""


def receipts(count: int) -> tuple[list[bytes], Trust]:
    """Issue so many receipts with the product itself; return their files."""
    with server() as conninfo, furnished(conninfo) as (house, fund):
        house.ledger.gifts.receive_gifts(USCC, fund, [gift(n) for n in range(1, count + 1)])
        house.publish()
        folder = house.settings.data / "receipts"
        desk = ReceiptDesk(house, USCC, folder, date(2026, 11, 21), jobs=2)
        list(desk.issue(list(gifts_between(house.runner, USCC, DAY, DAY)), lambda _: None))
        return [path.read_bytes() for path in sorted(folder.glob("*.pdf"))], house.trust()


def verified(files: Sequence[bytes], trust: Trust) -> float:
    """Verify all files with a fresh verifier; return receipts a second."""
    verifier = Verifier(trust)
    asked = Asked(classes=DeductionClasses(rule_table(), target_areas()), today=DAY)
    started = time.perf_counter()
    results = {verifier.verify(data, asked).result for data in files}
    assert results == {"valid"}, results
    return len(files) / (time.perf_counter() - started)


class Bare:
    """The signature checks alone, over messages of the same sizes, with keys that are loaded."""

    def __init__(self, files: Sequence[bytes]) -> None:
        private, document = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
        self._public, self._document = private.public_key(), document.public_key()
        self._checking = ec.ECDSA(SHA256())
        self._attributes = b"x" * 110
        self._document_signature = document.sign(self._attributes, self._checking)
        self._entries: list[list[tuple[bytes, bytes]]] = []
        self.checkpoints = 0
        seen: set[str] = set()
        for data in files:
            proven = Bundle.parse(attached(data)).entries
            own = [each.entry.rpartition(b".")[0] for each in proven[-OWN_ENTRIES:]]
            if proven[0].proof.checkpoint not in seen:
                seen.add(proven[0].proof.checkpoint)
                own.append(proven[0].proof.checkpoint.encode())
            self._entries.append([(message, private.sign(message)) for message in own])
        self.checkpoints = len(seen)

    def rate(self) -> float:
        """Verify every signature once; return receipts a second."""
        started = time.perf_counter()
        for own in self._entries:
            for message, signature in own:
                self._public.verify(signature, message)
            self._document.verify(self._document_signature, self._attributes, self._checking)
        return len(self._entries) / (time.perf_counter() - started)


def main() -> None:
    """Measure, print, and keep the results."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--receipts", type=int, default=1000)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    files, trust = receipts(given.receipts)
    bare = Bare(files)
    rounds = [(bare.rate(), verified(files, trust)) for _ in range(given.rounds)]
    found = {
        "receipts": len(files),
        "checkpoints": bare.checkpoints,
        "bytes_a_receipt": round(statistics.mean(len(data) for data in files)),
        "bare_per_second": round(statistics.median(one for one, _ in rounds), 1),
        "verified_per_second": round(statistics.median(two for _, two in rounds), 1),
        "ratio": round(statistics.median(two / one for one, two in rounds), 3),
        "ten_thousand_take_s": round(10_000 / statistics.median(two for _, two in rounds), 1),
    }
    rows = list(found.items())
    Console().print(table("receipts verified offline", ("what", "value>"), rows))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
