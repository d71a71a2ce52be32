"""What public reads share: pages and documents that can be asked for as of the past."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request, Response

from api.public_house import PublicHouse
from api.rendering import AS_OF, as_of_words, document, page
from api.routes.as_of import A_DAY, FOR_EVER, Past, query, shown

Said = Mapping[str, object]


def past_page(
    request: Request,
    template: str,
    home: PublicHouse,
    past: Past | None,
    said: Said,
    **kept: object,
) -> Response:
    """Return a page that can look back from where it is, asking for `kept` parameters again."""
    looked_back = shown(home, past, request.url.path, **kept)
    return page(request, template, {**said, **looked_back}, headers=A_DAY if past else None)


def past_document(request: Request, data: Said, past: Past | None, **turned: object) -> Response:
    """Return data with its stamp; `turned` leads to the next page, the first of it None at last."""
    onward = None
    if turned and next(iter(turned.values())) is not None:
        kept = {name: value for name, value in turned.items() if value is not None}
        onward = f"{request.url.path}?{urlencode({**kept, **query(past)}, doseq=True)}"
    headers = _stamped(data)
    if past is None:
        return document(request, data, onward, headers)
    return document(request, {**data, "as_of": past.json()}, onward, headers | FOR_EVER)


def _stamped(data: Said) -> dict[str, str]:
    """Return the stamp as a header, which a reader who has the answer already is told, too."""
    stamp = data["as_of"]
    assert isinstance(stamp, Mapping), "every public answer has one"
    return {AS_OF: as_of_words(stamp["size"], stamp["time"])}
