"""A receipt's PDF shows, says and carries exactly what it was given, the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from ledger.errors import Refused
from ledger.money import Money
from receipts.attachment import MARKER, attached
from receipts.page import (
    NOT_STATE_FORM,
    SPECIMEN_USE,
    AmountNotInCny,
    Page,
    PageLine,
    RedReceiptUnclear,
)
from receipts.pdf import FONT_FILE, GlyphMissing, QrUnprintable, missing_glyphs, render
from receipts.typeface import RARE_FILE
from receipts.words import AmountHasNoWords
from tests.receipts.pages import JOINT, LATIN, LINKED, LONG, PAGES, RARE, RED, SHORT
from tests.receipts.signing import SIGNER

ROOT = Path(__file__).parents[2]
BUNDLE = b'{"receipt":"\xe5\x96\x84","proof":[]}'
DOTS_PER_MM = 200 / 25.4
DIGEST = (
    "import hashlib, sys\n"
    "from tests.receipts.pages import LONG\n"
    "from receipts.pdf import render\n"
    "print(hashlib.sha256(render(LONG, b'{}')).hexdigest())\n"
)


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf), strict=True)


def text_of(pdf: bytes) -> str:
    return reader(pdf).pages[0].extract_text()


def picture_of(pdf: bytes) -> Any:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=200 / 72).to_pil()
    finally:
        document.close()


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_all_that_is_on_the_page_can_be_copied_out_of_it(page: Page) -> None:
    text = unspaced(text_of(render(page, BUNDLE)))

    for field in fields(page):
        value = getattr(page, field.name)
        if isinstance(value, str) and field.name not in ({"qr", "item"} if page.lines else {"qr"}):
            assert unspaced(value) in text, field.name
    for line in page.lines:
        assert unspaced(f"{line.unit}{line.quantity}{line.standard}") in text
    for name, amount in page.members:
        assert f"{name}¥{amount.grouped()}" in text
    assert page.amount_in_words in text
    assert page.amount_in_figures in text
    assert "2026年3月5日" in text
    assert "2026年3月1日" in text


def test_characters_beyond_the_basic_plane_can_be_copied_out() -> None:
    assert "𬭎𫍯䶮" in text_of(render(replace(SHORT, payer="𬭎𫍯䶮"), BUNDLE))
    assert "䶮𠮷㛃堃𬭎𫍯（𠮷某公益团队）" in text_of(render(RARE, BUNDLE))


def test_a_rare_ideograph_is_drawn_as_itself_and_not_as_a_box() -> None:
    places = (36 * DOTS_PER_MM, 46 * DOTS_PER_MM, 60 * DOTS_PER_MM, 55 * DOTS_PER_MM)
    drawn = [
        picture_of(render(replace(RARE, payer=name), BUNDLE)).crop(tuple(map(round, places)))
        for name in ("𠮷", "吉", "𠮟")
    ]

    assert len({picture.tobytes() for picture in drawn}) == 3


def test_a_receipt_all_in_ascii_carries_the_common_part_alone() -> None:
    plain = replace(
        LATIN, recipient="R", item="I", fund="F", remark="-", eligibility="E", handler="H"
    )
    resources: Any = reader(render(replace(plain, original=None), BUNDLE)).pages[0]["/Resources"]

    assert list(resources["/Font"]) == ["/F0"]


def test_a_receipt_without_rare_ideographs_carries_no_typeface_for_them() -> None:
    assert b"Rare" in render(RARE, BUNDLE)
    assert b"Rare" not in render(SHORT, BUNDLE)


def test_a_specimen_says_so_and_every_receipt_says_it_is_not_the_states_form() -> None:
    specimen, receipt = text_of(render(SHORT, b"")), text_of(render(LATIN, b""))

    assert specimen.count("样张") >= 3
    assert "样张 SPECIMEN" in specimen
    assert SPECIMEN_USE.zh in specimen
    assert "样张" not in receipt
    assert "pecimen" not in receipt
    for text in (specimen, receipt):
        assert NOT_STATE_FORM.zh in text
        assert NOT_STATE_FORM.en in text


def test_the_page_is_one_and_measures_210_by_140_mm() -> None:
    (page,) = reader(render(SHORT, BUNDLE)).pages

    assert round(float(page.mediabox.width) / 72 * 25.4, 2) == 210
    assert round(float(page.mediabox.height) / 72 * 25.4, 2) == 140


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_nothing_is_painted_in_the_margins(page: Page) -> None:
    grey = picture_of(render(page, BUNDLE)).convert("L")
    width, height = grey.size
    below_band, foot = round(3 * DOTS_PER_MM), height - round(6 * DOTS_PER_MM)
    left, right = round(9.5 * DOTS_PER_MM), round(200.5 * DOTS_PER_MM)

    for margin in (
        (0, below_band, left, height),
        (right, below_band, width, height),
        (0, foot, width, height),
    ):
        assert grey.crop(margin).getextrema() == (255, 255)


@pytest.mark.parametrize(
    "text",
    [SHORT.qr, "1", "HTTPS://LEDGER.EXAMPLE/V/0123456789", "https://ledger.example/善款"]
    + [f"https://ledger.example/v/{size}/" + "aZ9-_" * size for size in (5, 40, 84)],
    ids=len,
)
def test_the_qr_code_is_read_back_off_the_page(text: str) -> None:
    picture = picture_of(render(replace(SHORT, qr=text), BUNDLE))

    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == text
    assert code.format == zxingcpp.BarcodeFormat.QRCode


@pytest.mark.parametrize("text", ["", "x" * 451, "x" * 5000], ids=len)
def test_a_qr_text_that_makes_no_readable_code_is_refused(text: str) -> None:
    with pytest.raises(QrUnprintable, match=f"^{len(text)} bytes make no readable QR code"):
        render(replace(SHORT, qr=text), BUNDLE)


def test_the_attached_bundle_is_marked_once_and_comes_out_identical_by_any_reader() -> None:
    bundle = BUNDLE * 80
    pdf = render(SHORT, bundle, None, "证明.json")
    root: Any = reader(pdf).trailer["/Root"]
    filespec = root["/AF"][0].get_object()

    assert root["/Lang"] == "zh-CN"
    assert pdf.count(MARKER) == 1
    assert attached(pdf) == bundle
    assert reader(pdf).attachments == {"证明.json": [bundle]}
    assert filespec["/AFRelationship"] == "/Data"
    assert filespec["/EF"]["/F"]["/Subtype"] == "/application/json"
    assert filespec["/EF"]["/F"]["/Params"]["/Size"] == len(bundle)
    assert "/Filter" not in filespec["/EF"]["/F"]


def test_an_empty_attachment_is_still_an_attachment() -> None:
    assert attached(render(SHORT, b"")) == b""


def test_the_same_receipt_is_the_same_bytes_in_any_process_and_environment() -> None:
    here = hashlib.sha256(render(LONG, b"{}")).hexdigest()
    for seed in ("0", "4242"):
        settings = {"PYTHONHASHSEED": seed, "RL_useA85": "1", "RL_pdfComments": "1", "TZ": "UTC-8"}
        elsewhere = subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=True,
        )
        assert elsewhere.stdout.strip() == here


def test_receipts_made_at_once_are_the_receipts_made_in_turn() -> None:
    pages = [replace(SHORT, number=f"{count:010d}", payer=f"张*{count}") for count in range(12)]
    in_turn = [render(page, BUNDLE) for page in pages]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda page: render(page, BUNDLE), pages)) == in_turn


def test_the_file_tells_its_day_of_issue_and_no_path_no_clock_no_foreign_font() -> None:
    pdf = render(replace(SHORT, issued_on=date(2025, 12, 31)), BUNDLE)
    about = reader(pdf).metadata

    assert about is not None
    assert about.title == "公益事业捐赠票据（样张） 99050126 0000000042"
    assert about.subject == f"{SHORT.title.en}, ledger.example/charity leaf 41"
    assert about.author == SHORT.recipient
    assert {str(about["/CreationDate"]), str(about["/ModDate"])} == {"D:20251231"}
    assert SHORT.payer not in str(about)
    assert b"Helvetica" not in pdf
    assert str(ROOT).encode() not in pdf


def test_every_font_of_the_page_is_embedded() -> None:
    resources: Any = reader(render(LONG, BUNDLE)).pages[0]["/Resources"]
    fonts = resources["/Font"]

    assert fonts
    for font in fonts.values():
        (descendant,) = font.get_object()["/DescendantFonts"]
        assert descendant.get_object()["/FontDescriptor"]["/FontFile2"].get_data()


@pytest.mark.parametrize(
    ("name", "point"),
    [("𪚥", "U+2A6A5"), ("a\nb", "U+000A"), ("甲\u200b乙", "U+200B"), ("\u202e甲", "U+202E"),
     ("乐😀", "U+1F600"), ("e\u0301", "U+0301"), ("甲\x00", "U+0000"), ("\ud800", "U+D800")],
)  # fmt: skip
def test_a_character_the_typeface_lacks_is_named_and_nothing_is_drawn(
    name: str, point: str
) -> None:
    with pytest.raises(GlyphMissing, match=re.escape(point)) as refusal:
        render(replace(SHORT, payer=name), BUNDLE)
    assert isinstance(refusal.value, Refused)


def test_missing_characters_are_told_once_each_in_order() -> None:
    assert missing_glyphs("善款") == ""
    assert missing_glyphs("😀甲𠮷乙𪚥😀") == "😀𪚥"


def test_the_typeface_holds_the_ideographs_that_names_are_written_in() -> None:
    unified = "".join(map(chr, range(0x4E00, 0x9FA6)))
    extension_a = "".join(map(chr, range(0x3400, 0x4DB6)))
    marks = "·•—…“”‘’《》（）【】、。，；：？！￥¥€£×÷±℃№①⑳■□●○◆▲★─│┌┐└┘　"

    assert missing_glyphs(unified + extension_a + marks) == ""
    assert missing_glyphs("䶮㛃𬭎𫍯𫵷𬀩𬇙𬤝𬬩𬳵龦鿍鿎鿏") == ""


def test_the_typeface_is_the_one_its_note_describes() -> None:
    note = FONT_FILE.with_name("README.md").read_text(encoding="utf-8")

    for file in (FONT_FILE, RARE_FILE, FONT_FILE.with_name("sRGB.icc")):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in note


def test_an_amount_in_another_currency_is_refused() -> None:
    with pytest.raises(AmountNotInCny, match=r"in CNY, not 1\.00 USD"):
        replace(SHORT, amount=Money(100, "USD"))


def test_a_line_in_another_currency_is_refused() -> None:
    with pytest.raises(AmountNotInCny):
        PageLine(code="", name="x", unit="", quantity="", standard="", amount=Money(100, "USD"))


@pytest.mark.parametrize("lie", [{"amount": Money(1)}, {"amount": Money(0)}, {"replaces": None}])
def test_a_red_receipt_is_below_zero_and_names_the_one_it_reverses(lie: dict[str, Any]) -> None:
    with pytest.raises(RedReceiptUnclear):
        replace(RED, **lie)


@pytest.mark.parametrize("page", [SHORT, JOINT, RARE], ids=["short", "joint", "rare"])
def test_the_file_describes_itself_twice_in_the_same_words(page: Page) -> None:
    pdf = reader(render(page, BUNDLE, SIGNER))
    about, xmp = pdf.metadata, pdf.xmp_metadata

    assert about is not None
    assert xmp is not None
    assert (xmp.dc_title, xmp.dc_creator) == ({"x-default": about.title}, [about.author])
    assert xmp.dc_description == {"x-default": about.subject}
    assert {str(xmp.pdf_keywords), str(about["/Keywords"])} == {page.qr}
    assert (xmp.pdf_producer, xmp.xmp_creator_tool) == (about.producer, about.creator)


def test_the_printed_codes_text_stands_in_the_file_for_programs() -> None:
    assert render(replace(SHORT, qr="DLR2|99050126|1"), BUNDLE).count(b"(DLR2|99050126|1)") == 1
    about = reader(render(replace(SHORT, recipient=r"a (b) \ c"), BUNDLE)).metadata
    assert about is not None
    assert about.author == r"a (b) \ c"


def test_the_file_is_laid_out_for_archives() -> None:
    pdf = render(PAGES["rare"], BUNDLE, SIGNER)
    root: Any = reader(pdf).trailer["/Root"]

    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert b"<pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>U<" in pdf
    assert pdf.count(b"endstream") == pdf.count(b"\nendstream\nendobj")
    identifiers: Any = reader(pdf).trailer["/ID"]
    assert len(identifiers[0]) == 16
    assert b"/ca " not in pdf


def test_an_amount_below_zero_is_refused() -> None:
    with pytest.raises(AmountHasNoWords):
        render(replace(SHORT, amount=Money(-100)), BUNDLE)


def test_the_link_is_printed_and_leads_where_it_says() -> None:
    (page,) = reader(render(LINKED, BUNDLE)).pages
    (note,) = [one.get_object() for one in page.annotations or []]
    assert (note["/Subtype"], note["/A"]["/S"], note["/A"]["/URI"]) == (
        "/Link",
        "/URI",
        LINKED.link,
    )
    left, bottom, right, top = map(float, note["/Rect"])
    text = pypdfium2.PdfDocument(render(LINKED, BUNDLE))[0].get_textpage()
    assert text.get_text_bounded(left, bottom, right, top).strip() == LINKED.link


def test_a_page_without_a_link_bears_none() -> None:
    assert "/Annots" not in reader(render(SHORT, BUNDLE)).pages[0]
