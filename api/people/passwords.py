"""Passwords: Argon2id (RFC 9106, 4), and which ones are too easy to guess."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from ledger.errors import Refused

SHORTEST, LONGEST = 12, 256
FEW_LETTERS = 5
AT_ONCE = 2
"""Hashes made at the same time: each takes 64 MiB."""

COMMON = (
    "password", "passw0rd", "qwertyuiop", "qwerty123456", "1q2w3e4r5t6y", "1qaz2wsx3edc",
    "123456789012", "1234567890", "0987654321", "abcdefghijkl", "abc123", "iloveyou",
    "woaini", "admin", "administrator", "letmein", "welcome", "changeme", "donation",
    "donationledger", "shankuan", "shankuanzhangben", "zhangben", "woaizhongguo", "5201314",
)  # fmt: skip
"""Words that most guesses begin with: repeated, or with digits and signs around them."""

DIGITS = "0123456789"


class PasswordTooEasy(Refused):
    """A password would be guessed."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"请换一个密码：{chinese} (choose another password: {english})")


class Passwords:
    """Makes and compares hashes; whoever has no password takes as long to refuse."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._few = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = ""

    def make(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._few:
            return self._hasher.hash(_same(password))

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one kept; "" fits none, and takes as long."""
        if len(password) > LONGEST:
            return False
        against = kept or self._of_nobody()
        with self._few:
            try:
                self._hasher.verify(against, _same(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(kept)

    def outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with parameters that are no longer ours."""
        return self._hasher.check_needs_rehash(kept)

    def _of_nobody(self) -> str:
        if not self._nobodys:
            self._nobodys = self.make("a password that nobody has")
        return self._nobodys


def check_password(password: str, login: str) -> None:
    """Refuse a password that is short, common, or the account's own name."""
    plain = _same(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordTooEasy(
            f"须 {SHORTEST} 至 {LONGEST} 个字符", f"it takes {SHORTEST} to {LONGEST} characters"
        )
    if len(set(plain)) < FEW_LETTERS:
        raise PasswordTooEasy("重复的字符太多", "it repeats few characters")
    bare = _bare(plain)
    if not bare.strip(DIGITS) or any(_made_of(bare, _bare(word)) for word in (login, *COMMON)):
        raise PasswordTooEasy("是常见词或登录名", "it is a common word, or the account's name")


def _made_of(text: str, word: str) -> bool:
    return not text.replace(word, "").strip(DIGITS)


def _bare(text: str) -> str:
    """Return what is left of a text without signs and capitals."""
    return "".join(one for one in text.casefold() if one.isalnum())


def _same(password: str) -> str:
    """Return one spelling of what keyboards write differently (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
