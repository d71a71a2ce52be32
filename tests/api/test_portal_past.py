"""Every public answer can be had as of any published checkpoint, with the proof of it."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import date
from typing import Any

import pymerkle
import pytest
from tlog_scales.tlog import ConsistencyProof, ConsistencyProofInvalid

from api.wiring import House
from ledger.application import ReceiveGift, ReceiveGoods
from ledger.money import Money
from ledger.proof import merkle
from ledger.proof.checkpoint import Checkpoint, open_signed
from tests.api.portal import Get, charity_at_work
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, pay
from tests.ledger.corrected import GOWNS, goods, line, why

FOR_EVER = "public, max-age=31536000, immutable"


class Kept:
    """A charity whose log is published four times, and what the portal said each time."""

    def __init__(self, house: House, get: Get) -> None:
        self.house, self.get = house, get
        self.fund, self.gifts, self.paid, _ = charity_at_work(house)
        self.other = ""
        self.said: dict[int, dict[str, Any]] = {}
        self._keep()
        self._recovered()
        self._moved()
        self._in_kind()

    def _keep(self) -> None:
        self.house.publish()
        self.said[self.house.recorder.size()] = {
            path: self.get(path).json() for path in self.paths()
        }

    def paths(self) -> list[str]:
        """Return every public address that gives data."""
        traced = [f"/api/v1/gifts/{one}/trace?limit=1" for one in self.gifts]
        listed = [f"/api/v1/funds/{one}?limit=1" for one in (self.fund, self.other) if one]
        paid = f"/api/v1/disbursements/{self.paid}/trace?limit=1"
        return ["/api/v1/funds?limit=1", *listed, *traced, paid]

    def _recovered(self) -> None:
        disbursements = self.house.ledger.disbursements
        disbursements.recover(self.fund, self.paid, Money(7000), date(2026, 11, 3), why())
        self._keep()

    def _moved(self) -> None:
        self.other = general_fund(self.house, name="专项资金")
        self.house.ledger.funds.allocate(self.fund, self.other, Money(2500), "council")
        pay(self.house, self.other, "20.00")
        self.gifts += give(self.house, self.fund, "5.00")
        self._keep()

    def _in_kind(self) -> None:
        given: list[ReceiveGift | ReceiveGoods] = [gift("1.00"), goods(line(200), line(30, GOWNS))]
        self.gifts += self.house.ledger.gifts.receive_gifts(USCC, self.fund, given)
        self.house.ledger.corrections.return_gift(self.gifts[-2], Money(60), "wish", "council")
        self._keep()


@pytest.fixture
def kept(house: House, get: Get) -> Kept:
    return Kept(house, get)


def later(path: str, size: int) -> str:
    return f"{path}&as_of={size}" if "?" in path else f"{path}?as_of={size}"


def roots(house: House, *notes: str) -> list[Checkpoint]:
    return [open_signed(note, house.log.vkey()) for note in notes]


def test_an_answer_as_of_a_checkpoint_is_what_was_answered_then(kept: Kept) -> None:
    assert len(kept.said) == 4
    for size, said in kept.said.items():
        for path, answered in said.items():
            found = kept.get(later(path, size))
            assert found.status_code == 200, found.text
            assert found.headers["cache-control"] == FOR_EVER
            proved = found.json()
            stamp = proved["as_of"]
            assert {"size": stamp["size"], "time": stamp["time"]} == answered["as_of"]
            assert stamp["size"] == size
            assert proved | {"as_of": answered["as_of"]} == answered


def test_what_was_recorded_later_is_not_there_yet(kept: Kept) -> None:
    first = min(kept.said)
    for path in (
        f"/api/v1/funds/{kept.other}", f"/funds/{kept.other}", f"/trace/gift/{kept.gifts[-1]}",
        f"/api/v1/gifts/{kept.gifts[-1]}/trace",
    ):  # fmt: skip
        assert kept.get(path).status_code == 200
        assert kept.get(later(path, first)).status_code == 404


def test_the_proof_in_an_answer_is_accepted_by_checkers_nobody_here_wrote(kept: Kept) -> None:
    house = kept.house
    entries = [row.entry or b"" for row in house.recorder.log(0, house.recorder.size())]
    tree = pymerkle.InmemoryTree.init_from_entries(entries)
    for size in kept.said:
        stamp = kept.get(f"/api/v1/funds?as_of={size}").json()["as_of"]
        grown = stamp["consistency"]
        old, new = roots(house, stamp["checkpoint"], grown["checkpoint"])
        assert (old.size, new.size) == (grown["from"], grown["to"]) == (size, max(kept.said))
        assert (old.root, new.root) == (tree.get_root(old.size), tree.get_root(new.size))
        hashes = [b64decode(one) for one in grown["hashes"]]
        assert (hashes == []) == (old.size == new.size)
        merkle.check_consistency(old.size, old.root, new.size, new.root, hashes)
        proof = ConsistencyProof(old.size, new.size, hashes)
        proof.check(old.root, new.root)
        with pytest.raises(ConsistencyProofInvalid):
            proof.check(merkle.leaf_hash(b"forged"), new.root)


def test_what_is_immutable_is_revalidated_by_its_tag(kept: Kept) -> None:
    path = f"/api/v1/funds?as_of={min(kept.said)}"
    first = kept.get(path)

    again = kept.get(path, if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == FOR_EVER
    assert kept.get("/api/v1/funds").headers["cache-control"] == "no-cache"


def test_a_size_that_was_not_published_leads_to_those_beside_it(kept: Kept) -> None:
    _, second, third, last = sorted(kept.said)
    for asked, near in (
        (second + 1, f"the nearest are as_of={second} and as_of={third}"),
        (last + 1, f"the nearest are as_of={last} ("),
        (2**62, f"the nearest are as_of={last} ("),
    ):
        answer = kept.get(f"/api/v1/funds?as_of={asked}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown")
        assert f"no checkpoint of {asked} entries was published" in answer.json()["detail"]
        assert near in answer.json()["detail"]
        assert answer.headers["cache-control"] == "no-store"
        assert kept.get(f"/?as_of={asked}").status_code == 404
    lowest = kept.house.checkpoints.published(2**62, 100)[-1].size
    assert f"the nearest are as_of={lowest} (" in kept.get("/api/v1/funds?as_of=0").json()["detail"]
    for unreadable in ("-1", "x", ""):
        assert kept.get(f"/api/v1/funds?as_of={unreadable}").status_code == 400


def test_a_ledger_that_published_nothing_has_no_past(house: House, get: Get) -> None:
    with house.database.writing() as connection:
        connection.execute(f"TRUNCATE {house.settings.schema}.checkpoints")

    assert "none was so far" in get("/api/v1/funds?as_of=1").json()["detail"]
    assert "还不能回看" in get("/").text


def test_pages_of_the_past_say_so_and_lead_on_in_the_past(kept: Kept) -> None:
    first = min(kept.said)
    for path in (
        "/", f"/funds/{kept.fund}", f"/trace/gift/{kept.gifts[0]}",
        f"/trace/disbursement/{kept.paid}",
    ):  # fmt: skip
        page = kept.get(later(path, first))
        assert page.status_code == 200
        assert f"截至账本第 {first} 条</b>" in page.text
        assert f'href="{path}">看最新' in page.text
        assert f"/log/checkpoints/{first}" in page.text
        assert f'<input type="hidden" name="as_of" value="{first}">' in page.text
        onward = re.findall(r'href="(/(?:funds|trace|api)/?[^"]*|/)"', page.text)
        assert {one for one in onward if f"as_of={first}" not in one} <= {path}
        now = kept.get(path).text
        assert "看最新" not in now
        assert "as_of=" not in now
        for size in kept.said:
            assert f'<option value="{size}">' in now


def test_moving_about_in_the_past_never_leaves_it(kept: Kept) -> None:
    size = sorted(kept.said)[2]
    seen, ahead = set(), [f"/?as_of={size}"]
    while ahead:
        path = ahead.pop()
        seen.add(path)
        text = kept.get(path).text.replace("&amp;", "&")
        assert f"截至账本第 {size} 条</b>" in text, path
        onward = re.findall(r'href="(/(?:funds/|trace/|\?)[^"]*)"', text)
        assert all("as_of" in one for one in onward if "lang=" in one), "in either language"
        pages = [one for one in onward if "lang=" not in one and ".csv" not in one]
        ahead += [one for one in pages if one not in seen and "as_of" in one]
        ahead = list(dict.fromkeys(ahead))
    assert len(seen) >= 6
    answer = kept.get(f"/trace?id={kept.gifts[0]}&as_of={size}")
    assert answer.headers["location"] == f"/trace/gift/{kept.gifts[0]}?as_of={size}"


def test_a_page_offers_the_newest_checkpoints_and_the_one_it_shows(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.as_of.RECENT", 2)
    first, *_, third, last = sorted(kept.said)

    text = kept.get(f"/?as_of={first}").text

    assert re.findall(r'<option value="(\d+)"( selected)?>', text) == [
        (str(last), ""), (str(third), ""), (str(first), " selected"),
    ]  # fmt: skip


def test_a_form_on_a_trace_keeps_the_unit_that_is_looked_at(kept: Kept) -> None:
    unit = kept.get(f"/api/v1/gifts/{kept.gifts[-1]}/trace").json()["inflow"]["unit"]
    path = f"/trace/gift/{kept.gifts[-1]}"
    text = kept.get(f"{path}?unit={unit}&as_of={max(kept.said)}").text
    assert f'<input type="hidden" name="unit" value="{unit}">' in text.replace("&#34;", '"')


def test_the_front_page_names_how_far_the_log_has_come(kept: Kept) -> None:
    give(kept.house, kept.fund, "1.00")
    states = kept.house.states()
    page = kept.get("/?lang=en").text
    assert dict(re.findall(r'<dt>(\w+)</dt><dd class="figure">(\d+)</dd>', page)) == {
        "Sequenced": str(states.sequenced),
        "Integrated": str(states.integrated),
        "Published": str(states.published),
    }
    assert states.sequenced == states.published + 1


def test_a_view_that_lags_behind_what_was_published_is_no_wrong_answer(
    kept: Kept,
) -> None:
    give(kept.house, kept.fund, "1.00")
    kept.house.integrator.integrate()

    answer = kept.get(f"/api/v1/funds?as_of={kept.house.recorder.size()}")

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-ready")


def test_the_openapi_document_knows_the_past(get: Get) -> None:
    described = get("/openapi.json").json()
    reads = {path: asked["get"] for path, asked in described["paths"].items() if "get" in asked}
    public = {
        path: read for path, read in reads.items()
        if path.startswith("/api/v1/") and "401" not in read["responses"]
    }  # fmt: skip
    assert {"/api/v1/funds", "/api/v1/search", "/api/v1/charities"} <= set(public)
    for path, read in public.items():
        assert "as_of" in {one["name"] for one in read["parameters"]}, path
    assert described["components"]["schemas"]["ConsistencyShape"]["required"] == [
        "from", "to", "hashes", "checkpoint",
    ]  # fmt: skip
