"""How fast a published log is audited, entry by entry, beside the bare checks of its signatures.

They run over the same log in turn, round by round, on one core, in CPU time: the audit, and the
checks by each of the two libraries (decision 0046). Then a log of four
times the length is audited with --jobs 1 and 2, in seconds that pass. The logs are signed here and
lie in memory: nothing is read from disk or from a database. Prints a table and keeps in JSON the
medians of the rounds, with the least and the most of them.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from bare_checks import Check, libsodium_s, openssl_s
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from machine import asking, keep
from rich.console import Console
from rounds import ratios, spread

from api.answers import table
from api.audit import Spread, audit_log
from ledger import codec
from ledger.domain import organisations, receipt_books, receipts
from ledger.domain.events import (
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    EligibilityGranted,
    Event,
    FundOpened,
    GiftReceipted,
    GiftReceived,
    KeyRegistered,
    LedgerFounded,
    OrganisationRegistered,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)
from ledger.domain.organisations import AUTHORITY, POWERS
from ledger.domain.values import Party, Payee
from ledger.money import Money
from ledger.proof import checkpoint, jws, merkle, tiles
from ledger.proof.encoding import b64url
from ledger.proof.notes import VerifierKey

RESULTS = "auditing.json"
ORIGIN = "donations.example/ledger"
USCC = "532300000000000198"
CODE, FUND, NOTICE = "23050126", "fund-1", "示例公告"
NOW, DAY = datetime(2026, 11, 21, 4, tzinfo=UTC), date(2026, 10, 1)
GIFTS_A_PAYMENT, RECEIPTS_A_DRAW = 10, 50


def key(name: str) -> Ed25519PrivateKey:
    """Make the key of a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


SIGNERS = {name: jws.Ed25519Signer(key(name)) for name in (AUTHORITY, USCC)}
LOG = key("the log")


def digest(*parts: object) -> str:
    """Make a digest as those of sealed fields are."""
    return b64url(sha256(repr(parts).encode()).digest())


@dataclass(slots=True)
class Log:
    """A log that is signed as it grows, and its files."""

    entries: list[bytes] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)

    def record(self, cls: type[Event], stream: str, actor: str, **data: Any) -> None:
        """Sign an event with its actor's key."""
        self.versions[stream] += 1
        event = cls(
            originator_id=stream,
            originator_version=self.versions[stream],
            timestamp=NOW,
            actor=actor,
            **data,
        )
        self.entries.append(codec.encode(event, ORIGIN, SIGNERS[actor]))

    def files(self) -> dict[str, bytes]:
        """Return the published log, by path."""
        size = len(self.entries)
        subtree = merkle.over([merkle.leaf_hash(entry) for entry in self.entries])
        seen = checkpoint.Checkpoint(ORIGIN, size, merkle.root(size, subtree))
        found = {"checkpoint": checkpoint.sign(seen, LOG).encode()}
        for index, width in tiles.entry_bundles(size):
            first = index * tiles.WIDTH
            packed = tiles.pack_entries(self.entries[first : first + width])
            found[tiles.entries_path(index, width)] = packed
        for level, index, width in tiles.hash_tiles(size):
            first = index * tiles.WIDTH
            found[tiles.tile_path(level, index, width)] = b"".join(
                subtree(level * tiles.HEIGHT, n) for n in range(first, first + width)
            )
        return found


def found_ledger(log: Log) -> None:
    """Tell what a ledger begins with: authority, charity, keys, eligibility, numbers, a fund."""
    authority, charity = organisations.stream(AUTHORITY), organisations.stream(USCC)
    for name, cls, told in (
        (AUTHORITY, LedgerFounded, {"name": "示例主管机关", "powers": POWERS}),
        (USCC, OrganisationRegistered, {"name": "示例基金会", "kind": "charity"}),
        (USCC, KeyRegistered, {}),
    ):
        signer = SIGNERS[name]
        if cls is not OrganisationRegistered:
            told |= {"kid": signer.kid, "public": b64url(signer.public.public_bytes_raw())}
        stream = authority if name == AUTHORITY else charity
        log.record(cls, stream, AUTHORITY, organisation=name, **told)
    log.record(
        EligibilityGranted, charity, AUTHORITY, organisation=USCC, first_day=date(2026, 1, 1),
        last_day=date(2028, 12, 31), notice=NOTICE, applicant_kind=3,
    )  # fmt: skip
    log.record(
        ReceiptNumbersAllotted, receipt_books.stream(CODE), AUTHORITY, organisation=USCC,
        code=CODE, first=1, last=10_000_000,
    )  # fmt: skip
    log.record(
        FundOpened, FUND, USCC, organisation=USCC, name="总", kind="general", purpose=None,
        place=None,
    )  # fmt: skip


def give(log: Log, number: int) -> None:
    """Tell a gift, and its receipt under its number."""
    gift, amount = f"gift-{UUID(int=number).hex}", Money(100 * number)
    log.record(
        GiftReceived, gift, USCC, organisation=USCC, fund=FUND, amount=amount, booked=amount,
        exchange=None, received_on=DAY, date_basis="row", source=None, sealed=(),
        donor=Party(id=UUID(int=2**64 + number).hex, sealed=(digest("donor", number),)),
    )  # fmt: skip
    if number % RECEIPTS_A_DRAW == 1:
        log.record(
            ReceiptNumbersDrawn, receipt_books.stream(CODE), USCC, organisation=USCC, code=CODE,
            first=number, last=number + RECEIPTS_A_DRAW - 1,
        )  # fmt: skip
    written = f"{number:010d}"
    line = ReceiptLine(
        gift=gift, amount=amount, gift_on=DAY, eligible=True, notice=NOTICE, withheld=None
    )
    sealed = tuple(sorted((digest("payer", number), digest("check", number))))
    log.record(
        ReceiptMadeOut, receipts.stream(CODE, written), USCC, organisation=USCC, code=CODE,
        number=written, kind="single", lines=(line,), amount=amount, digests=(), issued_on=DAY,
        payer=Party(id=UUID(int=2**65 + number).hex, sealed=sealed), area=None, replaces=None,
        held=None, specimen=True,
    )  # fmt: skip
    log.record(GiftReceipted, gift, USCC, code=CODE, number=written)


def pay(log: Log, number: int, amount: Money) -> None:
    """Tell a payment from its proposal to its acceptance."""
    name = f"disbursement-{number}"
    payee = Payee(id=UUID(int=2**66 + number).hex, organisation="示例建筑公司", sealed=())
    log.record(
        DisbursementProposed, FUND, USCC, disbursement=name, payee=payee, amount=amount,
        purpose="教室", place="532301", proposed_by="clerk", source=None,
    )  # fmt: skip
    log.record(DisbursementApproved, FUND, USCC, disbursement=name, approved_by="reviewer")
    log.record(DisbursementPaid, FUND, USCC, disbursement=name, amount=amount, paid_on=DAY)
    log.record(
        DisbursementAccepted, FUND, USCC, disbursement=name, accepted_on=DAY,
        evidence=(sha256(name.encode()).hexdigest(),), accepted_by="reviewer",
    )  # fmt: skip


def told(gifts: int) -> Log:
    """Tell so many gifts, up to a whole draw of receipts, and a payment of half of every ten."""
    log = Log()
    found_ledger(log)
    for number in range(1, -(-gifts // RECEIPTS_A_DRAW) * RECEIPTS_A_DRAW + 1):
        give(log, number)
        if number % GIFTS_A_PAYMENT == 0:
            pay(log, number, Money(100 * number * GIFTS_A_PAYMENT // 2))
    return log


def checks_of(log: Log) -> list[Check]:
    """Return every signature with its key and bytes."""
    keys = {signer.kid: signer.public for signer in SIGNERS.values()}
    signed = [jws.parse(entry) for entry in log.entries]
    return [(keys[one.kid], one.signature, one.signing_input) for one in signed]


def audit(files: dict[str, bytes], entries: int, spread: Spread) -> None:
    """Audit the log, in which nothing is wrong."""
    known = VerifierKey.of(ORIGIN, LOG.public_key())
    found = audit_log(files.__getitem__, known, SIGNERS[AUTHORITY].kid, spread)
    assert (found.events, found.findings) == (entries, []), found.findings[:3]


def audited(files: dict[str, bytes], entries: int) -> float:
    """Audit the log on this core; return entries a second of CPU time."""
    started = time.process_time()
    audit(files, entries, Spread())
    return entries / (time.process_time() - started)


def walled(files: dict[str, bytes], entries: int, jobs: int) -> float:
    """Audit by so many processes, which are started and ended inside; return seconds passed."""
    started = time.perf_counter()
    audit(files, entries, Spread(jobs, 4))
    return time.perf_counter() - started


def main() -> None:
    """Measure, print, and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--gifts", type=int, default=1500)
    asked.add_argument("--rounds", type=int, default=7)
    given = asked.parse_args()
    log = told(given.gifts)
    files, entries = log.files(), len(log.entries)
    checks = checks_of(log)
    rounds = [
        (entries / libsodium_s(checks), entries / openssl_s(checks), audited(files, entries))
        for _ in range(given.rounds)
    ]
    quick, norm, whole = (list(column) for column in zip(*rounds, strict=True))
    long = told(4 * given.gifts)
    length, files = len(long.entries), long.files()
    walls = [[walled(files, length, jobs) for jobs in (1, 2)] for _ in range(given.rounds)]
    results = {
        "entries": entries,
        "bytes_an_entry": round(statistics.mean(len(entry) for entry in log.entries)),
        "bare_libsodium_per_second": round(statistics.median(quick), 1),
        "bare_openssl_per_second": round(statistics.median(norm), 1),
        "audited_per_second": round(statistics.median(whole), 1),
        **spread("ratio_to_libsodium", ratios(whole, quick)),
        **spread("ratio_to_openssl", ratios(whole, norm)),
        "entries_of_the_long_log": length,
        "one_job_s": round(statistics.median(one for one, _ in walls), 2),
        "two_jobs_s": round(statistics.median(two for _, two in walls), 2),
        **spread("two_jobs_to_one", [two / one for one, two in walls]),
        "a_million_take_s": round(10**6 / statistics.median(whole), 1),
    }
    rows = list(results.items())
    Console().print(table("a log audited, one core", ("what", "value>"), rows))
    keep(given.results / RESULTS, results, given.rounds)


if __name__ == "__main__":
    main()
