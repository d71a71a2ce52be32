"""Does the jobs of a ledger, one at a time, and goes on with those whose server was killed."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from eventsourcing import persistence

from api.jobs import asking
from api.jobs.kinds import KINDS
from api.jobs.task import Handed, Outcome, Progress, Task
from api.wiring import House
from ledger.application.asked import Asked
from ledger.domain.acting import Acting
from ledger.errors import LedgerError, Refused
from ledger.store.database import first_line
from ledger.store.job_files import FileGone
from ledger.store.jobs import (
    DONE,
    EXPIRED,
    FAILED,
    FINISHED,
    RUNNING,
    UNDER_WAY,
    WAITING,
    Job,
    JobMoved,
)

ATTEMPTS_MAX = 5
"""A job that ended its server so often is not begun again."""
GRACE_S = 10
"""How long the server waits, when it stops, for a job to come to a place where it can be left."""
LOOK_EVERY_S = 10
"""How often a worker looks for jobs that were asked for elsewhere, and for what expired."""
INCOMING_KEPT = timedelta(days=1)
FAULT = "a fault of ours ended the job; it was written to the server's log"
TOO_OFTEN = f"it was begun {ATTEMPTS_MAX} times and did not come to its end; ask for it anew"
OUTAGE = (
    psycopg.OperationalError, psycopg.InterfaceError, persistence.OperationalError,
    persistence.InterfaceError,
)  # fmt: skip
"""What is raised while the database does not answer."""

LOG = logging.getLogger("donation-ledger.jobs")


class Worker:
    """Does the jobs of one ledger in a thread of its own, between entering and leaving it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._told, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to work."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; a job that is under way is left where it is, and gone on with at the next start."""
        self._stopping.set()
        self._told.set()
        if self._thread is not None:
            self._thread.join(GRACE_S)

    def wake(self) -> None:
        """Say that there is a new job."""
        self._told.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._told.clear()
            try:
                self.run_waiting()
            except (*OUTAGE, LedgerError, OSError) as error:
                LOG.warning("jobs wait: %s", first_line(error))
            self._told.wait(LOOK_EVERY_S)

    def run_waiting(self) -> int:
        """Do every job that waits, unless another server is at it; return how many were ended."""
        ended = 0
        self.expire()
        with self._house.database.alone_if_free(f"{self._house.settings.schema} jobs") as held:
            while held is not None and not self._stopping.is_set():
                job = self._house.jobs.next()
                if job is None:
                    break
                ended += _Run(self._house, job, held, self._stopping).run()
        return ended

    def expire(self) -> None:
        """Let go of what is kept no longer: results, files, and what was never approved."""
        house = self._house
        for job in house.jobs.due():
            with suppress(JobMoved):  # somebody approved it just now
                house.jobs.change(job.id, [*FINISHED, WAITING], state=EXPIRED)
                house.job_files.drop(job.id)
        house.job_files.sweep((house.jobs.now() - INCOMING_KEPT).timestamp())


class Stopped(Exception):
    """The server stops; the job stays as it is, and is gone on with later."""


class AccountClosed(Refused):
    """An account that asked for a job, or agreed to it, was closed before it was done."""

    def __init__(self) -> None:
        super().__init__("the account that asked for this, or approved it, has been closed")


class _Run:
    """One run of one job; `held` is the connection that keeps other servers out."""

    def __init__(
        self, house: House, job: Job, held: psycopg.Connection, stopping: threading.Event
    ) -> None:
        self._house = house
        self._job = job
        self._held = held
        self._stopping = stopping
        self._names: dict[str, str] = {}

    def run(self) -> bool:
        """Do the job; tell whether it was ended, well or not."""
        name, house = self._job.id, self._house
        try:
            if self._job.attempts >= ATTEMPTS_MAX:
                return self._failed(TOO_OFTEN)
            house.jobs.change(
                name, UNDER_WAY, state=RUNNING, attempts=self._job.attempts + 1, done=0
            )
            with house.job_files.workplace(name) as folder:
                self._ended(KINDS[self._job.kind].run(self._task(folder)))
        except Stopped:
            return False
        except JobMoved:  # it was cancelled meanwhile
            house.job_files.drop(name)
        except OUTAGE:
            raise
        except LedgerError as error:
            return self._failed(self._said(str(error)))
        except Exception:  # the edge of the thread, as problems.py is of a request
            LOG.exception("job %s of kind %s", name, self._job.kind)
            return self._failed(FAULT)
        return True

    def _task(self, folder: Path) -> Task:
        """Return what the job is given to work with; it records as who agreed, else who asked."""
        job, house = self._job, self._house
        said = asking.arguments_of(house, job.id)
        return Task(
            house=house.of_request(Asked(self._still(job.approving or job.acting))),
            acting=self._still(job.acting),
            arguments=said["arguments"],
            handed=self._handed(folder, said["files"]),
            folder=folder,
            progress=Progress(self._tell),
            approver=job.approving,
            keep=lambda name, data: house.job_files.put(job.id, name, io.BytesIO(data)),
            kept=self._kept,
        )

    def _still(self, acting: Acting) -> Acting:
        """Return what an account may still do; one that was closed meanwhile records nothing."""
        known = self._house.accounts.find(acting.account)
        if known is None:
            return acting
        if not known.active:
            raise AccountClosed
        return replace(acting, roles=acting.roles & set(known.roles))

    def _handed(self, folder: Path, listed: Sequence[Sequence[str]]) -> list[Handed]:
        """Lay out what was handed in under names of ours, each in a folder of its own."""
        found = []
        for number, (name, kind, _) in enumerate(listed):
            place = folder / f"handed-{number}" / f"handed-{number}.{kind}"
            if kind == "json":  # the one kind of JSON that is a receipt ends so
                place = place.with_suffix(".bundle.json")
            place.parent.mkdir()
            with place.open("xb") as file:
                file.writelines(self._house.job_files.chunks(self._job.id, f"{asking.IN}{number}"))
            self._names[str(place)] = name
            found.append(Handed(place, name, kind))
        return found

    def _kept(self, name: str) -> bytes | None:
        with suppress(FileGone):
            return self._house.job_files.read(self._job.id, name)
        return None

    def _tell(self, done: int, total: int) -> None:
        """Write progress down; raises when the job was cancelled or the lock is lost."""
        if self._stopping.is_set():
            raise Stopped
        self._held.execute("SELECT 1")
        self._house.jobs.change(self._job.id, [RUNNING], done=done, total=total)

    def _ended(self, outcome: Outcome) -> None:
        """Keep what came out; let go of what was handed in, unless it is needed again."""
        name, files = self._job.id, self._house.job_files
        told = json.loads(self._said(json.dumps(outcome.result, ensure_ascii=False)))
        for called, place in outcome.files.items():
            with place.open("rb") as source:
                files.put(name, f"{asking.OUT}{called}", source)
        asking.put_result(self._house, name, told)
        self._house.jobs.change(name, [RUNNING], state=WAITING if outcome.waits else DONE)
        if not (outcome.waits or KINDS[self._job.kind].keeps_handed):
            files.drop(name, asking.IN)

    def _failed(self, why: str) -> bool:
        asking.put_result(self._house, self._job.id, {"error": why})
        with suppress(JobMoved):  # it was cancelled just now
            self._house.jobs.change(self._job.id, UNDER_WAY, state=FAILED)
        self._house.job_files.drop(self._job.id, asking.IN)
        return True

    def _said(self, text: str) -> str:
        """Say a file's own name where the place is named that it lies at for now."""
        for place, name in self._names.items():
            text = text.replace(place, json.dumps(name, ensure_ascii=False)[1:-1])
        return text
