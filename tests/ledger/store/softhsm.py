"""A software token of somebody else's making (SoftHSM 2), with one Ed25519 key in it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from pkcs11.util.ec import encode_named_curve_parameters

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
ED25519 = "1.3.101.112"
PIN = "765432"


@dataclass(frozen=True, slots=True)
class Token:
    """Where a token is, its label, its key's label, and a file with its PIN."""

    module: Path
    label: str
    key: str
    pin_file: Path

    @property
    def words(self) -> list[object]:
        """The words that name the key on the command line."""
        return [
            "--pkcs11", self.module, "--token", self.label, "--key", self.key,
            "--secret-file", self.pin_file,
        ]  # fmt: skip


def made(folder: Path, label: str = "charity", key: str = "ledger") -> Token:
    """Make a token with a key; SOFTHSM2_CONF must name `folder`/softhsm2.conf by now."""
    subprocess.run(
        [
            "softhsm2-util", "--init-token", "--free", "--label", label,
            "--so-pin", "12345678", "--pin", PIN,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()  # it reads its list of tokens once
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(ED25519)}
    with library.get_token(token_label=label).open(user_pin=PIN, rw=True) as session:
        made_on = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
        made_on.generate_keypair(
            mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, label=key, store=True
        )
    pin = folder / "pin"
    pin.write_text(PIN + "\n")
    return Token(MODULE, label, key, pin)


def prepare(folder: Path) -> None:
    """Write the settings of a SoftHSM that keeps its tokens in a folder."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
