"""Keys in a token: SoftHSM signs, and what it signs is what our own check takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.proof.ed25519 import check_signature
from ledger.store import tokens
from ledger.store.tokens import TokenRefused, TokenSupportMissing
from tests.ledger.store import softhsm
from tests.ledger.store.softhsm import PIN, Token


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    folder = tmp_path_factory.mktemp("softhsm")
    softhsm.prepare(folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield softhsm.made(folder)


def test_a_key_in_a_token_signs_as_any_ed25519_key(token: Token) -> None:
    with tokens.opened(token.module, token.label, token.key, PIN) as signer:
        signature = signer.sign(b"said")
        assert signature == signer.sign(b"said"), "RFC 8032: deterministic"
        check_signature(signer.public, signature, b"said", what="test")
        assert len(signer.kid) == 43


def test_what_the_token_refuses_is_told_in_one_line(token: Token) -> None:
    for label, key, pin in (
        ("another", token.key, PIN),
        (token.label, "another", PIN),
        (token.label, token.key, "000000"),
    ):
        with (
            pytest.raises(TokenRefused, match=r"the token .* refused: .*check --pkcs11"),
            tokens.opened(token.module, label, key, pin),
        ):
            pass


def test_a_module_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(TokenRefused, match="cannot open shared object"),
        tokens.opened(tmp_path / "none.so", "a", "b", PIN),
    ):
        pass


def test_without_the_optional_part_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with (
        pytest.raises(TokenSupportMissing, match="donation-ledger"),
        tokens.opened(Path("x.so"), "a", "b", PIN),
    ):
        pass


def test_a_public_key_is_read_wrapped_or_plain() -> None:
    plain = b"\x04\x20" + bytes(range(30))

    assert tokens.raw_point(plain) == plain
    assert tokens.raw_point(b"\x04\x20" + plain) == plain
