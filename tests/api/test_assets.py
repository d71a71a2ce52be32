from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from api import assets
from tests.api.portal import Broken, Get, reading

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def get() -> Get:
    """Ask a portal over no ledger at all: what pages load needs none."""
    return reading(Broken())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let files be found in a folder of the test's own, beside a secret."""
    (tmp_path / "files").mkdir()
    (tmp_path / "secret.js").write_text("a secret of ours")
    monkeypatch.setattr(assets, "FOLDERS", (tmp_path / "none", tmp_path / "files"))
    return tmp_path / "files"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("log.js", "text/javascript; charset=utf-8"),
        ("log.css", "text/css; charset=utf-8"),
        ("fonts.css", "text/css; charset=utf-8"),
        ("ledger-sans-00.woff2", "font/woff2"),
    ],
)
def test_a_file_is_kept_for_ever_under_its_digest_and_asked_about_without(
    name: str, media_type: str, get: Get
) -> None:
    address = assets.asset(name)
    named, plain = get(address), get(f"/assets/{name}")

    assert address.startswith(f"/assets/{name}?v=")
    assert named.status_code == plain.status_code == 200
    assert named.content == plain.content == assets.find(name).data
    assert named.headers["content-type"] == media_type
    assert named.headers["cache-control"] == FOR_EVER
    assert plain.headers["cache-control"] == "no-cache"
    assert get(f"/assets/{name}?v=older").headers["cache-control"] == "no-cache"
    assert get(address, If_None_Match=named.headers["etag"]).status_code == 304


def test_the_address_of_a_file_changes_with_its_bytes(folder: Path, get: Get) -> None:
    (folder / "one.js").write_text("1")
    first = assets.asset("one.js")
    (folder / "one.js").write_text("22")

    assert assets.asset("one.js") != first
    assert get(first).text == "22"
    assert get(first).headers["cache-control"] == "no-cache", "it is no longer what was asked for"


def test_words_come_compressed_for_those_who_ask_and_fonts_never(folder: Path, get: Get) -> None:
    (folder / "one.js").write_text("1;" * 1000)
    (folder / "one.woff2").write_bytes(b"wOF2" * 100)
    script = get("/assets/one.js", Accept_Encoding="gzip")
    font = get("/assets/one.woff2", Accept_Encoding="gzip")

    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["vary"] == "Accept-Encoding"
    assert script.text == "1;" * 1000
    assert int(script.headers["content-length"]) == len(gzip.compress(b"1;" * 1000, mtime=0))
    assert "content-encoding" not in get("/assets/one.js", Accept_Encoding="br").headers
    assert "content-encoding" not in font.headers


@pytest.mark.parametrize(
    "name",
    [
        "../secret.js", "..%2fsecret.js", "%2e%2e/secret.js", "..%5csecret.js", "/etc/passwd",
        "files/../../secret.js", "one.js%00", "one.js%0a", ".one.js", "ONE.JS", "one.html",
        "one.py", "one", "", "missing.js", "inner",
    ],
)  # fmt: skip
def test_nothing_but_files_of_these_kinds_in_these_folders_is_given(
    name: str, folder: Path, get: Get
) -> None:
    (folder / "one.js").write_text("1")
    for other in (".one.js", "one.html", "one.py", "one"):
        (folder / other).write_text("not for pages")
    (folder / "inner.js").mkdir()
    answer = get(f"/assets/{name}")

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.js", "")
    assert get("/assets/inner.js").status_code == 404


def test_a_template_can_ask_whether_a_file_is_there(folder: Path) -> None:
    (folder / "one.js").write_text("1")

    assert assets.has_asset("one.js")
    assert not assets.has_asset("two.js")
    with pytest.raises(assets.AssetMissing, match="there is no script, style sheet or font"):
        assets.asset("two.js")


def test_pages_may_load_from_this_server_alone_and_nothing_stands_inline(get: Get) -> None:
    policy = get("/assets/log.js").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    assert rules["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "font-src", "connect-src"):
        assert rules[kind] == "'self'"
