"""Kinds of organisations: who may issue donation receipts, and whose donors deduct on what ground.

Issuing is wider than deduction (domain rules 2.2): a state school issues receipts and is on no
list; government needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import Refused

ISSUING_RULE = "财综〔2024〕1号 art. 7"


class KindUnknown(Refused):
    """No kind of organisation goes by that name."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"kind {kind!r} is none of {', '.join(KINDS)}")


class MayNotIssue(Refused):
    """Township government and village bodies issue no donation receipts."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: townships, villages and neighbourhoods issue no donation receipts; "
            f"government of county level and above does ({ISSUING_RULE})"
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of organisation that may issue, as `issuing` says.

    `listing` is how its donors come to deduct: "list" by a notice for a time, "always" without one,
    "never". `departments` are those that give notice together.
    """

    name: str
    issuing: str
    listing: str
    departments: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("charity", "public-benefit", "list", ("civil-affairs", "finance", "tax")),
        Kind("mass-organisation", "public-benefit", "list", ("finance", "tax")),
        Kind("institution", "institution", "never"),
        Kind("county-government", "government", "always"),
        Kind("city-government", "government", "always"),
        Kind("provincial-government", "government", "always"),
        Kind("central-government", "government", "always"),
    )
}
"""Who may issue (财综〔2024〕1号 art. 7), and who gives notice (公告2020年第27号 art. 5)."""

BELOW_COUNTY = ("township", "village", "neighbourhood", "town", "street")


def issuing_kind(kind: str) -> Kind:
    """Return the kind of that name; refuse one that may not issue, or that nobody knows."""
    if kind in KINDS:
        return KINDS[kind]
    if kind.partition("-")[0] in BELOW_COUNTY:
        raise MayNotIssue(kind)
    raise KindUnknown(kind)


def issuing_code(code: str) -> str:
    """Return a credit code; refuse that of a village or township collective (GB 32100-2015)."""
    if code.startswith("N"):
        raise MayNotIssue(f"{code} is the code of a rural collective")
    return code
