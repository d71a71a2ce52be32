"""Passwords, speed and addresses: rules that need no ledger."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from starlette.requests import Request

from api.people.addresses import address_of, onward
from api.people.limits import BUCKETS_AT_MOST, Limits, Rate, TooFast
from api.people.passwords import Passwords, PasswordTooEasy, check_password
from api.settings import Settings, SettingUnusable


@pytest.mark.parametrize(
    "password",
    ["elevenchars", "x" * 257, "password1234", "Password!2026", "qwertyuiop12", "clerk-22026!!",
     "clerk2clerk2", "123456789012", "ababababab12ab", "ｐａｓｓｗｏｒｄ１２３４"],
)  # fmt: skip
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooEasy):
        check_password(password, "clerk-2")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "三只蓝色的羊在山上慢慢吃草呢", "x9!kf83mQ2#v"]
)
def test_a_password_that_would_not_is_taken(password: str) -> None:
    check_password(password, "clerk-2")


def test_a_password_fits_however_the_keyboard_spells_it_and_no_other_does() -> None:
    passwords = Passwords(PasswordHasher(1, 8, 1))
    kept = passwords.make("café au lait, toujours")

    assert passwords.fits(kept, "cafe\u0301 au lait, toujours")
    assert not passwords.fits(kept, "cafe au lait, toujours")
    assert not passwords.fits("", "a password that nobody has")
    assert not passwords.fits("no hash", "x")
    assert not passwords.fits(kept, "x" * 257)
    assert "$m=65536,t=3,p=4$" in Passwords().make("x")


def test_a_bucket_gives_what_it_holds_and_fills_again() -> None:
    now = [0.0]
    limits, rate = Limits(lambda: now[0]), Rate(burst=2, per_s=0.5)
    limits.take("a", rate)
    limits.take("a", rate)
    with pytest.raises(TooFast) as refused:
        limits.take("a", rate)
    assert refused.value.wait_s == 2
    limits.take("b", rate)
    now[0] = 2.0
    limits.take("a", rate)


def test_buckets_are_bounded_in_number() -> None:
    limits, rate = Limits(lambda: 0.0), Rate(burst=1, per_s=1)
    for number in range(BUCKETS_AT_MOST + 1):
        limits.take(str(number), rate)

    limits.take("0", rate)  # the oldest was forgotten
    with pytest.raises(TooFast):
        limits.take(str(BUCKETS_AT_MOST), rate)


@pytest.mark.parametrize("asked", ["/", "/funds?x=1&y=%2F", "/account#tokens"])
def test_a_place_within_the_portal_is_gone_to(asked: str) -> None:
    assert onward(asked) == asked


@pytest.mark.parametrize("asked", [None, "", "/" + "x" * 1000, "//x", "/\\x", "https://x", "/\nx"])
def test_any_other_is_not(asked: str | None) -> None:
    assert onward(asked) == "/account"


@pytest.mark.parametrize(
    ("host", "found"),
    [("localhost:8000", "http://localhost:8000"), ("127.0.0.1", "http://127.0.0.1"),
     ("[::1]:8000", "http://[::1]:8000"), ("evil.example", None), ("localhost.evil.example", None),
     ("[", None), ("127.0.0.1:8000@evil.example", None)],
)  # fmt: skip
def test_the_host_header_is_believed_for_this_machine_alone(host: str, found: str | None) -> None:
    request = Request({"type": "http", "headers": [(b"host", host.encode())]})
    address = address_of(request, None)

    assert (address.origin if address else None) == found
    told = address_of(request, "https://ledger.example.org")
    assert told is not None
    assert (told.origin, told.host, told.secure) == (
        "https://ledger.example.org", "ledger.example.org", True,
    )  # fmt: skip


def test_the_address_of_the_portal_is_an_origin_and_nothing_more() -> None:
    known = Settings.read({"LEDGER_ADDRESS": "https://ledger.example.org:8443"})
    assert (known.address, known.confirmed_minutes) == ("https://ledger.example.org:8443", 15)
    assert Settings.read({}).address is None
    for wrong in ("https://x/", "ledger.example.org", "ftp://x", "https://x?y", "https://u@x"):
        with pytest.raises(SettingUnusable, match="no slash after"):
            Settings.read({"LEDGER_ADDRESS": wrong})
