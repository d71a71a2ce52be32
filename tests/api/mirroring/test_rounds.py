"""A mirror believes nothing that is not under a signed root, and is whole at every moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.audit import Audit
from api.auditing.log_files import Files, Spread
from api.mirroring.fetching import Unreachable, longest, source
from api.mirroring.rounds import Round, run_round
from api.mirroring.views import TwoViews
from ledger.errors import LedgerError
from ledger.proof import merkle, notes, tiles
from ledger.proof.checkpoint import Checkpoint, OriginDiffers, open_signed
from ledger.proof.encoding import b64, unb64
from ledger.proof.notes import NoteUnsigned, VerifierKey
from ledger.proof.signed_tiles import EdgeDiffers, EntriesDiffer, TileDiffers
from ledger.store import durable, mirror
from ledger.store.log_folder import LogFolder
from ledger.store.mirror import MirrorFolder
from tests.api.mirroring.serving import (
    HASTY,
    Handler,
    LogServer,
    files_of,
    log_of,
    serving,
)
from tests.attacks.forging import LOG, ORIGIN, TRUST, Log
from tests.ledger.proof.given import private

KEY = TRUST.log


def copied(server: LogServer, folder: Path) -> Round:
    return run_round(MirrorFolder(folder), source(server.address, HASTY), KEY)


def whole(folder: Path) -> list[str]:
    """What is wrong with a copy, as an audit of its files says."""
    audit = Audit()
    Files(audit, LogFolder(folder).read, KEY, Spread()).check()
    return audit.findings


def files_in(folder: Path) -> dict[str, bytes]:
    found = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    own = ("checkpoints/", "evidence/", ".lock")
    return {path: p.read_bytes() for path, p in found.items() if not path.startswith(own)}


def grown(log: Log, by: int) -> Log:
    more = [b"later %d" % number for number in range(len(log.entries), len(log.entries) + by)]
    return Log(entries=[*log.entries, *more])


def forked(log: Log, at: int, size: int) -> Log:
    """The same log up to an entry, and another story from there on."""
    other = [b"other %d" % number for number in range(at, size)]
    return Log(entries=[*log.entries[:at], *other])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_a_copy_has_every_file_of_the_log_and_no_other(size: int, tmp_path: Path) -> None:
    files = files_of(log_of(size))
    with serving(files) as server:
        done = copied(server, tmp_path)
        assert (done.size, done.grown, done.files) == (size, size, len(files) - 2)
        assert set(server.asked.values()) <= {1}, "each file is fetched once"
    assert files_in(tmp_path) == files
    assert (tmp_path / "checkpoints" / str(size)).read_bytes() == files["checkpoint"]
    assert whole(tmp_path) == []


@pytest.mark.parametrize("sizes", [(0, 1, 2), (1, 255, 256), (250, 257, 257), (200, 300, 900)])
def test_a_copy_grows_with_its_log_and_fetches_only_what_is_new(
    sizes: tuple[int, ...], tmp_path: Path
) -> None:
    log = log_of(0)
    with serving({}) as server:
        for size in sizes:
            log = grown(log, size - len(log.entries))
            server.files = files_of(log)
            before = files_in(tmp_path)
            server.asked.clear()
            copied(server, tmp_path)
            asked = set(server.asked) - {"checkpoint", "vkey"}
            assert not asked & before.keys()
            assert whole(tmp_path) == []
            assert server.files.items() - {("vkey", b"")} <= files_in(tmp_path).items()
    assert {p.name for p in (tmp_path / "checkpoints").iterdir()} == set(map(str, sizes))


def test_partial_files_go_once_the_full_ones_are_there(tmp_path: Path) -> None:
    log = log_of(250)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        assert (tmp_path / "tile/0/000.p/250").exists()
        server.files = files_of(grown(log, 300))
        copied(server, tmp_path)
    assert files_in(tmp_path) == files_of(grown(log, 300))
    assert not (tmp_path / "tile/entries/000.p").exists()


def test_partial_files_that_the_log_dropped_are_cut_from_the_full_ones(tmp_path: Path) -> None:
    log = log_of(300)
    files = files_of(log)
    ahead = {p: d for p, d in files_of(grown(log, 400)).items() if ".p/" not in p}
    with serving({**ahead, "checkpoint": files["checkpoint"]}) as server:
        server.files["tile/1/000.p/1"] = files["tile/1/000.p/1"]
        copied(server, tmp_path)
    assert files_in(tmp_path) == files


class PowerCut(OSError):
    """The machine stops."""


def stopping(at: int, *, lands: bool) -> tuple[Callable[[Path, bytes], None], list[Path]]:
    """Write as the disk does, until it stops before or after the write number `at`."""
    written: list[Path] = []
    real = durable.write_atomically

    def write(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) < at or (len(written) == at and lands):
            real(path, data)
        if len(written) >= at:
            raise PowerCut

    return write, written


@pytest.mark.parametrize("lands", [False, True])
def test_a_copy_that_is_stopped_at_any_write_is_whole_and_goes_on_where_it_was(
    lands: bool,  # noqa: FBT001 a parameter of the test
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = log_of(200), grown(log_of(200), 500)  # nine files to write
    for at in range(1, 10):
        folder = tmp_path / str(at)
        with serving(files_of(old)) as server:
            copied(server, folder)
            server.files = files_of(new)
            write, _ = stopping(at, lands=lands)
            with monkeypatch.context() as patched:
                patched.setattr(mirror, "write_atomically", write)
                with pytest.raises(PowerCut):
                    copied(server, folder)
            assert whole(folder) == []
            there = files_in(folder)
            server.asked.clear()
            copied(server, folder)
            assert not (set(server.asked) - {"checkpoint"}) & there.keys()
        assert files_of(new).items() <= files_in(folder).items()
        assert whole(folder) == []


def test_a_copy_that_was_cut_off_from_the_log_goes_on_where_it_was(tmp_path: Path) -> None:
    files = files_of(log_of(2000))
    with serving(files) as server:
        server.tricks["tile/entries/003"] = lambda handler: handler.send_error(503)
        with pytest.raises(Unreachable, match=r"tile/entries/003 .*503; tried 3 times"):
            copied(server, tmp_path)
        assert not (tmp_path / "checkpoint").exists()
        server.tricks.clear()
        copied(server, tmp_path)
        again = {path for path, times in server.asked.items() if times > 1}
        assert again == {"checkpoint", "tile/entries/003"}
    assert files_in(tmp_path) == files


def test_a_file_damaged_here_is_fetched_again_when_the_copy_goes_on(tmp_path: Path) -> None:
    files = files_of(log_of(700))
    with serving(files) as server:
        server.tricks["tile/entries/001"] = lambda handler: handler.send_error(404)
        with pytest.raises(LedgerError, match="tile/entries/001 is not there"):
            copied(server, tmp_path)
        for path in ("tile/0/000", "tile/0/002.p/188", "tile/entries/000"):
            (tmp_path / path).write_bytes(b"damaged")
        server.tricks.clear()
        copied(server, tmp_path)
    assert files_in(tmp_path) == files


def flipped(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("tile/0/001", TileDiffers),
        ("tile/0/002.p/88", EdgeDiffers),
        ("tile/1/000.p/2", EdgeDiffers),
        ("tile/entries/000", EntriesDiffer),
        ("tile/entries/002.p/88", EntriesDiffer),
    ],
)
def test_a_wrong_file_is_refused_and_the_copy_stays_as_it_was(
    path: str, refusal: type[Exception], tmp_path: Path
) -> None:
    log = log_of(100)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(grown(log, 500))
        server.files[path] = flipped(server.files[path])
        with pytest.raises(refusal) as refused:
            copied(server, tmp_path)
    named = path in str(refused.value)
    assert named or refusal is EdgeDiffers
    assert whole(tmp_path) == []
    assert open_signed(MirrorFolder(tmp_path).log.note(), KEY).size == 100
    assert not (tmp_path / "evidence").exists(), "a wrong file is no word of the log's own"


@pytest.mark.parametrize("path", ["tile/0/001", "tile/0/002.p/88", "tile/entries/001"])
def test_a_file_shorter_or_longer_than_it_is_is_refused(path: str, tmp_path: Path) -> None:
    with serving(files_of(log_of(600))) as server:
        right = server.files[path]
        for wrong in (right[:-1], right + b"x", b"", right + right):
            server.files[path] = wrong
            with pytest.raises(LedgerError, match=r"tile/|bundle"):
                copied(server, tmp_path)
    assert not (tmp_path / "checkpoint").exists()


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.end.is_set():
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        return


def silent(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.server.end.wait(30)


def truncated(handler: Handler) -> None:
    handler.say(b"half", length=8192)


def elsewhere(handler: Handler) -> None:
    handler.say(b"", 302, headers={"Location": "http://127.0.0.1:1/tile/0/000"})


@pytest.mark.parametrize(
    ("path", "trick", "says"),
    [
        ("checkpoint", endless, "larger than the 1000000 bytes"),
        ("tile/0/000", endless, "larger than the 8192 bytes"),
        ("tile/entries/000", endless, "larger than the 16777472 bytes"),
        ("tile/0/000", silent, "timed out; tried 3 times"),
        ("tile/0/000", truncated, "cut short, 8188 bytes are missing; tried 3 times"),
        ("tile/0/000", elsewhere, "leads on to http://127.0.0.1:1/tile"),
        ("checkpoint", lambda handler: handler.send_error(403), "the server says 403"),
        ("checkpoint", lambda handler: handler.send_error(429), "says 429; tried 3 times"),
    ],
)
def test_a_server_that_plays_tricks_is_given_up_in_bounded_time_and_space(
    path: str, trick: Callable[[Handler], None], says: str, tmp_path: Path
) -> None:
    with serving(files_of(log_of(300))) as server:
        server.tricks[path] = trick
        with pytest.raises(Unreachable, match=says):
            copied(server, tmp_path)
    assert not (tmp_path / "checkpoint").exists()


def test_a_fault_that_passes_is_overcome_by_another_try(tmp_path: Path) -> None:
    def once(handler: Handler) -> None:
        if handler.server.asked["tile/0/000"] < 3:
            handler.say(b"", 500)
        else:
            handler.say(handler.server.files["tile/0/000"])

    with serving(files_of(log_of(300))) as server:
        server.tricks["tile/0/000"] = once
        copied(server, tmp_path)
        assert server.asked["tile/0/000"] == 3


def test_a_checkpoint_that_the_logs_key_did_not_sign_is_not_believed(tmp_path: Path) -> None:
    log = log_of(10)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        later = grown(log, 5)
        server.files = files_of(later, private("a stranger"))
        with pytest.raises(NoteUnsigned):
            copied(server, tmp_path)
        stranger = Checkpoint("other.example/log", 15, merkle.EMPTY_ROOT)
        note = notes.sign(stranger.text, ORIGIN, LOG)
        server.files["checkpoint"] = note.encode()
        with pytest.raises(OriginDiffers):
            copied(server, tmp_path)
        server.files["checkpoint"] = b"\xff\xfe"
        with pytest.raises(LedgerError, match="not a signed note"):
            copied(server, tmp_path)
    assert whole(tmp_path) == []


def evidence(folder: Path, refused: TwoViews) -> dict[str, str]:
    where = Path(refused.where)
    assert where.parent == folder / "evidence"
    found = {path.name: path.read_text() for path in where.iterdir()}
    for name in ("known", "shown"):
        open_signed(found[name], KEY)
    return found


def test_two_trees_of_one_size_signed_by_the_log_are_kept_as_evidence(tmp_path: Path) -> None:
    log = log_of(300)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(forked(log, 10, 300))
        with pytest.raises(TwoViews, match="signed two trees of 300 entries") as refused:
            copied(server, tmp_path)
    kept = evidence(tmp_path, refused.value)
    assert kept["known"] != kept["shown"]
    assert "two trees of 300" in kept["says"]
    assert files_in(tmp_path) == files_of(log), "the copy stays what it was"


@pytest.mark.parametrize(("old", "at", "new"), [(300, 299, 700), (256, 0, 300), (3, 2, 600)])
def test_growth_that_is_no_growth_is_kept_as_evidence_that_proves_itself(
    old: int, at: int, new: int, tmp_path: Path
) -> None:
    log = log_of(old)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(forked(log, at, new))
        with pytest.raises(TwoViews, match=f"does not begin with its tree of {old}") as refused:
            copied(server, tmp_path)
    kept = evidence(tmp_path, refused.value)
    path = [unb64(line) for line in kept["consistency"].splitlines()]
    lied, told = open_signed(kept["shown"], KEY), forked(log, at, new)
    before = merkle.root(old, merkle.over([merkle.leaf_hash(e) for e in told.entries]))
    merkle.check_consistency(old, before, new, lied.root, path)
    assert open_signed(kept["known"], KEY).root != before
    assert files_in(tmp_path) == files_of(log)


def test_an_older_checkpoint_shown_again_is_kept_as_evidence(tmp_path: Path) -> None:
    log = log_of(300)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(grown(log, 50))
        copied(server, tmp_path)
        for older in (log, log_of(200)):
            server.files["checkpoint"] = files_of(older)["checkpoint"]
            size = len(older.entries)
            with pytest.raises(TwoViews, match=f"older checkpoint of {size} entries after") as no:
                copied(server, tmp_path)
            assert "consistency" not in evidence(tmp_path, no.value)
    assert whole(tmp_path) == []


@pytest.mark.parametrize("size", [100, 150])
def test_an_older_checkpoint_of_another_tree_is_told_apart_from_a_replay(
    size: int, tmp_path: Path
) -> None:
    log = log_of(100)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(grown(log, 100))
        copied(server, tmp_path)
        server.files = files_of(forked(log, 50, size))
        with pytest.raises(TwoViews) as refused:
            copied(server, tmp_path)
    kept = evidence(tmp_path, refused.value)
    if size == 100:
        assert "two trees of 100 entries" in kept["says"]
    else:
        assert "tree of 200 entries does not begin with its tree of 150" in kept["says"]
        assert kept["consistency"]


def test_a_checkpoint_seen_before_its_copy_was_whole_binds_the_log_too(tmp_path: Path) -> None:
    log = log_of(100)
    with serving(files_of(log)) as server:
        copied(server, tmp_path)
        server.files = files_of(grown(log, 100))
        server.tricks["tile/entries/000.p/200"] = lambda handler: handler.send_error(503)
        with pytest.raises(Unreachable):
            copied(server, tmp_path)
        server.files = files_of(forked(grown(log, 100), 150, 300))
        with pytest.raises(TwoViews, match="tree of 300 entries does not begin with its tree of "):
            copied(server, tmp_path)
        server.files = files_of(grown(log, 50))
        with pytest.raises(TwoViews, match="older checkpoint of 150 entries after one of 200"):
            copied(server, tmp_path)
    assert files_in(tmp_path).items() >= files_of(log).items()


def test_cosignatures_that_come_later_are_kept_and_none_is_lost(tmp_path: Path) -> None:
    files = files_of(log_of(10))
    plain = files["checkpoint"].decode()
    other = VerifierKey.of("witness.example", private("a witness").public_key())
    signed = notes.sign(plain.partition("\n\n")[0] + "\n", other.name, private("w"))
    cosigned = plain + signed.rpartition("\n\n")[2]
    with serving(files) as server:
        junk = plain + "".join(f"\u2014 junk.example {b64(bytes([n]) * 68)}\n" for n in range(3))
        shows = ((plain, plain), (cosigned, cosigned), (plain, cosigned), (junk, cosigned))
        for shown, kept in shows:
            server.files["checkpoint"] = shown.encode()
            copied(server, tmp_path)
            assert (tmp_path / "checkpoint").read_text() == kept
            assert (tmp_path / "checkpoints/10").read_text() == kept


def test_an_answer_that_drips_in_too_slowly_is_given_up(tmp_path: Path) -> None:
    with serving(files_of(log_of(3))) as server:
        hasty = type(HASTY)(answer_s=-1, pause=lambda _: None)
        with pytest.raises(Unreachable, match="takes longer than -1 s"):
            run_round(MirrorFolder(tmp_path), source(server.address, hasty), KEY)


def test_a_log_of_more_files_than_are_asked_for_at_once_is_copied_too(tmp_path: Path) -> None:
    files = files_of(log_of(8000))
    with serving(files) as server:
        copied(server, tmp_path)
    assert files_in(tmp_path) == files


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="can't be fetched"):
        run_round(MirrorFolder(tmp_path), source("http://[x", HASTY), KEY)


def test_what_a_file_is_bounds_how_much_is_read_of_it() -> None:
    assert longest("tile/entries/x001/000") == tiles.WIDTH * (2 + 65_535)
    assert longest("tile/0/000.p/3") == 8192
    assert longest("checkpoint") == longest("vkey") == 1_000_000
