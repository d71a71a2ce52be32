"""How a donor is shown in public: the donor's own choice, seen before it is recorded."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from api.auditing.database import audit_database
from api.operations.donors import SHOW, ShownDonor
from api.operations.running import Call, Use
from api.wiring import House
from ledger.application import ReceiveGift
from ledger.application.asked import Asked
from ledger.domain.events import DonorShown
from ledger.domain.permissions import NotPermitted, NotTheDonor
from ledger.proof.disclosure import Opening
from tests.api.donor.holding import PAYER, Donor, Given, words
from tests.api.operations.accounts import CLERK, REVIEWER, TODAY, account
from tests.api.people.portal import Browser
from tests.api.portal import reading
from tests.conftest import USCC
from tests.houses import gift as gift_of

SHOWN = "/api/v1/gifts/show"
SEEN = "公众将看到的样子"


def public(house: House, gift: str) -> str:
    """Return what a stranger reads on the gift's page."""
    house.publish()
    answer = reading(house)(f"/trace/gift/{gift}")
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def choices(house: House, gift: str) -> list[DonorShown]:
    return [one for one in house.engine.history(gift) if isinstance(one, DonorShown)]


@pytest.fixture
def gift(donor: Donor, ledger: Given) -> str:
    """Make a gift the donor's own."""
    new, five = ledger.fresh()
    assert donor.claim(five).status_code == 303
    return new


def test_a_donor_is_not_shown_until_that_was_chosen(donor: Donor, gift: str) -> None:
    assert "捐赠人：不公开" in public(donor.house, gift)
    assert choices(donor.house, gift) == []


def test_the_preview_is_what_the_public_page_then_says(donor: Donor, gift: str) -> None:
    typed = {"shown": "pen-name", "pen_name": "春风"}
    seen = donor.send(f"/{gift}/shown", **typed, step="preview")
    assert seen.status_code == 200
    assert choices(donor.house, gift) == []
    assert SEEN in seen.text
    done = donor.send(f"/{gift}/shown", **typed, step="record")
    assert (done.status_code, done.headers["location"]) == (303, f"/desk/my-gifts/{gift}")
    line = '<b>春风</b> <span class="tag">化名</span>'
    assert line in seen.text
    assert line in reading(donor.house)(f"/trace/gift/{gift}").text
    assert "不显示任何捐赠人" not in public(donor.house, gift)


def test_the_own_name_is_the_one_that_the_charity_recorded(donor: Donor, gift: str) -> None:
    seen = donor.send(f"/{gift}/shown", shown="own-name", step="preview")
    assert f"<b>{PAYER}</b>" in seen.text
    assert choices(donor.house, gift) == []


def test_the_event_holds_a_digest_and_names_nobody(donor: Donor, gift: str) -> None:
    donor.send(f"/{gift}/shown", shown="own-name", step="record")
    (fact,) = choices(donor.house, gift)
    (row,) = [
        r for r in donor.house.recorder.log_of([gift]) if r.version == fact.originator_version
    ]
    assert row.entry is not None
    said = row.entry + fact.shown.encode() + str(fact).encode()
    assert PAYER.encode() not in said
    assert donor.id.encode() not in said
    told = reading(donor.house)(f"/api/v1/gifts/{gift}/donor").json()
    opened = Opening.parse(told["opening"])
    assert (told["kind"], told["text"]) == ("own-name", PAYER)
    assert (opened.value, opened.digest, told["digest"]) == (PAYER, *fact.sealed * 2)


def test_a_donor_who_goes_back_leaves_no_name_anywhere(donor: Donor, gift: str) -> None:
    donor.send(f"/{gift}/shown", shown="pen-name", pen_name="秋水", step="record")
    assert "秋水" in public(donor.house, gift)
    donor.send(f"/{gift}/shown", shown="anonymous", step="record")
    assert "秋水" not in public(donor.house, gift)
    never = {"kind": "anonymous", "text": None, "digest": None, "opening": None, "version": None}
    told = reading(donor.house)(f"/api/v1/gifts/{gift}/donor").json()
    assert told.pop("as_of")["size"] == donor.house.recorder.size()
    assert told == never
    again = donor.send(f"/{gift}/shown", shown="anonymous", step="record")
    assert again.status_code == 303
    assert [one.shown for one in choices(donor.house, gift)] == ["pen-name", "anonymous"]
    assert audit_database(donor.house).findings == []


def test_of_a_gift_that_is_none_nothing_is_said(donor: Donor) -> None:
    for name in ("gift-none", "receipt-23050126-0000000001"):
        assert reading(donor.house)(f"/api/v1/gifts/{name}/donor").status_code == 404


def test_an_erased_donor_is_shown_no_more(donor: Donor, ledger: Given) -> None:
    new, five = ledger.fresh(donor="唐某某")
    donor.claim(five)
    donor.send(f"/{new}/shown", shown="own-name", step="record")
    assert "唐某某" in public(donor.house, new)
    donor.house.ledger.people.erase(new, "request of the person")
    assert "唐某某" not in public(donor.house, new)
    assert audit_database(donor.house).findings == []
    refused = donor.send(f"/{new}/shown", shown="own-name", step="preview")
    assert (refused.status_code, "erased" in refused.text) == (422, True)


def test_pages_of_the_past_never_show_a_donor(donor: Donor, gift: str) -> None:
    donor.send(f"/{gift}/shown", shown="pen-name", pen_name="夏雨", step="record")
    donor.house.publish()
    size = donor.house.recorder.size()
    answer = reading(donor.house)(f"/trace/gift/{gift}?as_of={size}")
    assert answer.status_code == 200
    assert "夏雨" not in answer.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"shown": ""}, "请选择一种公开方式"),
        ({"shown": "title"}, "请选择一种公开方式"),
        ({"shown": "pen-name"}, "化名不能使用"),
        ({"shown": "pen-name", "pen_name": "官网热线"}, "化名不能使用"),
        ({"shown": "pen-name", "pen_name": "13800138000"}, "public"),
    ],
)
def test_what_can_not_be_shown_is_told_beside_the_form(
    donor: Donor, gift: str, typed: dict[str, str], says: str
) -> None:
    refused = donor.send(f"/{gift}/shown", **typed, step="record")
    assert (refused.status_code, says in refused.text) == (422, True), words(refused.text)
    assert choices(donor.house, gift) == []


def test_another_donors_gift_is_refused_on_every_way(donor: Donor, other: Donor, gift: str) -> None:
    body = {"gift": gift, "shown": "pen-name", "pen_name": "冬雪"}
    reads = len(donor.house.vault_reads.rows())
    assert other.browser.get(f"/desk/my-gifts/{gift}").status_code == 403
    assert other.browser.get(f"/desk/my-gifts/{gift}/shown").status_code == 403
    assert other.send(f"/{gift}/shown", shown="anonymous", step="record").status_code == 403
    assert other.send(f"/{gift}/release").status_code == 403
    assert other.send(f"/{gift}/receipt", code="1", number="1").status_code == 403
    assert other.ask("POST", SHOWN, body).status_code == 403
    assert other.ask("POST", SHOWN, {"gift": gift, "shown": "own-name"}).status_code == 403
    assert other.ask("POST", f"{SHOWN}?dry_run=true", body).status_code == 403
    assert other.ask("GET", f"/api/v1/me/gifts/{gift}").status_code == 403
    assert other.ask("DELETE", f"/api/v1/me/gifts/{gift}").status_code == 403
    assert other.ask("POST", SHOWN, body | {"gift": "gift-none"}).status_code == 403
    assert choices(donor.house, gift) == []
    assert donor.own == [gift]
    assert len(donor.house.vault_reads.rows()) == reads


def test_the_core_refuses_whoever_is_not_the_donor(donor: Donor, other: Donor, gift: str) -> None:
    house, body = donor.house, ShownDonor(gift=gift, shown="pen-name", pen_name="冬雪")
    posing = (
        (other.acting, NotTheDonor),
        (CLERK, NotPermitted),
        (REVIEWER, NotPermitted),
        (account(int(donor.id, 16), "", "clerk"), NotPermitted),
        (account(int(donor.id, 16), "53100000500021326D", "donor"), NotTheDonor),
    )
    for acting, refusal in posing:
        with pytest.raises(refusal):
            Use(house, acting, SHOW, body, Call(TODAY)).run()
        asked = Asked(acting)
        with pytest.raises(NotTheDonor):
            house.of_request(asked).ledger.donors.show(gift, "own-name")
        with pytest.raises(NotTheDonor):
            house.of_request(asked).ledger.donors.own_name(gift)
    assert choices(house, gift) == []


def test_a_request_sent_again_is_recorded_once(donor: Donor, gift: str) -> None:
    body = {"gift": gift, "shown": "pen-name", "pen_name": "春风"}
    key = {"Idempotency-Key": f"show-{gift}"}
    first, again = donor.ask("POST", SHOWN, body, **key), donor.ask("POST", SHOWN, body, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["recorded"] == again.json()["recorded"]
    assert len(choices(donor.house, gift)) == 1
    other = donor.ask("POST", SHOWN, {**body, "pen_name": "秋水"}, **key)
    assert other.status_code in (409, 422)
    stale = donor.ask("POST", SHOWN, {"gift": gift, "shown": "anonymous"}, **{"If-Match": '"v1"'})
    assert stale.status_code == 412


def test_who_gave_a_gift_back_to_nobody_shows_it_no_more(donor: Donor, gift: str) -> None:
    assert donor.ask("DELETE", f"/api/v1/me/gifts/{gift}").status_code == 204
    body = {"gift": gift, "shown": "own-name"}
    assert donor.ask("POST", SHOWN, body).status_code == 403


def test_a_typed_name_means_nothing_beside_another_choice(donor: Donor, gift: str) -> None:
    refused = donor.ask("POST", SHOWN, {"gift": gift, "shown": "own-name", "pen_name": "李"})
    assert refused.status_code == 409
    form = donor.send(f"/{gift}/shown", shown="anonymous", pen_name="李", step="preview")
    assert (form.status_code, SEEN in form.text) == (200, True)


def test_an_own_name_that_the_charity_never_knew_can_not_be_shown(
    donor: Donor, home: House
) -> None:
    (nobodys,) = home.ledger.gifts.receive_gifts(*_suspense(home))
    home.accounts.bind_gift(donor.id, nobodys)
    for shown in ("own-name", "pen-name"):
        body = {
            "gift": nobodys,
            "shown": shown,
            "pen_name": "春风" if shown == "pen-name" else None,
        }
        assert donor.ask("POST", SHOWN, body).status_code == 409


def _suspense(home: House) -> tuple[str, str, list[ReceiveGift]]:
    fund = home.ledger.funds.open_fund(USCC, "待认领资金", "general", None, None)
    return USCC, fund, [gift_of("5.00", donor=None)]


def test_nobody_hands_a_donors_choice_to_another(donor: Donor, gift: str) -> None:
    page = donor.browser.get("/desk/gifts/show")
    assert (page.status_code, page.headers["location"]) == (303, "/desk/my-gifts")
    typed = {"gift": gift, "shown": "anonymous", "step": "draft"}
    assert donor.browser.send("/desk/gifts/show", typed).status_code == 403


def test_the_donors_desk_is_in_the_menu_of_donors_alone(
    donor: Donor, app: FastAPI, home: House
) -> None:
    assert 'href="/desk/my-gifts"' in donor.browser.get("/desk").text
    clerk = Donor.signed_in(home, app, Browser(app), "clerk")
    assert "/desk/my-gifts" not in clerk.browser.get("/desk").text
