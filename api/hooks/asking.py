"""Adds hooks, looks at them, changes them: what the addresses of hooks do, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from api.hooks.events import check_topics
from api.hooks.reaching import Reach
from api.jobs.roles import RoleMissing
from api.people.who import NotConfirmed
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.organisations import AUTHORITY
from ledger.errors import Refused, Unreadable
from ledger.store.hooks import ASKED, Hook

SUPERVISION = frozenset({"tax-officer", "finance-officer", "civil-affairs-officer"})
CHANGING = frozenset({"administrator", "clerk"}) | SUPERVISION
"""Who has hooks made and changed, for its own organisation."""

LOOKING = CHANGING | {"reviewer", "auditor"}
FIRST = -1
"""Comes before the first entry."""


class AheadOfTheLog(Refused):
    """A hook can't begin after entries that are not published."""

    def __init__(self, after: int, published: int) -> None:
        super().__init__(
            f"entry {after} is not published; the last one so far is {published - 1}, "
            f"and {FIRST} begins before the first"
        )


class KeyUnusable(Unreadable):
    """An idempotency key is too long."""

    def __init__(self) -> None:
        super().__init__("the Idempotency-Key may have 1 to 255 characters")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: who is told of which events, from which entry on (None: from now on)."""

    url: str
    topics: tuple[str, ...] = ()
    charity: str = ""
    after: int | None = None


def check_looking(acting: Acting) -> None:
    """Refuse an account that has nothing to do with hooks."""
    if not LOOKING & acting.roles:
        raise RoleMissing("hooks", LOOKING)


def check_changing(acting: Acting) -> None:
    """Refuse an account that may not have hooks made or changed."""
    if not CHANGING & acting.roles:
        raise RoleMissing("a change of hooks", CHANGING)


def reach_of(house: House) -> Reach:
    """Return whom hooks of a house may reach."""
    return Reach(loopback=house.settings.hooks_loopback)


def published(house: House) -> int:
    """Return how many entries are published."""
    seen = house.log.shown()
    return seen.size if seen else 0


def described(house: House, acting: Acting, asked: Asked) -> Hook:
    """Return the hook that would be added, without a secret; refuse what can't be."""
    check_changing(acting)
    return hook_of(house, acting.organisation, acting.account, asked)


def hook_of(house: House, organisation: str, account: str, asked: Asked) -> Hook:
    """Return the hook of an organisation that an account asks for; refuse what can't be."""
    reach_of(house).check(asked.url)
    if asked.charity not in {"", AUTHORITY}:
        house.ledger.streams.organisation(asked.charity)  # one that is not registered is refused
    size = published(house)
    return Hook(
        id="",
        organisation=organisation,
        account=account,
        url=asked.url,
        topics=check_topics(list(asked.topics)),
        charity=asked.charity,
        created=house.hooks.now(),
        next=size if asked.after is None else following(asked.after, size),
    )


def add(house: House, acting: Acting, asked: Asked, key: str) -> tuple[Hook, bytes | None]:
    """Add a hook; return it with its secret, or without one where the key has added it before."""
    if not 0 < len(key) <= 255:  # noqa: PLR2004 said in the refusal
        raise KeyUnusable
    return house.hooks.add(described(house, acting, asked), key, asked.after)


def find(house: House, acting: Acting, name: str) -> Hook:
    """Return a hook of the account's organisation."""
    check_looking(acting)
    return house.hooks.find(name, acting.organisation)


def listed(house: House, acting: Acting) -> list[Hook]:
    """Return the hooks of the account's organisation, the newest first."""
    check_looking(acting)
    return house.hooks.listed(acting.organisation)


def pause(house: House, acting: Acting, name: str) -> Hook:
    """Let nothing be sent to a hook until it is resumed."""
    _ours(house, acting, name)
    return house.hooks.change(name, lambda hook: hook.paused(ASKED))


def resume(house: House, acting: Acting, name: str) -> Hook:
    """Let a hook be told of what it missed, and go on; this account answers for it from now on."""
    _ours(house, acting, name)
    return house.hooks.change(name, lambda hook: hook.resumed(acting.account))


def replay(house: House, acting: Acting, name: str, after: int) -> Hook:
    """Let a hook be told of everything after an entry, again where it was told before."""
    _ours(house, acting, name)
    start = following(after, published(house))
    return house.hooks.change(name, lambda hook: hook.moved(start))


def remove(house: House, acting: Acting, name: str) -> None:
    """Remove a hook."""
    _ours(house, acting, name)
    house.hooks.remove(name)


def renew_secret(house: House, acting: Acting, name: str) -> tuple[Hook, bytes]:
    """Give a hook another secret; it takes a second factor.

    Whoever holds the secret speaks in our name to a receiver that trusts it by now.
    """
    _ours(house, acting, name)
    if not acting.confirmed:
        raise NotConfirmed
    return house.hooks.renew_secret(name)


def _ours(house: House, acting: Acting, name: str) -> None:
    check_changing(acting)
    house.hooks.find(name, acting.organisation)


def following(after: int, size: int) -> int:
    """Return the entry after one that is published; refuse one that is not."""
    if after >= size:
        raise AheadOfTheLog(after, size)
    return after + 1
