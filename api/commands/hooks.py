"""Commands on hooks: who is told of published events, and one round of telling them."""

from __future__ import annotations

import argparse
import re
import secrets
from argparse import Namespace
from typing import Any

from api.answers import WRONG, Answer, facts, table
from api.arguments import Command, Commands, OneLineParser, command, group
from api.commands.founding import home_of
from api.hooks import asking, telling
from api.hooks.asking import Asked
from api.hooks.delivering import Delivering, Terms
from api.hooks.words import FAILING, state_of
from api.wiring import House
from ledger.domain.credit_codes import credit_code
from ledger.domain.organisations import AUTHORITY
from ledger.store.hooks import ASKED, Hook

BY_COMMAND = "command"
"""Who answers for a hook that was added on the command line: no account does."""

TITLE = "通知 hook"
ONCE = "密钥只显示这一次，请交给接收方 (the secret is shown this once; hand it to the receiver)"


def declare(commands: Commands) -> None:
    """Declare what adds hooks, changes them and sends to them."""
    hooks = group(commands, "hooks", "who is told of published events, signed, over HTTPS")
    listed = command(hooks, "list", show_all)
    listed.add_argument("--organisation", metavar="USCC|authority")
    added = _changing(hooks, "add", add)
    added.add_argument("url", metavar="URL")
    added.add_argument(
        "--organisation", metavar="USCC|authority", required=True, help="whose it is"
    )
    added.add_argument("--topic", action="append", default=[], metavar="TOPIC", help="none: all")
    added.add_argument("--said-by", default="", metavar="USCC", help="only what it says")
    _after(added, required=False)
    for name, run in (("pause", pause), ("resume", resume), ("remove", remove)):
        _changing(hooks, name, run).add_argument("hook", metavar="HOOK")
    replayed = _changing(hooks, "replay", replay)
    replayed.add_argument("hook", metavar="HOOK")
    _after(replayed, required=True)
    _changing(hooks, "deliver", deliver)


def _changing(hooks: Commands, name: str, run: Command) -> OneLineParser:
    added = command(hooks, name, run)
    added.add_argument("--dry-run", action="store_true", help="decide, but change and send nothing")
    return added


def _after(parser: OneLineParser, *, required: bool) -> None:
    parser.add_argument("--after", type=entry, required=required, metavar="ENTRY",
                        help="the last entry that the receiver has; -1: none")  # fmt: skip


def entry(text: str) -> int:
    """Read the index of an entry of the log, or -1 for what comes before the first."""
    if not re.fullmatch(r"-1|[0-9]{1,15}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no entry; write its index, or -1")
    return int(text)


def show_all(args: Namespace) -> Answer:
    """List hooks: where they lead, how far they have come."""
    with home_of(args) as home:
        of = args.organisation and _organisation(args.organisation)
        found = home.hooks.listed(of) if of else home.hooks.all()
    columns = ("编号 id", "机构 of", "地址 url", "状态 state", "已到 after")
    rows = [(one.id, one.organisation, one.url, state_of(one), one.next - 1) for one in found]
    data: dict[str, Any] = {"hooks": [_told(one) for one in found]}
    return Answer(data, [table("通知 hooks", columns, rows)])


def add(args: Namespace) -> Answer:
    """Add a hook, and print the secret that its receiver checks signatures with."""
    said_by = args.said_by and _organisation(args.said_by)
    asked = Asked(args.url, tuple(args.topic), said_by, args.after)
    with home_of(args) as home:
        hook = asking.hook_of(home, _organisation(args.organisation), BY_COMMAND, asked)
        made, secret = home.hooks.add(hook, secrets.token_urlsafe(), args.after)
        data = telling.made(made, None if home.dry_run else secret)
    return Answer(data, [facts(TITLE, _plain(data))], lines=[ONCE])


def pause(args: Namespace) -> Answer:
    """Let nothing be sent to a hook until it is resumed; it misses nothing."""
    with home_of(args) as home:
        return _shown(home.hooks.change(args.hook, lambda hook: hook.paused(ASKED)))


def resume(args: Namespace) -> Answer:
    """Let a hook be told of what it missed, and go on."""
    with home_of(args) as home:
        return _shown(home.hooks.change(args.hook, lambda hook: hook.resumed(BY_COMMAND)))


def replay(args: Namespace) -> Answer:
    """Let a hook be told again of everything after an entry."""
    with home_of(args) as home:
        start = asking.following(args.after, asking.published(home))
        return _shown(home.hooks.change(args.hook, lambda hook: hook.moved(start)))


def remove(args: Namespace) -> Answer:
    """Remove a hook; nothing more is sent to it."""
    with home_of(args) as home:
        gone = home.hooks.get(args.hook)
        home.hooks.remove(args.hook)
        return _shown(gone)


def deliver(args: Namespace) -> Answer:
    """Send what waits to every hook, until nothing does or it fails; 1 while one of them fails."""
    with home_of(args) as home:
        taken = 0 if home.dry_run else _delivered(home)
        size, hooks = asking.published(home), home.hooks.all()
    failing = [one.id for one in hooks if state_of(one) == FAILING]
    waiting = {one.id: size - one.next for one in hooks if one.next < size}
    data: dict[str, object] = {"taken": taken, "failing": failing, "behind": waiting}
    return Answer(data, [facts("送达 delivered", data)], code=WRONG if failing else 0)


def _delivered(home: House) -> int:
    delivering, taken = Delivering(home, Terms(asking.reach_of(home))), 0
    while (done := delivering.deliver_due()).moved:
        taken += done.taken
    return taken


def _organisation(said: str) -> str:
    return said if said == AUTHORITY else credit_code(said)


def _told(hook: Hook) -> dict[str, Any]:
    return {"organisation": hook.organisation, **telling.told(hook)}


def _shown(hook: Hook) -> Answer:
    return Answer(_told(hook), [facts(TITLE, _plain(_told(hook)))])


def _plain(told: dict[str, Any]) -> dict[str, object]:
    return {k: ", ".join(v) if k == "topics" else v for k, v in told.items() if k != "answers"}
