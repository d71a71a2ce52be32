"""Commands that prove: verify receipts, export log and trust, audit, rebuild."""

from __future__ import annotations

import urllib.error
import urllib.request
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.table import Table

from api.answers import DONE, WRONG, Answer, facts, progress, table
from api.audit import Audit, audit_database, audit_log
from api.commands.founding import home_of
from api.settings import Settings
from ledger.errors import Unknown, Unreadable, Untrusted
from ledger.proof.encoding import b64
from ledger.proof.notes import VerifierKey
from ledger.store.durable import write_atomically
from ledger.store.log_folder import LogFolder, export
from receipts.says import failed
from receipts.trust import Trust
from receipts.verify import Step, Verdict, verify

PROVEN = {
    "code": "票据代码 code",
    "number": "票据号码 number",
    "check_code": "校验码 check code",
    "payer": "捐赠人 payer",
    "issuer": "受赠单位 issuer",
    "issuer_uscc": "统一社会信用代码 credit code",
    "amount": "金额（元） amount",
    "gift_on": "受赠日期 gift on",
    "issued_on": "开票日期 issued on",
}
"""What a verdict says of a receipt, by the names it is shown under."""

FILES_SHOWN = 40
FETCH_MAX = 2**26
RECEIPT_MAX = 2**24
ENDINGS = (".pdf", "bundle.json")


RESULTS = {
    "valid": "有效 valid",
    "not_eligible": "无扣除资格 not eligible",
    "mismatch": "内容不符 mismatch",
    "untrusted": "不可信 untrusted",
}


class NothingToVerify(Unreadable):
    """A path holds no receipt."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no receipt there; give a PDF, a bundle, or a folder of them")


class FileUnreadable(Unreadable):
    """A file can't be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: can't be read ({why})")


class FileAltered(Untrusted):
    """A file of a published log is not of its form."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")


class Unfetched(Unknown):
    """A file of a published log could not be fetched."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} can't be fetched ({why})")


def verify_receipts(args: Namespace) -> Answer:
    """Check receipts with nothing but their files and a trust file."""
    trust = Trust.parse(_bytes(args.trust or Settings.read().data / "trust.json"))
    paths = [path for given in args.paths for path in _receipts_in(given)]
    with progress("查验 verify", len(paths)) as advance:
        verdicts = []
        for path in paths:
            verdicts.append((path, _verdict(path, trust, alone=path in args.paths)))
            advance(1)
    data = [verdict_json(path, verdict) for path, verdict in verdicts]
    all_valid = all(verdict.result == "valid" for _, verdict in verdicts)
    return Answer(data, verdict_tables(verdicts), DONE if all_valid else WRONG)


def _verdict(path: Path, trust: Trust, *, alone: bool) -> Verdict:
    """Check one file; in a folder, one that can't be read does not stop the others."""
    try:
        data = _bytes(path)
    except FileUnreadable as error:
        if alone:
            raise
        return Verdict(
            "untrusted", steps=[Step("format", ok=False, says=failed("format", str(error)))]
        )
    return verify(data, trust)


def verdict_json(path: Path, verdict: Verdict) -> dict[str, object]:
    """Return a verdict as the command line prints it."""
    return {
        "path": str(path),
        "result": verdict.result,
        "class": verdict.deduction_class,
        "steps": [{"step": s.step, "ok": s.ok, "says": s.says} for s in verdict.steps],
        "receipt": verdict.receipt,
    }


def verdict_tables(verdicts: list[tuple[Path, Verdict]]) -> list[Table]:
    """Show one receipt step by step, many as a list with their count."""
    if len(verdicts) == 1:
        path, verdict = verdicts[0]
        rows = [(s.step, "✓" if s.ok else "✗", s.says) for s in verdict.steps]
        title = f"{path.name}: {RESULTS[verdict.result]}"
        steps = table(title, ("步骤 step", "", "说明 says"), rows)
        proven = facts(
            "账本所载 what the ledger says",
            {PROVEN[name]: said for name, said in verdict.receipt.items()},
        )
        return [steps, proven] if verdict.receipt else [steps]
    counted = Counter(RESULTS[verdict.result] for _, verdict in verdicts).items()
    wrong = [
        (p.name, RESULTS[v.result], v.steps[-1].says) for p, v in verdicts if v.result != "valid"
    ]
    shown = [table("查验 verify", ("结果 result", "张数 receipts>"), list(counted))]
    if wrong:
        columns = ("文件 file", "结果 result", "原因 why")
        shown.append(table("不通过 not valid", columns, wrong[:FILES_SHOWN]))
    return shown


def _receipts_in(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(p for p in path.rglob("*") if p.name.lower().endswith(ENDINGS) and p.is_file())
    if not found:
        raise NothingToVerify(path)
    yield from found


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(RECEIPT_MAX + 1)
    except OSError as error:
        raise FileUnreadable(path, error.strerror or str(error)) from None
    if len(data) > RECEIPT_MAX:
        raise FileUnreadable(path, "it is larger than 16 MB")
    return data


def export_trust(args: Namespace) -> Answer:
    """Write the public keys that whoever checks our receipts pins."""
    with home_of(args) as home:
        trust = home.trust()
    write_atomically(args.file, trust.encode())
    data: dict[str, object] = {
        "file": str(args.file),
        "log": trust.log.line,
        "authority": trust.authority,
    }
    return Answer(data, [facts("信任文件 trust file", data)])


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
        trust = Trust.parse(_bytes(trust_file))
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

    def fetch(path: str) -> bytes:
        url = f"{where.rstrip('/')}/{path}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 http and https only
                return bytes(answer.read(FETCH_MAX))
        except (OSError, urllib.error.URLError) as error:
            raise Unfetched(url, str(error)) from None

    return fetch


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
