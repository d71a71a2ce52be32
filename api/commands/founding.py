"""Commands that set a ledger up: data folder, organisations, funds, eligibility, numbers."""

from __future__ import annotations

from argparse import Namespace
from contextlib import AbstractContextManager

from api.answers import Answer, facts
from api.settings import Settings
from api.wiring import House, opened
from ledger.domain.credit_codes import credit_code
from ledger.domain.organisations import printable_name
from ledger.proof.encoding import b64url
from ledger.store import embedded


def home_of(args: Namespace, *, create: bool = False) -> AbstractContextManager[House]:
    """Open the house that the settings name; a dry run creates nothing."""
    dry_run = getattr(args, "dry_run", False)
    return opened(Settings.read(), create=create and not dry_run, dry_run=dry_run)


def init(args: Namespace) -> Answer:
    """Create data folder, database and keys; say what is there."""
    settings = Settings.read()
    with home_of(args, create=True) as home:
        data: dict[str, object] = {
            "data": str(settings.data),
            "database": "external" if settings.database_url else "embedded",
            "schema": settings.schema,
            "origin": home.recorder.origin(),
            "events": home.recorder.size(),
            "keys": str(settings.data / "keys"),
            "log_key": home.trust().log.line,
            "trust": str(settings.data / "trust.json"),
        }
    return Answer(data, [facts("账本已就绪 ledger ready", data)])


def stop(_args: Namespace) -> Answer:
    """Stop the embedded database of the data folder."""
    stopped = embedded.stop(Settings.read().data)
    line = "数据库已停止 (stopped)" if stopped else "数据库未在运行 (was not running)"
    return Answer({"stopped": stopped}, lines=[line])


def register_charity(args: Namespace) -> Answer:
    """Register a charity with a key that this server keeps for it."""
    uscc, name = credit_code(args.uscc), printable_name(args.name)
    with home_of(args, create=True) as home:
        home.ledger.organisations.check_charity(uscc, name)
        if not home.dry_run:
            home.keys.create(uscc)
            signer = home.keys.signer_of(uscc)
            public = b64url(signer.public.public_bytes_raw())
            home.ledger.organisations.register_charity(uscc, name, signer.kid, public)
            home.publish()
        kid = home.keys.signer_of(uscc).kid if home.keys.has(uscc) else None
    data: dict[str, object] = {"uscc": uscc, "name": name, "key": kid}
    return Answer(data, [facts("慈善组织 charity", data)])


def grant_eligibility(args: Namespace) -> Answer:
    """Record a period in which gifts to the charity may be deducted."""
    with home_of(args) as home:
        new = home.ledger.organisations.grant_eligibility(
            args.uscc, args.first, args.last, args.notice, args.applicant_kind
        )
        home.publish()
    data: dict[str, object] = {
        "uscc": args.uscc,
        "from": args.first.isoformat(),
        "to": args.last.isoformat(),
        "notice": args.notice,
        "applicant_kind": args.applicant_kind,
        "new": new,
    }
    return Answer(data, [facts("公益性捐赠税前扣除资格 eligibility", data)])


def cancel_eligibility(args: Namespace) -> Answer:
    """Record a cancel notice: eligibility ends with its month."""
    with home_of(args) as home:
        effective = home.ledger.organisations.cancel_eligibility(args.uscc, args.notice_date)
        periods = home.ledger.streams.organisation(args.uscc).eligibility
        home.publish()
    data: dict[str, object] = {
        "uscc": args.uscc,
        "notice_date": args.notice_date.isoformat(),
        "effective": effective.isoformat(),
        "periods": [
            {"from": p.first_day.isoformat(), "to": p.last_day.isoformat(), "notice": p.notice}
            for p in periods
        ],
    }
    return Answer(data, [facts("资格取消 eligibility cancelled", data)])


def allot_book(args: Namespace) -> Answer:
    """Record that the finance authority allots receipt numbers to a charity."""
    with home_of(args) as home:
        new = home.ledger.organisations.allot_numbers(args.uscc, args.code, args.first, args.last)
        home.publish()
    data: dict[str, object] = {
        "uscc": args.uscc,
        "code": args.code,
        "first": f"{args.first:010d}",
        "last": f"{args.last:010d}",
        "count": args.last - args.first + 1,
        "new": new,
    }
    return Answer(data, [facts("票据号段 receipt numbers", data)])
