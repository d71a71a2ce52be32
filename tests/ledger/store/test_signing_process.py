"""A second process signs what comes in bulk, and nothing depends on its being there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import Pipe
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.wiring import House
from ledger import engine
from ledger.proof.jws import Ed25519Signer, Signer
from ledger.store import signing_work
from ledger.store.signing_process import AT_ONCE, OUT, SigningProcess
from ledger.store.signing_work import work
from tests.houses import general_fund, give, register
from tests.invariants import check_house

SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
MANY = [str(number).encode() for number in range(AT_ONCE * (OUT + 3) + 7)]
WAIT_S = 30.0
SCRIPT = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger.proof.jws import Ed25519Signer
from ledger.store.signing_process import SigningProcess
with Path(sys.argv[1]).open("a") as said:
    said.write("run\\n")
process = SigningProcess()
signer = Ed25519Signer(Ed25519PrivateKey.generate())
list(process.sign_all(signer, [b"a"]))
assert process._pipe.poll(20)
assert len(list(process.sign_all(signer, [b"a"] * 1000))) == 1000
process.close()
"""


class Elsewhere:
    """A signer whose key can't be sent to another process."""

    kid = SIGNER.kid

    def sign(self, message: bytes) -> bytes:
        return SIGNER.sign(message)


@pytest.fixture
def process() -> Iterator[SigningProcess]:
    made = SigningProcess()
    yield made
    made.close()


@pytest.fixture
def ready(process: SigningProcess) -> SigningProcess:
    """A process that has started, and signs what is sent to it."""
    list(process.sign_all(SIGNER, [b"first"]))
    assert process._pipe is not None
    assert process._pipe.poll(WAIT_S)
    return process


def signed(signer: Signer, messages: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    return [(message, signer.sign(message)) for message in messages]


def pid_of(process: SigningProcess) -> int:
    assert process._process is not None
    return process._process.pid


@pytest.fixture
def signed_here(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is signed in this process from now on."""
    seen: list[bytes] = []
    sign = Ed25519Signer.sign

    def noted(signer: Ed25519Signer, message: bytes) -> bytes:
        seen.append(message)
        return sign(signer, message)

    monkeypatch.setattr(Ed25519Signer, "sign", noted)
    return seen


def test_messages_are_signed_in_order_before_it_is_ready_and_after(ready: SigningProcess) -> None:
    assert list(ready.sign_all(SIGNER, MANY)) == signed(SIGNER, MANY)
    assert list(ready.sign_all(OTHER, iter(MANY))) == signed(OTHER, MANY)
    assert list(ready.sign_all(SIGNER, MANY[:1])) == signed(SIGNER, MANY[:1])
    assert list(ready.sign_all(SIGNER, [])) == []
    large = [bytes([number]) * 60_000 for number in range(250)]
    assert list(ready.sign_all(SIGNER, large)) == signed(SIGNER, large)


def test_the_other_process_does_the_signing_once_it_is_ready(
    ready: SigningProcess, signed_here: list[bytes]
) -> None:
    assert [message for message, _ in ready.sign_all(SIGNER, MANY)] == MANY
    assert signed_here == []


def test_nobody_waits_for_it_to_start(process: SigningProcess, signed_here: list[bytes]) -> None:
    found = process.sign_all(SIGNER, [b"a"])
    assert next(found)[0] == b"a"
    assert signed_here == [b"a"]


def test_a_key_that_can_not_travel_signs_here(process: SigningProcess) -> None:
    assert list(process.sign_all(Elsewhere(), MANY)) == signed(SIGNER, MANY)
    assert process._process is None


@pytest.mark.parametrize("sent", [0, AT_ONCE, AT_ONCE * (OUT + 2)])
def test_one_that_is_gone_is_not_missed(ready: SigningProcess, sent: int) -> None:
    def messages() -> Iterator[bytes]:
        yield from MANY[:sent]
        os.kill(pid_of(ready), signal.SIGKILL)
        assert ready._process is not None
        ready._process.wait(WAIT_S)
        yield from MANY[sent:]

    assert list(ready.sign_all(SIGNER, messages())) == signed(SIGNER, MANY)
    assert list(ready.sign_all(SIGNER, MANY)) == signed(SIGNER, MANY), "another one may start"


@pytest.mark.parametrize("program", ["/dev/null", "/nowhere/python"])
def test_one_that_can_not_start_is_not_missed(
    process: SigningProcess, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    if program == "/dev/null":
        monkeypatch.setattr(signing_work, "__file__", program)
    else:
        monkeypatch.setattr(sys, "executable", program)
    list(process.sign_all(SIGNER, [b"first"]))
    if process._process is not None:
        process._process.wait(WAIT_S)
    assert list(process.sign_all(SIGNER, MANY)) == signed(SIGNER, MANY)


def test_the_program_that_records_is_not_run_again(tmp_path: Path) -> None:
    """Scripts that use the ledger as a library need no guard around what they do."""
    script, said = tmp_path / "script.py", tmp_path / "said"
    script.write_text(SCRIPT)
    subprocess.run([sys.executable, script, said], check=True, timeout=WAIT_S)
    assert said.read_text() == "run\n"


def test_two_threads_share_it_without_waiting_for_each_other(ready: SigningProcess) -> None:
    begun, goes_on = Event(), Event()
    slowly: list[tuple[bytes, bytes]] = []

    def messages() -> Iterator[bytes]:
        yield from MANY[:AT_ONCE]
        begun.set()
        assert goes_on.wait(WAIT_S)
        yield from MANY[AT_ONCE:]

    thread = Thread(target=lambda: slowly.extend(ready.sign_all(SIGNER, messages())))
    thread.start()
    assert begun.wait(WAIT_S)
    assert list(ready.sign_all(OTHER, MANY)) == signed(OTHER, MANY)
    goes_on.set()
    thread.join(WAIT_S)
    assert slowly == signed(SIGNER, MANY)


def test_what_was_given_out_and_not_taken_back_answers_nothing_else(ready: SigningProcess) -> None:
    def messages() -> Iterator[bytes]:
        yield from MANY
        raise ValueError("the next one can't be written")

    with pytest.raises(ValueError, match="can't be written"):
        list(ready.sign_all(SIGNER, messages()))
    assert ready._process is None
    assert list(ready.sign_all(OTHER, MANY)) == signed(OTHER, MANY)


def test_it_ends_when_it_is_closed(ready: SigningProcess) -> None:
    child = ready._process
    assert child is not None
    ready.close()
    assert child.poll() is not None
    ready.close()
    SigningProcess().close()


def test_who_is_interrupted_between_two_signatures_can_close_it(ready: SigningProcess) -> None:
    """As by Ctrl-C while an entry is put together: the traceback keeps what was half done."""
    process = ready._process
    assert process is not None

    def interrupted() -> None:
        half_done = ready.sign_all(SIGNER, MANY)
        next(half_done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        interrupted()
    closing = Thread(target=ready.close, daemon=True)
    closing.start()
    closing.join(WAIT_S)
    assert not closing.is_alive()
    assert process.poll() is not None
    del raised
    assert len(list(ready.sign_all(SIGNER, MANY))) == len(MANY)


def test_the_work_of_the_other_process() -> None:
    ours, theirs = Pipe()
    said: list[object] = []

    def ask() -> None:
        said.append(ours.recv())
        for signer in (SIGNER, OTHER):
            ours.send((signer.seed, MANY[:3]))
            said.append(ours.recv())
        ours.close()

    asking = Thread(target=ask)
    asking.start()
    work(theirs)
    asking.join(WAIT_S)
    wanted = [[signature for _, signature in signed(each, MANY[:3])] for each in (SIGNER, OTHER)]
    assert said == [[], *wanted]
    assert theirs.closed


def test_gifts_recorded_in_bulk_are_signed_by_it_and_stand(
    house: House, monkeypatch: pytest.MonkeyPatch, signed_here: list[bytes]
) -> None:
    monkeypatch.setattr(engine, "MANY", 4)
    register(house)
    fund, process = general_fund(house), house._signing or SigningProcess()
    monkeypatch.setattr(house.mapper, "_many", process)
    first = give(house, fund, "1.00", "2.00", "3.00", "4.00")
    assert process._pipe is not None
    assert process._pipe.poll(WAIT_S)
    signed_here.clear()
    second = give(house, fund, *["5.00"] * 10)
    assert signed_here == []
    process.close()
    check_house(house)
    assert {row.stream for row in house.recorder.log_of([*first, *second])} == {*first, *second}
