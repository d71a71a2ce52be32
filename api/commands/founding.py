"""Commands that set a ledger up: data folder, keys, organisations."""

from __future__ import annotations

from argparse import Namespace
from contextlib import AbstractContextManager
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, command, group
from api.rotating import register_holder
from api.settings import Settings
from api.wiring import House, opened
from ledger.domain.credit_codes import credit_code
from ledger.domain.kinds import KINDS
from ledger.domain.organisations import CHARITY, printable_name
from ledger.proof.encoding import b64url
from ledger.store import embedded
from ledger.store.public_halves import PublicHalf


def declare(commands: Commands) -> None:
    """Declare what sets a ledger up."""
    command(commands, "init", init, writes=True)
    command(commands, "stop", stop)
    charity = group(commands, "charity", "charities, and others that may issue receipts")
    registered = command(charity, "register", register_charity, writes=True)
    registered.add_argument("uscc", metavar="USCC")
    registered.add_argument("name", metavar="NAME")
    registered.add_argument("--kind", default=CHARITY, metavar="|".join(KINDS),
                            help="what may issue, 财综〔2024〕1号 art. 7")  # fmt: skip
    registered.add_argument("--public", type=Path, metavar="PUBLIC", help="its own key: key make")


def home_of(args: Namespace, *, create: bool = False) -> AbstractContextManager[House]:
    """Open the house that the settings name; a dry run creates nothing."""
    dry_run = getattr(args, "dry_run", False)
    use, said = getattr(args, "use", "serve"), getattr(args, "why", None)
    why = f"{use}: {said}" if said else use
    return opened(
        Settings.read(),
        create=create and not dry_run,
        dry_run=dry_run,
        why=why,
        prepare=getattr(args, "prepare", None),
    )


def init(args: Namespace) -> Answer:
    """Create data folder, database and keys; say what is there."""
    settings = Settings.read()
    with home_of(args, create=True) as home:
        home.document_root()
        data: dict[str, object] = {
            "data": str(settings.data),
            "database": "external" if settings.database_url else "embedded",
            "schema": settings.schema,
            "origin": home.recorder.origin(),
            "events": home.recorder.size(),
            "keys": str(settings.data / "keys"),
            "log_key": home.trust().log.line,
            "trust": str(settings.data / "trust.json"),
        }
    return Answer(data, [facts("账本已就绪 ledger ready", data)])


def stop(_args: Namespace) -> Answer:
    """Stop the embedded database of the data folder."""
    stopped = embedded.stop(Settings.read().data)
    line = "数据库已停止 (stopped)" if stopped else "数据库未在运行 (was not running)"
    return Answer({"stopped": stopped}, lines=[line])


def register_charity(args: Namespace) -> Answer:
    """Register a charity, or another body that may issue, with keys that this server keeps."""
    uscc, name = credit_code(args.uscc), printable_name(args.name)
    half = PublicHalf.parse(args.public.read_bytes()) if args.public else None
    with home_of(args, create=True) as home:
        home.ledger.organisations.check_charity(uscc, name, args.kind)
        if half is not None:
            register_holder(home, uscc, name, half, args.kind)
        elif not home.dry_run:
            home.keys.create(uscc)
            signer = home.keys.signer_of(uscc)
            public = b64url(signer.public.public_bytes_raw())
            home.ledger.organisations.register_charity(uscc, name, signer.kid, public, args.kind)
            home.document_signer(uscc)
            home.publish()
        kid = half.kid if half else home.keys.signer_of(uscc).kid if home.keys.has(uscc) else None
    data: dict[str, object] = {"uscc": uscc, "name": name, "kind": args.kind, "key": kid}
    return Answer(data, [facts("慈善组织 charity", data)])
