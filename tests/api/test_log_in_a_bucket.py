"""A ledger whose published log lies in a bucket: the same log, the same portal, no folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from moto.server import ThreadedMotoServer

from api.audit import audit_log
from api.settings import Settings, SettingUnusable
from api.wiring import House
from ledger.store.log_bucket import Bucket
from ledger.store.log_folder import LogFolder
from ledger.store.log_objects import BucketPlace
from tests.api.portal import reading
from tests.houses import general_fund, give, register
from tests.invariants import check_house

SET = {
    "LEDGER_LOG_STORE": "s3://ledger-log/public/log/",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9000",
    "AWS_REGION": "cn-north-1",
    "AWS_ACCESS_KEY_ID": "clerk",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


@pytest.fixture
def bucket() -> Iterator[BucketPlace]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    httpx.put(f"{endpoint}/ledger-log", timeout=30).raise_for_status()
    yield BucketPlace("ledger-log", "log", endpoint, "us-east-1", "clerk", "secret")
    server.stop()


def test_the_log_of_a_whole_ledger_lies_in_a_bucket(
    settings: Settings, bucket: BucketPlace
) -> None:
    house = House(replace(settings, log_store=bucket), create=True)
    try:
        register(house)
        fund = general_fund(house)
        give(house, fund, *["1.00"] * 260)
        house.publish()
        size = house.recorder.size()

        assert not (settings.data / "log").exists()
        found = audit_log(house.log.read, house.log.vkey(), house.root_key())
        assert (found.findings, found.events) == ([], size)
        get = reading(house)
        assert get("/log/checkpoint").text == house.log.note()
        assert f"{size} published" in get("/readyz").text
        assert len(get("/log/tile/0/000").content) == 8192
        check_house(house)

        house.log = LogFolder(Bucket(replace(bucket, endpoint="http://127.0.0.1:9"), attempts=0))
        answer = reading(house)("/log/checkpoint")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/log-unavailable")
        assert "127.0.0.1" not in answer.text
    finally:
        house.close()


def test_where_the_bucket_is_comes_from_the_standard_variables() -> None:
    place = BucketPlace(
        "ledger-log", "public/log", "http://127.0.0.1:9000", "cn-north-1", "clerk", "secret"
    )
    assert Settings.read(SET).log_store == place
    other = {"AWS_ENDPOINT_URL_S3": "https://s3.example", "AWS_SESSION_TOKEN": "once"}
    found = Settings.read({**SET, **other}).log_store
    assert found == replace(place, endpoint="https://s3.example", session_token="once")  # noqa: S106 invented
    whole = Settings.read({"LEDGER_LOG_STORE": "s3://ledger-log"}).log_store
    assert whole == BucketPlace("ledger-log")
    assert Settings.read({}).log_store is None
    assert "secret" not in repr(Settings.read(SET))


@pytest.mark.parametrize(
    "value",
    ["ledger-log", "s3://", "s3://A", "s3://b.c/..", "s3://bucket/a/../b", "s3://bucket//a"],
)
def test_a_place_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingUnusable, match=r"LEDGER_LOG_STORE.*s3://bucket/prefix"):
        Settings.read({"LEDGER_LOG_STORE": value})
