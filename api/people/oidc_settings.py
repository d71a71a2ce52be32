"""Which identity providers organisations have: `oidc.json` in the data folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import Unknown, Unreadable

FILE = "oidc.json"
NAME_AT_MOST = 40
ISSUER = re.compile(
    r"https://[^\s/?#@]+(/[^\s?#]*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(/[^\s?#]*)?"
)
"""An address without query (Discovery 1.0, 3); unencrypted on this machine alone."""

MEMBERS = frozenset({"name", "issuer", "client_id", "client_secret_file"})


class ProvidersUnreadable(Unreadable):
    """The file of identity providers is not as it must be."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path}: {why}; it is a JSON list of objects with name, issuer, client_id and "
            "client_secret_file (docs/accounts.md)"
        )


class ProviderUnknown(Unknown):
    """No identity provider of that name is configured."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有这个登录方式 (there is no identity provider {name[:40]!r} here)")


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider: its name on the page, its issuer address, and who we are to it."""

    name: str
    issuer: str
    client_id: str
    secret_file: Path

    def secret(self) -> str:
        """Return the secret that we show it; read each time, so that it can be changed."""
        return self.secret_file.read_text(encoding="utf-8").strip()


def providers(data: Path) -> list[Provider]:
    """Return the providers in the file, or none where there is no file."""
    path = data / FILE
    if not path.exists():
        return []
    try:
        said = json.loads(path.read_bytes())
    except ValueError as error:
        raise ProvidersUnreadable(path, str(error)) from None
    if not isinstance(said, list):
        raise ProvidersUnreadable(path, "it is no list")
    return [_provider(path, one) for one in said]


def provider(data: Path, name: str) -> Provider:
    """Return the provider of a name."""
    found = next((one for one in providers(data) if one.name == name), None)
    if found is None:
        raise ProviderUnknown(name)
    return found


def _provider(path: Path, said: object) -> Provider:
    if not isinstance(said, dict) or said.keys() != MEMBERS:
        raise ProvidersUnreadable(path, "an entry has other members")
    if not all(isinstance(value, str) and value for value in said.values()):
        raise ProvidersUnreadable(path, "a member is no text, or empty")
    if not ISSUER.fullmatch(said["issuer"]) or len(said["name"]) > NAME_AT_MOST:
        raise ProvidersUnreadable(path, f"the issuer {said['issuer']!r} or a name can't be used")
    secret = path.parent / said["client_secret_file"]
    return Provider(said["name"], said["issuer"].rstrip("/"), said["client_id"], secret)
