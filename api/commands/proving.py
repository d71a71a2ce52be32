"""Commands that prove: export log and trust, audit, rebuild."""

from __future__ import annotations

import ssl
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from api.answers import DONE, WRONG, Answer, facts, table
from api.audit import Audit, audit_database, audit_log
from api.commands.founding import home_of
from api.verifying.files import FileUnreadable, fetch, read_file
from api.wiring import House
from ledger.domain.organisations import AUTHORITY
from ledger.errors import Untrusted
from ledger.proof.encoding import b64, unb64url
from ledger.proof.notes import VerifierKey
from ledger.store.durable import write_atomically
from ledger.store.log_folder import LogFolder, export
from receipts.trust import Trust

FILES_SHOWN = 40


class FileAltered(Untrusted):
    """A file of a published log is not of its form."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")


def export_trust(args: Namespace) -> Answer:
    """Write the public keys that whoever checks our receipts pins."""
    with home_of(args) as home:
        trust = home.trust()
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
        seen = home.integrator.integrate()
        note = home.log.note()
        data: dict[str, object] = {
            "origin": seen.origin,
            "size": seen.size,
            "root": b64(seen.root),
            "checkpoint": note,
            "vkey": home.integrator.vkey.line,
        }
    return Answer(data, lines=[note.rstrip("\n"), f"vkey {data['vkey']}"])


def audit(args: Namespace) -> Answer:
    """Audit the database, or a published log alone."""
    if args.log is None:
        with home_of(args) as home:
            found = audit_database(home)
    else:
        found = _audit_published(args.log, args.trust)
    return audit_answer(found)


def audit_answer(found: Audit) -> Answer:
    """Say what an audit found."""
    rows = [(name, _mark(value)) for name, value in found.as_json().items() if name != "findings"]
    shown = [table("审计 audit", ("项目 what", "结果 result"), rows)]
    if found.findings:
        shown.append(
            table("发现 findings", ("内容 what",), [(f,) for f in found.findings[:FILES_SHOWN]])
        )
    return Answer(found.as_json(), shown, WRONG if found.findings else DONE)


def _mark(value: object) -> str:
    if value is None:
        return "—  未查 (not looked at)"
    if value is True:
        return "✓  通过 ok"
    return "✗  不符 wrong" if value is False else str(value)


def _audit_published(where: str, trust_file: Path | None) -> Audit:
    read = _reader(where)
    if trust_file:
        trust = Trust.parse(read_file(trust_file))
        return audit_log(read, trust.log, trust.authority)
    line, end, rest = read("vkey").decode("utf-8", errors="replace").partition("\n")
    if not end or rest:
        raise FileAltered("vkey", "it is not one line")
    return audit_log(read, VerifierKey.parse(line), None)


def _reader(where: str) -> Callable[[str], bytes]:
    if not where.startswith(("http://", "https://")):
        if not Path(where).is_dir():
            raise FileUnreadable(Path(where), "no such folder")
        return LogFolder(Path(where)).read

    return lambda path: fetch(f"{where.rstrip('/')}/{path}")


def rebuild(args: Namespace) -> Answer:
    """Build all views anew from the log; put them in place, or only compare."""
    with home_of(args) as home:
        found = home.runner.rebuild(keep=not args.check)
    data = [
        {
            "view": r.view,
            "events": r.events,
            "seconds": round(r.seconds, 3),
            "digest": r.digest,
            "equal": r.equal,
        }
        for r in found
    ]
    columns = ("视图 view", "事件 events>", "秒 seconds>", "相同 equal", "摘要 digest")
    rows = [(r.view, r.events, f"{r.seconds:.2f}", _mark(r.equal), r.digest[:16]) for r in found]
    wrong = args.check and not all(r.equal for r in found)
    return Answer(data, [table("重建 rebuild", columns, rows)], WRONG if wrong else DONE)
