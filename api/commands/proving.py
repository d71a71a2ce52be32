"""Commands that prove: export log and trust, audit, rebuild."""

from __future__ import annotations

import ssl
from argparse import Namespace
from dataclasses import asdict
from functools import partial
from pathlib import Path

from api.answers import DONE, WRONG, Answer, facts, table
from api.arguments import Commands, command, group, number
from api.commands.auditing import mark
from api.commands.founding import home_of
from api.states_words import states_line
from api.wiring import House
from api.working import cores, in_order
from ledger.domain.organisations import AUTHORITY
from ledger.proof.checkpoint import open_signed
from ledger.proof.encoding import b64, unb64url
from ledger.store.durable import write_atomically
from ledger.store.log_folder import export
from projections.rebuilding import Crew


def declare(commands: Commands) -> None:
    """Declare the commands."""
    trust = command(group(commands, "trust", "keys to trust"), "export", export_trust)
    trust.add_argument("file", type=Path, metavar="FILE")
    trust.add_argument("--certificate", type=Path, metavar="FILE.pem",
                       help="the root certificate of document signatures")  # fmt: skip
    log = group(commands, "log", "the public log")
    export = command(log, "export", export_log)
    export.add_argument("folder", type=Path, metavar="DIR")
    command(log, "checkpoint", show_checkpoint)
    rebuilt = command(commands, "rebuild", rebuild)
    rebuilt.add_argument("--check", action="store_true", help="compare only, from the beginning")
    rebuilt.add_argument(
        "--jobs",
        type=number,
        metavar="N",
        help="processes at once; if not given, as many as there are processors",
    )
    rebuilt.add_argument("--fresh", action="store_true",
                         help="begin anew where an earlier rebuild was interrupted")  # fmt: skip


def export_trust(args: Namespace) -> Answer:
    """Write the public keys that whoever checks our receipts pins."""
    with home_of(args) as home:
        trust = home.exported_trust()
        root = _root_certificate(home) if args.certificate else None
    write_atomically(args.file, trust.encode())
    data: dict[str, object] = {
        "file": str(args.file),
        "log": trust.log.line,
        "authority": trust.authority,
    }
    if root is not None:
        write_atomically(args.certificate, ssl.DER_cert_to_PEM_cert(root).encode())
        data["certificate"] = str(args.certificate)
    return Answer(data, [facts("信任文件 trust file", data)])


def _root_certificate(home: House) -> bytes:
    """Return the certificate (DER) that all document signatures of this ledger hang on."""
    home.document_root()
    home.publish()
    return unb64url([*home.ledger.streams.organisation(AUTHORITY).documents.values()][-1])


def export_log(args: Namespace) -> Answer:
    """Publish all entries and copy the log, as C2SP tlog-tiles, into a folder."""
    with home_of(args) as home:
        home.integrator.integrate()
        seen = export(home.log, home.integrator.vkey, args.folder)
        data: dict[str, object] = {
            "folder": str(args.folder),
            "origin": seen.origin,
            "size": seen.size,
            "root": b64(seen.root),
            "vkey": home.integrator.vkey.line,
        }
    return Answer(data, [facts("公开账本 log", data)])


def show_checkpoint(args: Namespace) -> Answer:
    """Publish all entries and show the signed checkpoint."""
    with home_of(args) as home:
        home.integrator.integrate()
        note = home.log.note()
        seen = open_signed(note, home.integrator.vkey)
        data: dict[str, object] = {
            "origin": seen.origin,
            "size": seen.size,
            "root": b64(seen.root),
            "checkpoint": note,
            "vkey": home.integrator.vkey.line,
            "vkey_ml_dsa_44": home.integrator.signer.cosigner.line,
            **asdict(home.states()),
        }
        said = states_line(home.states())
    return Answer(data, lines=[note.rstrip("\n"), f"vkey {data['vkey']}", said])


def rebuild(args: Namespace) -> Answer:
    """Build all views anew from the log; put them in place, or only compare.

    A rebuild that was interrupted is gone on with; a comparison always begins anew.
    """
    jobs = args.jobs or cores()
    crew = Crew(jobs, partial(in_order, jobs=jobs))
    with home_of(args) as home:
        found = home.runner.rebuild(keep=not args.check, fresh=args.fresh, crew=crew)
    data = [
        {
            "view": r.view,
            "events": r.events,
            "seconds": round(r.seconds, 3),
            "digest": r.digest,
            "equal": r.equal,
            "begun": r.begun,
            "differs": [asdict(one) for one in r.differs],
        }
        for r in found
    ]
    differs = [
        f"{r.view}: {one.table}, {one.key}" for r in found if args.check for one in r.differs
    ]
    columns = ("视图 view", "事件 events>", "秒 seconds>", "相同 equal", "摘要 digest")
    rows = [(r.view, r.events, f"{r.seconds:.2f}", mark(r.equal), r.digest[:16]) for r in found]
    wrong = args.check and not all(r.equal for r in found)
    lines = ["不同的表，及其首个不同的行 (tables that differ, each with its first row that does):"]
    shown = [table("重建 rebuild", columns, rows)]
    return Answer(data, shown, WRONG if wrong else DONE, lines + differs if differs else [])
