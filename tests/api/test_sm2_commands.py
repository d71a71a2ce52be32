"""A checkpoint signed with SM2 by whoever must, and checked by everybody."""

from __future__ import annotations

from pathlib import Path

from api.wiring import House
from tests.api.held_elsewhere import PHRASE, Run, refused, said


def test_a_published_checkpoint_is_signed_and_checked(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    house.publish()
    phrase, key = tmp_path / "phrase", tmp_path / "key"
    note, signed = tmp_path / "checkpoint", tmp_path / "signed"
    phrase.write_text(PHRASE)
    note.write_text(house.log.note(), encoding="utf-8")
    named = ("--name", "witness.example/sm2", "--secret-file", phrase, "--json")

    vkey = said(command_line("sm2", "make", key, *named))["vkey"]
    made = said(command_line("sm2", "cosign", note, "--key-file", key, "--out", signed, *named))

    assert made["vkey"] == vkey
    assert said(command_line("sm2", "check", signed, "--vkey", vkey, "--json")) == {"vkey": vkey}
    assert "no signature by" in refused(command_line("sm2", "check", note, "--vkey", vkey), 1)
    ed25519 = tmp_path / "ed25519"
    words = ("--secret-file", phrase, "--for", "x", "--origin", "y", "--json")
    said(command_line("key", "make", ed25519, *words))
    refused(command_line("sm2", "cosign", note, "--key-file", ed25519, "--out", signed, *named))
