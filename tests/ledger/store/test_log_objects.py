"""The place of a published log: what lies there once never changes, in a folder or a bucket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer

from ledger.proof import merkle, tiles
from ledger.store.log_bucket import Bucket, BucketUnreachable
from ledger.store.log_objects import (
    BucketPlace,
    Directory,
    FileMissing,
    LogObjects,
    OtherBytesThere,
)

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def place() -> Iterator[BucketPlace]:
    """Start an S3 server that nobody here wrote, with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    httpx.put(f"{endpoint}/ledger-log", timeout=30).raise_for_status()
    yield BucketPlace("ledger-log", "public/log", endpoint, None, "clerk", "secret", "token")
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path, place: BucketPlace) -> LogObjects:
    if request.param == "folder":
        return Directory(tmp_path / "log")
    return Bucket(replace(place, prefix=f"{place.prefix}/{tmp_path.name}"))


def test_what_is_put_once_stays_as_it_is(objects: LogObjects) -> None:
    objects.put_once("tile/0/x001/000", b"hashes")
    objects.put_once("tile/0/x001/000", b"hashes")

    with pytest.raises(OtherBytesThere, match="tile/0/x001/000 lies in the published log"):
        objects.put_once("tile/0/x001/000", b"others")

    assert objects.read("tile/0/x001/000") == b"hashes"
    assert objects.exists("tile/0/x001/000")


def test_the_checkpoint_is_replaced(objects: LogObjects) -> None:
    with pytest.raises(FileMissing, match="checkpoint is missing from the published log"):
        objects.read("checkpoint")
    assert not objects.exists("checkpoint")

    for note in (b"one", b"two"):
        objects.replace("checkpoint", note)
        assert objects.read("checkpoint") == note
    with objects.alone():
        assert objects.exists("checkpoint")


def test_of_two_that_put_at_once_the_first_one_stands(place: BucketPlace) -> None:
    class Late(Bucket):
        """Sees nothing at first, because another one is just putting."""

        def read(self, path: str) -> bytes:
            if reads.pop():
                Bucket(place).put_once(path, b"first")
                raise FileMissing(path)
            return super().read(path)

    reads = [False, True]
    with pytest.raises(OtherBytesThere):
        Late(place).put_once("tile/0/001", b"second")
    assert Bucket(place).read("tile/0/001") == b"first"


def test_caches_may_keep_tiles_for_ever_and_the_checkpoint_for_seconds(place: BucketPlace) -> None:
    bucket = Bucket(place)
    bucket.put_once("tile/entries/000", b"entries")
    bucket.replace("checkpoint", b"note")

    kept = obstore.get(bucket._store, "tile/entries/000").attributes
    short = obstore.get(bucket._store, "checkpoint").attributes

    assert kept == {"Cache-Control": FOR_EVER, "Content-Type": "application/octet-stream"}
    assert short == {
        "Cache-Control": "public, max-age=5",
        "Content-Type": "text/plain; charset=utf-8",
    }


def test_a_tree_is_read_back_from_a_bucket(place: BucketPlace) -> None:
    leaves = [merkle.leaf_hash(str(n).encode()) for n in range(9)]
    bucket = Bucket(replace(place, prefix=""))
    bucket.put_once(tiles.tile_path(0, 0, 9), b"".join(leaves))

    assert merkle.root(9, tiles.TileHashes(bucket.read, 9).subtree) == merkle.root(
        9, merkle.over(leaves)
    )


def test_a_bucket_that_is_not_there_is_named_in_one_line(place: BucketPlace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    elsewhere = Bucket(replace(place, endpoint=nobody), attempts=0)
    for ask in (
        lambda: elsewhere.read("checkpoint"),
        lambda: elsewhere.exists("checkpoint"),
        lambda: elsewhere.put_once("tile/0/000", b""),
        lambda: elsewhere.replace("checkpoint", b""),
        lambda: elsewhere._create("tile/0/000", b""),
    ):
        with ExitStack() as stack:
            raised = stack.enter_context(pytest.raises(BucketUnreachable, match="LEDGER_LOG_STORE"))
            ask()
        assert "\n" not in str(raised.value)


def test_a_place_tells_nobody_its_secrets(place: BucketPlace) -> None:
    assert "secret" not in repr(place)
    assert "clerk" not in repr(place)


def test_without_an_address_or_a_key_of_its_own_the_library_finds_them() -> None:
    bucket = Bucket(BucketPlace("ledger-log", region="cn-north-1"))

    assert bucket._store.config == {"bucket": "ledger-log", "region": "cn-north-1"}
    assert Bucket(BucketPlace("ledger-log"))._store.config == {"bucket": "ledger-log"}
