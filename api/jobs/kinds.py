"""The kinds of long jobs: what does the work, who may ask for it, what it keeps for how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.jobs import imports, receipts, verifying
from api.jobs.roles import RoleMissing
from api.jobs.task import Outcome, Task
from ledger.domain.acting import Acting

IMPORT, PREVIEW = "import", "import-preview"
RECEIPTS, VERIFY, EXPORT = "receipts", "verification", "receipts-export"
DESK = frozenset({"clerk", "reviewer"})
ANYBODY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its function, the roles that may ask for it (none named: all accounts).

    `keeps_handed` tells that files stay until the job expires, for the job that follows it.
    """

    run: Callable[[Task], Outcome]
    roles: frozenset[str]
    keeps_handed: bool = False


KINDS: Mapping[str, Kind] = {
    IMPORT: Kind(imports.record, DESK),
    PREVIEW: Kind(imports.preview, DESK, keeps_handed=True),
    RECEIPTS: Kind(receipts.issue, DESK),
    VERIFY: Kind(verifying.verify, ANYBODY),
    EXPORT: Kind(receipts.export, DESK | {"auditor", "administrator"}),
}


def check_role(kind: str, acting: Acting) -> None:
    """Refuse an account that may not ask for such a job."""
    roles = KINDS[kind].roles
    if roles and not roles & acting.roles:
        raise RoleMissing(kind, roles)
