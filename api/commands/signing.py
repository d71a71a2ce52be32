"""Commands on requests that are signed elsewhere: look at them, sign them, submit them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields, is_dataclass
from pathlib import Path

from api.answers import Answer, facts, table
from api.arguments import Commands, command
from api.commands.founding import home_of
from api.own_keys import signer_of, takes_key
from ledger.domain.events import Event
from ledger.engine import Unsigned
from ledger.errors import Refused, Unreadable, Untrusted
from ledger.store.durable import write_atomically
from ledger.store.requests import Request, RequestUnknown
from ledger.store.signing_requests import Item, SigningRequest


class SignatureMissing(Refused):
    """A request is submitted whole."""

    def __init__(self, kids: list[str]) -> None:
        super().__init__(f"not signed yet by: {', '.join(kids)}; sign the file with those keys too")


class RequestTampered(Untrusted):
    """A signed file does not hold what was prepared."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the file does not hold what was prepared as request {name}; nothing was stored"
        )


class OutMissing(Unreadable):
    """A signed request must go somewhere."""

    def __init__(self) -> None:
        super().__init__("say where the signed request goes: --out SIGNED")


def declare(commands: Commands) -> None:
    """Declare what signs and submits."""
    signed = command(commands, "sign", sign)
    signed.add_argument(
        "file", type=Path, metavar="FILE", help="from --prepare; no ledger is needed"
    )
    signed.add_argument("--out", type=Path, metavar="SIGNED")
    takes_key(signed)
    submitted = command(commands, "submit", submit)
    submitted.add_argument("file", type=Path, metavar="SIGNED")


def sign(args: Namespace) -> Answer:
    """Show what a prepared request says; with a key, sign what is for it."""
    request = SigningRequest.parse(args.file.read_bytes())
    if args.key_file is None and args.pkcs11 is None:
        return _shown(request)
    if args.out is None:
        raise OutMissing
    with signer_of(args) as signer:
        request = request.signed_by(signer)
    write_atomically(args.out, request.encode())
    return _shown(request, args.out)


def submit(args: Namespace) -> Answer:
    """Store a signed request, with what waits beside it, in one commit."""
    signed = SigningRequest.parse(args.file.read_bytes())
    with home_of(args) as home:
        inputs = [item.signing_input for item in signed.items]
        try:
            waiting = home.requests.find(signed.id)
        except RequestUnknown:
            if not inputs or not home.engine.holds(inputs):
                raise
            return _stored(signed, again=True)
        home.engine.submit(_checked(waiting, signed), {**waiting.beside, "request": waiting.id})
        home.publish()
        if waiting.beside.get("erased"):
            home.vault.sweep()
    return _stored(signed, again=False)


def _checked(waiting: Request, signed: SigningRequest) -> list[tuple[Unsigned, bytes | None]]:
    """Pair what waits with its signatures; refuse a file that differs or lacks one."""
    signatures = signed.signatures
    wanted = [e.signing_input for e in waiting.entries if e.elsewhere]
    if sorted(signatures) != sorted(wanted):
        raise RequestTampered(signed.id)
    missing = {item.kid for item in signed.items if item.signature is None}
    if missing:
        raise SignatureMissing(sorted(missing))
    return [(entry, signatures.get(entry.signing_input)) for entry in waiting.entries]


def _shown(request: SigningRequest, out: Path | None = None) -> Answer:
    data: dict[str, object] = {
        "request": request.id,
        "origin": request.origin,
        "expires": request.expires.isoformat(),
        "entries": [_said(item) for item in request.items],
        "signed": str(out) if out else None,
    }
    head = {name: value for name, value in data.items() if name != "entries"}
    rows = [
        (number, item.event.TOPIC, item.event.actor, _words(item.event),
         "已签 signed" if item.signature else f"待签 {item.kid}")
        for number, item in enumerate(request.items, 1)
    ]  # fmt: skip
    columns = ("序 no>", "事项 fact", "以谁之名 acts", "内容 says", "签名 signature")
    return Answer(data, [facts("签署请求 request to sign", head), table("内容", columns, rows)])


def _said(item: Item) -> dict[str, object]:
    event = item.event
    return {
        "topic": event.TOPIC,
        "actor": event.actor,
        "stream": event.originator_id,
        "version": event.originator_version,
        "at": event.timestamp.isoformat(),
        "says": _words(event),
        "key": item.kid,
        "signed": item.signature is not None,
    }


def _words(event: Event) -> str:
    """Return all that an event says, field by field."""
    head = {f.name for f in fields(Event)} - {"originator_id", "timestamp"}
    said = ((f.name, getattr(event, f.name)) for f in fields(event) if f.name not in head)
    return "; ".join(f"{name} {_plain(value)}" for name, value in said)


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_plain(one) for one in value) + "]"
    if is_dataclass(value) and type(value).__str__ is object.__str__:
        members = (f"{f.name} {_plain(getattr(value, f.name))}" for f in fields(value))
        return "(" + ", ".join(members) + ")"
    return "—" if value is None else str(value)


def _stored(signed: SigningRequest, *, again: bool) -> Answer:
    data: dict[str, object] = {
        "request": signed.id,
        "entries": len(signed.items),
        "stored_before": again,
    }
    title = "此前已入账 (was recorded before)" if again else "已入账 (recorded)"
    return Answer(data, [facts(title, data)])
