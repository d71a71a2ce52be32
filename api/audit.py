"""The door of `api.auditing`: the audit of a published log, and that of a database."""

from __future__ import annotations

from api.auditing.database import audit_database
from api.auditing.engines import ENGINES
from api.auditing.findings import Audit
from api.auditing.kept import Keeping, chosen, read_kept, write_kept
from api.auditing.log_files import Spread, audit_log

__all__ = [
    "ENGINES", "Audit", "Keeping", "Spread", "audit_database", "audit_log", "chosen", "read_kept",
    "write_kept",
]  # fmt: skip
