"""How quickly commands start: what only the portal needs is not loaded for them."""

from __future__ import annotations

import json
import subprocess
import sys

PORTALS = {"fastapi", "starlette", "pydantic", "webauthn", "uvicorn", "obstore"}


def test_no_command_waits_for_what_only_the_portal_needs() -> None:
    asked = "import json, sys, api.cli; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120
    )
    assert not PORTALS & set(json.loads(told.stdout))
