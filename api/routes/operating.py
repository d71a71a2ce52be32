"""What an operator's tools ask: is it alive, is it ready, how far has it come."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.problems import NotReady, documented
from api.routes.house import Home
from ledger.store.log_objects import TEXT

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(tags=["operating"])


@router.get("/healthz", responses={200: {"content": {"text/plain": {}}}})
def healthz() -> Response:
    """Say that the process answers; nothing else is asked."""
    return Response("ok\n", media_type=TEXT)


@router.get("/readyz", responses={200: {"content": {"text/plain": {}}}, **documented(503)})
def readyz(home: Home) -> Response:
    """Say whether the database answers and a log is published."""
    found = home.states()
    if not found.published:
        raise NotReady("no checkpoint is published yet; run: donation-ledger integrate")
    return Response(
        f"ready: {found.sequenced} sequenced, {found.integrated} integrated, "
        f"{found.published} published\n",
        media_type=TEXT,
    )


@router.get("/metrics", responses={200: {"content": {"text/plain": {}}}, **documented(503)})
def metrics(home: Home) -> Response:
    """Give counts in the text format of Prometheus; what is not known yet has no line."""
    found = home.states()
    lines = [
        *_gauge("events", "Events in the event store (sequenced).", found.sequenced),
        *_gauge("integrated_size", "Entries under the newest signed root.", found.integrated),
        *_gauge("published_size", "Entries under the published checkpoint.", found.published),
        "# HELP donation_ledger_view_position Entries that a read model has taken in.",
        "# TYPE donation_ledger_view_position gauge",
    ]
    for view in home.runner.views:
        size = home.runner.reached(view).size
        lines.append(f'donation_ledger_view_position{{view="{view.name}"}} {size}')
    return Response("\n".join(lines) + "\n", media_type=METRICS_TYPE)


def _gauge(name: str, meaning: str, value: int) -> list[str]:
    """Return the lines of one count; before the first checkpoint some have none."""
    told = f"donation_ledger_{name}"
    return [
        f"# HELP {told} {meaning}",
        f"# TYPE {told} gauge",
        *([f"{told} {value}"] if value else []),
    ]
