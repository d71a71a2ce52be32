"""The command that shows the whole: the demonstration."""

from __future__ import annotations

from argparse import Namespace

from api import demo as demonstration
from api.answers import Answer
from api.settings import Settings
from api.wiring import opened
from ledger.store import embedded


def demo(_args: Namespace) -> Answer:
    """Do the main job on the sample charity: import, trace, receipts, verification, audit."""
    settings = Settings.read()
    try:
        with opened(settings, create=True) as home:
            return demonstration.run(home, settings.data / "demo")
    finally:
        if settings.database_url is None:
            embedded.stop(settings.data)
