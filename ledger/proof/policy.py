"""Policies (C2SP tlog-policy): which log we trust, and which witnesses must have seen it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ledger.errors import Unreadable, Untrusted
from ledger.proof import notes
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.cosignatures import CosignerKey, cosigned
from ledger.proof.notes import VerifierKey

NONE = "none"
"""The quorum that asks for no witness."""

LINES_MAX = 500
LISTED_MAX = 60
"""So many logs, witnesses or groups a policy may define: a note has room for as many signatures."""

BLANKS = re.compile(r"[ \t]+")
NOT_IN_A_POLICY = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
THRESHOLD = re.compile(r"[1-9][0-9]{0,2}")


class PolicyUnreadable(Unreadable):
    """A text is no policy; the message names each line that is wrong."""

    def __init__(self, *faults: str) -> None:
        super().__init__(f"this is no policy (C2SP tlog-policy): {'; '.join(faults)}")


class NotOneLog(Unreadable):
    """A policy is used for one ledger, but names no log, or several."""

    def __init__(self, count: int) -> None:
        super().__init__(f"the policy names {count} logs; here it must name one, the ledger's own")


class LogUnknown(Untrusted):
    """A checkpoint is of a log that the policy does not name."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"the policy names no log {origin!r}")


class QuorumMissing(Untrusted):
    """Fewer witnesses cosigned a checkpoint than the policy asks for."""

    def __init__(self, needed: str, present: tuple[str, ...], missing: tuple[str, ...]) -> None:
        super().__init__(
            f"too few witnesses cosigned the checkpoint: needed {needed}; cosigned by "
            f"{', '.join(present) or 'nobody'}; not by {', '.join(missing)}"
        )
        self.needed, self.present, self.missing = needed, present, missing


class _Fault(Exception):
    """What is wrong with one line."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose checkpoints are good, and where it may be asked."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness under the name it has in this policy, and where it may be asked."""

    name: str
    key: CosignerKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of whom `needed` must have cosigned."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A trust policy: whoever checks a checkpoint asks for the quorum it names."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read a policy; refuse it with one fault for each line that is wrong."""
        lines = text.split("\n")
        if len(lines) > LINES_MAX:
            raise PolicyUnreadable(f"it has more than {LINES_MAX} lines")
        reader = _Reader()
        faults = [fault for n, line in enumerate(lines[:-1], 1) if (fault := reader.read(n, line))]
        if lines[-1]:
            faults.append(f"line {len(lines)}: it has no line feed at its end")
        if not faults and reader.quorum is None:
            faults.append("it has no line: quorum NAME (or: quorum none)")
        if faults or reader.quorum is None:
            raise PolicyUnreadable(*faults)
        made = tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups)
        return cls(*made, reader.quorum)

    def encode(self) -> str:
        """Write the policy: logs, witnesses, groups, quorum, one line each."""
        lines = [["log", each.key.line, each.url] for each in self.logs]
        lines += [["witness", each.name, each.key.line, each.url] for each in self.witnesses]
        lines += [["group", g.name, str(g.needed), *g.members] for g in self.groups]
        lines.append(["quorum", self.quorum])
        return "".join(" ".join(item for item in line if item) + "\n" for line in lines)

    @property
    def log(self) -> VerifierKey:
        """The key of the one log it names; NotOneLog if there is none, or several."""
        if len(self.logs) != 1:
            raise NotOneLog(len(self.logs))
        return self.logs[0].key

    def check(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that satisfies this policy; else raise Untrusted.

        1. It is a checkpoint of a log that the policy names, signed by that log's key.
        2. Each cosignature on it by a witness that the policy names holds.
        3. The witnesses who cosigned make up the quorum.
        """
        seen = self.signed(note)  # 1
        present = self.cosigners(note)  # 2
        if not self._met(present):  # 3
            asked = self._within(self.quorum)
            here = tuple([name for name in asked if name in present])
            missing = tuple([name for name in asked if name not in present])
            raise QuorumMissing(self.needed(), here, missing)
        return seen

    def signed(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that a log of this policy signed, whoever cosigned it."""
        origin = Checkpoint.parse(notes.take_apart(note)[0]).origin
        keys = [each.key for each in self.logs if each.key.name == origin]
        if not keys:
            raise LogUnknown(origin)
        for key in keys[:-1]:
            with suppress(notes.NoteUnsigned):  # of a log's two keys, as when one follows another
                return open_signed(note, key)
        return open_signed(note, keys[-1])

    def cosigners(self, note: str) -> dict[str, int]:
        """Return the witnesses on a note by their names here, each with its POSIX second."""
        found = cosigned(note, [each.key for each in self.witnesses])
        return {each.name: found[each.key] for each in self.witnesses if each.key in found}

    def needed(self) -> str:
        """Say in words whose cosignatures are asked for."""
        return self._words(self.quorum)

    def _met(self, present: Mapping[str, int]) -> bool:
        groups = {each.name: each for each in self.groups}

        def met(name: str) -> bool:
            if name in groups:
                return sum(map(met, groups[name].members)) >= groups[name].needed
            return name in present

        return self.quorum == NONE or met(self.quorum)

    def _within(self, name: str) -> list[str]:
        """Return the witnesses that a group is made of in the end, or the one of that name."""
        for group in self.groups:
            if group.name == name:
                return [each for member in group.members for each in self._within(member)]
        return [name]

    def _words(self, name: str) -> str:
        for group in self.groups:
            if group.name == name:
                members = ", ".join(self._words(member) for member in group.members)
                return f"{group.needed} of ({members})"
        return name


class _Reader:
    """Takes in the lines of a policy one by one."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()

    def read(self, number: int, line: str) -> str | None:
        """Take in a line; return what is wrong with it, if anything."""
        try:
            self._line(line)
        except (_Fault, Untrusted) as fault:
            return f"line {number}: {fault}"
        return None

    def _line(self, line: str) -> None:
        if NOT_IN_A_POLICY.search(line):
            raise _Fault("it has a control character, as of another system's line ends")
        items = BLANKS.split(line.strip(" \t"))
        if not items[0] or items[0].startswith("#"):
            return
        match items:
            case ["log", key] | ["log", key, _]:
                self._log(key, *items[2:])
            case ["witness", name, key] | ["witness", name, key, _]:
                self._witness(name, key, *items[3:])
            case ["group", name, threshold, _, *_]:
                self._group(name, threshold, items[3:])
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise _Fault(
                    "it is none of: log KEY [URL], witness NAME KEY [URL], "
                    "group NAME any|all|K MEMBER..., quorum NAME"
                )

    def _log(self, key: str, url: str | None = None) -> None:
        log = Log(VerifierKey.parse(key), url)
        if any(each.key.public == log.key.public for each in self.logs):
            raise _Fault(f"the key of the log {log.key.name!r} is there already")
        _check_room(self.logs)
        self.logs.append(log)

    def _witness(self, name: str, key: str, url: str | None = None) -> None:
        self._define(name)
        witness = Witness(name, CosignerKey.parse(key), url)
        if any(each.key.public == witness.key.public for each in self.witnesses):
            raise _Fault(f"the key of the witness {name!r} is there already, under another name")
        _check_room(self.witnesses)
        self.witnesses.append(witness)

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        self._check_known(members)
        self._define(name)
        if len({*members}) < len(members) or self._members & {*members}:
            raise _Fault("a member stands in two places; each name is a member once")
        self._members |= {*members}
        _check_room(self.groups)
        self.groups.append(Group(name, _needed(threshold, len(members)), tuple(members)))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise _Fault("there is a quorum already")
        if name != NONE:
            self._check_known([name])
        self.quorum = name

    def _define(self, name: str) -> None:
        if name == NONE or name in self._names:
            raise _Fault(f"the name {name!r} is taken")
        self._names.add(name)

    def _check_known(self, names: list[str]) -> None:
        for name in names:
            if name not in self._names:
                raise _Fault(f"no line before it defines {name!r}")


def _check_room(listed: list[Log] | list[Witness] | list[Group]) -> None:
    if len(listed) >= LISTED_MAX:
        raise _Fault(f"there are more than {LISTED_MAX} of its kind")


def _needed(threshold: str, members: int) -> int:
    """Return how many of so many members must have cosigned."""
    named = {"any": 1, "all": members}
    if threshold in named:
        return named[threshold]
    if not THRESHOLD.fullmatch(threshold) or int(threshold) > members:
        raise _Fault(f"write any, all or a number from 1 to {members}, not {threshold!r}")
    return int(threshold)
