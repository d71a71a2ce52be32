"""Commands on witnesses: those of this ledger's log, and a witness of one's own for any log."""

from __future__ import annotations

import secrets
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from api.answers import DONE, WRONG, Answer, facts, table
from api.arguments import Commands, command, group, number
from api.commands.founding import home_of
from api.serving import on_stop
from api.times import rfc3339
from api.verifying.files import read_file
from api.wiring import House
from api.witness_server import WitnessServer
from api.witnesses import install
from ledger.errors import Refused, Unreadable
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.store.durable import write_once
from ledger.store.key_files import KeyFiles, passphrase
from ledger.store.witness import Watched, Witness, WitnessKeys
from ledger.store.witnessing import Cosigning

POLICY_MAX = 2**20
NO_POLICY = "没有见证政策，检查点即签即公布 (no policy: nobody is asked to cosign)"


class NoWitness(Unreadable):
    """There is no witness in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"there is no witness in {folder}; run: witness init {folder} --name NAME")


class WitnessNameUnusable(Unreadable):
    """A name can't stand in a signature line."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class WitnessNamed(Refused):
    """A witness has a name, which its keys are bound to."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(f"the witness in {folder} is called {name!r}; take another folder")


class CannotWitness(Unreadable):
    """The address to serve on is taken, or not ours."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"can't serve on {host} port {port} ({why}); name another with --port")


def declare(commands: Commands) -> None:
    """Declare what acts on witnesses."""
    witness = group(commands, "witness", "见证人 witnesses: of this log, or your own of any log")
    policy = command(witness, "policy", install_policy)
    policy.add_argument("file", type=Path, metavar="FILE", help="C2SP tlog-policy")
    command(witness, "status", status)
    command(witness, "ask", ask)
    made = command(witness, "init", init)
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--name", required=True, help="as in witness.example/tax-bureau")
    log = command(witness, "log", watch)
    log.add_argument("folder", type=Path, metavar="DIR")
    log.add_argument("vkey", nargs="?", metavar="VKEY", help="the log's key; without it, list all")
    served = command(witness, "serve", serve)
    served.add_argument("folder", type=Path, metavar="DIR")
    served.add_argument("--host", default="127.0.0.1")
    served.add_argument("--port", type=number, default=8010)


def install_policy(args: Namespace) -> Answer:
    """Say whose cosignatures a checkpoint needs before it is published."""
    data = read_file(args.file, POLICY_MAX)
    with home_of(args) as home:
        policy = install(home.settings.data, data, home.trust().log)
    told: dict[str, object] = {
        "log": policy.log.name,
        "witnesses": [each.name for each in policy.witnesses],
        "quorum": policy.needed(),
    }
    shown = told | {"witnesses": ", ".join(each.name for each in policy.witnesses)}
    return Answer(told, [facts("见证政策已启用 policy in force", shown)])


def status(args: Namespace) -> Answer:
    """Show who has cosigned the newest checkpoint, when, and whether they are enough."""
    with home_of(args) as home:
        return _told(home, {})


def ask(args: Namespace) -> Answer:
    """Sign and publish what is new, and show what each witness that was asked answered."""
    with home_of(args) as home:
        home.publish()
        asked = home.integrator.witnesses
        return _told(home, asked.silent if isinstance(asked, Cosigning) else {})


def _told(home: House, silent: Mapping[str, str]) -> Answer:
    policy, kept = home.policy, home.checkpoints.signed()
    if policy is None or kept is None:
        return Answer({"policy": policy is not None}, lines=[NO_POLICY])
    rows, met = (
        _cosigners(policy, kept.note, silent),
        home.integrator.witnesses.satisfied(kept.note),
    )
    data = {
        "policy": True,
        "size": kept.size,
        "published": kept.published_at is not None,
        "quorum": policy.needed(),
        "met": met,
        "witnesses": rows,
    }
    said = "已满足 met" if met else "未满足 not met"
    title = f"见证 witnesses: 检查点 checkpoint {kept.size}；{policy.needed()} {said}"
    shown = [(row["name"], row["kind"], row["url"], row["at"] or row["why"] or "—") for row in rows]
    columns = ("见证人 witness", "算法 kind", "地址 address", "签署时间 cosigned (UTC)")
    return Answer(data, [table(title, columns, shown)], DONE if met else WRONG)


def _cosigners(policy: Policy, note: str, silent: Mapping[str, str]) -> list[dict[str, str | None]]:
    present = policy.cosigners(note)
    return [
        {
            "name": each.name,
            "kind": each.key.kind,
            "url": each.url,
            "at": _moment(present.get(each.name)),
            "why": silent.get(each.name),
        }
        for each in policy.witnesses
    ]


def _moment(second: int | None) -> str | None:
    return None if second is None else rfc3339(datetime.fromtimestamp(second, UTC))


def init(args: Namespace) -> Answer:
    """Make a witness with two keys in a folder; safe to repeat."""
    folder, name = args.folder, args.name
    _check_name(name)
    keys = _key_files(folder, fresh=True)
    write_once(folder / "name", f"{name}\n".encode())
    for secret in ("ed25519", "ml-dsa-44"):
        keys.create(secret)
    made = _keys(folder)
    if made.name != name:
        raise WitnessNamed(folder, made.name)
    return _keys_told(made, {"folder": str(folder)})


def watch(args: Namespace) -> Answer:
    """Watch a log from now on, or list the logs under watch."""
    witness = _witness(args.folder)
    if args.vkey is not None:
        witness.watch(VerifierKey.parse(args.vkey))
    rows = [_watched(each) for each in witness.watched()]
    columns = ("账本 log", "条数 size>", "密钥 key")
    shown = [(row["origin"], row["size"], row["vkey"]) for row in rows]
    return Answer(rows, [table("受见证的账本 logs under watch", columns, shown)])


def _watched(log: Watched) -> dict[str, object]:
    return {"origin": log.key.name, "size": log.seen.size, "vkey": log.key.line}


def serve(args: Namespace) -> Answer:
    """Cosign checkpoints for logs that ask, until Ctrl-C."""
    witness = _witness(args.folder)
    try:
        server = WitnessServer((args.host, args.port), witness)
    except OSError as error:
        raise CannotWitness(args.host, args.port, error.strerror or str(error)) from None
    address = f"http://{args.host}:{server.server_address[1]}"

    def stop() -> None:
        threading.Thread(target=server.shutdown).start()  # it waits for the loop to end

    with server, on_stop(stop):
        sys.stderr.write(f"见证 witness {address}\n按 Ctrl-C 停止 (Ctrl-C stops it)\n")
        sys.stderr.flush()
        server.serve_forever(poll_interval=0.1)
    return Answer({"address": address, "stopped": True}, lines=["见证已停止 (witness stopped)"])


def _check_name(name: str) -> None:
    try:
        WitnessKeys.of(name, bytes(32), bytes(32))
    except ValueError as error:
        raise WitnessNameUnusable(str(error)) from None


def _key_files(folder: Path, *, fresh: bool = False) -> KeyFiles:
    if not fresh and not (folder / "name").exists():
        raise NoWitness(folder)
    made = not (folder / "keys").exists()
    phrase = passphrase(folder / "passphrase", secrets.token_bytes, fresh=made)
    return KeyFiles(folder / "keys", phrase, secrets.token_bytes)


def _keys(folder: Path) -> WitnessKeys:
    files = _key_files(folder)
    name = (folder / "name").read_text("utf-8").rstrip("\n")
    return WitnessKeys.of(name, files.secret("ed25519"), files.secret("ml-dsa-44"))


def _witness(folder: Path) -> Witness:
    return Witness(folder, _keys(folder), time.time)


def _keys_told(keys: WitnessKeys, data: dict[str, object]) -> Answer:
    ed25519, lattice = keys.public
    data |= {"name": keys.name, "ed25519": ed25519.line, "ml_dsa_44": lattice.line}
    return Answer(data, [facts("见证人 witness", data)])
