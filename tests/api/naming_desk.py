"""Runs commands on names as a clerk, a government and an operator do, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.wiring import House
from tests.conftest import USCC
from tests.houses import general_fund
from tests.ledger.domain.naming_given import COUNTY

Run = Callable[..., tuple[int, str, str]]

TEXT = "示范教学楼"
TERM = ("--from", "2026-12-01", "--to", "2031-11-30")
RULE = (
    "--rule", "naming-2026", "--rule-from", "2026-01-01", "--share", "50%",
    "--source", "示范县捐赠项目冠名办法（2026年）第五条", "--on", "2026-11-21",
)  # fmt: skip
APPROVAL = (
    "--authority", COUNTY, "--text", TEXT, "--number", "示政函〔2026〕1号", "--on", "2026-11-21",
    *TERM, "--by", "officer", "--countersigned-by", "director",
)  # fmt: skip


def said(answer: tuple[int, str, str], ending: int = 0) -> Any:
    code, out, err = answer
    assert code == ending, err
    return json.loads(out)


def refused(answer: tuple[int, str, str]) -> str:
    code, out, err = answer
    assert (code, out) == (2, ""), out
    assert err.count("\n") == 1, "a refusal is one line"
    return err


class Desk:
    """Runs commands on names in one house; `watchful` looks after each one that all still holds."""

    def __init__(self, house: House, run: Run, tmp_path: Path) -> None:
        self.house = house
        self._run = run
        self.watchful = False
        self.paper = tmp_path / "letter.pdf"
        self.paper.write_bytes(b"letter of consent")
        self.fund = general_fund(house, name="示范县校舍资金")

    def ask(self, *words: object, ending: int = 0) -> Any:
        answer = said(self._run(*words, "--json"), ending)
        if self.watchful:
            audited = said(self._run("audit", "--json"))
            assert audited["findings"] == []
        return answer

    def try_to(self, *words: object) -> str:
        before = self.house.recorder.size()
        told = refused(self._run(*words))
        assert self.house.recorder.size() == before, "what is refused leaves nothing behind"
        return told

    def name(self, step: str, naming: str, *words: object) -> Any:
        return self.ask("naming", step, naming, *words)

    def shown(self, naming: str) -> Any:
        return self.ask("naming", "show", naming)

    def proposed(self, *gifts: str, **options: str) -> str:
        asked = {"thing": "building", "text": TEXT, "by": "clerk", **options}
        words = [w for k, v in asked.items() for w in (f"--{k}", v)]
        given = [w for gift in gifts for w in ("--gift", gift)]
        answer = self.ask(
            "naming", "propose", "--charity", USCC, "--fund", self.fund, "--construction",
            *words, *given,
        )  # fmt: skip
        return str(answer["naming"])

    def wished(self, naming: str) -> None:
        self.name("wish", naming, "yes", "--publish", "--document", self.paper)

    def ready(self, naming: str, *gifts: str, cost: str = "1000.00") -> None:
        """Bring a name to where government can be asked."""
        self.wished(naming)
        self.name("screen", naming, "--person", "nobody")
        given = [w for gift in gifts for w in ("--gift", gift)]
        self.name("fund", naming, "--cost", cost, *given, *RULE)
        self.name("consent", naming, "--from", "示范县第一小学", "--document", self.paper)

    def submitted(self, naming: str) -> None:
        self.name("submit", naming, "--authority", COUNTY, "--level", "county", "--by", "clerk")

    def in_force(self, naming: str) -> None:
        self.submitted(naming)
        self.name("approve", naming, *APPROVAL)
        self.name("enter", naming, "--on", "2026-12-01", "--by", "reviewer")
