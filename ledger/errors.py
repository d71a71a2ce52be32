"""The families of refusal, each with one meaning at the edge."""

from __future__ import annotations


class LedgerError(Exception):
    """Something was asked that the ledger will not do; the message says what and why."""


class Refused(LedgerError):
    """A rule says no; ask for something else."""


class Unknown(LedgerError):
    """Nothing is known under that name."""


class Untrusted(LedgerError):
    """Evidence fails: a signature, a digest, a proof or a format."""


class Unreadable(LedgerError):
    """What was handed in can't be understood or reached; nothing was done with it."""
