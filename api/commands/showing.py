"""Commands that show the whole: the demonstration, the portal, the integrator."""

from __future__ import annotations

from argparse import Namespace

from api.answers import Answer
from api.commands.founding import home_of


def demo(args: Namespace) -> Answer:
    """Run the main job on the sample charity."""
    return Answer({})


def serve(args: Namespace) -> Answer:
    """Serve the portal until Ctrl-C."""
    return Answer({})


def integrate(args: Namespace) -> Answer:
    """Publish what is new and bring the views up to it."""
    with home_of(args) as home:
        home.publish()
        seen = home.integrator.integrate()
    return Answer({"size": seen.size}, lines=[f"已公布 {seen.size} 条 (published)"])
