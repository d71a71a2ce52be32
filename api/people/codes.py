"""One-time codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import re

import pyotp

from ledger.store.accounts import Accounts
from ledger.store.accounts_boxes import unbox
from ledger.store.accounts_sessions import digest_of
from ledger.store.accounts_tables import Account

STEP_S = 30
AROUND = (0, -1, 1)
"""Steps that a clock may be off."""

RECOVERY_CODES, LETTERS, IN_GROUP = 10, 16, 4
"""How many, of how many letters (80 bits), written in groups."""
SIX_DIGITS = re.compile(r"[0-9]{6}")


def fresh_secret() -> str:
    """Return a new shared secret (160 bits, base32)."""
    return pyotp.random_base32()


def address(secret: str, login: str, issuer: str) -> str:
    """Return what an authenticator scans: an otpauth:// address."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now_s: int) -> int | None:
    """Return the step whose code it is, of those around now; None for another code."""
    plain = re.sub(r"[\s-]", "", code)
    if not SIX_DIGITS.fullmatch(plain):
        return None
    made = pyotp.HOTP(secret)
    steps = (now_s // STEP_S + around for around in AROUND)
    return next((one for one in steps if hmac.compare_digest(made.at(one), plain)), None)


def use(accounts: Accounts, account: Account, code: str) -> bool:
    """Use a code of an account's authenticator; False if it is another, or was used before."""
    if not account.secret:
        return False
    secret = unbox(accounts.means, account.id, account.secret)
    step = step_of(secret, code, int(accounts.means.clock().timestamp()))
    return step is not None and accounts.step(account.id, step)


def use_recovery(accounts: Accounts, account: Account, code: str) -> bool:
    """Use one of an account's recovery codes up."""
    return bool(account.recovery) and accounts.use_recovery(account.id, digest_of(_bare(code)))


def recovery_codes() -> tuple[list[str], tuple[str, ...]]:
    """Return ten codes to be shown once, and what is kept of them."""
    made = [pyotp.random_base32()[:LETTERS].lower() for _ in range(RECOVERY_CODES)]
    shown = ["-".join(one[i : i + IN_GROUP] for i in range(0, LETTERS, IN_GROUP)) for one in made]
    return shown, tuple(digest_of(_bare(one)) for one in shown)


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()
