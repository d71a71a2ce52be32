"""PDF tools nobody here wrote accept a signed receipt, and find what was done to a copy of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.x509 import Certificate  # type: ignore[import-untyped] # it has no stubs
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from receipts.pdf import render
from tests.receipts.pages import PAGES, SHORT
from tests.receipts.signing import SIGNER, signer

BUNDLE = b'{"receipt":"\xe5\x96\x84","proof":[]}'
UPDATE = b"\n2 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
TOOLS = ("pdfsig", "pdftotext", "pdfdetach", "qpdf", "certutil")


@pytest.fixture(scope="module")
def needs() -> None:
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    assert not absent, (
        f"{', '.join(absent)} not found: apt-get install poppler-utils qpdf libnss3-tools"
    )


@pytest.fixture(scope="module")
def store(needs: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store of certificates that trusts our root and nothing else."""
    folder = tmp_path_factory.mktemp("nss")
    pem = x509.load_der_x509_certificate(SIGNER.root).public_bytes(Encoding.PEM)
    (folder / "root.pem").write_bytes(pem)
    told("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
    told("certutil", "-A", "-d", f"sql:{folder}", "-n", "root", "-t", "CT,C,C",
         "-i", folder / "root.pem")  # fmt: skip
    return folder


def told(*words: object, code: int = 0) -> str:
    run = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    assert run.returncode == code, run.stdout + run.stderr
    return run.stdout


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "receipt.pdf"
    path.write_bytes(data)
    return path


def incremental(data: bytes) -> bytes:
    """Add a revision that replaces the page, as an editor would."""
    at, start = len(data) + 1, data.rindex(b"startxref\n") + len(b"startxref\n")
    trailer = data[data.rindex(b"trailer\n<<") : start - len(b"startxref\n")]
    previous = int(data[start:].split()[0])
    linked = trailer.replace(b"<< ", b"<< /Prev %d " % previous, 1)
    table = b"xref\n2 1\n%010d 00000 n \n" % at
    body = data + UPDATE
    return body + table + linked + b"startxref\n%d\n%%%%EOF\n" % len(body)


def judged(data: bytes) -> Any:
    context = ValidationContext(trust_roots=[Certificate.load(SIGNER.root)])
    (found,) = PdfFileReader(BytesIO(data)).embedded_signatures
    return validate_pdf_signature(found, context)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pdfsig_finds_a_signature_that_is_valid_trusted_and_total(
    page: Any, store: Path, tmp_path: Path
) -> None:
    said = told("pdfsig", "-nssdir", f"sql:{store}", kept(tmp_path, render(page, BUNDLE, SIGNER)))

    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signing Time: Mar 05 2026" in said


def test_pdfsig_finds_a_changed_byte_and_a_look_alike(store: Path, tmp_path: Path) -> None:
    file = render(SHORT, BUNDLE, SIGNER)
    at = file.index(b"/Author") + 16
    changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    look_alike = render(SHORT, BUNDLE, signer(number=666, root_number=777))

    said = told("pdfsig", "-nssdir", f"sql:{store}", kept(tmp_path, changed))
    assert "Digest Mismatch" in said
    said = told("pdfsig", "-nssdir", f"sql:{store}", kept(tmp_path, look_alike))
    assert "Certificate is Trusted" not in said


def test_pyhanko_finds_it_intact_trusted_and_covering_the_entire_file() -> None:
    status = judged(render(SHORT, BUNDLE, SIGNER))

    assert "INTACT:TRUSTED" in status.summary()
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.bottom_line
    assert status.docmdp_ok


@pytest.mark.filterwarnings("ignore")
def test_pyhanko_refuses_an_incremental_update_and_a_look_alike() -> None:
    updated = judged(incremental(render(SHORT, BUNDLE, SIGNER)))
    look_alike = render(SHORT, BUNDLE, signer(number=666, root_number=777))

    assert not updated.bottom_line
    assert updated.coverage.name != "ENTIRE_FILE"
    assert not judged(look_alike).bottom_line


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_qpdf_finds_nothing_to_complain_of(page: Any, needs: None, tmp_path: Path) -> None:
    said = told("qpdf", "--check", kept(tmp_path, render(page, BUNDLE, SIGNER)))

    assert "No syntax or stream encoding errors found" in said


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pdftotext_reads_names_amounts_and_numbers(page: Any, needs: None, tmp_path: Path) -> None:
    file = kept(tmp_path, render(page, BUNDLE, SIGNER))
    text = re.sub(r"\s", "", told("pdftotext", "-raw", file, "-"))

    for wanted in (page.payer, page.amount_in_words, page.amount_in_figures, page.number,
                   page.recipient, page.fund, page.eligibility):  # fmt: skip
        assert re.sub(r"\s", "", wanted) in text


def test_pdfdetach_takes_the_proof_out_to_the_byte(needs: None, tmp_path: Path) -> None:
    file = kept(tmp_path, render(SHORT, BUNDLE, SIGNER))
    told("pdfdetach", "-save", 1, "-o", tmp_path / "bundle.json", file)

    assert (tmp_path / "bundle.json").read_bytes() == BUNDLE
