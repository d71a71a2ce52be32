"""How much of a receipt's time is drawing, hashing and signing, and how much lies between them.

The whole is the receipt as it is printed, sixteen at a time: laid out, its proof attached, signed
(`receipts.pdf`). Its parts are measured by themselves in the same rounds, each with its inputs at
hand: drawing with the shared typeface, sixteen at a time too and unsigned, the digests of the
file's bytes, one P-256 signature with its CMS frame. Times are of the processor, ratios are taken
round by round. A table of where the time goes comes from cProfile, which makes calls dearer than
they are. Writes benchmarks/receipt_parts.json. No threshold: numbers only.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
import zlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from machine import asking, keep
from receipts_drawn import page, signer
from rich.console import Console
from rounds import spread

from api.answers import table
from projections.garbage import uncollected
from receipts import cms, pades, typeface
from receipts.layout import lay_out
from receipts.page import Page
from receipts.painting import ALWAYS, Codes, painted
from receipts.pdf import _modules, render, render_all
from receipts.press import AT_ONCE
from receipts.typeface import LEVEL, advance

RESULTS = "receipt_parts.json"
WHOLE, ALONE = "the whole, sixteen at a time", "the whole, one by one"
DRAWING, HASHING, SIGNING = "drawing, unsigned", "hashing", "signing"
PARTS = (DRAWING, HASHING, SIGNING)
WITHIN = ("laying out", "the code", "painting", "packing the page", "the typeface's part")
"""What drawing consists of, besides writing the file."""

ATTACHED = b"x" * 4000
PROFILED = 20


def timed(work: Callable[[Any], object], given: Sequence[Any]) -> float:
    """Return the seconds of processor time that one of these takes."""
    with uncollected():
        started = time.process_time()
        for one in given:
            work(one)
        return (time.process_time() - started) / len(given)


def whole(described: Page) -> bytes:
    """Print a receipt by itself."""
    return render(described, ATTACHED, signer())


def hashed(files: tuple[bytes, bytes]) -> None:
    """Take the identifier's digest, and the one that is signed."""
    unsigned, signed = files
    sha256(unsigned).digest()
    sha256(signed).digest()


def signed(digest: bytes) -> None:
    """Sign, in the frame that a reader expects (RFC 5652)."""
    by = signer()
    value = by.key.sign(cms.attributes(by.certificate, by.root, digest), pades.ALGORITHM)
    cms.encode(cms.Signed(by.certificate, by.root, digest, value)).hex()


def together(pages: Sequence[Page]) -> None:
    """Print receipts as they are issued in bulk."""
    render_all([(one, ATTACHED) for one in pages], signer())


def drawn(pages: Sequence[Page]) -> None:
    """Draw receipts and attach their proofs, without a signature."""
    render_all([(one, ATTACHED) for one in pages])


def one_round(pages: Sequence[Page]) -> dict[str, float]:
    """Return seconds a receipt, of the whole and of each part."""
    groups = [pages[at : at + AT_ONCE] for at in range(0, len(pages), AT_ONCE)]
    found = {WHOLE: timed(together, groups) * len(groups) / len(pages)}
    typeface.part_of.cache_clear()
    found[ALONE] = timed(whole, pages)
    typeface.part_of.cache_clear()
    found[DRAWING] = timed(drawn, groups) * len(groups) / len(pages)
    files = [(render(one, ATTACHED), whole(one)) for one in pages]
    found[HASHING] = timed(hashed, files)
    found[SIGNING] = timed(signed, [sha256(file).digest() for _, file in files])
    return found | _within(pages)


def _within(pages: Sequence[Page]) -> dict[str, float]:
    sheets = [lay_out(one, advance) for one in pages]
    modules = [_modules(one.qr) for one in pages]
    given = list(zip(sheets, modules, strict=True))
    contents = [painted(sheet, code, Codes()) for sheet, code in given]
    typeface.part_of.cache_clear()
    return {
        "laying out": timed(lambda one: lay_out(one, advance), pages),
        "the code": timed(lambda one: _modules(one.qr), pages),
        "painting": timed(lambda one: painted(one[0], one[1], Codes()), given),
        "packing the page": timed(lambda one: zlib.compress(one, LEVEL), contents),
        "the typeface's part": timed(_cut, [_others(one) for one in given]),
    }


def _others(given: tuple[Any, bytes]) -> tuple[str, ...]:
    codes = Codes()
    painted(*given, codes)
    return tuple(codes.other)


def _cut(chars: tuple[str, ...]) -> None:
    if chars:
        typeface.part_of(typeface.main(), chars)


def profile(pages: Sequence[Page]) -> list[tuple[str, int, float]]:
    """Return function, calls a receipt and own microseconds a receipt, the dearest first."""
    watched = cProfile.Profile()
    watched.enable()
    for one in pages:
        whole(one)
    watched.disable()
    stats: Any = pstats.Stats(watched)
    rows = [
        (f"{Path(file).name}:{line} {name}", round(calls / len(pages)), own / len(pages) * 1e6)
        for (file, line, name), (_, calls, own, _, _) in stats.stats.items()
    ]
    return sorted(rows, key=lambda row: -row[2])[:PROFILED]


def main() -> None:
    """Measure, print, and keep the results."""
    given = asking(__doc__)
    given.add_argument("--receipts", type=int, default=100, help="a round")
    given.add_argument("--rounds", type=int, default=7, help="that are counted")
    asked = given.parse_args()
    numbers = count(1)
    assert typeface.always_part().name, ALWAYS
    rounds = [
        one_round([page(next(numbers)) for _ in range(asked.receipts)])
        for _ in range(asked.rounds + 1)
    ][1:]  # the first loads fonts and is not counted
    shares = [sum(one[part] for part in PARTS) / one[WHOLE] for one in rounds]
    micros = {
        name: round(statistics.median(one[name] for one in rounds) * 1e6, 1)
        for name in (WHOLE, ALONE, *PARTS, *WITHIN)
    }
    profiled = profile([page(next(numbers)) for _ in range(asked.receipts)])
    found = {
        "microseconds": micros,
        **spread("parts_to_whole", shares),
    }
    console = Console()
    console.width = max(console.width, 100)
    rows = [(name, f"{spent:,.0f}") for name, spent in micros.items()]
    rows.append(("drawing + hashing + signing, to the whole", f"{found['parts_to_whole']}"))
    console.print(table("a receipt and its parts", ("what", "microseconds>"), rows))
    lines = [(name, str(calls), f"{own:,.0f}") for name, calls, own in profiled]
    columns = ("function", "calls>", "own microseconds>")
    console.print(table("where the time goes, by cProfile", columns, lines))
    keep(asked.results / RESULTS, found, asked.rounds)


if __name__ == "__main__":
    main()
