"""Commands on keys: those of an organisation revoked, replaced, taken over, shown."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, table
from api.arguments import Commands, command, group
from api.commands import holding
from api.commands.founding import home_of
from api.rotating import adopt, renew_signing, rotate
from api.wiring import House
from ledger.domain.key_rotation import CEASED, COMPROMISED, LOST, SUPERSEDED, WITHDRAWAL_GROUNDS
from ledger.domain.organisations import AUTHORITY
from ledger.store.public_halves import MadeForOther, PublicHalf

WORKS, OWN, REVOKED = "works", "works, held elsewhere", "revoked"
STATES = {
    WORKS: "有效 works",
    OWN: "有效，自行保管 works, held by its organisation",
    REVOKED: "已停用 signs no more",
}
CHANGES = (SUPERSEDED, LOST, COMPROMISED)


def declare(commands: Commands) -> None:
    """Declare what acts on keys."""
    keys = group(commands, "key", "签名密钥 signing keys and document keys")
    revoked = command(keys, "revoke", revoke, writes=True)
    revoked.add_argument("uscc", metavar="USCC")
    sort = revoked.add_mutually_exclusive_group()
    sort.add_argument("--document", action="store_true", help="only the key of PDF signatures")
    sort.add_argument("--signing", action="store_true", help="only the key of entries in the log")
    revoked.add_argument("--reason", required=True, metavar="R", help="public: names nobody")
    revoked.add_argument("--ground", choices=WITHDRAWAL_GROUNDS, default=CEASED)
    command(keys, "renew", renew, writes=True).add_argument("uscc", metavar="USCC")
    command(keys, "show", show).add_argument("uscc", metavar="USCC")
    rotated = command(keys, "rotate", rotate_key, writes=True)
    rotated.add_argument("organisation", metavar="USCC|authority")
    rotated.add_argument("--ground", choices=CHANGES, default=SUPERSEDED)
    rotated.add_argument("--note", help="public: names nobody")
    adopted = command(keys, "adopt", adopt_key, writes=True)
    adopted.add_argument("organisation", metavar="USCC|authority")
    adopted.add_argument("--public", type=Path, required=True, metavar="PUBLIC")
    adopted.add_argument("--ground", choices=CHANGES, help="lost or compromised: no handover")
    adopted.add_argument("--note", help="public: names nobody")
    root = command(keys, "renew-root", renew_root, writes=True)
    root.add_argument("--reason", required=True, metavar="R", help="public: names nobody")
    holding.declare(keys)


def revoke(args: Namespace) -> Answer:
    """Revoke an organisation's keys; what they signed before stays good."""
    with home_of(args) as home:
        gone = home.ledger.organisations.revoke_keys(
            args.uscc,
            args.reason,
            signing=not args.document,
            document=not args.signing,
            ground=args.ground,
        )
        home.publish()
        data = {**_keys(home, args.uscc), "revoked": gone}
    return _answer(data)


def renew(args: Namespace) -> Answer:
    """Make and register new keys for an organisation in place of those revoked."""
    with home_of(args) as home:
        new = {
            "signing": renew_signing(home, args.uscc),
            "document": home.renew_document(args.uscc),
        }
        home.publish()
        data = {**_keys(home, args.uscc), "renewed": [sort for sort, was in new.items() if was]}
    return _answer(data)


def rotate_key(args: Namespace) -> Answer:
    """Put a new key of this server in place of the one that signs now."""
    with home_of(args) as home:
        rotate(home, args.organisation, args.ground, args.note)
        home.publish()
        data = _keys(home, args.organisation)
    return _answer(data)


def adopt_key(args: Namespace) -> Answer:
    """Take over a public key whose private half its organisation keeps itself."""
    half = PublicHalf.parse(args.public.read_bytes())
    if half.organisation != args.organisation:
        raise MadeForOther(half.organisation, half.origin)
    with home_of(args) as home:
        adopt(home, half, args.ground, args.note)
        home.publish()
        data = _keys(home, args.organisation)
    return _answer(data)


def renew_root(args: Namespace) -> Answer:
    """Renew the root of all document certificates, and those that hang on it."""
    with home_of(args) as home:
        renewed = home.renew_document_root(args.reason)
        home.publish()
        data = {**_keys(home, AUTHORITY), "renewed": renewed}
    return _answer(data)


def show(args: Namespace) -> Answer:
    """Show an organisation's keys, and which of them work."""
    with home_of(args) as home:
        return _answer(_keys(home, args.uscc))


def _keys(house: House, organisation: str) -> dict[str, object]:
    known = house.ledger.streams.organisation(organisation)
    signing = [(kid, OWN if kid in known.own_keys else WORKS) for kid in known.keys]
    signing += [(kid, REVOKED) for kid in sorted(known.revoked)]
    document = [(f, REVOKED if f in known.documents_revoked else WORKS) for f in known.certificates]
    return {
        "uscc": organisation,
        "origin": house.recorder.origin(),
        "signing": [{"key": key, "state": state} for key, state in signing],
        "document": [{"certificate": key, "state": state} for key, state in document],
    }


def _answer(data: dict[str, object]) -> Answer:
    rows = [
        (words, *held.values())
        for sort, words in (("signing", "账本签名 log entries"), ("document", "文件签名 PDF files"))
        for held in _listed(data[sort])
    ]
    shown = [(words, key, STATES[state]) for words, key, state in rows]
    return Answer(data, [table("密钥 keys", ("用途 use", "密钥 key", "状态 state"), shown)])


def _listed(value: object) -> list[dict[str, str]]:
    assert isinstance(value, list), "made so just now"
    return value
