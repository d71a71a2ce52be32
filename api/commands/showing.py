"""Commands that show the whole: the demonstration, the portal, the integrator."""

from __future__ import annotations

from argparse import Namespace

from api import demo as demonstration
from api.answers import Answer
from api.commands.founding import home_of
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


def serve(args: Namespace) -> Answer:
    """Serve the portal until Ctrl-C."""
    return Answer({})


def integrate(args: Namespace) -> Answer:
    """Publish what is new and bring the views up to it."""
    with home_of(args) as home:
        home.publish()
        seen = home.integrator.integrate()
    return Answer({"size": seen.size}, lines=[f"已公布 {seen.size} 条 (published)"])
