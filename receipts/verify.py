"""Checks a receipt with nothing but its file and a trust file: no server, no database, no clock.

The ten checks of a tax bureau (domain rules 3.9), in order, each said in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.errors import LedgerError
from ledger.money import Money
from receipts import proofs, rules
from receipts.chain import Chain
from receipts.known import Asked, Known, Parts
from receipts.remaining import is_void, listed, remaining
from receipts.status import StatusList
from receipts.trust import Trust
from receipts.verdict import Told, Verdict

Check = Callable[[Known, Chain], Told]

EVIDENCE: tuple[tuple[int, str, str, Check], ...] = (
    (1, "form", "mismatch", proofs.check_form),
    (2, "format", "untrusted", proofs.check_format),
    (2, "checkpoint", "untrusted", proofs.check_checkpoint),
    (2, "inclusion", "untrusted", proofs.check_inclusion),
    (2, "signers", "untrusted", proofs.check_signers),
    (2, "number", "mismatch", proofs.check_number),
    (2, "gift", "mismatch", proofs.check_gift),
    (2, "openings", "mismatch", proofs.check_openings),
    (2, "signature", "untrusted", proofs.check_signature),
    (2, "page", "mismatch", proofs.check_page),
)
"""Check, step, what a failure makes of the receipt: nothing after a failure could be believed."""

FIRST: dict[str, Callable[[Known], None]] = {"signature": proofs.find_signature}
"""The first part of a step, done for all files before the second: each keeps to its own tables."""

RULES: tuple[tuple[int, str, str, Check], ...] = (
    (2, "status", "mismatch", proofs.check_status),
    (3, "issuer", "mismatch", rules.check_issuer),
    (4, "eligibility", "not_eligible", rules.check_eligibility),
    (5, "payer", "mismatch", rules.check_payer),
    (6, "amounts", "mismatch", rules.check_amounts),
    (7, "class", "mismatch", rules.check_class),
    (8, "claims", "mismatch", rules.check_claims),
    (9, "in_kind", "mismatch", rules.check_in_kind),
    (10, "recorded", "mismatch", rules.check_recorded),
)
"""Asked of what is proved; the first that fails names the result, and all are said."""

READING = (2, "format", "untrusted")

STEPS = tuple(step for _, step, _, _ in (*EVIDENCE, *RULES))


class Verifier:
    """Checks receipts against one trust, and a status list if there is one.

    It remembers what it has proved, so that a folder is fast; threads may share it.
    """

    def __init__(self, trust: Trust, status: StatusList | None = None) -> None:
        self._chain = Chain(trust)
        self._status = status

    def verify(self, data: bytes, asked: Asked | None = None) -> Verdict:
        """Check a receipt's file, or a bundle alone, step by step (`EVIDENCE`, then `RULES`)."""
        return self.verify_all([data], asked)[0]

    def verify_all(self, files: Sequence[bytes], asked: Asked | None = None) -> list[Verdict]:
        """Check some files, which need not have anything in common, as `verify` checks each.

        A step is asked of all before the next one is: that keeps its code and tables at hand for
        the processor. About fifty at once are enough.
        """
        verdicts = [Verdict() for _ in files]
        standing = self._taken_apart(list(zip(verdicts, map(Parts, files), strict=True)), asked)
        for check, step, result, run in EVIDENCE:
            if first := FIRST.get(step):
                standing = [
                    (verdict, known)
                    for verdict, known in standing
                    if verdict.bears(check, step, result, first, known)
                ]
            standing = [
                (verdict, known)
                for verdict, known in standing
                if verdict.ask(check, step, result, run, known, self._chain)
            ]
        for verdict, known in standing:
            verdict.receipt = _summary(known)
        for check, step, result, run in RULES:
            for verdict, known in standing:
                verdict.ask(check, step, result, run, known, self._chain)
        for verdict, known in standing:
            _conclude(verdict, known)
        return verdicts

    def _taken_apart(
        self, found: list[tuple[Verdict, Parts]], asked: Asked | None
    ) -> list[tuple[Verdict, Known]]:
        """Take files apart, step by step too; what is no receipt is refused as such."""
        found = [each for each in found if each[0].bears(*READING, each[1].find)]
        found = [each for each in found if each[0].bears(*READING, each[1].parse)]
        found = [each for each in found if each[0].bears(*READING, each[1].read, self._chain)]
        standing: list[tuple[Verdict, Known]] = []
        for verdict, parts in found:
            try:
                standing.append((verdict, parts.known(asked or Asked(), self._status)))
            except LedgerError as error:
                verdict.refuse(*READING, error)
        return standing


def verify(
    data: bytes, trust: Trust, status: StatusList | None = None, asked: Asked | None = None
) -> Verdict:
    """Check one receipt's file, or a bundle alone; whoever checks many keeps a `Verifier`."""
    return Verifier(trust, status).verify(data, asked)


def _conclude(verdict: Verdict, known: Known) -> None:
    if verdict.result == "valid":
        verdict.deduction_class, verdict.rule = known.deduction_class, known.rule
    verdict.as_of = known.size


def _summary(known: Known) -> dict[str, str]:
    receipt = known.receipt
    days = sorted({line.gift_on.isoformat() for line in receipt.lines})
    return {
        "code": receipt.code,
        "number": receipt.number,
        "check_code": known.names["check_code"],
        "kind": receipt.kind,
        "payer": known.names["name"],
        "issuer": known.issuer.name,
        "issuer_uscc": known.issuer.id,
        "amount": receipt.amount.decimal(),
        "gift_on": days[0] if len(days) == 1 else f"{days[0]} / {days[-1]}",
        "issued_on": receipt.issued_on.isoformat(),
        "gifts": str(len(receipt.lines)),
        **_claimed(known),
    }


def _claimed(known: Known) -> dict[str, str]:
    """Tell what was deducted and what is left; nothing is of what is void or kept on file."""
    found = listed(known)
    told = {} if found is None else {"claimed": found.claimed.decimal()}
    if is_void(known) or known.receipt.held is not None:
        return {**told, "remaining": Money(0).decimal()}
    return told if found is None else {**told, "remaining": remaining(found).decimal()}
