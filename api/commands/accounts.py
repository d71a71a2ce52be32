"""Commands on accounts: who may sign in to the portal, and for what."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from rich.table import Table

from api.answers import Answer, facts, table
from api.arguments import Command, Commands, OneLineParser, command, group, number
from api.commands.founding import home_of
from api.people import registering
from api.times import rfc3339, written
from api.wiring import House
from ledger.domain.accounts import DONOR
from ledger.domain.acting import ROLES
from ledger.domain.credit_codes import credit_code
from ledger.domain.organisations import AUTHORITY
from ledger.errors import Refused
from ledger.store.accounts_tables import Account

TOKEN_DAYS = 90
TITLE = "账号 account"
ONCE = "只显示这一次，请交给本人 (shown this once; hand it to the person alone)"


class OrganisationMissing(Refused):
    """An account acts for an organisation, unless it is a donor's."""

    def __init__(self) -> None:
        super().__init__(
            "name the organisation: --organisation USCC, or authority; only donors have none"
        )


class GiftNotClaimed(Refused):
    """Only a gift that an account holds can be freed from it."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"no account has claimed {gift}: any donor can, with its receipt")


class NothingToChange(Refused):
    """A change says what changes."""

    def __init__(self) -> None:
        super().__init__("say what changes: --role ROLE, or --subject ISSUER SUBJECT")


def declare(commands: Commands) -> None:
    """Declare what gives accounts and takes them back."""
    accounts = group(commands, "account", "who may sign in, and for what")
    added = _named(accounts, "add", add)
    added.add_argument("--organisation", metavar="USCC|authority", help="none for a donor")
    _roles(added, required=True)
    listed = command(accounts, "list", show_all)
    listed.add_argument("--organisation", metavar="USCC|authority")
    changed = _named(accounts, "change", change)
    _roles(changed, required=False)
    changed.add_argument("--subject", nargs=2, metavar=("ISSUER", "SUBJECT"),
                         help="who it is at its organisation's identity provider")  # fmt: skip
    _named(accounts, "disable", disable)
    _named(accounts, "reset", reset)
    freed = command(accounts, "free-gift", free_gift)
    freed.add_argument("--dry-run", action="store_true", help="decide, but change nothing")
    freed.add_argument("gift", metavar="GIFT")
    token = _named(accounts, "token", make_token)
    token.add_argument("--scope", action="append", default=[], metavar="ROLE|read")
    token.add_argument("--days", type=number, default=TOKEN_DAYS, metavar="N")
    token.add_argument("--name", default="command line", metavar="WORDS", help="what it is for")


def _named(accounts: Commands, name: str, run: Command) -> OneLineParser:
    added = command(accounts, name, run)
    added.add_argument("--dry-run", action="store_true", help="decide, but change nothing")
    added.add_argument("login", metavar="LOGIN", help="such as clerk-2; nobody's name")
    return added


def _roles(parser: OneLineParser, *, required: bool) -> None:
    parser.add_argument("--role", action="append", default=[], choices=ROLES, required=required)


def add(args: Namespace) -> Answer:
    """Add an account, and print the invitation with which its person sets a password."""
    with home_of(args) as home:
        organisation = _organisation(args.organisation, args.role)
        made, code = registering.add(home, args.login, organisation, args.role, _who(home))
        return _invited(home, made, code)


def show_all(args: Namespace) -> Answer:
    """List accounts: what each is for, and what it signs in with."""
    with home_of(args) as home:
        of = args.organisation and _organisation(args.organisation, [])
        told = [_told(home, one) for one in home.accounts.all(of)]
    columns = ("登录名 login", "编号 id", "机构 of", "职责 roles", "状态 state", "要素 factors")
    rows = [
        (one["login"], one["account"], one["organisation"], ", ".join(_list(one["roles"])),
         one["state"], ", ".join(_list(one["factors"])) or "—")
        for one in told
    ]  # fmt: skip
    return Answer({"accounts": told}, [table("账号 accounts", columns, rows)])


def change(args: Namespace) -> Answer:
    """Give an account other roles, or say who it is at an identity provider; its sessions end."""
    if not args.role and not args.subject:
        raise NothingToChange
    with home_of(args) as home:
        who, changed = _who(home), home.accounts.named(args.login)
        if args.role:
            changed = registering.give_roles(home, args.login, args.role, who)
        if args.subject:
            changed = registering.bind_subject(home, args.login, " ".join(args.subject), who)
        return _answer(_told(home, changed))


def disable(args: Namespace) -> Answer:
    """Shut an account out; its sessions and tokens end at once."""
    with home_of(args) as home:
        return _answer(_told(home, registering.disable(home, args.login, _who(home))))


def reset(args: Namespace) -> Answer:
    """Take an account's password and factors away, and print a new invitation."""
    with home_of(args) as home:
        changed, code = registering.reset(home, args.login, _who(home))
        return _invited(home, changed, code)


def free_gift(args: Namespace) -> Answer:
    """Take a gift from the account that claimed it, so that its donor can claim it."""
    with home_of(args) as home:
        if not home.accounts.free_gift(args.gift, _who(home)):
            raise GiftNotClaimed(args.gift)
    return Answer({"gift": args.gift}, [facts("捐赠 gift", {"gift": args.gift})])


def make_token(args: Namespace) -> Answer:
    """Make a token for a program, in the name of an account; it is printed this once."""
    with home_of(args) as home:
        account = home.accounts.named(args.login)
        made, secret = registering.make_token(
            home, account, args.name, args.scope or ["read"], args.days, _who(home)
        )
        dry_run = home.dry_run
    data: dict[str, object] = {
        "login": account.login,
        "token": None if dry_run else secret,
        "name": made.name,
        "scopes": list(made.scopes),
        "expires": rfc3339(made.expires_at),
    }
    return Answer(data, [facts("令牌 token", data)], lines=[ONCE])


def _organisation(said: str | None, roles: Iterable[str]) -> str:
    if said is not None:
        return said if said == AUTHORITY else credit_code(said)
    if set(roles) != {DONOR}:
        raise OrganisationMissing
    return ""


def _who(home: House) -> str:
    return f"command/{home.settings.actor}"


def _told(home: House, account: Account) -> dict[str, object]:
    factors = ["password"] if account.password else []
    factors += ["code"] if account.secret else []
    factors += ["passkey"] if home.accounts.passkeys(account.id) else []
    factors += ["organisation"] if account.subject else []
    return {
        "login": account.login,
        "account": account.id,
        "organisation": account.organisation,
        "roles": list(account.roles),
        "state": account.state,
        "factors": factors,
        "tokens": len(home.accounts.tokens(account.id)),
    }


def _invited(home: House, account: Account, code: str) -> Answer:
    if home.dry_run:
        return _answer(_told(home, account))
    link = f"{registering.address(home.settings)}/invitation/{code}"
    data = {
        **_told(home, account),
        "invitation": link,
        "expires": rfc3339(account.invited_until),
    }
    until = f"有效至 {written(account.invited_until)} (until {rfc3339(account.invited_until)})"
    return Answer(data, [_shown(data)], lines=[link, until, ONCE])


def _answer(told: dict[str, object]) -> Answer:
    return Answer(told, [_shown(told)])


def _shown(told: dict[str, object]) -> Table:
    plain = {k: ", ".join(map(str, v)) if isinstance(v, list) else v for k, v in told.items()}
    return facts(TITLE, plain)


def _list(value: object) -> list[str]:
    assert isinstance(value, list), "roles and factors are lists"
    return value
