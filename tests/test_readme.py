"""The README does what it says: its commands run, its links lead somewhere, its words are true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import parser
from ledger.store import embedded

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """Lay out a folder as a clone has it, with a data folder of its own."""
    (tmp_path / "api").symlink_to(ROOT / "api")
    yield tmp_path
    embedded.stop(tmp_path / "var")
    shutil.rmtree((tmp_path / "var" / "postgres").resolve(), ignore_errors=True)


@pytest.mark.long
def test_the_commands_of_the_readme_run_in_order(workplace: Path) -> None:
    script = "\n".join(b for b in BLOCKS if not b.startswith("make "))
    environment = {**os.environ, "LEDGER_DATA": str(workplace / "var"), "COLUMNS": "120"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for name in ("LEDGER_DATABASE_URL", "COVERAGE_PROCESS_CONFIG"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "有效 valid" in done.stdout
    assert "untrusted" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_first_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = re.findall(r"^make (\w+)", BLOCKS[0], re.MULTILINE)
    assert asked == ["demo", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in asked)


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert "//" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_that_the_readme_names_is_known() -> None:
    known = parser().format_help()
    for command in set(re.findall(r"^donation-ledger (\w+)", "\n".join(BLOCKS), re.MULTILINE)):
        assert command in known
