"""The visitor's own browser checks the log: what holds, and what must not be taken for good."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Route

from ledger.proof import checkpoint, merkle
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.encoding import b64
from ledger.proof.notes import VerifierKey
from tests.browser.browsing import Language, Visitor
from tests.browser.conftest import Site, Visit

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ENGLISH = Visitor("en")
REMEMBER = "seen => localStorage.setItem('donation-ledger:seen', JSON.stringify(seen))"
NO_ED25519 = (
    "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"
)
Change = Callable[[bytes], bytes]


def steps(page: Page, path: str = "/log", done: str = "good") -> str:
    """Come to the page, wait for the browser's verdict, and return what it said."""
    page.goto(path)
    page.locator(f"#steps[data-done={done}]").wait_for()
    return page.locator("#steps").inner_text()


def served_otherwise(page: Page, path: str, change: Change) -> None:
    """Let the server (or whoever stands in between) answer with other bytes."""

    def answer(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, body=change(real.body()))

    page.route(re.compile(path), answer)


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def first(site: Site, topic: str) -> str:
    """Return the story that an entry of this topic begins."""
    rows = site.house.recorder.log(0, site.house.recorder.size())
    return next(str(row.stream) for row in rows if row.topic == topic)


@pytest.mark.parametrize(
    ("language", "holds", "signed"),
    [("zh", "通过：第", "这一条由"), ("en", "Holds: entry", "it is signed by")],
)
def test_a_gift_is_found_proved_and_its_signer_followed_to_the_founding(
    language: Language, holds: str, signed: str, sample: Site, visit: Visit
) -> None:
    gift = first(sample, "gift-received.v1")
    page = visit(sample.origin, Visitor(language))
    page.goto("/log")
    page.locator("#entry").fill(gift)
    page.get_by_role("button", name="核对" if language == "zh" else "Check", exact=True).click()
    page.wait_for_url(f"**entry={gift}*")
    page.locator("#steps[data-done=good]").wait_for()
    said = page.locator("#steps").inner_text()

    assert holds in said
    assert signed in said
    assert "← #0" in said
    assert gift in page.locator("#entry-contents").inner_text()


def test_every_entry_of_the_log_is_proved_by_the_browser(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, ENGLISH)
    for index in (0, 1, 2, sample.house.recorder.size() - 1):
        assert f"Holds: entry {index} is in the signed log" in steps(page, f"/log?entry={index}")


def test_the_next_visit_is_compared_with_what_was_seen_before(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, ENGLISH)
    assert "no earlier checkpoint" in steps(page)
    assert "only added to, nothing changed" in steps(page)

    page.get_by_role("button", name="Forget the checkpoint seen last").click()
    page.get_by_text("no earlier checkpoint").wait_for()


@pytest.mark.parametrize("old", [1, 2, 3, 64, 65, 100])
def test_a_log_that_grew_is_told_from_one_that_was_rewritten(
    old: int, sample: Site, visit: Visit
) -> None:
    page = visit(sample.origin, ENGLISH)
    steps(page)
    house = sample.house
    root = house.log.prover(house.trust().log).hashes

    def seen(size: int, digest: str) -> None:
        given = {"vkey": house.trust().log.line, "size": size, "root": digest}
        page.evaluate(REMEMBER, given)

    seen(old, b64(merkle.root(old, root.subtree)))
    assert f"you last saw {old} entries" in steps(page)
    seen(old, b64(bytes(32)))
    assert "Fails: the log does not extend the one you saw last" in steps(page, done="bad")
    seen(house.recorder.size() + 1, b64(bytes(32)))
    assert "Fails: the log does not extend the one you saw last" in steps(page, done="bad")


@pytest.mark.parametrize(
    ("path", "change", "says"),
    [
        ("/log/tile/0/", flipped, "is not under the signed root"),
        ("/log/tile/0/", lambda data: data[:-32], "has not the length that its place demands"),
        ("/log/tile/entries/", lambda data: data[:-1], "the bundle of entries is cut short"),
        (
            "/log/tile/entries/", lambda data: data.replace(b"ey", b"eZ"),
            "is not under the signed root",
        ),
        ("/log/checkpoint", lambda data: data.replace(b"\n1", b"\n2", 1), "not signed by this key"),
        ("/log/checkpoint", lambda data: data.split(b"\n\n")[0], "not a signed note"),
        ("/log/places/", lambda _: b"[]", "was no working key of"),
        (
            "/log/vkey", lambda data: data.replace(b"+A", b"+B"),
            "the verifier key is not name+id+key",
        ),
    ],
)  # fmt: skip
def test_what_was_tampered_with_fails_in_words(
    path: str, change: Change, says: str, sample: Site, visit: Visit
) -> None:
    page = visit(sample.origin, ENGLISH)
    served_otherwise(page, path, change)
    said = steps(page, "/log?entry=9", done="bad")

    assert "Fails: " in said
    assert says in said
    assert page.locator("#entry-contents").is_hidden()


def test_a_checkpoint_signed_with_a_strangers_key_fails(sample: Site, visit: Visit) -> None:
    house = sample.house
    real = house.log.shown()
    assert real is not None
    forged = checkpoint.sign(Checkpoint(real.origin, real.size, bytes(32)), STRANGER)
    page = visit(sample.origin, ENGLISH)
    served_otherwise(page, "/log/checkpoint", lambda _: forged.encode())
    assert "Fails: the checkpoint is not signed by this key" in steps(page, done="bad")

    line = VerifierKey.of(real.origin, STRANGER.public_key()).line
    served_otherwise(page, "/log/vkey", lambda _: f"{line}\n".encode())
    assert "is not under the signed root" in steps(page, "/log?entry=9", done="bad")


def test_a_key_that_changed_since_the_last_visit_or_is_not_the_one_typed_is_told(
    sample: Site, visit: Visit
) -> None:
    page = visit(sample.origin, ENGLISH)
    steps(page)
    origin = sample.house.recorder.origin()
    line = VerifierKey.of(origin, STRANGER.public_key()).line
    page.route("**/log/vkey", lambda route: route.fulfill(body=f"{line}\n"))
    assert "this site's key is not the one you saw last time" in steps(page)

    page.unroute("**/log/vkey")
    page.locator("#vkey").fill(line)
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator("#steps[data-done=bad]").wait_for()
    said = page.locator("#steps").inner_text()
    assert "the key you typed is not the one this site gives" in said
    assert "the checkpoint is not signed by this key" in said


def test_a_browser_without_the_signatures_algorithm_is_told_so(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, ENGLISH)
    page.add_init_script(NO_ED25519)
    assert "your browser does not know Ed25519 yet" in steps(page, done="bad")


def test_without_script_the_page_points_to_the_command_line(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, Visitor("en", script=False))
    page.goto("/log?entry=0")

    assert page.locator("noscript").is_visible()
    assert "yours runs none" in page.locator("noscript").inner_text()
    assert page.get_by_text("donation-ledger audit --log").is_visible()
    assert page.locator("#checked-here").is_hidden()
    assert page.get_by_role("link", name="/log/tile/entries/").is_visible()
