"""Asks for jobs, agrees to them, cancels them: what the addresses of jobs do."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from api.jobs.kinds import IMPORT, KINDS, PREVIEW, check_role
from api.jobs.roles import RoleMissing
from api.jobs.task import Json
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.permissions import SecondFactorMissing
from ledger.errors import Refused, Unreadable
from ledger.store.job_files import FileGone
from ledger.store.jobs import (
    CANCELLED,
    DONE,
    QUEUED,
    RUNNING,
    UNFINISHED,
    WAITING,
    Job,
    JobUnknown,
)

ARGUMENTS, RESULT = "arguments", "result"
IN, OUT = "in-", "out-"
REVIEWER = frozenset({"reviewer"})


class SameAccount(Refused):
    """Who asked for a job can't be the second person who agrees to it."""

    def __init__(self) -> None:
        super().__init__("another account must approve this: you asked for it yourself")


class NothingHandedIn(Unreadable):
    """A job that reads files was given none."""

    def __init__(self) -> None:
        super().__init__("no file was sent: choose at least one")


class KeyUnusable(Unreadable):
    """An idempotency key is too long."""

    def __init__(self) -> None:
        super().__init__("the Idempotency-Key may have 1 to 200 characters")


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand in: its name, what its content is, its digest, and how to open it."""

    name: str
    kind: str
    sha256: str
    open: Callable[[], BinaryIO]


def ask(
    house: House, acting: Acting, kind: str, arguments: Json, files: Sequence[File], key: str | None
) -> Job:
    """Ask for a job; with a key that was used for the same request, return the job it made.

    The files are put away, encrypted, before the row is there: a job that is found can be begun.
    """
    check_role(kind, acting)
    name = uuid.uuid4().hex
    said = {"arguments": arguments, "files": [[f.name, f.kind, f.sha256] for f in files]}
    job = _row(house, acting, kind, name, key, json.dumps(said, sort_keys=True))
    try:
        _put_json(house, name, ARGUMENTS, said)
        for number, file in enumerate(files):
            with file.open() as source:
                house.job_files.put(name, f"{IN}{number}", source)
        asked, new = house.jobs.ask(job)
    except BaseException:
        house.job_files.drop(name)
        raise
    if not new:
        house.job_files.drop(name)
    return asked


def _row(house: House, acting: Acting, kind: str, name: str, key: str | None, said: str) -> Job:
    if key is not None and not 0 < len(key) <= 200:  # noqa: PLR2004 said in the refusal
        raise KeyUnusable
    at, jobs = house.jobs.now().replace(microsecond=0), house.jobs
    return Job(
        id=name,
        kind=kind,
        account=acting.account,
        organisation=acting.organisation,
        roles=tuple(sorted(acting.roles)),
        confirmed=acting.confirmed,
        asked_key=jobs.digest(acting.account, key) if key is not None else name,
        asked=jobs.digest(kind, said),
        state=QUEUED,
        created=at,
        changed=at,
        expires=at + timedelta(days=house.settings.jobs_kept_days),
    )


def find(house: House, acting: Acting, name: str) -> Job:
    """Return a job that an account may look at; others are not there for it."""
    job = house.jobs.find(name, acting.organisation)
    if not may_see(acting, job):
        raise JobUnknown(name)
    return job


def may_see(acting: Acting, job: Job) -> bool:
    """Tell whether a job is the account's own, or one that it might have asked for as well."""
    ours = bool(acting.organisation) and bool(KINDS[job.kind].roles & acting.roles)
    return job.account == acting.account or ours


def uploaded(name: str, kind: str, sha256: str, path: Path) -> File:
    """Return a file that was sent just now."""
    return File(name, kind, sha256, lambda: path.open("rb"))


def previewed(house: House, job: Job) -> list[File]:
    """Return the files of a preview that is done, for the import that follows it."""
    if job.kind != PREVIEW or job.state != DONE:
        raise JobUnknown(job.id)
    listed = arguments_of(house, job.id)["files"]
    return [
        File(name, kind, digest, _reader(house, job.id, f"{IN}{number}"))
        for number, (name, kind, digest) in enumerate(listed)
    ]


def _reader(house: House, job: str, name: str) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(house.job_files.read(job, name))


def record_previewed(
    house: House,
    acting: Acting,
    name: str,
    decided: Iterable[str],
    skipped: Iterable[str],
    key: str | None,
) -> Job:
    """Ask for the import of what a preview showed, with what was decided of unclear rows."""
    job = find(house, acting, name)
    files = previewed(house, job)
    more = {"decided": sorted(decided), "skipped": sorted(skipped), "preview": name}
    arguments = arguments_of(house, name)["arguments"] | more
    return ask(house, acting, IMPORT, arguments, files, key)


def approve(house: House, acting: Acting, name: str) -> Job:
    """Agree, as another account and with a second factor, to what a preview showed."""
    job = find(house, acting, name)
    if job.approver == acting.account:
        return job
    if not REVIEWER & acting.roles:
        raise RoleMissing(f"approval of {job.kind}", REVIEWER)
    if job.account == acting.account:
        raise SameAccount
    if not acting.confirmed:
        raise SecondFactorMissing
    return house.jobs.change(name, [WAITING], state=QUEUED, approver=acting.account)


def cancel(house: House, acting: Acting, name: str) -> Job:
    """Cancel a job that is not finished; what it has recorded by then stays recorded."""
    job = find(house, acting, name)
    if job.account != acting.account and not REVIEWER & acting.roles:
        raise RoleMissing("the end of another account's job", REVIEWER)
    cancelled = house.jobs.change(name, UNFINISHED, state=CANCELLED)
    if job.state != RUNNING:  # who runs it clears up after itself
        house.job_files.drop(name, IN)
    return cancelled


def arguments_of(house: House, name: str) -> Json:
    """Return what a job was asked with: its `arguments`, and its `files` by name and digest."""
    found: Json = json.loads(house.job_files.read(name, ARGUMENTS))
    return found


def result_of(house: House, name: str) -> Json | None:
    """Return what became of a job, as far as that is known and kept."""
    with suppress(FileGone):
        found: Json = json.loads(house.job_files.read(name, RESULT))
        return found
    return None


def files_of(house: House, name: str) -> list[str]:
    """Return the names of the files that a job gave back."""
    return [f.removeprefix(OUT) for f in house.job_files.names(name) if f.startswith(OUT)]


def put_result(house: House, name: str, result: Json) -> None:
    """Keep what became of a job."""
    _put_json(house, name, RESULT, result)


def _put_json(house: House, name: str, called: str, said: Json) -> None:
    data = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    house.job_files.put(name, called, io.BytesIO(data))
