"""Published events over HTTP, from a cursor: what hooks send, to be fetched."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.commands.asking import as_of
from api.hooks.asking import AheadOfTheLog
from api.hooks.events import Stretch, Wanted, check_topics, published
from api.hooks.shapes import EventsShape
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_page import past_document
from api.routes.as_of import Then
from api.routes.charities import CODE, Limit
from api.routes.house import Home

PAGE = 25
LOOKED_AT = 2560
"""So many entries are looked at for one answer, however few of them are wanted."""

router = APIRouter(tags=["public"], route_class=PublicRead)

After = Annotated[int, Query(ge=-1, le=2**62, description="go on after this entry; -1: from first")]
Topics = Annotated[
    list[str],
    Query(max_length=100, description="only events of these topics, such as gift-received.v1"),
]
Said = Annotated[
    str | None, Query(pattern=CODE, description="only what this organisation has said")
]


@router.get("/api/v1/events", response_model=EventsShape, responses=documented(400, 404, 409))
def events(
    request: Request,
    home: Home,
    past: Then,
    after: After = -1,
    limit: Limit = PAGE,
    topic: Topics = [],  # noqa: B006 read, and never changed
    charity: Said = None,
) -> Response:
    """Give published events after an entry, in the order of the log."""
    wanted = Wanted(frozenset(check_topics(topic)), charity or "")
    size = past.size if past else _published(home)
    if after >= size:
        raise AheadOfTheLog(after, size)
    stretch = Stretch(after + 1, min(after + 1 + LOOKED_AT, size), size)
    found = list(islice(published(home.log, stretch, wanted), limit))
    last = found[-1].index if len(found) == limit else max(stretch.stop - 1, after)
    data = {
        "as_of": as_of(home.runner.position(size)),
        "events": [each.told() for each in found],
        "after": last,
    }
    more = last if last + 1 < size else None
    return past_document(request, data, past, after=more, limit=limit, topic=topic, charity=charity)


def _published(home: Home) -> int:
    seen = home.log.shown()
    return seen.size if seen else 0
