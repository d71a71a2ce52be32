"""Commands on keys: those of an organisation revoked, made anew, shown."""

from __future__ import annotations

from argparse import Namespace

from api.answers import Answer, table
from api.arguments import Commands, command, group
from api.commands.founding import home_of
from api.wiring import House
from ledger.proof.encoding import b64url

WORKS, REVOKED = "works", "revoked"
STATES = {WORKS: "有效 works", REVOKED: "已撤销 revoked"}


def declare(commands: Commands) -> None:
    """Declare what acts on keys."""
    keys = group(commands, "key", "签名密钥 signing keys and document keys")
    revoked = command(keys, "revoke", revoke, writes=True)
    revoked.add_argument("uscc", metavar="USCC")
    sort = revoked.add_mutually_exclusive_group()
    sort.add_argument("--document", action="store_true", help="only the key of PDF signatures")
    sort.add_argument("--signing", action="store_true", help="only the key of entries in the log")
    revoked.add_argument("--reason", required=True, metavar="R", help="public: names nobody")
    command(keys, "renew", renew, writes=True).add_argument("uscc", metavar="USCC")
    command(keys, "show", show).add_argument("uscc", metavar="USCC")


def revoke(args: Namespace) -> Answer:
    """Revoke an organisation's keys; what they signed before stays good."""
    with home_of(args) as home:
        gone = home.ledger.organisations.revoke_keys(
            args.uscc, args.reason, signing=not args.document, document=not args.signing
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


def renew_signing(house: House, organisation: str) -> bool:
    """Make and register another signing key if the one kept here does not work."""
    known = house.ledger.streams.recipient(organisation)
    newest = house.keys.newest(organisation)
    kid = house.keys.signer_of(organisation).kid if house.keys.has(newest) else None
    if kid in known.keys:
        return False
    if house.dry_run:
        return True
    if kid is None or kid in known.revoked:
        house.keys.renew(organisation)
    signer = house.keys.signer_of(organisation)
    public = b64url(signer.public.public_bytes_raw())
    return house.ledger.organisations.register_key(organisation, signer.kid, public)


def show(args: Namespace) -> Answer:
    """Show an organisation's keys, and which of them work."""
    with home_of(args) as home:
        return _answer(_keys(home, args.uscc))


def _keys(house: House, organisation: str) -> dict[str, object]:
    known = house.ledger.streams.recipient(organisation)
    signing = [(kid, WORKS) for kid in known.keys] + [(k, REVOKED) for k in sorted(known.revoked)]
    document = [(f, REVOKED if f in known.documents_revoked else WORKS) for f in known.certificates]
    return {
        "uscc": organisation,
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
