"""A receipt is printed only once its entry lies under a checkpoint that enough witnesses saw."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.wiring import House
from ledger.proof.cosignatures import CosignerKey
from tests.api.test_commands import Run, said
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house

NOBODY = Ed25519PrivateKey.from_private_bytes(sha256(b"a witness that is away").digest())


def away(house: House) -> Path:
    """Ask for the cosignature of a witness that nobody can reach; return the policy's file."""
    witness = CosignerKey.of_ed25519("witness.example/away", NOBODY.public_key())
    path = house.settings.data / "witnesses.policy"
    path.write_text(
        f"log {house.trust().log.line}\nwitness away {witness.line} http://127.0.0.1:9\n"
        "quorum away\n"
    )
    return path


def test_a_receipt_is_not_printed_before_its_entry_is_published(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    house.document_signer(USCC)
    published = house.states().published
    policy = away(house)
    issue = ("receipts", "issue", "--charity", USCC, "--gift", one, "--out", tmp_path / "out")

    code, out, err = command_line(*issue)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"covers only the first {published} entries" in err
    assert "run the same command again" in err
    assert list((tmp_path / "out").glob("*.pdf")) == []
    states = house.states()
    assert (states.published, states.integrated) == (published, states.sequenced)
    told = said(command_line("log", "checkpoint", "--json"))
    assert (told["size"], told["published"], told["integrated"]) == (
        published, published, states.integrated,
    )  # fmt: skip
    assert told["vkey_ml_dsa_44"] == house.integrator.signer.cosigner.line
    listed = ("status", "export", tmp_path / "status", "--publish")
    assert command_line(*listed)[0] == 2
    assert not (tmp_path / "status").exists()
    assert "等待见证签名 (waiting for witnesses)" in command_line("integrate")[1]

    policy.unlink()
    again = said(command_line(*issue, "--json"))

    assert again["summary"]["printed_again"] == 1
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 1
    check_house(house)
