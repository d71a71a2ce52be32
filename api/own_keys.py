"""Where a key is that no server holds: a key file with its passphrase, or a token with its PIN."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path

from api.arguments import OneLineParser
from ledger.errors import Unreadable
from ledger.proof.jws import Ed25519Signer
from ledger.store import own_keys, tokens
from ledger.store.tokens import TokenSigner


class KeyNotNamed(Unreadable):
    """Nobody said which key is to sign."""

    def __init__(self) -> None:
        super().__init__("say which key: --key-file FILE, or --pkcs11 MODULE --token LABEL --key L")


def takes_key(parser: OneLineParser) -> None:
    """Declare how a command is told which key signs."""
    parser.add_argument("--key-file", type=Path, metavar="K", help="made by: key make")
    parser.add_argument("--pkcs11", type=Path, metavar="MODULE", help="the token's library (.so)")
    parser.add_argument("--token", metavar="LABEL", help="which token")
    parser.add_argument("--key", metavar="LABEL", help="which key in it")
    takes_secret(parser)


def takes_secret(parser: OneLineParser) -> None:
    """Declare where the passphrase or PIN comes from; without it, it is asked for."""
    parser.add_argument(
        "--secret-file", type=Path, metavar="F", help="passphrase, or the token's PIN"
    )


def secret(args: Namespace, what: str) -> str:
    """Return the passphrase or PIN: the first line of a file, or as typed."""
    if args.secret_file is None:
        return getpass(f"{what}: ")
    lines = args.secret_file.read_text(encoding="utf-8").splitlines()
    return str(lines[0]) if lines else ""


@contextmanager
def signer_of(args: Namespace) -> Iterator[Ed25519Signer | TokenSigner]:
    """Lend the signer that a command was told of."""
    if args.key_file is not None:
        yield own_keys.read(args.key_file, secret(args, "passphrase").encode(), own_keys.ed25519)
    elif None in (args.pkcs11, args.token, args.key):
        raise KeyNotNamed
    else:
        pin = secret(args, "PIN")
        with tokens.opened(args.pkcs11, args.token, args.key, pin) as signer:
            yield signer
