"""Commands for whoever keeps a key itself; none of them needs a ledger, a network or a database."""

from __future__ import annotations

import secrets
from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, OneLineParser, command
from api.own_keys import secret, signer_of, takes_key, takes_secret
from ledger.errors import Refused
from ledger.proof.jws import Ed25519Signer
from ledger.store import own_keys
from ledger.store.durable import write_atomically
from ledger.store.public_halves import PublicHalf, prove
from ledger.store.tokens import TokenSigner


class WrongHolder(Refused):
    """A key is proved for an organisation at the ledger of an origin: both must be said."""

    def __init__(self) -> None:
        super().__init__("say for whom the key is proved: --for USCC --origin ORIGIN (key show)")


def declare(keys: Commands) -> None:
    """Declare what is done where a key is, beside the other commands on keys."""
    made = command(keys, "make", make)
    made.add_argument("file", type=Path, metavar="FILE")
    takes_secret(made)
    _takes_proof(made)
    proved = command(keys, "prove", prove_key)
    takes_key(proved)
    _takes_proof(proved)
    handed = command(keys, "handover", hand_over)
    handed.add_argument("public", type=Path, metavar="PUBLIC")
    takes_key(handed)


def make(args: Namespace) -> Answer:
    """Make a key in a new file under a passphrase; print its public half and proof."""
    signer = own_keys.make(
        args.file, secret(args, "passphrase").encode(), secrets.token_bytes, own_keys.ed25519
    )
    return _proved(args, signer)


def prove_key(args: Namespace) -> Answer:
    """Prove that a key is held, for an organisation at a ledger."""
    with signer_of(args) as signer:
        return _proved(args, signer)


def hand_over(args: Namespace) -> Answer:
    """Let the key that is replaced sign that another one takes its place."""
    half = PublicHalf.parse(args.public.read_bytes())
    with signer_of(args) as signer:
        half = half.handed_over(signer)
    write_atomically(args.public, half.encode())
    return _answer(half, args.public)


def _takes_proof(parser: OneLineParser) -> None:
    add = parser.add_argument
    add("--for", dest="organisation", metavar="USCC", help="whose key it is")
    add("--origin", help="of which ledger")
    add("--replaces", metavar="KID", help="whose place it takes; write it as --replaces=KID")
    add("--out", type=Path, metavar="PUBLIC", help="where the public half goes")


def _proved(args: Namespace, signer: Ed25519Signer | TokenSigner) -> Answer:
    if args.organisation is None or args.origin is None:
        raise WrongHolder
    half = prove(signer, args.organisation, args.origin, args.replaces)
    if args.out:
        write_atomically(args.out, half.encode())
    return _answer(half, args.out)


def _answer(half: PublicHalf, out: Path | None) -> Answer:
    data: dict[str, object] = {
        "organisation": half.organisation,
        "origin": half.origin,
        "key": half.kid,
        "public": half.public,
        "replaces": half.replaces,
        "possession": half.possession,
        "handover": half.handover,
        "file": str(out) if out else None,
    }
    return Answer(data, [facts("公钥 public half of the key", data)])
