"""The commands that show the whole: the demonstration, and what goes on until it is stopped."""

from __future__ import annotations

from argparse import Namespace

from api import demo as demonstration
from api import serving
from api.answers import Answer
from api.arguments import Commands, command, seconds
from api.settings import Settings
from api.wiring import opened
from ledger.store import embedded


def declare(commands: Commands) -> None:
    """Declare the commands that show the whole: once, or until they are told to stop."""
    command(commands, "demo", demo)
    command(commands, "serve", serving.serve)
    integrate = command(commands, "integrate", serving.integrate)
    integrate.add_argument("--every", type=seconds, metavar="SECONDS", help="go on until stopped")
    integrate.add_argument("--write-again", action="store_true", help="write a log that was lost, "
                           "or restored from an older backup, anew")  # fmt: skip


def demo(_args: Namespace) -> Answer:
    """Do the main job on the sample charity: import, trace, receipts, verification, audit."""
    settings = Settings.read()
    try:
        with opened(settings, create=True) as home:
            return demonstration.run(home, settings.data / "demo")
    finally:
        if settings.database_url is None:
            embedded.stop(settings.data)
