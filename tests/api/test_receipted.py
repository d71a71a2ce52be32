"""A receipt bears a link, and the link leads to where its gifts went: without naming anybody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.receipt_desk import ReceiptDesk
from api.wiring import House
from tests.api.donor.holding import PAYER, Given, given
from tests.api.test_kept_answers import asked
from tests.conftest import USCC
from tests.houses import give
from tests.ledger.claimed import CODE, ISSUED_ON
from tests.ledger.corrected import why

PORTAL = "https://ledger.example.org"
NOBODYS = "23050126-0000009999"


@pytest.fixture
def holder(house: House) -> Given:
    return given(house)


@pytest.fixture
def app(holder: Given) -> FastAPI:
    return create_app(holder.house)


def test_what_is_printed_on_a_receipt_leads_to_its_gift(
    house: House, holder: Given, app: FastAPI, tmp_path: Path
) -> None:
    object.__setattr__(house, "settings", replace(house.settings, address=PORTAL))
    gift, file = holder.printed(tmp_path)
    house.publish()
    (tmp_path / "one.pdf").write_bytes(file)
    (page,) = pypdf.PdfReader(tmp_path / "one.pdf").pages
    links = [note for note in page.annotations or [] if note["/Subtype"] == "/Link"]
    (address,) = [str(link["/A"]["/URI"]) for link in links]

    assert address in page.extract_text()
    assert address.startswith(f"{PORTAL}/receipts/23050126-")
    led = asked(app, urlsplit(address).path)
    assert (led.status_code, led.headers["location"]) == (303, f"/trace/gift/{gift}")


def test_without_a_known_address_a_receipt_bears_no_link(holder: Given, tmp_path: Path) -> None:
    _, file = holder.printed(tmp_path)
    assert b"/URI" not in file


def test_an_address_too_long_to_print_is_refused_before_a_number_is_drawn(
    house: House, holder: Given, tmp_path: Path
) -> None:
    object.__setattr__(house, "settings", replace(house.settings, address="https://" + "a" * 300))
    (gift,) = give(house, holder.fund, "25.00")
    house.document_signer(USCC)  # made at its first use
    before = house.recorder.size()
    (told,) = ReceiptDesk(house, USCC, tmp_path, ISSUED_ON).issue([gift], lambda _: None)
    assert "do not fit" in str(told)
    assert house.recorder.size() == before


def test_a_receipt_for_several_gifts_lists_them_and_names_nobody(
    holder: Given, app: FastAPI
) -> None:
    gifts, five = holder.annual()
    holder.house.publish()
    path = f"/receipts/{five['code']}-{five['number']}"
    page, data = asked(app, path), asked(app, f"/api/v1{path}/gifts")

    assert page.status_code == 200
    assert all(f'href="/trace/gift/{gift}"' in page.text for gift in gifts)
    assert [one["gift"] for one in data.json()["gifts"]] == gifts
    assert [one["amount"] for one in data.json()["gifts"]] == ["11.00", "22.00"]
    assert (data.json()["amount"], data.json()["void"]) == ("33.00", False)
    for text in (page.text, data.text):
        assert PAYER not in text
        assert five["check_code"] not in text


def test_a_receipt_that_was_reversed_says_so(holder: Given, app: FastAPI) -> None:
    _, five = holder.annual()
    number = (five["code"], five["number"])
    holder.house.ledger.receipts.reverse(*number, [CODE], ISSUED_ON, why())
    holder.house.publish()
    path = "/receipts/" + "-".join(number)
    assert asked(app, f"/api/v1{path}/gifts").json()["void"] is True
    assert "已冲红" in asked(app, path).text


def test_what_was_not_there_yet_is_not_found_and_never_called_forged(
    holder: Given, app: FastAPI
) -> None:
    holder.house.publish()
    size = holder.house.recorder.size()
    _, five = holder.annual()
    holder.house.publish()
    for path, then in (
        (f"/receipts/{NOBODYS}", ""),
        (f"/receipts/{five['code']}-{five['number']}", f"?as_of={size}"),
    ):
        for address in (f"{path}{then}", f"/api/v1{path}/gifts{then}"):
            told = asked(app, address)
            assert told.status_code == 404
            assert "forged" not in told.text
            assert "伪" not in told.text
    assert asked(app, "/receipts/1-2").status_code == 400
