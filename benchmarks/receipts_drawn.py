"""How fast receipts are drawn and signed, against three plain ways to draw the same page unsigned.

Every way gets the page laid out and draws the same fills, lines, texts and code at the same places
with the same typeface file; ours lays it out, attaches the proof and signs besides. A round draws
with each in turn; rates are per second of processor time, ratios are taken round by round.
Prints a table and writes benchmarks/receipts_drawn.json. No threshold: numbers only.
"""

from __future__ import annotations

import html
import json
import statistics
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import typst
import weasyprint
from cryptography.hazmat.primitives.asymmetric import ec
from machine import asking, keep
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from rich.console import Console
from weasyprint.text.fonts import FontConfiguration

from api.answers import table
from ledger.money import Money
from receipts import certificates, pades
from receipts.layout import POINT_MM, QR_BOX, WIDTH_MM, Box, Sheet, lay_out
from receipts.page import Page
from receipts.painting import HEAVY, INKS, QR_QUIET
from receipts.pdf import _modules, render
from receipts.typeface import FONT_FILE, advance

RESULTS = "receipts_drawn.json"
OURS = "receipts drawn, proof attached, signed"
PLAIN = "ReportLab canvas, shared font"
FAMILY = "Noto Sans SC"
ATTACHED = b"x" * 4000
DAY = date(2026, 3, 5)

Draw = Callable[[Page, Sheet], bytes]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to draw, and how many receipts of a round it draws: the slow ones draw fewer."""

    name: str
    draw: Draw
    share: int


def page(number: int) -> Page:
    """Describe an invented receipt; each has another payer, number and amount."""
    return Page(
        code="99050126",
        number=f"{number:010d}",
        check_code="aB3x9Z",
        issued_on=DAY,
        payer=f"张{chr(0x4E00 + number % 5000)}{chr(0x5200 + number % 4000)}",
        recipient="某某慈善基金会",
        recipient_uscc="53100000MJ0000000X",
        gift_on=DAY,
        item="货币捐赠",
        fund="乡村教室专项资金",
        amount=Money(100_00 + number),
        original=None,
        remark="定向用于目标脱贫地区某县某村小学教室修缮。",
        eligibility="捐赠日受赠单位具有公益性捐赠税前扣除资格，依据：公告示例1号。",
        handler="李*",
        origin="ledger.example/charity",
        leaf=number,
        log_size=128_000,
        event_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        qr=f"DLR2|99050126|{number:010d}|aB3x9Z|20260305|100.00|53100000MJ0000000X|{'k' * 140}",
        specimen=False,
    )


@cache
def signer() -> pades.Signer:
    """Make a root and a certificate whose keys are no secret."""
    root_key, key = (ec.derive_private_key(n, ec.SECP256R1()) for n in (12345, 54321))
    root = certificates.root(root_key, "示例主管机关", DAY)
    leaf = certificates.leaf(root, root_key, key.public_key(), "53100000MJ0000000X", "某某", DAY)
    return pades.Signer(leaf, root, key)


def ours(described: Page, _: Sheet) -> bytes:
    """Lay out, draw, attach and sign."""
    return render(described, ATTACHED, signer())


def with_reportlab(described: Page, sheet: Sheet) -> bytes:
    """Draw with the library's own calls; its font object is made once."""
    file = BytesIO()
    size = (WIDTH_MM / POINT_MM, sheet.height / POINT_MM)
    canvas: Any = Canvas(file, pagesize=size, pageCompression=1, invariant=1)
    for box, ink in sheet.fills:
        canvas.setFillColorRGB(*INKS[ink])
        canvas.rect(*_points(box, sheet.height), stroke=0, fill=1)
    canvas.setStrokeColorRGB(*INKS["line"])
    for box in sheet.rules:
        left, bottom, width, _ = _points(box, sheet.height)
        canvas.line(left, bottom, left + width, bottom)
    canvas.drawImage(ImageReader(_picture(described.qr)), *_points(_code_box(described.qr),
                                                                   sheet.height))  # fmt: skip
    for run in sheet.runs:
        canvas.setFillColorRGB(*INKS[run.style.ink])
        canvas.setStrokeColorRGB(*INKS[run.style.ink])
        canvas.setLineWidth(run.size * HEAVY)
        canvas.setFont(_registered(), run.size)
        place = (run.left / POINT_MM, (sheet.height - run.baseline) / POINT_MM)
        canvas.drawString(*place, run.text, mode=2 if run.style.heavy else 0)
    canvas.save()
    return file.getvalue()


def with_typst(described: Page, sheet: Sheet) -> bytes:
    """Compile a document of placed texts; the compiler and its fonts are loaded once."""
    lines = [
        f"#set page(width: {WIDTH_MM}mm, height: {sheet.height}mm, margin: 0mm)\n"
        f'#set text(font: "{FAMILY}", top-edge: "baseline", bottom-edge: "baseline",'
        " cjk-latin-spacing: none)"
    ]
    lines.extend(
        f"#place(dx: {b.left}mm, dy: {b.top}mm,"
        f" rect(width: {b.width}mm, height: {b.height}mm, fill: {_typst(ink)}))"
        for b, ink in sheet.fills
    )
    lines.extend(
        f"#place(dx: {b.left}mm, dy: {b.top}mm,"
        f" line(length: {b.width}mm, stroke: 0.5pt + {_typst('line')}))"
        for b in sheet.rules
    )
    code = _code_box(described.qr)
    drawn = _svg(described.qr).replace('"', "'")
    lines.append(
        f"#place(dx: {code.left}mm, dy: {code.top}mm,"
        f' image(bytes("{drawn}"), format: "svg", width: {code.width}mm))'
    )
    for run in sheet.runs:
        ink = _typst(run.style.ink)
        stroke = f", stroke: {run.size * HEAVY:.3f}pt + {ink}" if run.style.heavy else ""
        lines.append(
            f"#place(dx: {run.left:.3f}mm, dy: {run.baseline:.3f}mm,"
            f" box(width: 300mm, text(size: {run.size}pt, fill: {ink}{stroke})"
            f"[#{json.dumps(run.text, ensure_ascii=False)}]))"
        )
    made = _compiler().compile("\n".join(lines).encode(), format="pdf", pdf_tags=False)
    assert isinstance(made, bytes), "one file"
    return made


def with_weasyprint(described: Page, sheet: Sheet) -> bytes:
    """Print a web page of placed texts; the font is loaded once."""
    fonts, style = _web_fonts()
    parts = [f"<style>@page {{ size: {WIDTH_MM}mm {sheet.height}mm; margin: 0 }}</style>"]
    parts.extend(
        f'<i style="left:{b.left}mm;top:{b.top}mm;width:{b.width}mm;height:{b.height}mm;'
        f'background:{_web(ink)}"></i>'
        for b, ink in sheet.fills
    )
    parts.extend(
        f'<i style="left:{b.left}mm;top:{b.top}mm;width:{b.width}mm;'
        f'border-top:0.5pt solid {_web("line")}"></i>'
        for b in sheet.rules
    )
    code = _code_box(described.qr)
    drawn = b64encode(_svg(described.qr).encode()).decode()
    parts.append(
        f'<img style="left:{code.left}mm;top:{code.top}mm;width:{code.width}mm"'
        f' src="data:image/svg+xml;base64,{drawn}">'
    )
    for run in sheet.runs:
        heavy = f"-webkit-text-stroke:{run.size * HEAVY:.3f}pt;" if run.style.heavy else ""
        top = run.baseline - 0.88 * run.size * POINT_MM
        parts.append(
            f'<i style="left:{run.left:.3f}mm;top:{top:.3f}mm;font-size:{run.size}pt;{heavy}'
            f'color:{_web(run.style.ink)}">{html.escape(run.text)}</i>'
        )
    document: Any = weasyprint.HTML(string="".join(parts))
    return bytes(document.write_pdf(stylesheets=[style], font_config=fonts))


WAYS = (
    Way(OURS, ours, 1),
    Way(PLAIN, with_reportlab, 1),
    Way("typst, compiler reused", with_typst, 2),
    Way("WeasyPrint", with_weasyprint, 20),
)


@cache
def _registered() -> str:
    pdfmetrics.registerFont(TTFont("shared", str(FONT_FILE)))
    return "shared"


@cache
def _compiler() -> Any:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_FILE.parent)])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


@cache
def _web_fonts() -> tuple[Any, Any]:
    fonts = FontConfiguration()
    face = f"@font-face {{ font-family: receipt; src: url({FONT_FILE.as_uri()}) }}"
    placed = "i, img { position: absolute; font: normal 9pt/1 receipt; white-space: pre }"
    return fonts, weasyprint.CSS(string=face + placed, font_config=fonts)


def _code_box(text: str) -> Box:
    side = int(len(_modules(text)) ** 0.5)
    quiet = QR_BOX.width * QR_QUIET / (side + 2 * QR_QUIET)
    inner = QR_BOX.width - 2 * quiet
    return Box(QR_BOX.left + quiet, QR_BOX.top + quiet, inner, inner)


def _picture(text: str) -> Any:
    from PIL import Image  # noqa: PLC0415 one peer alone needs it

    modules = _modules(text)
    side = int(len(modules) ** 0.5)
    return Image.frombytes("L", (side, side), modules)


def _svg(text: str) -> str:
    modules = _modules(text)
    side = int(len(modules) ** 0.5)
    dark = "".join(f"M{n % side} {n // side}h1v1h-1z" for n, m in enumerate(modules) if not m)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{dark}"/></svg>'
    )


def _points(box: Box, height: float) -> tuple[float, float, float, float]:
    bottom = height - box.top - box.height
    return box.left / POINT_MM, bottom / POINT_MM, box.width / POINT_MM, box.height / POINT_MM


def _typst(ink: str) -> str:
    return f'rgb("{_web(ink)}")'


def _web(ink: str) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in INKS[ink])


def measure(receipts: int, rounds: int) -> dict[str, list[float]]:
    """Return receipts per second of processor time, by way and round."""
    numbers = count(1)
    rates: dict[str, list[float]] = {way.name: [] for way in WAYS}
    for turn in range(rounds + 1):
        for way in WAYS:
            pages = [page(next(numbers)) for _ in range(max(1, receipts // way.share))]
            sheets = [lay_out(described, advance) for described in pages]
            started = time.process_time()
            for described, sheet in zip(pages, sheets, strict=True):
                way.draw(described, sheet)
            spent = time.process_time() - started
            if turn:  # the first round loads fonts and is not counted
                rates[way.name].append(len(pages) / spent)
    return rates


def main() -> None:
    """Measure, print, and keep the results."""
    given = asking(__doc__)
    given.add_argument("--receipts", type=int, default=60, help="a round, of the fastest way")
    given.add_argument("--rounds", type=int, default=5, help="that are counted")
    given.add_argument("--keep", type=Path, help="a folder for one page drawn each way")
    asked = given.parse_args()
    if asked.keep:
        for way in WAYS:
            sheet = lay_out(page(7), advance)
            (asked.keep / f"{way.name.split(',')[0]}.pdf").write_bytes(way.draw(page(7), sheet))
    rates = measure(asked.receipts, asked.rounds)
    found = {
        name: {
            "per_second": statistics.median(rate),
            "ours_to_it": statistics.median(a / b for a, b in zip(rates[OURS], rate, strict=True)),
        }
        for name, rate in rates.items()
    }
    rows = [(n, f"{f['per_second']:,.1f}", f"{f['ours_to_it']:.2f}") for n, f in found.items()]
    columns = ("drawn by", "receipts per CPU second>", "ours is times as fast>")
    console = Console()
    console.width = max(console.width, 100)
    console.print(table(f"receipts drawn, median of {asked.rounds} rounds", columns, rows))
    keep(asked.results / RESULTS, found, asked.rounds)


if __name__ == "__main__":
    main()
