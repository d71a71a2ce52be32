"""Keys held elsewhere: prepare here, sign there, submit here, and nothing of the key is here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from api.receipt_desk import ReceiptDesk
from api.settings import Settings
from api.wiring import House, ReceiptsNeedTheKey
from ledger import codec
from ledger.domain.organisations import AUTHORITY
from ledger.engine import KeyIsHeldElsewhere, Overtaken
from ledger.proof.encoding import b64, b64url, unb64url
from ledger.store.requests import RequestExpired, Requests
from ledger.store.signing_requests import SigningRequest
from tests.api.held_elsewhere import PHRASE, Holder, Run, adopted, refused, said
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house
from tests.ledger.store import softhsm


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.fixture
def holder(house: House, fund: str, command_line: Run, tmp_path: Path) -> Holder:
    return adopted(house, command_line, tmp_path)


@pytest.fixture
def opening(fund: str, command_line: Run) -> Callable[..., tuple[int, str, str]]:
    """Open another fund by the command line, with these words more."""

    def record(*words: object) -> tuple[int, str, str]:
        return command_line("fund", "open", "--charity", USCC, "助学资金", *words, "--json")

    return record


def prepared(opening: Callable[..., tuple[int, str, str]], place: Path) -> Path:
    request = place / "request.json"
    answer = said(opening("--prepare", request))
    assert answer["prepared"] == str(request)
    return request


def test_a_command_is_prepared_here_signed_elsewhere_and_submitted_here(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    size = house.recorder.size()
    request = prepared(opening, tmp_path)
    assert house.recorder.size() == size, "nothing is recorded yet"

    shown = said(command_line("sign", request, "--json"))
    assert [one["topic"] for one in shown["entries"]] == ["fund-opened.v1"]
    assert "助学资金" in shown["entries"][0]["says"]
    assert shown["entries"][0]["signed"] is False
    signed = tmp_path / "signed.json"
    assert said(holder.sign(request, signed))["entries"][0]["signed"] is True
    stored = said(command_line("submit", signed, "--json"))

    assert (stored["entries"], stored["stored_before"]) == (1, False)
    assert house.recorder.size() == size + 1
    entry = house.recorder.log(size, size + 1)[0].entry
    assert entry is not None
    own = house.ledger.streams.organisation(USCC).own_keys
    assert {codec.read(entry, house.recorder.origin())[0].kid} == own
    check_house(house)


def test_a_request_that_was_stored_is_not_stored_again(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    said(command_line("submit", signed, "--json"))
    size = house.recorder.size()

    again = said(command_line("submit", signed, "--json"))

    assert again["stored_before"] is True
    assert house.recorder.size() == size


def test_without_a_file_nothing_is_done_for_an_organisation_whose_key_is_elsewhere(
    house: House, holder: Holder, opening: Any, fund: str, command_line: Run
) -> None:
    size = house.recorder.size()

    line = refused(opening())
    assert f"the key of {USCC}" in line
    assert "--prepare FILE" in line
    with pytest.raises(KeyIsHeldElsewhere):
        give(house, fund, "5.00")
    assert house.recorder.size() == size
    assert said(command_line("key", "show", USCC, "--json"))["signing"][0]["state"] == (
        "works, held elsewhere"
    )


def test_no_file_of_the_server_holds_a_byte_of_the_private_key(
    settings: Settings,
    house: House,
    holder: Holder,
    opening: Any,
    command_line: Run,
    tmp_path: Path,
) -> None:
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    said(command_line("submit", signed, "--json"))
    secret = holder.secret
    forms = [secret, secret.hex().encode(), b64(secret).encode(), b64url(secret).encode(),
             secret[:16], secret[16:], PHRASE.encode()]  # fmt: skip

    held = [path for path in settings.data.rglob("*") if path.is_file()]
    assert held
    kept = [path.read_bytes() for path in held] + [_dump(house)]
    for form in forms:
        assert not any(form in data for data in kept)
    assert holder.key.read_bytes() not in kept
    assert not any(form in signed.read_bytes() + holder.key.read_bytes() for form in forms)


def _dump(house: House) -> bytes:
    found = []
    with house.database.reading() as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s",
            [house.settings.schema],
        ).fetchall()
        for row in tables:
            name = sql.Identifier(house.settings.schema, row["table_name"])
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(name)) as copy:
                found += [bytes(block) for block in copy]
    return b"".join(found)


def test_openings_wait_encrypted_and_come_to_the_vault_with_their_event(
    house: House, holder: Holder, fund: str, command_line: Run, tmp_path: Path
) -> None:
    sheet = tmp_path / "list.csv"
    sheet.write_text("捐赠人,金额（元）,捐赠日期\n王某某,88.00,2026-10-02\n", encoding="utf-8")
    words = ("import", sheet, "--charity", USCC, "--fund", fund)
    request, signed = tmp_path / "request.json", tmp_path / "signed.json"

    said(command_line(*words, "--prepare", request, "--json"))
    assert house.vault.all() == []
    assert "王某某".encode() not in request.read_bytes() + _dump(house)
    said(holder.sign(request, signed))
    said(command_line("submit", signed, "--json"))

    (opening,) = house.vault.named("王某某")
    assert opening.organisation == USCC
    check_house(house)


# What is refused.


def changed(path: Path, change: Callable[[Any], None]) -> None:
    said_ = json.loads(path.read_bytes())
    change(said_)
    path.write_text(json.dumps(said_))


def test_a_request_changed_on_its_way_is_not_stored(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    request, signed = prepared(opening, tmp_path), tmp_path / "signed.json"
    text = json.loads(request.read_bytes())["sign"][0]["input"]
    head, payload = text.split(".")
    bytes_ = unb64url(payload).replace("助学资金".encode(), "私人资金".encode())
    changed(request, lambda r: r["sign"][0].update(input=f"{head}.{b64url(bytes_)}"))
    said(holder.sign(request, signed))
    size = house.recorder.size()

    line = refused(command_line("submit", signed, "--json"), code=1)

    assert "does not hold what was prepared" in line
    assert house.recorder.size() == size


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r["sign"][0].update(signature=b64url(bytes(64))), "signature of this"),
        (lambda r: r["sign"].clear(), "does not hold what was prepared"),
        (lambda r: r["sign"].append(r["sign"][0]), None),
    ],
    ids=["another signature", "entries left out", "an entry twice"],
)
def test_a_signed_file_that_was_tampered_with_stores_nothing_or_the_same(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path, change: Any,
    says: str | None,
) -> None:  # fmt: skip
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    changed(signed, change)
    size = house.recorder.size()

    if says is None:
        said(command_line("submit", signed, "--json"))
        assert house.recorder.size() == size + 1
    else:
        assert says in refused(command_line("submit", signed, "--json"), code=1)
        assert house.recorder.size() == size


def test_another_key_has_nothing_to_sign(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    thief = Holder(tmp_path / "thief", command_line)
    thief.make(house.recorder.origin(), None)

    line = refused(thief.sign(prepared(opening, tmp_path), tmp_path / "signed.json"))

    assert "nothing here is for key" in line
    assert not (tmp_path / "signed.json").exists()


def test_a_request_without_its_signature_is_not_stored(
    holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    request = prepared(opening, tmp_path)

    assert "not signed yet by: " in refused(command_line("submit", request, "--json"))


def test_a_request_that_was_overtaken_is_prepared_again(
    house: House, holder: Holder, fund: str, command_line: Run, tmp_path: Path
) -> None:
    words = ("fund", "close", fund, "--by", "council", "--note", "期满")
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for path in (first, second):
        said(command_line(*words, "--prepare", path, "--json"))
        said(holder.sign(path, path))
    said(command_line("submit", first, "--json"))

    line = refused(command_line("submit", second, "--json"))

    assert "was recorded meanwhile" in line
    assert "prepare it again" in line
    check_house(house)


def test_a_key_replaced_meanwhile_signs_no_request_of_before(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    (old,) = house.ledger.streams.organisation(USCC).keys
    next_one = Holder(tmp_path / "next", command_line)
    next_one.make(house.recorder.origin(), old)
    said(
        command_line(
            "key", "handover", next_one.public, "--key-file", holder.key,
            "--secret-file", holder.phrase, "--json",
        )
    )  # fmt: skip
    said(command_line("key", "adopt", USCC, "--public", next_one.public, "--json"))
    size = house.recorder.size()

    assert "was recorded meanwhile" in refused(command_line("submit", signed, "--json"))

    assert house.recorder.size() == size
    said(next_one.sign(prepared(opening, tmp_path), signed))
    said(command_line("submit", signed, "--json"))
    assert house.recorder.size() == size + 1
    check_house(house)


def test_a_request_expires_after_a_week(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    name = json.loads(signed.read_bytes())["id"]
    late = Requests(house.database, lambda: datetime.now(UTC) + timedelta(days=7, seconds=1), bytes)

    with pytest.raises(RequestExpired, match="prepare it again"):
        late.find(name)
    late.drop_expired()  # as each publication does
    assert f"no request {name} waits here" in refused(command_line("submit", signed, "--json"))


def test_a_request_of_another_ledger_waits_not_here(
    holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    request = prepared(opening, tmp_path)
    changed(request, lambda r: r.update(id="another"))

    assert "no request another waits here" in refused(command_line("submit", request, "--json"))
    changed(request, lambda r: r.update(origin="other.example/ledger"))
    assert "this is no request to sign" in refused(command_line("sign", request, "--json"))


def test_two_who_submit_at_once_store_it_once(
    house: House, holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    signed = tmp_path / "signed.json"
    said(holder.sign(prepared(opening, tmp_path), signed))
    file = SigningRequest.parse(signed.read_bytes())
    waiting = house.requests.find(file.id)
    pairs = [(entry, file.signatures[entry.signing_input]) for entry in waiting.entries]
    beside = {**waiting.beside, "request": waiting.id}
    size = house.recorder.size()

    house.engine.submit(pairs, beside)
    assert house.engine.submit(pairs, beside) == 1

    assert house.recorder.size() == size + 1
    with pytest.raises(Overtaken):
        house.engine.submit([(house.engine.mapper.unsigned(_other(house)), None)], beside)  # type: ignore[attr-defined] # ours


def _other(house: House) -> Any:
    register(house, OTHER_USCC, "另一基金会")
    fund = general_fund(house, OTHER_USCC)
    (opened,) = house.engine.history(fund)
    return replace(opened, originator_id="fund-other")


# A key in a token, and a key with which an organisation begins.


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> softhsm.Token:
    folder = tmp_path / "token"
    folder.mkdir()
    softhsm.prepare(folder)
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    return softhsm.made(folder)


def test_an_organisation_may_be_registered_with_a_key_in_a_token_and_sign_with_it(
    house: House, token: softhsm.Token, command_line: Run, tmp_path: Path
) -> None:
    public, request, signed = tmp_path / "token.pub", tmp_path / "r.json", tmp_path / "s.json"
    origin = house.recorder.origin()
    proof = ("key", "prove", *token.words, "--for", USCC, "--origin", origin, "--out", public)
    kid = said(command_line(*proof, "--json"))["key"]
    register_ = ("charity", "register", USCC, "示范基金会", "--public", public, "--json")
    assert said(command_line(*register_))["key"] == kid
    assert said(command_line(*register_))["key"] == kid, "safe to repeat"
    assert not house.keys.has(USCC)

    opening = ("fund", "open", "--charity", USCC, "助学资金", "--prepare", request, "--json")
    said(command_line(*opening))
    said(command_line("sign", request, *token.words, "--out", signed, "--json"))
    said(command_line("submit", signed, "--json"))

    assert house.ledger.streams.organisation(USCC).own_keys == {kid}
    check_house(house)


def test_a_server_never_replaces_a_key_that_is_held_elsewhere(
    house: House, holder: Holder, command_line: Run
) -> None:
    assert f"the key of {USCC}" in refused(command_line("key", "rotate", USCC))
    assert "signing" not in said(command_line("key", "renew", USCC, "--json"))["renewed"]
    said(command_line("charity", "register", USCC, "示范基金会", "--json"))

    known = house.ledger.streams.organisation(USCC)
    assert set(known.keys) == known.own_keys


def test_receipts_of_an_organisation_whose_key_is_elsewhere_are_refused_whole(
    house: House, holder: Holder, tmp_path: Path
) -> None:
    house.ledger.streams._engine.forget_signers()

    with pytest.raises(ReceiptsNeedTheKey, match="can't be made out or printed here"):
        ReceiptDesk(house, USCC, tmp_path, date(2026, 11, 21))


def test_the_authoritys_key_may_be_held_elsewhere_too(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    (founding,) = house.ledger.streams.organisation(AUTHORITY).keys
    ceremony = Holder(tmp_path / "ceremony", command_line)
    ceremony.make(house.recorder.origin(), founding, AUTHORITY)
    said(command_line("key", "adopt", AUTHORITY, "--public", ceremony.public, "--json"))
    (house.settings.data / "keys" / f"{AUTHORITY}.key").unlink()
    request, signed = tmp_path / "request.json", tmp_path / "signed.json"

    rotated = ("key", "rotate", AUTHORITY)
    assert f"the key of {AUTHORITY}" in refused(command_line(*rotated))
    holder = Holder(tmp_path / "charity", command_line)
    holder.make(house.recorder.origin(), None)
    words = ("charity", "register", USCC, "示范基金会", "--public", holder.public)
    said(command_line(*words, "--prepare", request, "--json"))
    said(ceremony.sign(request, signed))
    said(command_line("submit", signed, "--json"))

    again = House(house.settings)
    assert again.trust() == again.pinned
    assert set(again.ledger.streams.organisation(USCC).keys) == {
        json.loads(holder.public.read_bytes())["kid"]
    }
    check_house(again)
    again.close()


# What the tools ask for.


def test_which_key_for_whom_and_where_to_must_be_said(
    holder: Holder, opening: Any, command_line: Run, tmp_path: Path
) -> None:
    request = prepared(opening, tmp_path)
    key = ("--key-file", holder.key, "--secret-file", holder.phrase)

    assert "--out SIGNED" in refused(command_line("sign", request, *key))
    assert "say which key" in refused(
        command_line("sign", request, "--pkcs11", "x.so", "--out", tmp_path / "s")
    )
    assert "--for USCC --origin" in refused(command_line("key", "prove", *key))
    assert "proved for" in refused(
        command_line("key", "adopt", OTHER_USCC, "--public", holder.public)
    )


def test_a_passphrase_may_be_typed(
    holder: Holder, opening: Any, command_line: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([PHRASE, "another passphrase"])
    monkeypatch.setattr("api.own_keys.getpass", lambda _: next(typed))
    request, out = prepared(opening, tmp_path), tmp_path / "signed.json"

    said(command_line("sign", request, "--key-file", holder.key, "--out", out, "--json"))
    refused(command_line("sign", request, "--key-file", holder.key, "--out", out))
    empty = tmp_path / "empty"
    empty.touch()
    refused(
        command_line(
            "sign", request, "--key-file", holder.key, "--secret-file", empty, "--out", out
        )
    )


def test_what_an_entry_says_is_shown_field_by_field(
    house: House, holder: Holder, fund: str, command_line: Run, tmp_path: Path
) -> None:
    sheet, request = tmp_path / "list.csv", tmp_path / "request.json"
    sheet.write_text("捐赠人,金额（元）,捐赠日期\n王某某,88.00,2026-10-02\n", encoding="utf-8")
    said(
        command_line(
            "import", sheet, "--charity", USCC, "--fund", fund, "--prepare", request, "--json"
        )
    )

    (entry,) = said(command_line("sign", request, "--json"))["entries"]

    assert "amount 88.00 CNY" in entry["says"]
    assert "exchange —" in entry["says"]
    assert "donor (id " in entry["says"]
    assert "; sealed []" in entry["says"]
    code, out, _ = command_line("sign", request)
    assert (code, "待签" in out) == (0, True)
