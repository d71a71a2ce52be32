"""Refusals keep their kind and their words wherever they are raised."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

import api.app
import api.cli
import api.working
from ledger.errors import LedgerError
from projections.views import ViewStuck

PACKAGES = ("ledger", "projections", "receipts", "api")
LOADED = (api.app, api.cli, api.working)
"""What brings in nearly all kinds of errors there are."""


def kinds(of: type[LedgerError] = LedgerError) -> Iterator[type[LedgerError]]:
    """Yield all kinds of our own errors that are loaded."""
    for kind in of.__subclasses__():
        if kind.__module__.partition(".")[0] in PACKAGES:
            yield kind
        yield from kinds(kind)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str), ids=lambda kind: kind.__name__)
def test_an_error_travels_between_processes_with_its_words(kind: type[LedgerError]) -> None:
    error = kind.__new__(kind)
    error.args = ("the words that it composed",)

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes

    assert type(again) is kind
    assert str(again) == str(error)


def test_what_an_error_knows_travels_with_it() -> None:
    again = pickle.loads(pickle.dumps(ViewStuck("funds", "a row is gone")))  # noqa: S301 our own

    assert (again.view, again.why) == ("funds", "a row is gone")
    assert str(again) == str(ViewStuck("funds", "a row is gone"))
