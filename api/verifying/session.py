"""One session of checks: what was asked, what each thing checked came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from api.deducting.reference import rule_table, target_areas
from api.shared_work import shared
from api.verifying import lists, pictures
from api.verifying.files import BUNDLE, FileUnreadable, read_file, read_or_why
from api.verifying.groups import TEXT, Target, grouped
from api.verifying.lists import ListedReceipt
from ledger.domain.claimants import folded
from ledger.errors import Unreadable
from projections.garbage import uncollected
from receipts.classes import DeductionClasses
from receipts.elements import Payers, check_code, check_five
from receipts.known import Asked
from receipts.status import StatusList
from receipts.trust import Trust
from receipts.verdict import Differs, Verdict
from receipts.verify import Verifier

TEXT_MAX = 2**16


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

    def receipts(self, found: Sequence[Target], asked: Asked | None = None) -> Iterator[Verdict]:
        """Check files together; in a folder, one that can't be read does not stop the others."""
        files = [read_or_why(target.path) for target in found]
        whole = [data for data in files if isinstance(data, bytes)]
        with uncollected():
            verdicts = iter(self._verifier.verify_all(whole, asked or self._asked))
        for target, data in zip(found, files, strict=True):
            if isinstance(data, bytes):
                yield next(verdicts)
            elif target.alone:
                raise data
            else:
                yield _unread(data)

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
            return _unread(FileUnreadable(Path(row.path), "it lies outside the list's folder"))
        asked = replace(self._asked, taxpayer=self._asked.taxpayer or row.payer or None)
        return next(self.receipts([Target(file, alone=False)], asked))


def _unread(why: FileUnreadable) -> Verdict:
    verdict = Verdict()
    verdict.refuse(2, "format", "untrusted", why)
    return verdict


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


def check_all(
    session: Session, found: Sequence[Target], jobs: int, advance: Callable[[int], None]
) -> Iterator[Checked]:
    """Check everything, in order; with several `jobs` receipts' files in as many processes.

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
    for is_receipt, side_by_side in groupby(found, attrgetter("is_receipt")):
        if is_receipt:
            yield from _receipts(session, desk, side_by_side, jobs, advance)
            continue
        for target in side_by_side:
            yield from _check(desk, target)
            advance(1)


def _receipts(
    session: Session,
    desk: Desk,
    found: Iterable[Target],
    jobs: int,
    advance: Callable[[int], None],
) -> Iterator[Checked]:
    """Check files here and in other processes, each of which reads trust and list for itself."""
    here, begin = partial(_check_group, desk), partial(_begin, session)
    for checked, unreadable in shared(here, _check_far, grouped(found), jobs, begin, __name__):
        for one in checked:
            yield one
            advance(1)
        if unreadable is not None:
            raise unreadable


def _check(desk: Desk, target: Target) -> Iterable[Checked]:
    """Check what is no receipt's file: a list, or a printed code."""
    if target.ending in lists.ENDINGS:
        return desk.listed(target.path)
    return [Checked(target.path, desk.code(target.path))]


Group = tuple[list[Checked], FileUnreadable | None]
"""What the files of a group came to, up to one that was named and can't be read."""


def _check_group(desk: Desk, group: Sequence[Target]) -> Group:
    checked: list[Checked] = []
    try:
        checked.extend(map(Checked, (target.path for target in group), desk.receipts(group)))
    except FileUnreadable as error:
        return checked, error
    return checked, None


_DESK: list[Desk] = []
"""The one of a process that checks for another."""


def _begin(session: Session) -> None:
    _DESK[:] = [session.desk()]


def _check_far(group: Sequence[Target]) -> Group:
    return _check_group(_DESK[0], group)
