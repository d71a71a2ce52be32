"""What a receiver is told: everything, in order, at least once, whatever breaks on the way."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat

import pytest
from psycopg import sql
from standardwebhooks.webhooks import Webhook

from api.auditing.database import _audit_private
from api.auditing.findings import Audit
from api.hooks import asking
from api.hooks.delivering import PAUSES
from api.people import registering
from ledger.proof.standard_webhooks import shown
from ledger.store.hooks import (
    ACTIVE,
    ANSWERS_KEPT,
    CLOSED,
    GONE,
    PAUSED,
    SILENT,
    Hook,
    HookUnknown,
)
from tests.api.hooks.receiving import Received
from tests.api.hooks.telling import CLERK, NOON, Telling
from tests.conftest import USCC
from tests.houses import give

GIFT = "gift-received.v1"


def test_every_published_event_is_told_in_order_and_signed(telling: Telling) -> None:
    hook = telling.hook()
    assert telling.deliver(hook) == (telling.size, True)
    came = telling.receiver.came
    assert [one.leaf for one in came] == list(range(telling.size))
    assert len({one.id for one in came}) == len(came)
    assert len(telling.receiver.lines) == 1, "all over one connection"
    one = came[-1]
    assert one.path == "/told?x=1"
    assert one.headers["content-type"] == "application/json"
    assert one.said["type"] == GIFT
    assert one.said["actor"] == USCC
    assert one.said["id"] == one.id
    assert signed(telling, one) == one.headers["webhook-signature"]
    assert telling.now(hook).next == telling.size
    assert telling.deliver(hook) == (0, False), "nothing is told twice"


def signed(telling: Telling, one: Received) -> str:
    """Return the signature that the published library makes of a request."""
    assert one.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    return Webhook(shown(telling.secret)).sign(one.id, NOON, one.body.decode())


def test_a_receiver_that_was_down_for_a_day_catches_up_without_loss_or_doubles(
    telling: Telling,
) -> None:
    hook, first = telling.hook(after=None), telling.size
    telling.receiver.status = 503
    telling.give("4.00")
    for pause in PAUSES[:6]:
        assert not telling.due().moved
        telling.give("5.00")
        assert not telling.due().moved, "it is not asked again before the pause is over"
        telling.wait(pause)
    assert set(telling.receiver.leaves) == {first}, "nothing is sent past what was not taken"
    assert len(telling.receiver.came) == 6
    assert len({one.id for one in telling.receiver.came}) == 1
    down = telling.receiver.came[:]
    telling.receiver.came.clear()
    telling.receiver.status = 200

    while telling.due().moved:
        pass

    assert telling.receiver.leaves == list(range(first, telling.size))
    assert telling.receiver.came[0].id == down[0].id
    assert telling.receiver.came[0].body != b""
    after = telling.now(hook)
    assert (after.failures, after.failing_since, after.try_at) == (0, None, None)


def test_an_answer_that_was_lost_brings_the_same_event_again_under_the_same_id(
    telling: Telling,
) -> None:
    hook = telling.hook()
    telling.receiver.status = None
    assert telling.deliver(hook) == (0, False)
    assert telling.deliver(hook) == (0, False)
    assert len(telling.receiver.came) == 1, "nobody asks before the pause is over"
    telling.receiver.status = 200
    telling.wait(PAUSES[0])
    telling.deliver(hook)
    first, again, *_ = telling.receiver.came
    assert first.id == again.id
    assert list(dict.fromkeys(telling.receiver.leaves)) == list(range(telling.size))


def test_a_sender_killed_after_sending_and_before_noting_it_loses_nothing(
    telling: Telling,
) -> None:
    hook, house = telling.hook(), telling.house
    sender = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main(['hooks', 'deliver'])"],
        env={
            **os.environ,
            "LEDGER_DATA": str(house.settings.data),
            "LEDGER_DATABASE_URL": str(house.settings.database_url),
            "LEDGER_SCHEMA": house.settings.schema,
            "LEDGER_HOOKS_LOOPBACK": "yes",
        },
        stdout=subprocess.DEVNULL,
    )

    def kill() -> None:
        if len(telling.receiver.came) == 3:
            sender.kill()

    telling.receiver.meanwhile = kill
    assert sender.wait(60) == -signal.SIGKILL
    telling.receiver.meanwhile = lambda: None
    with house.database.alone(f"{house.settings.schema}.hooks {hook.id}"):
        pass  # the database has noticed by now that the sender is gone

    telling.deliver(hook)

    assert telling.now(hook).next == telling.size
    told = telling.receiver.came
    assert [one.leaf for one in told] == [0, 1, 2, *range(2, telling.size)]
    assert told[2].id == told[3].id


def test_a_replay_tells_everything_after_an_entry_again_under_the_same_ids(
    telling: Telling,
) -> None:
    hook = telling.hook()
    telling.deliver(hook)
    first = telling.receiver.came[:]
    asking.replay(telling.house, CLERK, hook.id, 1)
    telling.deliver(hook)
    again = telling.receiver.came[len(first) :]
    assert [(one.id, one.body) for one in again] == [(one.id, one.body) for one in first[2:]]
    asking.replay(telling.house, CLERK, hook.id, -1)
    telling.receiver.came.clear()
    telling.deliver(hook)
    assert telling.receiver.leaves == list(range(telling.size))
    with pytest.raises(asking.AheadOfTheLog, match="the last one so far"):
        asking.replay(telling.house, CLERK, hook.id, telling.size)


def test_only_what_is_wanted_is_told_and_the_rest_left_behind(telling: Telling) -> None:
    gifts, nothing = telling.hook(GIFT), telling.hook("fund-closed.v1")
    theirs, ours = telling.hook(charity="authority"), telling.hook(charity=USCC)
    telling.deliver(gifts)
    assert {one.said["type"] for one in telling.receiver.came} == {GIFT}
    count = len(telling.receiver.came)
    assert telling.deliver(nothing) == (0, True)
    assert len(telling.receiver.came) == count
    for hook, actor in ((theirs, "authority"), (ours, USCC)):
        telling.receiver.came.clear()
        assert telling.deliver(hook).taken > 0
        assert {one.said["actor"] for one in telling.receiver.came} == {actor}
    for hook in (gifts, nothing, theirs, ours):
        assert telling.now(hook).next == telling.size


def test_nothing_is_told_before_it_is_published(telling: Telling) -> None:
    hook, size = telling.hook(after=None), telling.size
    give(telling.house, telling.fund, "6.00")
    assert telling.house.recorder.size() > size
    assert telling.due() == (0, False)
    telling.house.publish()
    assert telling.due().taken == telling.size - size
    assert telling.now(hook).next == telling.size


def test_after_each_failure_comes_a_longer_pause_and_the_receiver_may_ask_for_more(
    telling: Telling,
) -> None:
    hook = telling.hook()
    telling.receiver.status = 429
    telling.receiver.headers = {"Retry-After": "60"}
    for number, pause in enumerate(chain(PAUSES[:4], repeat(PAUSES[4], 1))):
        telling.deliver(hook)
        failed = telling.now(hook)
        assert failed.failures == number + 1
        assert failed.failing_since == NOON
        assert failed.try_at is not None
        assert failed.try_at - telling.clock.now == max(pause, timedelta(seconds=60))
        telling.clock.now = failed.try_at
    telling.receiver.headers = {"Retry-After": "Sun, 22 Nov 2026 05:00:00 GMT"}
    telling.deliver(hook, pauses=(timedelta(seconds=1),))
    failed = telling.now(hook)
    assert failed.try_at == telling.clock.now + timedelta(seconds=1), "a date is passed over"


def test_after_five_days_it_is_paused_and_resumed_without_a_gap(telling: Telling) -> None:
    hook = telling.hook()
    telling.receiver.status = 500
    telling.deliver(hook)
    telling.wait(timedelta(days=5) - timedelta(seconds=1))
    telling.deliver(hook)
    assert telling.now(hook).state == ACTIVE
    telling.wait(timedelta(days=1))
    telling.deliver(hook)
    assert (telling.now(hook).state, telling.now(hook).why) == (PAUSED, SILENT)
    telling.receiver.status = 200
    telling.receiver.came.clear()
    assert telling.due() == (0, False)
    assert telling.deliver(hook) == (0, False)
    asking.resume(telling.house, CLERK, hook.id)
    assert telling.due().taken == telling.size
    assert telling.receiver.leaves == list(range(telling.size))
    assert telling.now(hook).why == ""


def test_410_pauses_at_once(telling: Telling) -> None:
    hook = telling.hook()
    telling.receiver.status = 410
    telling.deliver(hook)
    after = telling.now(hook)
    assert (after.state, after.why, after.next) == (PAUSED, GONE, 0)
    assert after.answers == ("2026-11-22T04:00:00Z 0 410",)


def test_a_redirection_is_not_followed(telling: Telling) -> None:
    hook = telling.hook()
    telling.receiver.status = 307
    telling.receiver.headers = {"Location": telling.receiver.url}
    telling.deliver(hook)
    assert len(telling.receiver.came) == 1
    assert telling.now(hook).answers[0].endswith(" 307")
    assert telling.now(hook).next == 0


def test_no_two_senders_tell_one_hook_at_a_time(telling: Telling) -> None:
    hook, others = telling.hook(), []
    telling.receiver.meanwhile = lambda: others.append(telling.deliver(hook))
    telling.deliver(hook)
    assert set(others) == {(0, False)}
    assert telling.receiver.leaves == list(range(telling.size))


def test_a_replay_asked_for_meanwhile_is_not_forgotten(telling: Telling) -> None:
    hook = telling.hook(after=2)
    telling.receiver.meanwhile = lambda: asking.replay(telling.house, CLERK, hook.id, -1)
    assert telling.deliver(hook).taken == 1
    telling.receiver.meanwhile = lambda: None
    assert telling.now(hook).next == 0
    telling.deliver(hook)
    assert telling.receiver.leaves == [3, *range(telling.size)]


def test_a_pause_asked_for_meanwhile_holds_and_what_was_taken_counts(telling: Telling) -> None:
    hook = telling.hook()
    telling.receiver.meanwhile = lambda: asking.pause(telling.house, CLERK, hook.id)
    telling.deliver(hook)
    assert (telling.now(hook).state, telling.now(hook).next) == (PAUSED, 1)
    telling.receiver.status = 500
    telling.house.hooks.change(hook.id, lambda one: one.resumed(CLERK.account))
    telling.deliver(hook)
    after = telling.now(hook)
    assert (after.state, after.try_at, after.next) == (PAUSED, None, 1)


def test_a_hook_removed_meanwhile_is_let_go_and_others_are_told(telling: Telling) -> None:
    hook = telling.hook()
    other = telling.hook("fund-closed.v1")
    telling.receiver.meanwhile = lambda: asking.remove(telling.house, CLERK, hook.id)
    telling.due()
    assert len(telling.receiver.came) == 1
    assert telling.now(other).next == telling.size
    with pytest.raises(HookUnknown):
        telling.now(hook)


def test_a_hook_whose_account_was_closed_is_paused_until_another_answers_for_it(
    telling: Telling,
) -> None:
    account, _ = registering.add(telling.house, "clerk-9", USCC, ["clerk"], "tests")
    hook = telling.house.hooks.change(
        telling.hook().id, lambda one: replace(one, account=account.id)
    )
    assert telling.deliver(hook, a_time=1).taken == 1
    registering.give_roles(telling.house, "clerk-9", ["reviewer"], "tests")
    telling.deliver(hook)
    assert (telling.now(hook).state, telling.now(hook).why) == (PAUSED, CLOSED)
    registering.give_roles(telling.house, "clerk-9", ["clerk"], "tests")
    registering.disable(telling.house, "clerk-9", "tests")
    telling.house.hooks.change(hook.id, lambda one: one.resumed(account.id))
    telling.deliver(hook)
    assert telling.now(hook).why == CLOSED
    asking.resume(telling.house, CLERK, hook.id)
    telling.deliver(hook)
    assert telling.receiver.leaves == list(range(telling.size))


def test_a_turn_ends_when_the_server_stops_or_others_wait(telling: Telling) -> None:
    hook, told = telling.hook(), iter((False, True))
    assert telling.deliver(hook, stopping=lambda: next(told)).taken == 1
    assert telling.deliver(hook, a_time=2).taken == 2
    assert telling.now(hook).next == 3
    nothing = telling.hook("fund-closed.v1")
    assert telling.deliver(nothing, looked_at=2) == (0, True)
    assert telling.now(nothing).next == 2, "as far as was looked"
    telling.terms = replace(telling.terms, stopping=lambda: True)
    assert telling.due() == (0, False)


def test_a_new_secret_signs_beside_the_old_one_for_a_day(telling: Telling) -> None:
    hook, old = telling.hook(), telling.secret
    _, new = asking.renew_secret(telling.house, CLERK, hook.id)
    for secrets in ((new, old), (new,)):
        telling.receiver.came.clear()
        asking.replay(telling.house, CLERK, hook.id, telling.size - 2)
        telling.deliver(hook)
        (one,) = telling.receiver.came
        expected = [Webhook(s).sign(one.id, telling.clock.now, one.body.decode()) for s in secrets]
        assert one.headers["webhook-signature"].split(" ") == expected
        telling.wait(timedelta(days=1))


def test_the_last_answers_are_kept(telling: Telling) -> None:
    hook = telling.hook()
    telling.give(*["7.00"] * ANSWERS_KEPT)
    telling.deliver(hook)
    kept = telling.now(hook).answers
    assert len(kept) == ANSWERS_KEPT
    assert kept[0] == f"2026-11-22T04:00:00Z {telling.size - 1} 204"


def test_a_row_that_was_altered_is_sent_nothing_and_named_by_the_audit(
    telling: Telling, caplog: pytest.LogCaptureFixture
) -> None:
    hook, other = telling.hook(), telling.hook("fund-closed.v1")
    lead(telling, hook, "https://elsewhere.example/")
    with caplog.at_level(logging.WARNING):
        telling.due()
    assert telling.receiver.came == []
    assert f"hooks: the row {hook.id} is not what was written" in caplog.text
    assert telling.now(other).next == telling.size
    audit = Audit()
    _audit_private(audit, telling.house)
    assert audit.findings == [f"hooks: the row {hook.id} is not what was written"]
    lead(telling, hook, hook.url)


def lead(telling: Telling, hook: Hook, url: str) -> None:
    """Lead a hook elsewhere, as whoever owns the database can."""
    alter = sql.SQL("UPDATE {} SET url = %s WHERE id = %s")
    with telling.house.database.writing() as connection:
        connection.execute(alter.format(telling.house.database.table("hooks")), [url, hook.id])
