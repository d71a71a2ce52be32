"""What people carry as a second factor: an authenticator, and a passkey in the device."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page

STEP_S = 30
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Telephone:
    """An authenticator in a pocket: it shows codes of a secret (RFC 6238), each once."""

    secret: str
    step: int = 0

    def code(self) -> str:
        """Return the code of now, or of the next half minute where that was shown before."""
        self.step = max(int(time.time()) // STEP_S, self.step + 1)
        return pyotp.HOTP(self.secret).at(self.step)


def give_passkeys(page: Page) -> None:
    """Put an authenticator into the browser's device that knows its person (CDP WebAuthn)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
