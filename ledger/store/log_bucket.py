"""A published log in a bucket of an S3-compatible store, readable by anybody through its caches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from ledger.store.log_objects import (
    BYTES,
    FOR_EVER,
    SHORT,
    TEXT,
    BucketPlace,
    FileMissing,
    LogUnreachable,
    OtherBytesThere,
)

if TYPE_CHECKING:
    from obstore.store import S3Config

PATIENCE = timedelta(seconds=20)
"""How long a request is tried again before it has failed; the integrator's next round goes on."""


class BucketUnreachable(LogUnreachable):
    """A bucket does not answer, or not as it should."""

    def __init__(self, bucket: str, why: str) -> None:
        super().__init__(
            f"the bucket {bucket!r} of the published log can't be used ({why}); check "
            "LEDGER_LOG_STORE, AWS_ENDPOINT_URL and the access key"
        )


class Bucket:
    """Objects under a prefix of a bucket, each with the time that caches may keep it."""

    def __init__(self, place: BucketPlace, attempts: int = 3) -> None:
        self._bucket = place.bucket
        self._store = S3Store(
            place.bucket,
            prefix=place.prefix or None,
            config=_config(place),
            client_options={
                "allow_http": (place.endpoint or "").startswith("http://"),
                "timeout": PATIENCE,
                "connect_timeout": timedelta(seconds=5),
            },
            retry_config={"max_retries": attempts, "retry_timeout": PATIENCE},
        )

    def read(self, path: str) -> bytes:
        """Return the bytes of an object; raise FileMissing where there is none."""
        try:
            return obstore.get(self._store, path).bytes().to_bytes()
        except FileNotFoundError:
            raise FileMissing(path) from None
        except BaseError as error:
            raise self._unreachable(error) from None

    def exists(self, path: str) -> bool:
        """Tell whether there is such an object."""
        try:
            obstore.head(self._store, path)
        except FileNotFoundError:
            return False
        except BaseError as error:
            raise self._unreachable(error) from None
        return True

    def put_once(self, path: str, data: bytes) -> None:
        """Put an object that never changes; raise OtherBytesThere if another one is there.

        Looked for first, because some stores do not know `If-None-Match: *` (RFC 9110 13.1.2) and
        would put it over the other one.
        """
        try:
            found = self.read(path)
        except FileMissing:
            found = self._create(path, data)
        if found != data:
            raise OtherBytesThere(path)

    def _create(self, path: str, data: bytes) -> bytes:
        """Put an object where there is none; return what lies there then."""
        try:
            kept = {"Cache-Control": FOR_EVER, "Content-Type": BYTES}
            obstore.put(self._store, path, data, mode="create", attributes=kept)
        except AlreadyExistsError:  # somebody else was faster
            return self.read(path)
        except BaseError as error:
            raise self._unreachable(error) from None
        return data

    def replace(self, path: str, data: bytes) -> None:
        """Put an object in place of the one that is there."""
        try:
            kept = {"Cache-Control": SHORT, "Content-Type": TEXT}
            obstore.put(self._store, path, data, attributes=kept)
        except BaseError as error:
            raise self._unreachable(error) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold nothing: a bucket has no lock, the one of the database keeps others out."""
        yield

    def _unreachable(self, error: BaseError) -> BucketUnreachable:
        return BucketUnreachable(self._bucket, str(error).partition("\n")[0])


def _config(place: BucketPlace) -> S3Config:
    given: S3Config = {}
    if place.endpoint:
        given["endpoint"] = place.endpoint
        given["virtual_hosted_style_request"] = False
    if place.region or place.endpoint:
        given["region"] = place.region or "us-east-1"
    if place.access_key and place.secret_key:
        given["access_key_id"], given["secret_access_key"] = place.access_key, place.secret_key
    if place.session_token:
        given["session_token"] = place.session_token
    return given
