"""The only place that reads the process's environment."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ledger.errors import Unreadable
from ledger.store.log_objects import BucketPlace

MEBIBYTE = 2**20
DEFAULT_ORIGIN = "localhost/donation-ledger"
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
BUCKET = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>\w[\w.-]*(/\w[\w.-]*)*))?/?",
    re.ASCII,
)
ADDRESS = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
ACTOR = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")


class SettingUnusable(Unreadable):
    """A setting has a value that can't be used."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r} can't be used: {wanted}")


def account_of_system() -> str:
    """Return the operating system's account that runs this process."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container the number may have no name
        return f"uid-{os.getuid()}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, and who acts."""

    data: Path
    database_url: str | None = None
    schema: str = "ledger"
    origin: str | None = None
    passphrase_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    actor: str = field(default_factory=account_of_system)
    log_store: BucketPlace | None = None
    upload_max: int = 64 * MEBIBYTE
    request_max: int = 256 * MEBIBYTE
    jobs_kept_days: int = 7
    address: str | None = None
    """Where people open the portal: an origin such as https://ledger.example.org."""
    confirmed_minutes: int = 15
    """So long a second factor counts as shown."""
    hooks_loopback: bool = False
    """Whether hooks may lead to this machine, and without TLS there: to try a receiver out."""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings that are set; LEDGER_DATA and the others are in docs/operating.md."""
        passphrase = environment.get("LEDGER_PASSPHRASE_FILE")
        return cls(
            data=Path(environment.get("LEDGER_DATA") or "var").absolute(),
            database_url=_database(
                environment.get("LEDGER_DATABASE_URL") or None,
                environment.get("LEDGER_DATABASE_PASSWORD_FILE"),
            ),
            schema=_schema(environment.get("LEDGER_SCHEMA") or "ledger"),
            origin=_origin(environment.get("LEDGER_ORIGIN") or None),
            passphrase_file=Path(passphrase) if passphrase else None,
            host=environment.get("LEDGER_HOST") or "127.0.0.1",
            port=_port(environment.get("LEDGER_PORT") or "8000"),
            actor=_actor(environment.get("LEDGER_ACTOR") or account_of_system()),
            log_store=_log_store(environment),
            upload_max=_number(environment, "LEDGER_UPLOAD_MB", 64) * MEBIBYTE,
            request_max=_number(environment, "LEDGER_REQUEST_MB", 256) * MEBIBYTE,
            jobs_kept_days=_number(environment, "LEDGER_JOBS_KEPT_DAYS", 7),
            address=_address(environment.get("LEDGER_ADDRESS") or None),
            confirmed_minutes=_number(environment, "LEDGER_CONFIRMED_MINUTES", 15),
            hooks_loopback=_yes(environment, "LEDGER_HOOKS_LOOPBACK"),
        )


def _database(url: str | None, password_file: str | None) -> str | None:
    """Add the password kept in a file to a libpq connection URI."""
    if url is None or not password_file:
        return url
    if "://" not in url:
        wanted = "LEDGER_DATABASE_URL must then be written as postgresql://..."
        raise SettingUnusable("LEDGER_DATABASE_PASSWORD_FILE", password_file, wanted)
    password = quote(Path(password_file).read_text().strip(), safe="")
    return f"{url}{'&' if '?' in url else '?'}password={password}"


def _schema(value: str) -> str:
    if not NAME.fullmatch(value):
        raise SettingUnusable("LEDGER_SCHEMA", value, "use a-z, 0-9 and _, a letter first")
    return value


def _origin(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[!-*,-~]{1,200}", value):
        raise SettingUnusable("LEDGER_ORIGIN", value, "a URL without scheme, no blanks, no +")
    return value


def _actor(value: str) -> str:
    if not ACTOR.fullmatch(value):
        wanted = "an account such as clerk-2, at most 32 characters"
        raise SettingUnusable("LEDGER_ACTOR", value, wanted)
    return value


def _log_store(environment: Mapping[str, str]) -> BucketPlace | None:
    """Read where the published log lies, and the standard variables that lead there."""
    value = environment.get("LEDGER_LOG_STORE")
    if not value:
        return None
    if not (found := BUCKET.fullmatch(value)):
        raise SettingUnusable("LEDGER_LOG_STORE", value, "write s3://bucket or s3://bucket/prefix")
    return BucketPlace(
        bucket=found["bucket"],
        prefix=found["prefix"] or "",
        endpoint=environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL"),
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
        access_key=environment.get("AWS_ACCESS_KEY_ID"),
        secret_key=environment.get("AWS_SECRET_ACCESS_KEY"),
        session_token=environment.get("AWS_SESSION_TOKEN"),
    )


def _address(value: str | None) -> str | None:
    if value is not None and not ADDRESS.fullmatch(value):
        wanted = "the address that people open, such as https://ledger.example.org, no slash after"
        raise SettingUnusable("LEDGER_ADDRESS", value, wanted)
    return value


def _number(environment: Mapping[str, str], name: str, usual: int) -> int:
    value = environment.get(name) or str(usual)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", value, re.ASCII):
        raise SettingUnusable(name, value, "a whole number from 1 to 9999")
    return int(value)


def _yes(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name) or "no"
    if value not in {"yes", "no"}:
        raise SettingUnusable(name, value, "yes or no")
    return value == "yes"


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:  # noqa: PLR2004 the last port
        raise SettingUnusable("LEDGER_PORT", value, "a number from 1 to 65535")
    return int(value)
