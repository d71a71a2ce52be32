"""Key files: encrypted, bound to their names, made once."""

from __future__ import annotations

import json
import secrets
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.store.key_files import P256_ORDER, KeyFiles, KeyMissing, KeyUnreadable, passphrase

PHRASE = b"correct horse"
SCALAR = "f19e60e2c11624cc18b07eda68dac8524bebb0009c83c4ac95a408bae6e98cb0"
"""From the secret 00 01 ... 1f, by HKDF of RFC 5869 done by hand."""

Change = Callable[[dict[str, Any]], bytes]


def key_files(folder: Path, phrase: bytes = PHRASE) -> KeyFiles:
    return KeyFiles(folder, phrase, secrets.token_bytes)


def test_a_secret_is_encrypted_at_rest_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    keys = key_files(tmp_path)
    secret = keys.create("log")

    again = key_files(tmp_path)
    assert again.has("log")
    assert again.create("log") == again.secret("log") == secret
    assert again.signing_key("log").private_bytes_raw() == secret
    assert again.signer_of("log") is again.signer_of("log")
    for path in tmp_path.iterdir():
        held = path.read_bytes()
        assert secret not in held
        assert secret.hex().encode() not in held
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    key_files(tmp_path).create("log")

    with pytest.raises(KeyUnreadable, match="LEDGER_PASSPHRASE_FILE"):
        key_files(tmp_path, b"battery staple").secret("log")


def test_swapped_key_files_are_refused(tmp_path: Path) -> None:
    keys = key_files(tmp_path)
    keys.create("log")
    keys.create("vault")
    shutil.copy(tmp_path / "vault.key", tmp_path / "log.key")

    with pytest.raises(KeyUnreadable):
        keys.secret("log")


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"log\.key is missing"):
        key_files(tmp_path).secret("log")


def test_a_folder_that_lost_its_salt_gets_no_other_one(tmp_path: Path) -> None:
    key_files(tmp_path).create("log")
    (tmp_path / "salt").unlink()

    with pytest.raises(KeyMissing, match="salt is missing"):
        key_files(tmp_path).create("vault")
    assert not (tmp_path / "salt").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda _kept: b"",
        lambda _kept: b"[]",
        lambda _kept: b'"text"',
        lambda _kept: b"\xff\xfe",
        lambda kept: json.dumps({"nonce": kept["nonce"]}).encode(),
        lambda kept: json.dumps({**kept, "box": "!"}).encode(),
        lambda kept: json.dumps({**kept, "box": 7}).encode(),
        lambda kept: json.dumps({**kept, "nonce": ""}).encode(),
        lambda kept: json.dumps({**kept, "box": kept["box"][4:]}).encode(),
    ],
)
def test_an_altered_key_file_is_refused(change: Change, tmp_path: Path) -> None:
    keys = key_files(tmp_path)
    keys.create("log")
    path = tmp_path / "log.key"
    path.write_bytes(change(json.loads(path.read_bytes())))

    with pytest.raises(KeyUnreadable, match=r"log\.key can't be opened"):
        keys.secret("log")


def test_two_processes_that_make_a_key_at_once_agree(tmp_path: Path) -> None:
    program = (
        "import secrets, sys; from pathlib import Path;"
        "from ledger.store.key_files import KeyFiles, passphrase;"
        "home = Path(sys.argv[1]); phrase = passphrase(home / 'phrase', secrets.token_bytes);"
        "print(KeyFiles(home / 'keys', phrase, secrets.token_bytes).create('log').hex())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]

    assert [process.returncode for process in running] == [0, 0]
    assert said[0] == said[1]
    phrase = passphrase(tmp_path / "phrase", secrets.token_bytes)
    kept = key_files(tmp_path / "keys", phrase).secret("log")
    assert said[0].strip() == kept.hex().encode()


def test_a_passphrase_is_made_once_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    made = passphrase(path, secrets.token_bytes)

    assert passphrase(path, secrets.token_bytes) == made
    assert len(made) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b" \n")
    with pytest.raises(KeyUnreadable):
        passphrase(path, secrets.token_bytes)


def test_a_lost_passphrase_is_not_replaced_where_there_are_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="elsewhere"):
        passphrase(tmp_path / "elsewhere", secrets.token_bytes, fresh=False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_document_key_follows_from_its_secret_and_from_no_other(tmp_path: Path) -> None:
    keys = key_files(tmp_path)
    keys.create("document-a")
    keys.create("document-b")
    one, other = keys.document_key("document-a"), keys.document_key("document-b")

    assert one.curve.name == "secp256r1"
    assert key_files(tmp_path).document_key("document-a").public_key() == one.public_key()
    assert one.public_key() != other.public_key()
    assert one.private_numbers().private_value != int.from_bytes(keys.secret("document-a"), "big")


def test_the_way_from_a_secret_to_a_document_key_is_fixed(tmp_path: Path) -> None:
    keys = KeyFiles(tmp_path, PHRASE, lambda count: bytes(range(count)))
    keys.create("document-a")

    scalar = keys.document_key("document-a").private_numbers().private_value
    assert f"{scalar:064x}" == SCALAR
    assert 0 < scalar < P256_ORDER
    assert keys.passing_document_key().public_key() == keys.document_key("document-a").public_key()
    assert {path.name for path in tmp_path.glob("*.key")} == {"document-a.key"}


def test_the_newest_of_a_line_of_keys_signs(tmp_path: Path) -> None:
    keys = key_files(tmp_path)
    assert keys.newest("a") == "a"
    assert keys.renew("a") == "a"
    first = keys.signer_of("a").kid

    assert [keys.renew("a"), keys.renew("a")] == ["a-2", "a-3"]
    assert keys.newest("a") == "a-3"
    assert keys.signer_of("a").kid != first
    assert key_files(tmp_path).signer_of("a").kid == keys.signer_of("a").kid
    assert keys.has("a"), "an old key stays where it is"
