"""The places that the head of every page leads to, and which of them an address belongs to."""

from __future__ import annotations

NAVIGATION = (
    ("/", ("资金", "Funds")),
    ("/charities", ("慈善组织", "Charities")),
    ("/villages", ("村庄", "Villages")),
    ("/search", ("搜索", "Search")),
    ("/check", ("查验票据", "Check")),
    ("/log", ("账本", "Log")),
    ("/data", ("数据", "Data")),
)
"""Where each leads, and its name in Chinese and in English."""

WITHIN = {
    "/funds": "/", "/trace": "/", "/charities": "/charities", "/namings": "/charities",
    "/pledges": "/charities", "/villages": "/villages",
    "/search": "/search", "/check": "/check", "/log": "/log", "/data": "/data",
    "/desk": "/desk", "/account": "/desk", "/sign-in": "/sign-in",
}  # fmt: skip
"""The first part of an address, and the place that it belongs to."""


def section_of(path: str) -> str | None:
    """Return the place of the navigation that a path belongs to; None for no place of it."""
    first = "/" + path.split("/")[1]
    return "/" if path == "/" else WITHIN.get(first)
