"""Cosignatures are gathered from whoever answers; an alarm of one witness stops everything."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ledger.errors import Unknown
from ledger.proof import checkpoint, merkle
from ledger.proof.add_checkpoint import SIZE_TYPE, AddCheckpoint
from ledger.proof.cosignatures import cosigned_at
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.notes import NoteUnsigned
from ledger.proof.policy import Policy
from ledger.store.witness_asking import Answered, WitnessSawMore, WitnessSawOther, WitnessSilent
from ledger.store.witnessing import AddressUnusable, Cosigning
from tests.ledger.proof.given import LOG_KEY, private
from tests.ledger.proof.witnessed import (
    AT,
    TREE,
    cosigned_by,
    cosigner,
    note_of,
    of_another_tree,
    seen_at,
)

NAMES = ("audit", "press", "tax")
POLICY = Policy.parse(
    f"log {LOG_KEY.line}\n"
    + "".join(f"witness {n} {cosigner(n).line} http://{n}.example\n" for n in NAMES)
    + f"witness archive {cosigner('archive').line}\ngroup two 2 audit press tax\nquorum two\n"
)
Reply = Callable[[AddCheckpoint], Answered]


def consistency(old: int, new: int) -> list[bytes]:
    return merkle.consistency(old, new, TREE)


def cosigns(name: str) -> Reply:
    def reply(asked: AddCheckpoint) -> Answered:
        line = cosigned_by(asked.note, name).removeprefix(asked.note)
        return Answered(200, "text/plain", line.encode())

    return reply


def stands_at(size: int, name: str) -> Reply:
    def reply(asked: AddCheckpoint) -> Answered:
        if asked.old != size:
            return Answered(409, SIZE_TYPE, b"%d\n" % size)
        return cosigns(name)(asked)

    return reply


def silent(_asked: AddCheckpoint) -> Answered:
    raise WitnessSilent("http://x.example", "refused")


def refuses(_asked: AddCheckpoint) -> Answered:
    return Answered(404, "text/plain", b"unknown log")


class Network:
    """Witnesses that reply as they are told to, and what each was asked."""

    def __init__(self, **replies: Reply) -> None:
        self.replies = {f"http://{name}.example": reply for name, reply in replies.items()}
        self.asked: list[tuple[str, int]] = []

    def __call__(self, url: str, body: bytes) -> Answered:
        base, request = url.removesuffix("/add-checkpoint"), AddCheckpoint.parse(body)
        self.asked.append((base, request.old))
        return self.replies[base](request)


def cosigning(network: Network, policy: Policy = POLICY, patience_s: float = 30.0) -> Cosigning:
    return Cosigning(policy, network, lambda: float(AT), patience_s)


ALL = {name: cosigns(name) for name in NAMES}


def test_every_witness_with_an_address_is_asked_and_stands_in_the_policy_s_order() -> None:
    network = Network(**ALL)
    ask = cosigning(network)
    note = ask(note_of(7), consistency)
    assert note == cosigned_by(note_of(7), *NAMES)
    assert sorted(network.asked) == [(f"http://{name}.example", 0) for name in NAMES]
    assert ask.satisfied(note)
    assert ask.silent == {}
    assert POLICY.check(note) == seen_at(7)


def test_cosignatures_that_are_there_are_kept_and_not_asked_for_again() -> None:
    network = Network(**ALL)
    note = cosigned_by(note_of(7), "tax", "archive", at=AT - 100)
    grown = cosigning(network)(note, consistency)
    assert grown == note + cosigned_by(note_of(7), "audit", "press").removeprefix(note_of(7))
    assert {url for url, _ in network.asked} == {"http://audit.example", "http://press.example"}
    network.asked.clear()
    assert cosigning(network)(grown, consistency) == grown
    assert network.asked == []


def test_witnesses_that_are_away_or_refuse_are_left_out_and_named() -> None:
    ask = cosigning(Network(audit=silent, press=refuses, tax=cosigns("tax")))
    note = ask(note_of(7), consistency)
    assert note == cosigned_by(note_of(7), "tax")
    assert not ask.satisfied(note)
    assert ask.silent == {
        "audit": "no answer from http://x.example (refused)",
        "press": "no cosignature from http://press.example (it answered 404: 'unknown log')",
    }
    ask = cosigning(Network(audit=cosigns("audit"), press=refuses, tax=silent))
    assert ask.satisfied(ask(note, consistency)), "the missing one may come later"


def test_a_witness_is_next_asked_from_where_it_stands() -> None:
    network = Network(**ALL)
    ask = cosigning(network)
    ask(note_of(7), consistency)
    network.asked.clear()
    network.replies["http://tax.example"] = stands_at(7, "tax")
    assert cosigned_at(ask(note_of(9), consistency), cosigner("tax")) == AT
    assert {old for _, old in network.asked} == {7}
    network.asked.clear()
    network.replies["http://tax.example"] = cosigns("tax")
    ask(note_of(5), consistency)
    assert {old for _, old in network.asked} == {5}, "never from beyond what is to be cosigned"


def test_a_witness_that_another_log_server_moved_on_is_asked_from_there() -> None:
    network = Network(**ALL | {"tax": stands_at(6, "tax")})
    note = cosigning(network)(note_of(7), consistency)
    assert note == cosigned_by(note_of(7), *NAMES)


def test_a_witness_that_has_seen_more_is_an_alarm_whatever_the_others_say() -> None:
    network = Network(**ALL | {"tax": stands_at(9, "tax")})
    with pytest.raises(WitnessSawMore, match="the witness 'tax' has seen 9 entries"):
        cosigning(network)(note_of(7), consistency)


def test_a_witness_that_has_seen_another_tree_is_an_alarm() -> None:
    def other(asked: AddCheckpoint) -> Answered:
        size = Answered(409, SIZE_TYPE, b"7\n")
        return size if asked.old != 7 else Answered(422, "text/plain", b"other root")

    with pytest.raises(WitnessSawOther, match="the witness 'press' has seen another tree of 7"):
        cosigning(Network(**ALL | {"press": other}))(note_of(7), consistency)


def test_an_error_of_our_own_is_no_silence_of_a_witness() -> None:
    def lost(_old: int, _new: int) -> list[bytes]:
        raise Unknown("a tile of ours is missing")

    with pytest.raises(Unknown, match="a tile of ours"):
        cosigning(Network(**ALL | {"tax": stands_at(3, "tax")}))(note_of(7), lost)


def test_a_witness_that_hangs_is_left_behind_and_not_asked_again_meanwhile() -> None:
    let_go, hanging = threading.Event(), threading.Event()

    def hangs(asked: AddCheckpoint) -> Answered:
        hanging.set()
        assert let_go.wait(timeout=30)
        return cosigns("tax")(asked)

    network = Network(**ALL | {"tax": hangs})
    ask, others = cosigning(network, patience_s=0.0), cosigned_by(note_of(7), "audit", "press")
    assert ask(others, consistency) == others, "tax alone is asked, and hangs"
    assert hanging.wait(timeout=30)

    ask._patience_s = 30.0
    for _ in range(3):
        assert ask(note_of(7), consistency) == others, "who hangs is not waited for"
        assert ask.silent == {"tax": "no answer from http://tax.example (it takes too long)"}
    assert [url for url, _ in network.asked].count("http://tax.example") == 1
    let_go.set()


def test_keys_of_one_address_are_asked_for_in_one_question() -> None:
    policy = Policy.parse(
        f"log {LOG_KEY.line}\nwitness a {cosigner('a').line} http://both.example\n"
        f"witness b {cosigner('b').line} http://both.example\ngroup g all a b\nquorum g\n"
    )

    def both(asked: AddCheckpoint) -> Answered:
        lines = cosigned_by(asked.note, "b", "a").removeprefix(asked.note)
        return Answered(200, "text/plain", lines.encode())

    network = Network(both=both)
    assert cosigning(network, policy)(note_of(7), consistency) == cosigned_by(note_of(7), "a", "b")
    assert len(network.asked) == 1


def test_a_note_that_the_log_did_not_sign_is_not_sent_to_anybody() -> None:
    network = Network(**ALL)
    forged = checkpoint.sign(seen_at(7), private("thief"))
    with pytest.raises(NoteUnsigned):
        cosigning(network)(forged, consistency)
    with pytest.raises(NoteUnsigned):
        cosigning(network).satisfied(forged)
    moved = note_of(7) + cosigned_by(of_another_tree(7), "tax").removeprefix(of_another_tree(7))
    with pytest.raises(SignatureFails):
        cosigning(network)(moved, consistency)
    assert network.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://tax.example", "tax.example", "http:"])
def test_an_address_that_is_not_on_the_web_is_refused(url: str) -> None:
    policy = Policy.parse(f"witness tax {cosigner('tax').line} {url}\nquorum tax\n")
    with pytest.raises(AddressUnusable, match="'tax' can't be asked"):
        cosigning(Network(), policy)
