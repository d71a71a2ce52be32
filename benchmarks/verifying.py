"""How fast receipts are verified offline, beside the bare signature checks that they need.

All run over the same receipts in turn, round by round, the bare checks by each of the two libraries
(decision 0046), measured in CPU time, which other processes of the machine disturb least. Prints a
table and keeps the medians in JSON.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from bare_checks import Check, libsodium_s, openssl_s
from bench import DAY, USCC, furnished, gift, server
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from machine import asking, keep
from rich.console import Console
from rounds import ratios, spread

from api.answers import table
from api.deducting.reference import rule_table, target_areas
from api.receipt_desk import ReceiptDesk
from ledger import codec
from ledger.proof import jws
from projections.garbage import uncollected
from projections.gift_index import gifts_between
from receipts import bundle, certificates, cms, pades
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.chain import Chain
from receipts.classes import DeductionClasses
from receipts.known import Asked
from receipts.trust import Trust
from receipts.verify import Verifier

RESULTS = "verifying.json"
AT_ONCE = 64
"""Files that are verified step by step together."""


def receipts(count: int) -> tuple[list[bytes], Trust]:
    """Issue so many receipts with the product itself; return their files."""
    with server() as conninfo, furnished(conninfo) as (house, fund):
        house.ledger.gifts.receive_gifts(USCC, fund, [gift(n) for n in range(1, count + 1)])
        house.publish()
        folder = house.settings.data / "receipts"
        desk = ReceiptDesk(house, USCC, folder, date(2026, 11, 21), jobs=2)
        list(desk.issue(list(gifts_between(house.runner, USCC, DAY, DAY)), lambda _: None))
        return [path.read_bytes() for path in sorted(folder.glob("*.pdf"))], house.trust()


def verified(files: Sequence[bytes], trust: Trust, at_once: int) -> float:
    """Verify all files with a fresh verifier, some at once; return receipts a second of CPU time.

    What the reader of bundles remembers is forgotten first, as if no file had been seen before.
    """
    bundle.proven.cache_clear()
    verifier = Verifier(trust)
    asked = Asked(classes=DeductionClasses(rule_table(), target_areas()), today=DAY)
    started = time.process_time()
    results: set[str] = set()
    for first in range(0, len(files), at_once):
        with uncollected():  # as the command does
            verdicts = verifier.verify_all(files[first : first + at_once], asked)
        results |= {verdict.result for verdict in verdicts}
    assert results == {"valid"}, results
    return len(files) / (time.process_time() - started)


class Bare:
    """Just the signature checks that those receipts need, with keys that are loaded.

    The very signatures over the very bytes: each entry that no receipt before had (gift and
    receipt, and once what all share), and one P-256 signature a file over its signed attributes,
    without the digest of the file. The checkpoint's one signature is left out.
    """

    def __init__(self, files: Sequence[bytes], trust: Trust) -> None:
        self._entries: list[Check] = []
        self._files: list[tuple[ec.EllipticCurvePublicKey, bytes, bytes]] = []
        self._checking = ec.ECDSA(SHA256())
        chain, loaded, seen = Chain(trust), cache(codec.public_key), set[bytes]()
        certified = cache(certificates.public_of)
        for data in files:
            proof = Bundle.parse(attached(data))
            organisations = chain.check_signers(proof).organisations.values()
            keys = {kid: x for each in organisations for kid, x in each.keys.items()}
            own = [jws.parse(e.entry) for e in proof.entries if e.entry not in seen]
            seen |= {e.entry for e in proof.entries}
            self._entries += [(loaded(keys[o.kid]), o.signature, o.signing_input) for o in own]
            found = pades.opened(data)
            signed = cms.attributes(found.certificate, found.root, found.digest)
            self._files.append((certified(found.certificate), found.value, signed))
        self.signatures = len(self._entries) + len(self._files)

    def rate(self, entries_s: Callable[[Sequence[Check]], float]) -> float:
        """Verify every signature once, entries' in `entries_s`; return receipts a second (CPU)."""
        spent = entries_s(self._entries)
        started = time.process_time()
        for document, signature, message in self._files:
            document.verify(signature, message, self._checking)
        return len(self._files) / (spent + time.process_time() - started)


def main() -> None:
    """Measure, print, and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--receipts", type=int, default=400)
    asked.add_argument("--rounds", type=int, default=9)
    given = asked.parse_args()
    files, trust = receipts(given.receipts)
    bare = Bare(files, trust)
    rounds = [
        (
            bare.rate(libsodium_s),
            bare.rate(openssl_s),
            verified(files, trust, AT_ONCE),
            verified(files, trust, 1),
        )
        for _ in range(given.rounds)
    ]
    quick, norm, together, alone = (list(column) for column in zip(*rounds, strict=True))
    found = {
        "receipts": len(files),
        "signatures": bare.signatures,
        "bytes_a_receipt": round(statistics.mean(len(data) for data in files)),
        "bare_libsodium_per_second": round(statistics.median(quick), 1),
        "bare_openssl_per_second": round(statistics.median(norm), 1),
        "verified_per_second": round(statistics.median(together), 1),
        **spread("ratio_to_libsodium", ratios(together, quick)),
        **spread("ratio_to_openssl", ratios(together, norm)),
        "one_by_one_per_second": round(statistics.median(alone), 1),
        **spread("one_by_one_ratio_to_libsodium", ratios(alone, quick)),
        **spread("one_by_one_ratio_to_openssl", ratios(alone, norm)),
        "ten_thousand_take_s": round(10_000 / statistics.median(together), 1),
    }
    rows = list(found.items())
    Console().print(table("receipts verified offline", ("what", "value>"), rows))
    keep(given.results / RESULTS, found, given.rounds)


if __name__ == "__main__":
    main()
