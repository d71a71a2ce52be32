"""The only place that reads the process's environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ledger.errors import Unreadable

DEFAULT_ORIGIN = "localhost/donation-ledger"
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class SettingUnusable(Unreadable):
    """A setting has a value that can't be used."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r} can't be used: {wanted}")


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


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:  # noqa: PLR2004 the last port
        raise SettingUnusable("LEDGER_PORT", value, "a number from 1 to 65535")
    return int(value)
