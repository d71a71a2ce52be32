"""Commands of the second suite: a checkpoint signed with SM2 as well, and checked."""

from __future__ import annotations

import secrets
from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, command, group
from api.own_keys import secret, takes_secret
from ledger.proof.suites.sm2 import Sm2Key, Sm2Signer
from ledger.store import own_keys
from ledger.store.durable import write_atomically


def declare(commands: Commands) -> None:
    """Declare what the national suite adds."""
    suite = group(commands, "sm2", "国密 SM2/SM3: a second signature under checkpoints")
    made = command(suite, "make", make)
    made.add_argument("file", type=Path, metavar="FILE")
    made.add_argument("--name", required=True, help="who signs, such as witness.example/sm2")
    takes_secret(made)
    signed = command(suite, "cosign", cosign)
    signed.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    signed.add_argument("--key-file", type=Path, required=True, metavar="K")
    signed.add_argument("--name", required=True)
    signed.add_argument("--out", type=Path, required=True, metavar="SIGNED")
    takes_secret(signed)
    checked = command(suite, "check", check)
    checked.add_argument("checkpoint", type=Path, metavar="SIGNED")
    checked.add_argument("--vkey", required=True, help="the line that sm2 make printed")


def make(args: Namespace) -> Answer:
    """Make an SM2 key in a new file under a passphrase; print its public line."""
    phrase = secret(args, "passphrase").encode()
    signer = own_keys.make(args.file, phrase, secrets.token_bytes, Sm2Signer)
    return _answer("SM2 公钥 public key", {"vkey": Sm2Key(args.name, signer.public).line})


def cosign(args: Namespace) -> Answer:
    """Sign a checkpoint with SM2 beside the signatures that it has."""
    note = args.checkpoint.read_text(encoding="utf-8")
    signer = own_keys.read(args.key_file, secret(args, "passphrase").encode(), Sm2Signer)
    key = Sm2Key(args.name, signer.public)
    write_atomically(args.out, key.cosign(note, signer).encode())
    return _answer("已用 SM2 签署 (signed with SM2)", {"vkey": key.line, "signed": str(args.out)})


def check(args: Namespace) -> Answer:
    """Check the SM2 signature of a checkpoint; the log's own is for other commands."""
    key = Sm2Key.parse(args.vkey)
    key.check(args.checkpoint.read_text(encoding="utf-8"))
    return _answer("SM2 签名有效 (the SM2 signature holds)", {"vkey": key.line})


def _answer(title: str, data: dict[str, object]) -> Answer:
    return Answer(data, [facts(title, data)])
