"""The command that copies a published log, checks it on the way, and keeps watching it."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from api.answers import DONE, NOT_UNDERSTOOD, WRONG, Answer, complain, facts
from api.arguments import Commands, command, seconds
from api.mirroring.fetching import source
from api.mirroring.others import Compared, compare
from api.mirroring.rounds import Round, run_round
from api.mirroring.views import TwoViews
from api.serving import on_stop
from api.verifying.files import read_file
from ledger.errors import LedgerError, Untrusted
from ledger.proof.encoding import b64
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.proof.signed_tiles import Read
from ledger.store.mirror import MirrorFolder
from receipts.trust import Trust

STATES = {
    "same": "相同 same", "behind": "较早，一致 behind, consistent",
    "ahead": "较新，一致 ahead, consistent", "wrong": "不符 wrong",
    "unreachable": "无法访问 unreachable",
}  # fmt: skip


def declare(commands: Commands) -> None:
    """Declare the mirror."""
    mirror = command(commands, "mirror", run)
    mirror.add_argument("url", metavar="URL", help="a published log: an address or a folder")
    mirror.add_argument("folder", type=Path, metavar="DIR")
    key = mirror.add_mutually_exclusive_group()
    key.add_argument("--trust", type=Path, metavar="FILE", help="the trust file with its key")
    key.add_argument("--vkey", metavar="LINE", help="its key, as a verifier key line")
    mirror.add_argument("--every", type=seconds, metavar="SECONDS", help="go on until stopped")
    mirror.add_argument("--also", action="append", default=[], metavar="URL|DIR",
                        help="another place that shows the same log")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pinned:
    """What the log is held to: its key, and, where a trust file has one, the policy."""

    log: VerifierKey
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a round came to, as it is answered; `evidence` is where a contradiction is kept."""

    folder: str
    vkey: str
    size: int | None
    root: str | None
    grown: int
    files: int
    also: Sequence[Compared]
    evidence: str | None
    findings: Sequence[str]

    @property
    def code(self) -> int:
        """1 for a lie, 2 where another place could not be asked."""
        if self.findings:
            return WRONG
        unreached = any(one.state == "unreachable" for one in self.also)
        return NOT_UNDERSTOOD if unreached else DONE

    @property
    def line(self) -> str:
        """One line for who watches."""
        return f"{self.size} 条 entries (+{self.grown}, {self.files} 个文件 files)"


def run(args: Namespace) -> Answer:
    """Copy a published log, check all of it, and hold it against what it showed before."""
    folder, read, told = MirrorFolder(args.folder), source(args.url), threading.Event()
    with folder.locked(), on_stop(told.set):
        pinned = _pinned(args, folder, read)
        last = _round(folder, read, pinned, args.also)
        while args.every is not None and not last.findings and not told.is_set():
            complain(f"mirror: {last.line}")
            if not told.wait(args.every):
                last = _next(last, folder, read, pinned, args.also)
    shown = asdict(last) | {
        "also": "; ".join(f"{one.where} {STATES[one.state]}" for one in last.also),
        "findings": "; ".join(last.findings),
    }
    return Answer(asdict(last), [facts("镜像 mirror", shown)], last.code)


def _next(
    last: Told, folder: MirrorFolder, read: Read, pinned: Pinned, others: Sequence[str]
) -> Told:
    """Do a further round; a log that can't be reached now may be reached in the next one."""
    try:
        return _round(folder, read, pinned, others)
    except LedgerError as error:
        complain(f"mirror: {error}")
        return last


def _pinned(args: Namespace, folder: MirrorFolder, read: Read) -> Pinned:
    """Return what the log is held to: what is named, else what was kept, else what it says."""
    if args.trust:
        trust = Trust.parse(read_file(args.trust))
        return Pinned(trust.log, trust.policy)
    if args.vkey:
        return Pinned(VerifierKey.parse(args.vkey))
    kept = folder.key()
    if kept is not None:
        return Pinned(kept)
    key = VerifierKey.parse(read("vkey").decode("utf-8", errors="replace").removesuffix("\n"))
    complain(f"the log itself says its key is {key.line}; get it from a second place too")
    return Pinned(key)


def _round(folder: MirrorFolder, read: Read, pinned: Pinned, others: Sequence[str]) -> Told:
    """Do a round, and ask the others; a lie ends it, and is an answer."""
    key, compared = pinned.log, list[Compared]()
    try:
        done = run_round(folder, read, key, pinned.policy)
        for where in others:
            found = compare(folder, key, where, pinned.policy)
            compared.append(found)
    except Untrusted as error:
        return _told(folder, key, None, compared, error)
    return _told(folder, key, done, compared)


def _told(
    folder: MirrorFolder,
    key: VerifierKey,
    done: Round | None,
    compared: Sequence[Compared],
    wrong: Untrusted | None = None,
) -> Told:
    copied = folder.copied(key)
    lies = [f"{one.where}: {one.says}" for one in compared if one.state == "wrong"]
    return Told(
        folder=str(folder.folder),
        vkey=key.line,
        size=copied.seen.size if copied else None,
        root=b64(copied.seen.root) if copied else None,
        grown=done.grown if done else 0,
        files=done.files if done else 0,
        also=tuple(compared),
        evidence=wrong.where if isinstance(wrong, TwoViews) else None,
        findings=[*lies, *([str(wrong)] if wrong else [])],
    )
