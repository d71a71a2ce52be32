"""Who issues receipts, as a status list tells: names, keys with their time, eligibility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.errors import Untrusted


class StatusListMalformed(Untrusted):
    """The bytes are no status list of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no status list that can be used: {why}")


@dataclass(frozen=True, slots=True)
class WorkingKey:
    """A signing key: kid, JWK `x`; working since a leaf, until another one if it was revoked."""

    kid: str
    public: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A certificate (DER in base64url) whose key signs documents, and between which leaves."""

    fingerprint: str
    certificate: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, on which gifts could be deducted, and by which notice."""

    first: date
    last: date
    notice: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """An organisation of the ledger; the authority is one of them."""

    uscc: str
    name: str
    kind: str
    keys: tuple[WorkingKey, ...]
    documents: tuple[DocumentKey, ...]
    eligibility: tuple[Period, ...]

    def eligible_on(self, day: date) -> Period | None:
        """Return the eligibility period that covers the day of a gift, if any (rules 2.1)."""
        return next((p for p in self.eligibility if p.first <= day <= p.last), None)


def issuer_json(one: Issuer) -> dict[str, object]:
    """Return an issuer as it stands in the directory."""
    return {
        "documents": [[d.fingerprint, d.certificate, d.since, d.until] for d in one.documents],
        "eligibility": [[p.first.isoformat(), p.last.isoformat(), p.notice]
                        for p in one.eligibility],
        "keys": [[k.kid, k.public, k.since, k.until] for k in one.keys],
        "kind": one.kind,
        "name": one.name,
        "uscc": one.uscc,
    }  # fmt: skip


def issuer_of(value: object) -> Issuer:
    """Read an issuer of the directory."""
    match value:
        case {
            "documents": list(documents), "eligibility": list(periods), "keys": list(keys),
            "kind": str(kind), "name": str(name), "uscc": str(uscc), **others,
        } if not others:  # fmt: skip
            working = tuple(WorkingKey(*_span_of(one)) for one in keys)
            certified = tuple(DocumentKey(*_span_of(one)) for one in documents)
            eligible = tuple(_period(one) for one in periods)
            return Issuer(uscc, name, kind, working, certified, eligible)
    raise StatusListMalformed("an issuer in its directory is not of our form")


def _span_of(value: object) -> tuple[str, str, int, int | None]:
    match value:
        case [str(name), str(content), int(since), int() | None as until]:
            return name, content, since, until
    raise StatusListMalformed("a key in its directory is not of our form")


def _period(value: object) -> Period:
    match value:
        case [str(first), str(last), str(notice)]:
            return Period(day_of(first), day_of(last), notice)
    raise StatusListMalformed("a period in its directory is not of our form")


def day_of(text: str, *, written: bool = True) -> date:
    """Read a day, written as 2026-01-31 in the directory and as 20260131 in a column."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise StatusListMalformed(f"{text} is no day") from None
    if text != (found.isoformat() if written else f"{found:%Y%m%d}"):
        raise StatusListMalformed(f"{text} is no day as we write it")
    return found
