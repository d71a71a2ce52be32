"""What a witness may answer, and what each answer is worth."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.proof import merkle
from ledger.proof.add_checkpoint import SIZE_TYPE, AddCheckpoint
from ledger.proof.policy import Witness
from ledger.store.witness_asking import (
    AHEAD_S,
    BEHIND_S,
    Answered,
    Asking,
    HttpPost,
    Question,
    WitnessSawMore,
    WitnessSawOther,
    WitnessSilent,
    WitnessUnusable,
)
from tests.ledger.proof.witnessed import (
    AT,
    TREE,
    cosigned_by,
    cosigner,
    lattice_cosigned_by,
    lattice_cosigner,
    note_of,
    of_another_tree,
    seen_at,
)

TAX = Witness("tax", cosigner("tax"), "http://tax.example/w")
TAX_LATTICE = Witness("tax-pq", lattice_cosigner("tax"), "http://tax.example/w")
LINE = cosigned_by(note_of(9), "tax").removeprefix(note_of(9))
LATTICE_LINE = lattice_cosigned_by(note_of(9), "tax").removeprefix(note_of(9))
TEXT = "text/plain"


def consistency(old: int, new: int) -> list[bytes]:
    return merkle.consistency(old, new, TREE)


def told(size: int) -> Answered:
    return Answered(409, SIZE_TYPE, b"%d\n" % size)


def ok(text: str) -> Answered:
    return Answered(200, TEXT, text.encode())


class Script:
    """A witness that gives these answers one after another, and remembers what it was asked."""

    def __init__(self, *answers: Answered) -> None:
        self.answers = list(answers)
        self.asked: list[AddCheckpoint] = []
        self.urls: list[str] = []

    def __call__(self, url: str, body: bytes) -> Answered:
        self.urls.append(url)
        self.asked.append(AddCheckpoint.parse(body))
        return self.answers.pop(0)


def ask(script: Script, old: int = 0, *witnesses: Witness, note: str = "") -> dict[str, str]:
    asking = Asking("http://tax.example/w/", witnesses or (TAX,), script, lambda: float(AT))
    return asking.ask(Question(note or note_of(9), seen_at(9), consistency), old)


def test_a_witness_is_asked_with_a_proof_from_where_it_stands() -> None:
    script = Script(ok(LINE))
    assert ask(script, 5) == {"tax": LINE}
    assert script.urls == ["http://tax.example/w/add-checkpoint"]
    assert script.asked == [AddCheckpoint(5, tuple(consistency(5, 9)), note_of(9))]


@pytest.mark.parametrize("old", [0, 9])
def test_from_nothing_and_from_the_same_size_no_proof_is_sent(old: int) -> None:
    script = Script(ok(LINE))
    ask(script, old)
    assert script.asked == [AddCheckpoint(old, (), note_of(9))]


def test_only_signatures_by_the_log_are_sent() -> None:
    script = Script(ok(LINE))
    ask(script, note=cosigned_by(note_of(9), "press"))
    assert script.asked[0].note == note_of(9)


@pytest.mark.parametrize("theirs", [0, 4, 9])
def test_it_is_asked_once_more_from_the_size_it_names(theirs: int) -> None:
    script = Script(told(theirs), ok(LINE))
    assert ask(script, 5) == {"tax": LINE}
    assert [each.old for each in script.asked] == [5, theirs]
    assert list(script.asked[1].path) == (consistency(4, 9) if theirs == 4 else [])


def test_it_is_not_asked_a_third_time() -> None:
    script = Script(told(4), told(6), ok(LINE))
    with pytest.raises(WitnessUnusable, match="409"):
        ask(script)
    assert len(script.asked) == 2


def test_a_witness_that_has_seen_more_than_we_hold_is_an_alarm() -> None:
    with pytest.raises(
        WitnessSawMore, match="has seen 12 entries of this log, we hold 9"
    ) as raised:
        ask(Script(told(12)))
    assert (raised.value.name, raised.value.theirs) == ("tax", 12)
    assert "it answered 409: '12'" in str(raised.value)


@pytest.mark.parametrize(
    "answers",
    [
        (told(9), Answered(422, TEXT, b"other root")),
        (told(9), Answered(409, TEXT, b"other root")),
        (told(9), told(9)),
        (told(5), Answered(422, TEXT, b"bad proof")),
    ],
)
def test_a_witness_that_has_seen_another_tree_is_an_alarm(answers: tuple[Answered, ...]) -> None:
    with pytest.raises(WitnessSawOther, match=r"another tree of [59] entries than ours") as raised:
        ask(Script(*answers))
    assert raised.value.answer == answers[1]
    assert raised.value.ours == seen_at(9)


@pytest.mark.parametrize(
    "answer",
    [
        Answered(400, TEXT, b"malformed"),
        Answered(403, TEXT, b"not signed"),
        Answered(404, TEXT, b"unknown log"),
        Answered(409, TEXT, b"conflict"),
        Answered(422, TEXT, b"a proof from nothing can't fail"),
        Answered(302, TEXT, b""),
        Answered(500, TEXT, b"\xff\x1b[31m"),
        Answered(409, SIZE_TYPE, b"007\n"),
        Answered(409, SIZE_TYPE, b"\xff"),
        Answered(409, SIZE_TYPE, b""),
        told(0),
        ok(""),
        ok("nonsense\n"),
        ok(LINE.replace("tax", "fax")),
        ok(cosigned_by(of_another_tree(9), "tax").removeprefix(of_another_tree(9))),
        ok(LATTICE_LINE),
        ok(note_of(9)),
        Answered(200, TEXT, b"\xff"),
    ],
)
def test_any_other_answer_is_no_cosignature_and_no_alarm(answer: Answered) -> None:
    with pytest.raises(WitnessUnusable, match=rf"it answered {answer.status}") as raised:
        ask(Script(answer))
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("at", "good"),
    [
        (AT - BEHIND_S - 1, False),
        (AT - BEHIND_S, True),
        (AT + AHEAD_S, True),
        (AT + AHEAD_S + 1, False),
        (0, False),
    ],
)
def test_a_cosignature_is_of_about_now(at: int, *, good: bool) -> None:
    line = cosigned_by(note_of(9), "tax", at=at).removeprefix(note_of(9))
    if good:
        assert ask(Script(ok(line))) == {"tax": line}
    else:
        with pytest.raises(WitnessUnusable):
            ask(Script(ok(line)))


def test_one_address_may_answer_with_several_keys() -> None:
    both = ok(LINE + LATTICE_LINE + LINE.replace("tax", "fax"))
    script = Script(both, ok(LATTICE_LINE))
    assert ask(script, 0, TAX, TAX_LATTICE) == {"tax": LINE, "tax-pq": LATTICE_LINE}
    assert ask(script, 0, TAX, TAX_LATTICE) == {"tax-pq": LATTICE_LINE}


@contextmanager
def speaking(*said: bytes, hold: threading.Event | None = None) -> Iterator[str]:
    """Serve one connection on this machine: hear it out, say these bytes, and hang up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            asked = b""
            while not asked.endswith(b"body"):  # hanging up on unread bytes would reset it all
                asked += connection.recv(65536)
            for part in said:
                connection.sendall(part)
            if hold:
                hold.wait(timeout=30)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    finally:
        if hold:
            hold.set()
        thread.join(timeout=30)
        listener.close()


def answer_with(head: bytes, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + head + b"\r\nConnection: close\r\n\r\n" + body


def test_an_answer_comes_back_whole() -> None:
    head = b"409 Conflict\r\nContent-Type: text/x.tlog.size; charset=x\r\nContent-Length: 3"
    with speaking(answer_with(head, b"12\n")) as url:
        assert HttpPost()(url, b"body") == Answered(409, SIZE_TYPE, b"12\n")


def test_a_redirect_is_not_followed() -> None:
    with speaking(answer_with(b"302 Found\r\nLocation: http://127.0.0.1:1/\r\n")) as url:
        assert HttpPost()(url, b"body").status == 302


def test_more_bytes_than_an_answer_may_have_are_not_read() -> None:
    post = HttpPost(answer_max=100)
    said = answer_with(b"200 OK", b"x" * 101)
    with speaking(said) as url, pytest.raises(WitnessSilent, match="more than 100 bytes"):
        post(url, b"body")
    with speaking(answer_with(b"200 OK", b"x" * 100)) as url:
        assert len(post(url, b"body").body) == 100


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut short"],
)
def test_an_answer_cut_short_or_of_another_protocol_is_none(said: bytes) -> None:
    with speaking(said) as url, pytest.raises(WitnessSilent, match="no answer from"):
        HttpPost()(url, b"body")


def test_a_witness_that_says_nothing_is_given_up() -> None:
    with speaking(hold=threading.Event()) as url, pytest.raises(WitnessSilent, match="timed out"):
        HttpPost(timeout_s=0.05)(url, b"body")


def test_a_witness_that_drips_is_given_up() -> None:
    post = HttpPost(timeout_s=5, monotonic=iter([0.0, 5.0, 5.1]).__next__)
    said, hold = answer_with(b"200 OK\r\nContent-Length: 9", b"x"), threading.Event()
    with speaking(said, hold=hold) as url, pytest.raises(WitnessSilent, match="timed out"):
        HttpPost(timeout_s=0.05)(url, b"body")
    said = answer_with(b"200 OK", b"x" * 20_000)
    with speaking(said) as url, pytest.raises(WitnessSilent, match="takes too long"):
        post(url, b"body")


def test_a_witness_that_is_not_there_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(WitnessSilent, match="refused"):
        HttpPost()(f"http://127.0.0.1:{port}", b"body")
