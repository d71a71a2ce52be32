"""What is too large is refused while it comes in, whatever it says of its length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.wiring import House

MEBIBYTE = 1 << 20
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


@pytest.fixture
def app(house: House) -> FastAPI:
    return create_app(house)


def send(app: FastAPI, path: str, **given: Any) -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post(path, **given)

    return asyncio.run(asking())


def test_a_body_that_says_it_is_too_large_is_not_read(app: FastAPI) -> None:
    asked: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        asked.append(1)
        yield b"x"

    headers = {**JSON, "content-length": str(2 << 30)}
    answer = send(app, "/api/v1/gifts/receive", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert "1 MiB" in answer.json()["detail"]
    assert asked == []


def test_a_body_that_lies_is_read_no_further_than_the_bound(app: FastAPI) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(64):
            read += MEBIBYTE // 4
            yield b"x" * (MEBIBYTE // 4)

    answer = send(app, "/api/v1/gifts/receive", content=body(), headers=JSON)
    assert answer.status_code == 413
    assert read <= 2 * MEBIBYTE


def test_forms_are_bounded_too(app: FastAPI) -> None:
    answer = send(app, "/sign-in", content=b"login=" + b"x" * 2 * MEBIBYTE, headers=FORM)
    assert answer.status_code == 413


def test_a_document_may_be_as_large_as_a_file_may(app: FastAPI, house: House) -> None:
    larger = {"content-length": str(house.settings.upload_max // 2), **FORM}
    answer = send(app, "/desk/gifts/identify", content=b"csrf=", headers=larger)
    assert answer.status_code != 413
    most = {"content-length": str(2 * house.settings.upload_max), **FORM}
    assert send(app, "/desk/gifts/identify", content=b"csrf=", headers=most).status_code in (
        303, 413,
    )  # fmt: skip


def test_what_fits_is_passed_on(app: FastAPI) -> None:
    answer = send(app, "/api/v1/gifts/receive", json={}, headers={"idempotency-key": "k"})
    assert answer.status_code == 401
