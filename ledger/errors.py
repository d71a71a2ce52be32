"""The families of refusal, each with one meaning at the edge."""

from __future__ import annotations

from typing import Any


class LedgerError(Exception):
    """Something was asked that the ledger will not do; the message says what and why."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as what it is: kinds of errors compose their own messages."""
        return _restored, (type(self), self.args, self.__dict__)


class Refused(LedgerError):
    """A rule says no; ask for something else."""


class Unknown(LedgerError):
    """Nothing is known under that name."""


class Untrusted(LedgerError):
    """Evidence fails: a signature, a digest, a proof or a format."""


class Unreadable(LedgerError):
    """What was handed in can't be understood or reached; nothing was done with it."""


def _restored(kind: type[LedgerError], args: tuple[Any, ...], told: dict[str, Any]) -> LedgerError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(told)
    return error
