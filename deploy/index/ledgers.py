"""A public index of several ledgers, as static files: made from their logs, and checked by anybody.

    ledgers.py make LIST.json FOLDER    writes FOLDER/index.json and FOLDER/index.html
    ledgers.py check FOLDER|URL         holds an index against the logs that it names

LIST is `[{"name", "vkey", "log", "portal"}]`: what people call it, the log's verifier key line, and
two addresses. The index leads to ledgers and vouches for none: whoever has a trust file compares
its key with the one that is listed (docs/decisions/0055-several-ledgers.md). Ends with 1 if a log
contradicts what the index shows of it, with 2 if the index can't be read.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from api.mirroring.fetching import Client, source
from api.mirroring.views import contradiction, open_shown
from ledger.errors import LedgerError, Unreadable
from ledger.proof.notes import VerifierKey
from ledger.proof.signed_tiles import SignedTiles
from ledger.store.durable import write_atomically
from ledger.store.mirror import Shown

INDEX_MAX = 16 * 2**20
"""Bytes of an index at most."""

GOOD = ("same", "ahead", "behind")
FIELDS = ("name", "vkey", "log", "portal", "checkpoint")


class IndexUnusable(Unreadable):
    """A list or an index is not what it has to be."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A ledger of the index; `checkpoint` is the newest signed note that was seen of its log."""

    name: str
    vkey: str
    log: str
    portal: str
    checkpoint: str = ""

    @property
    def key(self) -> VerifierKey:
        """The key that its log is known by."""
        return VerifierKey.parse(self.vkey)

    def known(self) -> Shown | None:
        """Return the checkpoint as the listed key signed it; raise Untrusted if it did not."""
        return open_shown(self.checkpoint.encode(), self.key) if self.checkpoint else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a log shows, and how that stands to the index: one of `GOOD`, wrong or unreachable."""

    name: str
    state: str
    size: int | None = None
    says: str | None = None


def parsed(data: bytes, where: str) -> list[Listed]:
    """Read a list or an index; refuse one that names an origin twice."""
    try:
        rows = json.loads(data)
        rows = rows["ledgers"] if isinstance(rows, dict) else rows
        found = [Listed(*(str(row.get(name, "")) for name in FIELDS)) for row in rows]
        origins = [one.key.name for one in found]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnusable(where, f"it is no list of ledgers ({error})") from None
    for one in found:
        if not one.portal.startswith(("https://", "http://")):
            raise IndexUnusable(where, f"{one.portal!r} is no address of a portal")
    if len(set(origins)) != len(origins):
        raise IndexUnusable(where, "an origin is there twice")
    return found


def looked_at(one: Listed) -> tuple[Found, Shown | None]:
    """Ask a log for its newest checkpoint, and hold it against the one that is listed.

    1. The listed checkpoint has the signature of the listed key.
    2. The log's newest one has it too.
    3. One of the two trees begins with the other.
    """
    try:
        known = one.known()  # 1
        read = source(one.log)
        shown = open_shown(read("checkpoint"), one.key)  # 2
        tree = SignedTiles(max((shown, known or shown), key=lambda s: s.seen.size).seen, read)
        wrong = contradiction(known, shown, lambda _: tree) if known else None  # 3
    except Unreadable as error:
        return Found(one.name, "unreachable", says=str(error)), None
    except LedgerError as error:
        return Found(one.name, "wrong", says=str(error)), None
    if wrong:
        return Found(one.name, "wrong", shown.seen.size, wrong.says), None
    before = known.seen.size if known else 0
    state = (
        "same" if shown.seen.size == before else "ahead" if shown.seen.size > before else "behind"
    )
    return Found(one.name, state, shown.seen.size), shown


def make(wanted: Sequence[Listed], folder: Path) -> list[Found]:
    """Write the index; what it showed of a log before is only ever replaced by what extends it."""
    before = folder / "index.json"
    there = parsed(before.read_bytes(), str(before)) if before.exists() else []
    old = {one.key.name: one for one in there}
    founds, listed = [], []
    for one in wanted:
        last = old.get(one.key.name)
        if last and last.vkey != one.vkey:
            says = "its key is another than the one that the index shows"
            founds.append(Found(one.name, "wrong", says=says))
            listed.append(last)
            continue
        found, shown = looked_at(replace(one, checkpoint=last.checkpoint if last else ""))
        note = shown.note if shown and found.state in ("ahead", "same") else ""
        founds.append(found)
        listed.append(replace(one, checkpoint=note or (last.checkpoint if last else "")))
    left_out = [one for origin, one in old.items() if origin not in {w.key.name for w in wanted}]
    if left_out:
        raise IndexUnusable(
            str(before), f"{left_out[0].name} is shown there and not in the list: take it off both"
        )
    folder.mkdir(parents=True, exist_ok=True)
    told = {"version": 1, "ledgers": [asdict(one) for one in listed]}
    write_atomically(before, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    write_atomically(folder / "index.html", page(listed).encode())
    return founds


def page(listed: Sequence[Listed]) -> str:
    """Return the index for people to read; it loads nothing from anywhere."""
    rows = "".join(map(_row, listed))
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<meta charset="utf-8">\n<title>账本索引</title>\n'
        "<h1>账本索引 <small>Index of ledgers</small></h1>\n"
        "<p>本页只指路，不作担保：请将公钥与您手中的信任文件核对。"
        "This page leads to ledgers and vouches for none: compare keys with your trust file.</p>\n"
        "<table>\n<tr><th>账本 ledger<th>日志 log<th>条目数 entries<th>公钥 key</tr>\n"
        f'{rows}</table>\n<p><a href="index.json">index.json</a></p>\n</html>\n'
    )


def _row(one: Listed) -> str:
    try:
        known = one.known()
        size = str(known.seen.size) if known else "—"
    except LedgerError:  # what was found of it says so
        size = "—"
    cells = (one.key.name, size, one.vkey)
    rest = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    link = f'<a href="{html.escape(one.portal)}">{html.escape(one.name)}</a>'
    return f"<tr><td>{link}</td>{rest}</tr>\n"


def read_index(where: str) -> list[Listed]:
    """Return the index in a folder or at an address."""
    if where.startswith(("https://", "http://")):
        address = f"{where.rstrip('/')}/index.json"
        return parsed(Client().get(address, INDEX_MAX).body, address)
    path = Path(where) / "index.json"
    return parsed(path.read_bytes(), str(path))


def main(words: Sequence[str] | None = None) -> int:
    """Make or check an index; print what was found of each ledger, one JSON line each."""
    parser = argparse.ArgumentParser(description="Make or check an index of ledgers.")
    commands = parser.add_subparsers(required=True, dest="command")
    making = commands.add_parser("make")
    making.add_argument("list", type=Path)
    making.add_argument("folder", type=Path)
    commands.add_parser("check").add_argument("where")
    given = parser.parse_args(words)
    try:
        if given.command == "make":
            found = make(parsed(given.list.read_bytes(), str(given.list)), given.folder)
        else:
            found = [looked_at(one)[0] for one in read_index(given.where)]
    except (LedgerError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for one in found:
        sys.stdout.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
    return 0 if all(one.state in GOOD for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
