"""Keys: an organisation whose keys were revoked goes on with new ones; nothing it did is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from api.audit import audit_database
from api.document_keys import DocumentKeyElsewhere, name_of
from api.settings import Settings
from api.wiring import House
from ledger.domain import key_rotation
from ledger.domain.document_keys import DocumentKeyWasRevoked
from ledger.domain.organisations import AUTHORITY, KeyUnknown, KeyWasRevoked, stream
from ledger.engine import Engine, SignedMapper
from ledger.proof.ed25519 import SignatureFails
from ledger.store.key_files import certifies
from ledger.store.public_halves import prove
from tests.conftest import USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house
from tests.ledger.domain.given import NOON
from tests.ledger.domain.keyed import key

Run = Callable[..., tuple[int, str, str]]


def said(outcome: tuple[int, str, str]) -> Any:
    code, out, err = outcome
    assert code == 0, err
    return json.loads(out)


def refused(outcome: tuple[int, str, str]) -> str:
    code, out, err = outcome
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


def registered(command_line: Run) -> Any:
    said(command_line("charity", "register", USCC, "示范基金会", "--json"))
    return said(command_line("key", "show", USCC, "--json"))


def test_a_ledger_begins_with_the_root_of_its_document_keys(
    settings: Settings, command_line: Run
) -> None:
    first = said(command_line("init", "--json"))
    assert said(command_line("init", "--json")) == first

    house = House(settings)
    authority = house.ledger.streams.organisation(AUTHORITY)
    assert (first["events"], len(authority.documents)) == (2, 1)
    house.close()


def test_a_charity_is_registered_with_both_its_keys(house: House, command_line: Run) -> None:
    shown = registered(command_line)

    assert [key["state"] for key in shown["signing"]] == ["works"]
    assert [key["state"] for key in shown["document"]] == ["works"]
    assert registered(command_line) == shown, "safe to repeat"
    signer = house.document_signer(USCC)
    assert certifies(signer.certificate, signer.key)
    assert not certifies(signer.root, signer.key)
    check_house(house)


def test_a_ledger_of_older_days_gets_its_document_keys_when_they_are_needed(house: House) -> None:
    register(house)
    before = house.recorder.size()

    signer = house.document_signer(USCC)

    assert house.recorder.size() == before + 2
    again = house.document_signer(USCC)
    assert (again.certificate, again.root) == (signer.certificate, signer.root)
    assert house.recorder.size() == before + 2
    assert house.log.prover(house.integrator.vkey).size == before + 2, "published at once"
    check_house(house)


def test_a_dry_run_has_a_signer_and_records_and_keeps_nothing(
    settings: Settings, house: House
) -> None:
    register(house)
    files, size = set((settings.data / "keys").iterdir()), house.recorder.size()

    trying = House(settings, dry_run=True)
    signer = trying.document_signer(USCC)
    trying.document_root()
    trying.close()

    assert certifies(signer.certificate, signer.key)
    assert set((settings.data / "keys").iterdir()) == files
    assert house.recorder.size() == size


def test_with_keys_revoked_an_organisation_does_nothing_until_it_has_new_ones(
    house: House, command_line: Run
) -> None:
    before = registered(command_line)
    fund = general_fund(house)
    give(house, fund, "5.00")
    gone = said(command_line("key", "revoke", USCC, "--reason", "设备遗失", "--json"))
    assert set(gone["revoked"]) == {
        before["signing"][0]["key"],
        before["document"][0]["certificate"],
    }

    with pytest.raises(KeyWasRevoked, match=f"of {USCC} was revoked; register another"):
        give(house, fund, "6.00")
    with pytest.raises(DocumentKeyWasRevoked, match="key renew"):
        house.document_signer(USCC)

    renewed = said(command_line("key", "renew", USCC, "--json"))
    assert renewed["renewed"] == ["signing", "document"]
    assert sorted(key["state"] for key in renewed["signing"]) == ["revoked", "works"]
    assert sorted(key["state"] for key in renewed["document"]) == ["revoked", "works"]
    assert said(command_line("key", "renew", USCC, "--json"))["renewed"] == []
    house.keys._signers.clear()  # as in another process
    give(house, fund, "7.00")
    assert house.document_signer(USCC).certificate
    house.publish()
    check_house(house)


@pytest.mark.parametrize(("sort", "other"), [("signing", "document"), ("document", "signing")])
def test_one_sort_of_key_is_revoked_without_the_other(
    command_line: Run, sort: str, other: str
) -> None:
    registered(command_line)

    gone = said(command_line("key", "revoke", USCC, f"--{sort}", "--reason", "遗失", "--json"))

    assert [key["state"] for key in gone[sort]] == ["revoked"]
    assert [key["state"] for key in gone[other]] == ["works"]
    err = refused(command_line("key", "revoke", USCC, f"--{sort}", "--reason", "遗失"))
    assert f"no such key of {USCC} works" in err
    assert said(command_line("key", "renew", USCC, "--json"))["renewed"] == [sort]


def test_keys_are_renewed_as_often_as_they_are_revoked(house: House, command_line: Run) -> None:
    registered(command_line)

    for _ in range(2):
        said(command_line("key", "revoke", USCC, "--reason", "遗失", "--json"))
        said(command_line("key", "renew", USCC, "--json"))

    kept = {path.stem for path in (house.settings.data / "keys").glob(f"*{USCC}*.key")}
    names = (USCC, name_of(USCC))
    assert kept == {f"{name}{number}" for name in names for number in ("", "-2", "-3")}
    check_house(house)


def test_renewing_in_a_dry_run_keeps_nothing(house: House, command_line: Run) -> None:
    registered(command_line)
    said(command_line("key", "revoke", USCC, "--reason", "遗失", "--json"))
    files, size = set((house.settings.data / "keys").iterdir()), house.recorder.size()

    tried = said(command_line("key", "renew", USCC, "--dry-run", "--json"))

    assert tried["renewed"] == ["signing", "document"]
    assert set((house.settings.data / "keys").iterdir()) == files
    assert house.recorder.size() == size


def test_a_lost_key_file_is_made_good_by_a_new_key(house: House, command_line: Run) -> None:
    registered(command_line)
    folder = house.settings.data / "keys"
    (folder / f"{USCC}.key").unlink()
    (folder / f"{name_of(USCC)}.key").unlink()

    with pytest.raises(DocumentKeyElsewhere, match="put it back from your backup"):
        House(house.settings).document_signer(USCC)
    said(command_line("key", "revoke", USCC, "--document", "--reason", "遗失", "--json"))
    assert said(command_line("key", "renew", USCC, "--json"))["renewed"] == ["signing", "document"]
    check_house(house)


def test_a_renewal_that_broke_off_is_finished_with_the_key_it_made(
    house: House, command_line: Run
) -> None:
    registered(command_line)
    said(command_line("key", "revoke", USCC, "--reason", "遗失", "--json"))
    made = [house.keys.renew(USCC), house.keys.renew(name_of(USCC))]

    said(command_line("key", "renew", USCC, "--json"))

    assert [house.keys.newest(USCC), house.keys.newest(name_of(USCC))] == made
    assert house.keys.signer_of(USCC).kid in house.ledger.streams.organisation(USCC).keys


def test_a_key_that_was_never_registered_signs_nothing(house: House) -> None:
    register(house)
    fund = general_fund(house)
    house.ledger.organisations.revoke_keys(USCC, "遗失", signing=True, document=False)
    house.keys.renew(USCC)
    size = house.recorder.size()

    with pytest.raises(KeyUnknown, match=f"{USCC} has no working key"):
        give(house, fund, "5.00")
    assert house.recorder.size() == size


def test_the_authoritys_keys_are_not_for_these_commands(command_line: Run) -> None:
    registered(command_line)

    for words in (("revoke", AUTHORITY, "--reason", "遗失"), ("renew", AUTHORITY)):
        assert f"{AUTHORITY} is no charity" in refused(command_line("key", *words))


def test_a_revocation_between_decision_and_commit_spoils_it(
    settings: Settings, house: House
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "5.00")  # from now on this process knows that the key works
    other = House(settings)
    other.ledger.organisations.revoke_keys(USCC, "遗失", signing=True, document=False)
    other.close()

    with pytest.raises(KeyWasRevoked):
        give(house, fund, "6.00")
    check_house(house)


# Keys in place of others.


def kids(shown: Any, state: str) -> list[str]:
    return [key["key"] for key in shown["signing"] if key["state"] == state]


def test_a_key_is_rotated_and_the_old_one_hands_over(house: House, command_line: Run) -> None:
    (old,) = kids(registered(command_line), "works")
    fund = general_fund(house)

    (new,) = kids(said(command_line("key", "rotate", USCC, "--note", "期满", "--json")), "works")

    event = house.ledger.streams._engine.history(stream(USCC))[-1]
    assert (event.kid, event.replaces, event.ground, event.custody, event.note) == (
        new, old, "superseded", "server", "期满",
    )  # fmt: skip
    assert event.handover
    give(house, fund, "5.00")  # this process goes on with the new key by itself
    assert kids(said(command_line("key", "show", USCC, "--json")), "revoked") == [old]
    house.publish()
    check_house(house)


def test_a_stolen_key_signs_nothing_once_it_was_replaced(house: House, command_line: Run) -> None:
    registered(command_line)
    fund = general_fund(house)
    thief = house.keys.signer_of(USCC)
    (opened,) = house.engine.history(fund)
    said(command_line("key", "rotate", USCC, "--ground", "compromised", "--json"))
    house.publish()

    forged = SignedMapper(house.recorder.origin(), lambda _: thief, house.engine.mapper._verify)  # type: ignore[attr-defined] # ours
    Engine(forged, house.recorder).record([replace(opened, originator_id="fund-forged")], {})

    audit = audit_database(house)
    assert any(f"key {thief.kid} does not sign for {USCC}" in line for line in audit.findings)
    assert not audit.signatures_ok


def test_a_forged_proof_of_possession_is_refused_and_found_by_the_audit(
    house: House, command_line: Run
) -> None:
    (old,) = kids(registered(command_line), "works")
    new, thief = key(3), key(4)
    honest = prove(new, USCC, house.recorder.origin(), old)
    forged = replace(honest, possession=prove(thief, USCC, honest.origin, old).possession)
    half = forged.handed_over(house.keys.signer_of(USCC))
    offered = half.offered(USCC, house.recorder.origin())
    size = house.recorder.size()

    with pytest.raises(SignatureFails, match="proof of possession"):
        house.ledger.organisations.rotate_key(USCC, offered, "superseded", None)
    assert house.recorder.size() == size

    known = house.ledger.streams.organisation(USCC)
    event = key_rotation.rotate(known, offered, "superseded", None, AUTHORITY, NOON)
    house.engine.record([event], {})  # as an operator's own program could
    audit = audit_database(house)
    assert any("signature of this proof of possession fails" in line for line in audit.findings)
    assert not audit.signatures_ok


def test_the_authoritys_own_key_is_rotated_and_old_trust_leads_to_the_new_one(
    house: House, command_line: Run
) -> None:
    trusted = house.trust()
    said(command_line("key", "rotate", AUTHORITY, "--json"))

    registered(command_line)  # signed by the new key
    again = House(house.settings)
    again.publish()
    assert again.trust() == trusted == again.pinned
    assert len(again.ledger.streams.organisation(AUTHORITY).revoked) == 1
    check_house(again)
    again.close()


def test_a_rotation_that_broke_off_is_finished_with_the_key_it_made(
    house: House, command_line: Run
) -> None:
    registered(command_line)
    made = house.keys.renew(USCC)
    kid = house.keys.signers(USCC)[0].kid
    assert general_fund(house), "the key that is registered goes on signing"

    assert kids(said(command_line("key", "rotate", USCC, "--json")), "works") == [kid]
    assert house.keys.newest(USCC) == made


def test_a_rotation_tried_in_a_dry_run_keeps_nothing(house: House, command_line: Run) -> None:
    shown = registered(command_line)
    files = set((house.settings.data / "keys").iterdir())

    assert said(command_line("key", "rotate", USCC, "--dry-run", "--json")) == shown
    assert set((house.settings.data / "keys").iterdir()) == files


def test_a_withdrawal_says_for_what_ground(house: House, command_line: Run) -> None:
    registered(command_line)

    said(
        command_line(
            "key", "revoke", USCC, "--signing", "--ground", "compromised", "--reason", "失窃",
            "--json",
        )
    )  # fmt: skip
    said(command_line("key", "renew", USCC, "--json"))

    withdrawn, renewed = house.ledger.streams._engine.history(stream(USCC))[-2:]
    assert (withdrawn.ground, withdrawn.note) == ("compromised", "失窃")
    assert (renewed.replaces, renewed.ground, renewed.handover) == (withdrawn.kid, "lost", None)
    check_house(house)


# The root of the document keys.


def test_the_root_is_renewed_with_all_that_hangs_on_it(house: House, command_line: Run) -> None:
    registered(command_line)
    before = house.document_signer(USCC)

    renewed = said(command_line("key", "renew-root", "--reason", "期满", "--json"))

    assert renewed["renewed"] == [USCC]
    after = House(house.settings)
    signer = after.document_signer(USCC)
    assert signer.root != before.root
    assert signer.certificate != before.certificate
    again = said(command_line("key", "renew-root", "--reason", "期满", "--dry-run", "--json"))
    assert again["renewed"] == [USCC]
    assert after.document_signer(USCC).root == signer.root
    check_house(after)
    after.close()
