"""Commands of the vault: its keys, who read it, and all that is held on a person."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

from api import person_export
from api.answers import Answer, facts, progress, table
from api.arguments import Commands, command, day, group
from api.commands.founding import home_of
from api.times import BEIJING, written
from api.wiring import House
from ledger.domain.public_words import public_words
from ledger.errors import Refused, Unreadable
from ledger.store.durable import write_atomically
from ledger.store.vault_reads import Read

AT_ONCE = 500
"""Openings that are encrypted anew in one commit."""

WHY_AT_MOST = 200


class WhyUnusable(Refused):
    """The log of reads outlives an erasure: why somebody reads must not say whom it is about."""

    def __init__(self) -> None:
        super().__init__(
            "--why can't be written down: name a reason or a case number, in at most "
            f"{WHY_AT_MOST} characters, and not the person; this log is never erased"
        )


class FileStands(Unreadable):
    """Personal data is written into a new file only."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already; name a file that is not")


def declare(commands: Commands) -> None:
    """Declare what keeps the vault, and what a person may ask for."""
    vault = group(commands, "vault", "encrypted personal data: keys, and who read it")
    rotated = command(vault, "rotate", rotate, writes=True)
    rotated.add_argument("--data", action="store_true",
                         help="also encrypt every opening with a new data key")  # fmt: skip
    command(vault, "keys", keys)
    told = command(vault, "reads", reads)
    told.add_argument("--stream", metavar="ID", help="reads of this gift, receipt, fund or name")
    told.add_argument("--since", type=day, metavar="D")
    person = group(commands, "person", "what is held on a person")
    exported = command(person, "export", export)
    exported.add_argument("person", metavar="PERSON", help="a name as recorded, or a gift's id")
    exported.add_argument("--namesakes", action="store_true", help="all who bear that name")
    exported.add_argument("--why", required=True, metavar="W", help="goes into the log of reads")
    exported.add_argument("--out", required=True, type=Path, metavar="FILE.json")


def rotate(args: Namespace) -> Answer:
    """Put a new key file in the place of the vault's, and with --data a new data key too."""
    with home_of(args) as home:
        home.vault_keys.finding()  # what can't be opened is not rotated
        data: dict[str, object] = {"openings_behind": home.vault.behind()}
        if home.dry_run:
            return Answer(data, [facts("金库密钥 vault keys", data)])
        old, new = home.vault_keys.rotate()
        data = {"key_file": f"{new}.key", "was": f"{old}.key"}
        if args.data:
            data |= {"data_key": _new_data_key(home), "encrypted_anew": _encrypt_anew(home)}
            data["openings_behind"] = home.vault.behind()
    lines = [
        f"请备份 keys/{new}.key，确认无误后销毁 keys/{old}.key 及其备份 "
        f"(back up keys/{new}.key, then destroy keys/{old}.key and its copies)"
    ]
    return Answer(data, [facts("金库密钥已轮换 vault rotated", data)], lines=lines)


def _new_data_key(home: House) -> int:
    """Make a new data key; where a run before was not finished, go on with its key."""
    if home.vault.behind():
        return home.vault_keys.current()[0]
    return home.vault_keys.renew()


def _encrypt_anew(home: House) -> int:
    """Encrypt with the key in use what is not; batches are commits of their own."""
    done, after = 0, ""
    with progress("重新加密 encrypt", home.vault.behind()) as advance:
        while True:
            count, last = home.vault.rewrap(after, AT_ONCE)
            if last is None:
                break
            done, after = done + count, last
            advance(count)
    if done:
        home.vault.sweep()
    return done


def keys(args: Namespace) -> Answer:
    """Say which keys the vault has, under which key file, and how much each one closes."""
    with home_of(args) as home:
        home.vault_keys.finding()
        counts, rows = home.vault.counted(), home.vault_keys.rows()
    told = [
        {
            "key": row.id,
            "for": row.purpose,
            "key_file": f"{row.kek}.key",
            "made_at": row.made_at.astimezone(UTC).isoformat(),
            "retired_at": row.retired_at and row.retired_at.astimezone(UTC).isoformat(),
            "openings": counts.get(row.id, 0),
        }
        for row in rows
    ]
    columns = ("编号 key", "用途 for", "密钥文件 file", "制作 made", "停用 retired", "项 openings>")
    shown = [
        (r.id, r.purpose, f"{r.kek}.key", written(r.made_at),
         written(r.retired_at) if r.retired_at else "—", counts.get(r.id, 0))
        for r in rows
    ]  # fmt: skip
    return Answer({"keys": told}, [table("金库密钥 vault keys", columns, shown)])


def reads(args: Namespace) -> Answer:
    """Show who opened personal data, when and why."""
    with home_of(args) as home:
        found = home.vault_reads.rows(args.stream, _start(args.since))
    columns = ("编号 no>", "时间 at", "何人 who", "因何 why", "项 openings>", "所属 streams")
    rows = [(r.id, written(r.at), r.who, r.why, r.openings, _streams(r)) for r in found]
    data = {"reads": [_read_json(one) for one in found]}
    return Answer(data, [table("金库读取记录 reads", columns, rows)])


def _start(since: date | None) -> datetime | None:
    return datetime(since.year, since.month, since.day, tzinfo=BEIJING) if since else None


def _streams(read: Read) -> str:
    if not read.streams:
        return "全部 all"
    more = len(read.streams) - 3
    return ", ".join(read.streams[:3]) + (f" +{more}" if more > 0 else "")


def _read_json(read: Read) -> dict[str, object]:
    return {
        "id": read.id,
        "at": read.at.astimezone(UTC).isoformat(),
        "who": read.who,
        "why": read.why,
        "openings": read.openings,
        "streams": list(read.streams),
    }


def export(args: Namespace) -> Answer:
    """Write all that is held on a person into a file; the log of reads says who asked, and why."""
    _check_why(args.why, args.person)
    if args.out.exists():
        raise FileStands(args.out)
    with home_of(args) as home:
        told = person_export.export(home, args.person, namesakes=args.namesakes)
    text = json.dumps({"person": args.person, **told}, ensure_ascii=False, indent=2)
    write_atomically(args.out, text.encode() + b"\n", mode=0o600)
    data = {
        "file": str(args.out),
        "openings": len(_list(told["openings"])),
        "gifts": len(_list(told["gifts"])),
        "receipts": len(_list(told["receipts"])),
    }
    return Answer(data, [facts("已导出 exported", data)])


def _list(value: object) -> list[object]:
    assert isinstance(value, list), "the export holds lists"
    return value


def _check_why(why: str, person: str) -> None:
    if person in why or not why.strip() or len(why) > WHY_AT_MOST or not why.isprintable():
        raise WhyUnusable
    public_words(why)
