from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Unreadable, Untrusted
from ledger.proof import checkpoint
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import CosignerKey
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.notes import NoteUnsigned, VerifierKey
from ledger.proof.policy import (
    LogUnknown,
    NotOneLog,
    Policy,
    PolicyUnreadable,
    QuorumMissing,
)
from tests.ledger.proof.given import LOG, LOG_KEY, private
from tests.ledger.proof.witnessed import (
    AT,
    cosigned_by,
    cosigner,
    lattice_cosigned_by,
    lattice_cosigner,
    note_of,
    of_another_tree,
    seen_at,
)

WITNESSES = ("x1", "x2", "x3", "y1", "y2")
KEYS = "".join(f"witness {name} {cosigner(name).line}\n" for name in WITNESSES)
NESTED = (
    f"log {LOG_KEY.line} https://donations.example/log\n{KEYS}"
    "group X 2 x1 x2 x3\ngroup Y any y1 y2\ngroup X-and-Y all X Y\nquorum X-and-Y\n"
)
SUCCESSOR = VerifierKey.of(LOG_KEY.name, private("successor").public_key())


def under(*lines: str) -> Policy:
    return Policy.parse(f"log {LOG_KEY.line}\n{KEYS}" + "".join(f"{line}\n" for line in lines))


def faults(*lines: str) -> str:
    with pytest.raises(PolicyUnreadable) as refused:
        Policy.parse("".join(f"{line}\n" for line in lines))
    assert isinstance(refused.value, Unreadable)
    return str(refused.value)


def test_a_policy_reads_back_as_it_was_written() -> None:
    policy = Policy.parse(NESTED)
    assert Policy.parse(policy.encode()) == policy
    assert policy.encode() == NESTED.replace("Y any", "Y 1").replace("Y all", "Y 2")
    assert (policy.log, policy.quorum, policy.logs[0].url) == (
        LOG_KEY, "X-and-Y", "https://donations.example/log"
    )  # fmt: skip


def test_blanks_comments_and_empty_lines_say_nothing() -> None:
    spaced = NESTED.replace(" ", " \t ").replace("group", "\n \t\n  # 说明\tnote\n\tgroup")
    assert Policy.parse(spaced) == Policy.parse(NESTED)


@pytest.mark.parametrize("count", range(len(WITNESSES) + 1))
def test_two_of_three_and_one_of_two_is_just_what_it_says(count: int) -> None:
    policy = Policy.parse(NESTED)
    for names in itertools.combinations(WITNESSES, count):
        note = cosigned_by(note_of(7), *names)
        enough = len({*names} & {"x1", "x2", "x3"}) >= 2 and bool({*names} & {"y1", "y2"})
        if enough:
            assert policy.check(note) == seen_at(7)
        else:
            with pytest.raises(QuorumMissing) as refused:
                policy.check(note)
            assert refused.value.present == names
            assert {*refused.value.missing} == {*WITNESSES} - {*names}


@pytest.mark.parametrize(
    ("lines", "names", "enough"),
    [
        (["quorum none"], (), True),
        (["quorum x1"], ("x1",), True),
        (["quorum x1"], ("x2", "x3"), False),
        (["group g any x1 x2", "quorum g"], ("x2",), True),
        (["group g any x1 x2", "quorum g"], ("x3",), False),
        (["group g all x1 x2", "quorum g"], ("x1",), False),
        (["group g all x1 x2", "quorum g"], ("x1", "x2"), True),
        (["group g 1 x1", "quorum g"], ("x1",), True),
        (["group g all x1 x2", "quorum x1"], ("x1",), True),
    ],
)
def test_a_quorum_is_met_or_not(lines: list[str], names: tuple[str, ...], *, enough: bool) -> None:
    policy, note = under(*lines), cosigned_by(note_of(7), *names)
    if enough:
        assert policy.check(note) == seen_at(7)
    else:
        with pytest.raises(QuorumMissing):
            policy.check(note)


def test_what_is_missing_is_said_by_name() -> None:
    with pytest.raises(QuorumMissing) as refused:
        Policy.parse(NESTED).check(cosigned_by(note_of(7), "x2"))
    assert str(refused.value) == (
        "too few witnesses cosigned the checkpoint: needed 2 of (2 of (x1, x2, x3), "
        "1 of (y1, y2)); cosigned by x2; not by x1, x3, y1, y2"
    )
    with pytest.raises(QuorumMissing, match="needed x1; cosigned by nobody; not by x1"):
        under("quorum x1").check(note_of(7))


def test_witnesses_of_both_kinds_count_and_tell_their_second() -> None:
    policy = Policy.parse(
        f"log {LOG_KEY.line}\nwitness tax {cosigner('tax').line}\n"
        f"witness audit {lattice_cosigner('audit').line}\ngroup both all tax audit\nquorum both\n"
    )
    note = lattice_cosigned_by(cosigned_by(note_of(7), "tax"), "audit", at=AT + 60)
    assert policy.check(note) == seen_at(7)
    assert policy.cosigners(note) == {"tax": AT, "audit": AT + 60}


def test_a_cosignature_by_a_witness_that_the_policy_does_not_name_counts_nothing() -> None:
    with pytest.raises(QuorumMissing):
        under("quorum x1").check(cosigned_by(note_of(7), "stranger"))


def test_a_known_witness_that_fails_refuses_the_checkpoint_though_others_suffice() -> None:
    forged = cosigned_by(of_another_tree(7), "x2").removeprefix(of_another_tree(7))
    note = cosigned_by(note_of(7), "x1") + forged
    with pytest.raises(SignatureFails):
        under("quorum x1").check(note)


def test_the_log_itself_must_have_signed() -> None:
    seen = Checkpoint("other.example", 7, seen_at(7).root)
    with pytest.raises(LogUnknown, match=r"names no log 'other\.example'"):
        under("quorum none").check(checkpoint.sign(seen, LOG))
    with pytest.raises(NoteUnsigned):
        under("quorum none").check(checkpoint.sign(seen_at(7), private("thief")))


def test_any_of_several_logs_is_good_and_either_key_of_one_log() -> None:
    other = VerifierKey.of("other.example", private("other log").public_key())
    policy = Policy.parse(
        f"log {other.line}\nlog {SUCCESSOR.line}\nlog {LOG_KEY.line}\nquorum none\n"
    )
    assert policy.check(note_of(7)) == seen_at(7)
    assert policy.check(checkpoint.sign(seen_at(8), private("successor"))) == seen_at(8)
    elsewhere = Checkpoint("other.example", 1, seen_at(1).root)
    assert policy.check(checkpoint.sign(elsewhere, private("other log"))) == elsewhere


@pytest.mark.parametrize(
    ("lines", "count"),
    [(["quorum none"], 0), ([f"log {LOG_KEY.line}", f"log {SUCCESSOR.line}", "quorum none"], 2)],
)
def test_a_policy_for_a_ledger_names_one_log(lines: list[str], count: int) -> None:
    policy = Policy.parse("".join(f"{line}\n" for line in lines))
    with pytest.raises(NotOneLog, match=f"names {count} logs"):
        _ = policy.log


X1 = f"witness x1 {cosigner('x1').line}"
X2 = f"witness x2 {cosigner('x2').line}"
NAMESAKE = CosignerKey.of_ed25519("other-name", private("x1 seed").public_key())


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["quorum none", "nonsense"], "line 2: it is none of: log KEY"),
        (["log", "quorum none"], "line 1: it is none of: log KEY"),
        ([f"{X1} https://a b", "quorum none"], "line 1: it is none of: log KEY"),
        (["Quorum none"], "line 1: it is none of: log KEY"),
        (["quorum none\r"], "line 1: it has a control character"),
        (["quorum none\x7f"], "line 1: it has a control character"),
        ([f"log {LOG_KEY.line[:-1]}"], "line 1: .*base64"),
        ([f"log {cosigner('x1').line}"], r"line 1: .*not Ed25519 \(01\)"),
        ([f"witness x1 {LOG_KEY.line}"], "line 1: .*neither Ed25519"),
        ([f"log {LOG_KEY.line}", f"log {LOG_KEY.line}"], "line 2: the key of the log .*already"),
        ([X1, f"witness x9 {NAMESAKE.line}"], "line 2: the key of the witness 'x9' is there"),
        ([X1, X2.replace("x2", "x1", 1)], "line 2: the name 'x1' is taken"),
        ([X1.replace("x1", "none", 1)], "line 1: the name 'none' is taken"),
        ([X1, "group x1 any x1"], "line 2: the name 'x1' is taken"),
        ([X1, "group g any"], "line 2: it is none of"),
        ([X1, "group g any x2"], "line 2: no line before it defines 'x2'"),
        ([X1, "group g any none"], "line 2: no line before it defines 'none'"),
        (["group g any g"], "line 1: no line before it defines 'g'"),
        ([X1, X2, "group g 3 x1 x2"], "line 3: write any, all or a number from 1 to 2, not '3'"),
        ([X1, "group g 0 x1"], "line 2: write any, all or a number from 1 to 1, not '0'"),
        ([X1, "group g 01 x1"], "not '01'"),
        ([X1, "group g most x1"], "not 'most'"),
        ([X1, "group g 2 x1 x1"], "line 2: a member stands in two places"),
        ([X1, "group g any x1", "group h any g x1"], "line 3: a member stands in two places"),
        (["quorum x1", X1], "line 1: no line before it defines 'x1'"),
        (["quorum none", "quorum none"], "line 2: there is a quorum already"),
        ([X1], "it has no line: quorum NAME"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_what_is_wrong(lines: list[str], fault: str) -> None:
    assert re.search(fault, faults(*lines))


def test_every_line_that_is_wrong_is_named() -> None:
    said = faults("nonsense", X1, "group g any x2", "quorum g")
    assert "line 1: " in said
    assert "line 3: " in said
    assert "line 2: " not in said


def test_the_last_line_ends_too() -> None:
    with pytest.raises(PolicyUnreadable, match="line 2: it has no line feed at its end"):
        Policy.parse(f"{X1}\nquorum x1")


def test_a_policy_is_bounded() -> None:
    assert "more than 500 lines" in faults(*["#"] * 500)
    many = [f"witness w{n} {cosigner(f'w{n}').line}" for n in range(61)]
    assert "line 61: there are more than 60 of its kind" in faults(*many)
    assert len(Policy.parse("\n".join([*many[:60], "quorum none", ""])).witnesses) == 60


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([X1, X2, "group g any x1", "quorum g", "quorum none", "", "#"])))
def test_what_can_be_read_is_written_and_read_again(lines: list[str]) -> None:
    try:
        policy = Policy.parse("".join(f"{line}\n" for line in lines))
    except PolicyUnreadable:
        return
    assert Policy.parse(policy.encode()) == policy


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80))
def test_any_other_text_is_unreadable_never_another_error(text: str) -> None:
    with pytest.raises(PolicyUnreadable):
        Policy.parse(text)
    with pytest.raises(Untrusted):
        under("quorum none").check(text)
