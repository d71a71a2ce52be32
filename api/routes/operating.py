"""What an operator's tools ask: is it alive, is it ready, how far has it come."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.problems import NotReady, documented
from api.routes.house import Home
from api.routes.log import TEXT, newest

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(tags=["operating"])


@router.get("/healthz", responses={200: {"content": {"text/plain": {}}}})
def healthz() -> Response:
    """Say that the process answers; nothing else is asked."""
    return Response("ok\n", media_type=TEXT)


@router.get("/readyz", responses={200: {"content": {"text/plain": {}}}, **documented(503)})
def readyz(home: Home) -> Response:
    """Say whether the database answers and a log is published."""
    events, seen = home.recorder.size(), newest(home.log)
    if seen is None:
        raise NotReady("no checkpoint is published yet; run: donation-ledger integrate")
    return Response(f"ready: {events} events, {seen.size} published\n", media_type=TEXT)


@router.get("/metrics", responses={200: {"content": {"text/plain": {}}}, **documented(503)})
def metrics(home: Home) -> Response:
    """Give counts in the text format of Prometheus; what is not known yet has no line."""
    lines = [
        "# HELP donation_ledger_events Events in the event store.",
        "# TYPE donation_ledger_events gauge",
        f"donation_ledger_events {home.recorder.size()}",
        "# HELP donation_ledger_published_size Entries under the newest checkpoint.",
        "# TYPE donation_ledger_published_size gauge",
    ]
    if (seen := newest(home.log)) is not None:
        lines.append(f"donation_ledger_published_size {seen.size}")
    lines += [
        "# HELP donation_ledger_view_position Entries that a read model has taken in.",
        "# TYPE donation_ledger_view_position gauge",
    ]
    for view in home.runner.views:
        with home.runner.reading(view) as (_, position):
            lines.append(f'donation_ledger_view_position{{view="{view.name}"}} {position.size}')
    return Response("\n".join(lines) + "\n", media_type=METRICS_TYPE)
