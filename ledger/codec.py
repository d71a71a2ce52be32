"""Between an event and its signed bytes: one JWS compact string, stored, hashed and published.

The payload is canonical JSON (RFC 8785) and binds log origin, stream, version, topic, actor,
time and data, so that no entry can stand in another's place (docs/formats/event.md).
"""

from __future__ import annotations

import re
import types
from binascii import a2b_base64
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, make_dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.domain.events import TOPICS, Event, OrganisationEvent
from ledger.domain.goods import Amount, Quantity
from ledger.domain.key_rotation import Voucher
from ledger.domain.registry import Registry
from ledger.errors import Refused, Untrusted
from ledger.money import Money
from ledger.proof import jws
from ledger.proof.ed25519 import check_signature
from ledger.proof.encoding import canonical, read_canonical, unb64url
from ledger.proof.tiles import ENTRY_MAX

TYP = "donation-ledger-event+jws"
HEAD = ("originator_id", "originator_version", "timestamp", "actor")
ORGANISATION_EVENTS = frozenset(get_args(OrganisationEvent))
MEMBERS = ("_sd_alg", "actor", "at", "data", "origin", "stream", "topic", "version")
"""In the order of canonical JSON, like all members here: what was read has no other."""

DIGEST_FIELDS = ("sealed", "digests")
DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""A SHA-256 in base64url (RFC 9901 4.2.3); anything else could be somebody's name."""

SIGNATURE_LETTERS = 87
"""What a signature adds to what it signs: a dot, and 64 bytes in base64url."""

TAIL = 160
"""Letters of base64, a multiple of four, that hold the last two members of any payload of ours."""
URL_SAFE = bytes.maketrans(b"-_", b"+/")
LAST_MEMBERS = re.compile(rb'"topic":"([a-z0-9.-]+)","version":-?\d+}\Z')

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
"""The one form of a time; what has it and can be read writes back to itself."""


class EntryTooLarge(Refused):
    """An event does not fit into a log entry (C2SP tlog-tiles: 16-bit length)."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the event takes {size} bytes; an entry holds at most {ENTRY_MAX}")


class EntryMalformed(Untrusted):
    """The bytes are no entry of this ledger."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not an entry of this ledger: {why}")


def encode(event: Event, origin: str, signer: jws.Signer) -> bytes:
    """Return the signed bytes of an event, its one and only form."""
    signed = signing_input(event, origin, signer.kid)
    return jws.joined(signed, signer.sign(signed))


def signing_input(event: Event, origin: str, kid: str) -> bytes:
    """Return the bytes of an event that its key signs; refuse more than an entry holds."""
    signed = jws.signing_input(payload(event, origin), kid, TYP)
    if len(signed) + SIGNATURE_LETTERS > ENTRY_MAX:
        raise EntryTooLarge(len(signed) + SIGNATURE_LETTERS)
    return signed


def payload(event: Event, origin: str) -> bytes:
    """Return the canonical bytes that are signed."""
    return canonical(
        {
            "_sd_alg": "sha-256",
            "actor": event.actor,
            "at": _stamp(event.timestamp),
            "data": _told(event),
            "origin": origin,
            "stream": event.originator_id,
            "topic": event.TOPIC,
            "version": event.originator_version,
        }
    )


def read(entry: bytes, origin: str) -> tuple[jws.Jws, Event]:
    """Parse an entry without checking its signature; refuse all that is not exactly our form."""
    signed = jws.parse(entry)
    if signed.typ != TYP:
        raise EntryMalformed(f"type {signed.typ!r}")
    return signed, event_of(signed.payload, origin)


def topic_of(entry: bytes) -> str | None:
    """Return the topic in an entry's signed bytes without reading it, or None if it shows none.

    Topic and version are a payload's last members, so a few letters of base64 at its end tell.
    """
    start, stop = entry.find(b".") + 1, entry.rfind(b".")
    length = stop - start
    tail = entry[max(start, stop - length % 4 - TAIL) : stop].translate(URL_SAFE)
    try:
        found = LAST_MEMBERS.search(a2b_base64(tail + b"=="))
    except ValueError:
        return None
    return found[1].decode() if found else None


def admit(entry: bytes, origin: str, registry: Registry) -> Event:
    """Read an entry as the next of the log: its signer must be registered, and have the right.

    The registry takes in what the entry says of organisations and keys.
    """
    signed, event = read(entry, origin)
    jws.check(signed, public_key(registry.public_key(signed.kid, event)), TYP)
    return take_in(event, origin, registry)


def take_in(event: Event, origin: str, registry: Registry) -> Event:
    """Take in an event whose entry is signed by the key that signs for its actor here.

    Refuses what is not the actor's to say; the registry takes in organisations and keys.
    """
    registry.check_power(event)
    check_vouchers(registry.vouchers(event, origin))
    if type(event) in ORGANISATION_EVENTS:
        registry.apply(cast("OrganisationEvent", event))
    return event


def check_vouchers(vouchers: Iterable[Voucher]) -> None:
    """Refuse an event that holds a signature which its key did not make; else raise Untrusted.

    1. The key is one that we let sign, and has the name it is given.
    2. It signed the very statement.
    """
    for voucher in vouchers:
        key = public_key(voucher.public)
        if jws.thumbprint(key) != voucher.kid:
            raise jws.SignerDiffers(jws.thumbprint(key), voucher.kid)
        check_signature(key, unb64url(voucher.signature), voucher.statement, what=voucher.what)


@lru_cache(maxsize=4096)
def public_key(x: str) -> Ed25519PublicKey:
    """Return the Ed25519 key of a JWK's `x` (RFC 8037); a ledger's keys sign many entries."""
    return jws.public_of({"crv": "Ed25519", "kty": "OKP", "x": x})


def event_of(data: bytes, origin: str) -> Event:
    """Build the event that canonical payload bytes describe."""
    members = read_canonical(data)
    if type(members) is not dict or tuple(members) != MEMBERS:
        raise EntryMalformed("its members are not those of an event")
    digests, actor, at, told, named, stream, topic, version = members.values()
    if named != origin:
        raise EntryMalformed(f"its origin is {named!r}, not {origin!r}")
    cls = TOPICS.get(str(topic))
    if cls is None or digests != "sha-256":
        raise EntryMalformed(f"topic {topic!r} is not known")
    event: Event = _maker(cast("type", cls))(
        told, _typed(stream, str), _typed(version, int), _instant(at), _typed(actor, str)
    )
    return event


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _member(field: str) -> str:
    return "_sd" if field == "sealed" else field  # RFC 9901 4.2.4.1


def _told(value: object) -> dict[str, object]:
    return {
        member: _plain(getattr(value, name)) for name, member in _members(cast("Any", type(value)))
    }


@cache
def _members(cls: type) -> tuple[tuple[str, str], ...]:
    """Return the fields of a class that are told as its data, each with the member's name."""
    head = HEAD if issubclass(cls, Event) else ()
    return tuple((f.name, _member(f.name)) for f in fields(cls) if f.name not in head)


def _plain(value: object) -> object:
    if type(value) in AS_IT_IS:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _told(value) if is_dataclass(value) else value


Reader = Callable[[Any], Any]


@cache
def _maker(cls: type) -> Callable[..., Any]:
    """Plan how a class is read, once: return what makes one of its data and, of an event, its head.

    Each member has a type that is taken as it is, and a reader for anything else, which refuses
    what can't be: so every value in an entry is looked at, and none is a float.
    """
    hints, head = get_type_hints(cls), HEAD if issubclass(cls, Event) else ()
    names = sorted((f.name for f in fields(cls) if f.name not in head), key=_member)
    members, steps = tuple(map(_member, names)), tuple(_plainly(n, hints[n]) for n in names)
    unfrozen = _unfrozen(cls, (*head, *names))

    def make(data: object, *given: object) -> object:
        if type(data) is not dict or tuple(data) != members:
            raise EntryMalformed(f"its data are not those of {cls.__name__}")
        made = unfrozen(
            *given,
            *[
                value if type(value) is plain else reader(value)
                for (plain, reader), value in zip(steps, data.values(), strict=True)
            ],
        )
        made.__class__ = cls
        return made

    return make


def _unfrozen(cls: type, names: Iterable[str]) -> type:
    """Return a class laid out like a frozen one, made of its values and then turned into it.

    That takes a fifth of the time of the frozen class's own constructor.
    """
    assert not hasattr(cls, "__post_init__"), "what a constructor checks needs a reader of its own"
    alike = {
        "__slots__": cls.__dict__["__slots__"],
        "__init__": vars(make_dataclass(cls.__name__, names))["__init__"],
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    return type(cls.__name__, (cast("type", cls.__base__),), alike)


def _plainly(name: str, hint: Any) -> tuple[type, Reader]:
    """Return the JSON type that is taken as it is (or one that never comes), and its reader."""
    reader = _digests if name in DIGEST_FIELDS else _reader(hint)
    if get_origin(hint) in (Union, types.UnionType):
        asis = [arg for arg in get_args(hint) if arg in AS_IT_IS]
        return (*asis, Event)[0], reader
    return (hint if hint in PLAIN else Event), reader


def _reader(hint: Any) -> Reader:
    if hint in VALUES:
        return VALUES[hint]
    if get_origin(hint) in (Union, types.UnionType):
        inner = _reader(next(arg for arg in get_args(hint) if arg is not type(None)))
        return lambda value: None if value is None else inner(value)
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return lambda value: tuple([item(v) for v in _typed(value, list)])
    if is_dataclass(hint):
        return _maker(cast("type", hint))
    return lambda value: _typed(value, hint)


def _typed(value: object, cls: type) -> Any:
    if type(value) is not cls:
        raise EntryMalformed(f"{value!r} is not of type {cls.__name__}")
    return value


def _digests(value: object) -> tuple[str, ...]:
    for digest in _typed(value, list):
        if not DIGEST.fullmatch(_typed(digest, str)):
            raise EntryMalformed("a sealed field is not a SHA-256 in base64url")
    return tuple(cast("list[str]", value))


def _amount(value: object) -> Amount:
    goods = type(value) is dict and tuple(value) == IN_A_QUANTITY
    return _quantity(value) if goods else _money(value)


def _quantity(value: object) -> Quantity:
    if type(value) is not dict or tuple(value) != IN_A_QUANTITY:
        raise EntryMalformed("a quantity is not a count and an item")
    try:
        return Quantity(_typed(value["count"], int), _typed(value["item"], str))
    except Refused as error:
        raise EntryMalformed(str(error)) from None


def _money(value: object) -> Money:
    if type(value) is not dict or tuple(value) != IN_AN_AMOUNT:
        raise EntryMalformed("an amount is not minor units and a currency")
    return _money_of(_typed(value["minor"], int), _typed(value["currency"], str))


@lru_cache(maxsize=4096)
def _money_of(minor: int, currency: str) -> Money:
    """Make an amount; a gift, its receipt and its payment tell the same one again."""
    try:
        return Money(minor, currency)
    except Refused as error:
        raise EntryMalformed(str(error)) from None


def _day(value: object) -> date:
    return _day_of(_typed(value, str))


@lru_cache(maxsize=4096)
def _day_of(text: str) -> date:
    """Read a day; the facts of a log speak of few."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise EntryMalformed(f"{text!r} is not a day") from None
    if day.isoformat() != text:
        raise EntryMalformed(f"{text!r} is not a day of the form 2020-01-31")
    return day


def _instant(value: object) -> datetime:
    text: str = _typed(value, str)
    try:
        at = datetime.fromisoformat(text)
        if INSTANT.fullmatch(text):
            return at
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise EntryMalformed(f"{value!r} is not a time in UTC") from None
    raise EntryMalformed(f"{value!r} is not a time of the form 2020-01-31T08:00:00.000000Z")


IN_A_QUANTITY, IN_AN_AMOUNT = ("count", "item"), ("currency", "minor")

PLAIN = (str, int, bool)
"""Types that JSON has too."""

AS_IT_IS = (*PLAIN, types.NoneType)

VALUES: dict[Any, Reader] = {
    Amount: _amount,
    Money: _money,
    Quantity: _quantity,
    date: _day,
}
"""Values with a form of their own."""
