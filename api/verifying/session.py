"""One session of checks: what was asked, what each thing checked came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from api.deducting.reference import rule_table, target_areas
from api.verifying import lists, pictures
from api.verifying.files import BUNDLE, FileUnreadable, read_file, receipts_in
from api.verifying.lists import ListedReceipt
from ledger.domain.claimants import folded
from ledger.errors import Unreadable
from receipts.classes import DeductionClasses
from receipts.elements import Payers, check_code, check_five
from receipts.known import Asked
from receipts.status import StatusList
from receipts.trust import Trust
from receipts.verdict import Differs, Verdict
from receipts.verify import Verifier

TEXT = ".txt"
TEXT_MAX = 2**16
AT_ONCE = 64
"""Files handed to a worker together."""


class StatusNeeded(Unreadable):
    """A code or a list can't be checked by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: a printed code or a list is checked against a status list; give it with "
            "--status FILE"
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing checked; `row` counts from 1 in a list.

    `twice` is the row of its list that it repeats, or the place of what was checked before it.
    """

    path: Path
    verdict: Verdict
    row: int | None = None
    twice: int | str | None = None

    @property
    def good(self) -> bool:
        """Tell whether nothing speaks against it."""
        return self.verdict.result == "valid" and self.twice is None

    @property
    def place(self) -> str:
        """Where it lies, for whoever looks for it."""
        return str(self.path) if self.row is None else f"{self.path} {self.row}"

    @property
    def name(self) -> str:
        """What it is called in a table."""
        return self.path.name if self.row is None else f"{self.path.name} {self.row}"


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check; `alone` when it was named itself, and not found in a folder."""

    path: Path
    alone: bool


@dataclass(frozen=True, slots=True)
class Session:
    """What receipts are checked by: trust file, status list, taxpayer and day, all as given."""

    trust: bytes
    status: bytes | None
    taxpayer: str | None
    today: date

    def desk(self) -> Desk:
        """Read trust and list once, for many checks."""
        trust = Trust.parse(self.trust)
        status = None if self.status is None else StatusList.parse(self.status, trust)
        asked = Asked(
            taxpayer=self.taxpayer,
            classes=DeductionClasses(rule_table(), target_areas()),
            today=self.today,
        )
        return Desk(Verifier(trust, status), status, asked)


class Desk:
    """Checks whatever lies at a path."""

    def __init__(self, verifier: Verifier, status: StatusList | None, asked: Asked) -> None:
        self.status = status
        self._verifier = verifier
        self._asked = asked

    def receipt(self, path: Path, *, alone: bool, asked: Asked | None = None) -> Verdict:
        """Check one file; in a folder, one that can't be read does not stop the others."""
        try:
            data = read_file(path)
        except FileUnreadable as error:
            if alone:
                raise
            verdict = Verdict()
            verdict.refuse(2, "format", "untrusted", error)
            return verdict
        return self._verifier.verify(data, asked or self._asked)

    def code(self, path: Path) -> Verdict:
        """Check the printed code of a receipt: its text, or a picture of it."""
        if self.status is None:
            raise StatusNeeded(path)
        if path.suffix.lower() == TEXT:
            text = read_file(path, TEXT_MAX).decode("utf-8", errors="replace").strip()
        else:
            text = pictures.code_in(path, read_file(path))
        return check_code(text, self.status, self._asked.today, Payers(self._asked.taxpayer))

    def listed(self, path: Path) -> Iterator[Checked]:
        """Check each row of a list, and say which row repeats another."""
        if self.status is None:
            raise StatusNeeded(path)
        first: dict[tuple[str, str], int] = {}
        for row in lists.read(path):
            known = first.setdefault((row.code, row.number), row.row) if row.number else row.row
            twice = known if known != row.row else None
            yield Checked(path, self._row(path, row, self.status), row.row, twice)

    def _row(self, path: Path, row: ListedReceipt, status: StatusList) -> Verdict:
        if row.five is None:
            assert row.refusal is not None, "one of the two is there"
            verdict = Verdict()
            verdict.refuse(1, "form", "mismatch", Differs(str(row.refusal), row.refusal.column))
            return verdict
        if not row.path:
            payers = Payers(self._asked.taxpayer, row.payer)
            return check_five(row.five, status, self._asked.today, payers)
        verdict = self._file_of(path.parent, row)
        if verdict.result != "valid":
            return verdict
        return _same(verdict, row, self._asked.taxpayer)

    def _file_of(self, folder: Path, row: ListedReceipt) -> Verdict:
        """Check the file that a row names; it must lie beside the list, or below."""
        file = (folder / row.path).resolve()
        if not file.is_relative_to(folder.resolve()):
            verdict = Verdict()
            why = FileUnreadable(Path(row.path), "it lies outside the list's folder")
            verdict.refuse(2, "format", "untrusted", why)
            return verdict
        asked = replace(self._asked, taxpayer=self._asked.taxpayer or row.payer or None)
        return self.receipt(file, alone=False, asked=asked)


def _same(verdict: Verdict, row: ListedReceipt, taxpayer: str | None) -> Verdict:
    """Compare a row with what the file that it names proves, and its payer if not asked about."""
    assert row.five is not None, "rows that can't be read are refused before"
    said = {
        "code": row.five.code,
        "number": row.five.number,
        "check_code": row.five.check_code,
        "issued_on": row.five.issued_on.isoformat(),
        "amount": row.five.amount.decimal(),
    }
    differ = [name for name, text in said.items() if verdict.receipt[name] != text]
    payers = {folded(verdict.receipt["payer"]), folded(taxpayer or row.payer)}
    if row.payer and folded(row.payer) not in payers:
        differ.append("payer")
    if differ:
        told = f"the row does not say what its file proves: {', '.join(differ)}"
        verdict.refuse(2, "page", "mismatch", Differs(told, *differ))
        verdict.deduction_class = "none"
    return verdict


def targets(paths: Sequence[Path]) -> list[Target]:
    """Return what lies at these paths, folders opened."""
    return [Target(found, alone=not path.is_dir()) for path in paths for found in receipts_in(path)]


def check_all(
    session: Session, found: Sequence[Target], jobs: int, advance: Callable[[int], None]
) -> Iterator[Checked]:
    """Check everything, in order; with several `jobs` the files of folders in as many processes.

    A receipt that was met before, in another file or list, says where. A bundle may lie beside
    the file that it was taken from.
    """
    first: dict[tuple[str, str], str] = {}
    for one in _each(session, found, jobs, advance):
        said = one.verdict.receipt
        if not said or one.path.name.endswith(BUNDLE):
            yield one
            continue
        met = first.setdefault((said["code"], said["number"]), one.place)
        yield one if one.twice is not None or met == one.place else replace(one, twice=met)


def _each(
    session: Session, found: Sequence[Target], jobs: int, advance: Callable[[int], None]
) -> Iterator[Checked]:
    desk = session.desk()
    if jobs > 1 and not any(target.alone for target in found):
        yield from _shared_out(session, [target.path for target in found], jobs, advance)
        return
    for target in found:
        yield from _check(desk, target)
        advance(1)


def _check(desk: Desk, target: Target) -> Iterable[Checked]:
    ending = target.path.suffix.lower()
    if ending in lists.ENDINGS:
        return desk.listed(target.path)
    if ending in (TEXT, *pictures.ENDINGS):
        return [Checked(target.path, desk.code(target.path))]
    return [Checked(target.path, desk.receipt(target.path, alone=target.alone))]


def _shared_out(
    session: Session, found: Sequence[Path], jobs: int, advance: Callable[[int], None]
) -> Iterator[Checked]:
    """Let several processes check; each reads trust and list for itself."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (session,)) as workers:
        for checked in workers.map(_check_one, found, chunksize=AT_ONCE):
            yield checked
            advance(1)


_DESK: list[Desk] = []


def _begin(session: Session) -> None:
    _DESK[:] = [session.desk()]


def _check_one(path: Path) -> Checked:
    return Checked(path, _DESK[0].receipt(path, alone=False))
