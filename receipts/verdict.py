"""What a check of a receipt finds: its steps in words, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, NamedTuple, TypeVarTuple

from ledger.errors import LedgerError, Untrusted
from receipts import says

Given = TypeVarTuple("Given")


class Unfit(Untrusted):
    """A check speaks against a receipt; `result` is what that makes of it."""

    result: ClassVar[str] = "untrusted"
    fields: tuple[str, ...] = ()

    def __init__(self, why: str) -> None:
        super().__init__(why)


class Differs(Unfit):
    """Parts of a receipt disagree; `fields` names them."""

    result = "mismatch"

    def __init__(self, why: str, *fields: str) -> None:
        super().__init__(why)
        self.fields = fields


class NotEligible(Unfit):
    """Gifts to the issuer could not be deducted on the day of the gift."""

    result = "not_eligible"


class Voided(Unfit):
    """A red receipt reverses it."""

    result = "reversed"


class Replaced(Unfit):
    """Another receipt, or a paper one, stands in its place."""

    result = "replaced"


class NotListed(Unfit):
    """The list knows no receipt of that number. That does not make it a forgery."""

    result = "not_found"


class Told(NamedTuple):
    """What a check that nothing speaks against adds in words; not `asked` was not looked at."""

    more: str = ""
    asked: bool = True


NOTHING_AGAINST, NOT_ASKED = Told(), Told(asked=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, whether nothing speaks against it, what it says in words.

    `check` is the number of the check it belongs to; not `asked` was not looked at, and why is
    said.
    """

    step: str
    ok: bool
    says: str
    check: int
    asked: bool = True


@dataclass(slots=True)
class Verdict:
    """What a check found; `receipt` tells what the receipt says once that is proved.

    `result` is "valid", "reversed", "replaced", "mismatch" (then `fields` names what differs),
    "not_eligible", "untrusted" or "not_found"; `deduction_class` is "full", "limited" or "none"
    by the rule called `rule`; `as_of` is the size of the log that the proof shows.
    """

    result: str = "valid"
    deduction_class: str = "none"
    rule: str | None = None
    fields: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    receipt: dict[str, str] = field(default_factory=dict)
    as_of: int | None = None

    def ask(
        self, check: int, step: str, result: str, run: Callable[[*Given], Told], *given: *Given
    ) -> bool:
        """Run one step and say what it finds; `result` is what its failure makes of a receipt.

        The first failure names the result of all.
        """
        try:
            told = run(*given)
        except LedgerError as error:
            self.refuse(check, step, result, error)
            return False
        self.steps.append(_passed(check, step, told))
        return True

    def bears(
        self, check: int, step: str, result: str, run: Callable[[*Given], None], *given: *Given
    ) -> bool:
        """Run the first part of a step, of which nothing is said unless it fails."""
        try:
            run(*given)
        except LedgerError as error:
            self.refuse(check, step, result, error)
            return False
        return True

    def refuse(self, check: int, step: str, result: str, error: LedgerError) -> None:
        """Say why a step fails."""
        self.steps.append(Step(step, ok=False, says=says.failed(step, str(error)), check=check))
        if self.result == "valid":
            self.result, self.fields = result, ()
            if isinstance(error, Unfit):
                self.result, self.fields = error.result, error.fields


@lru_cache(maxsize=1024)
def _passed(check: int, step: str, told: Told) -> Step:
    """Make a step that nothing speaks against; most say the same of every receipt."""
    said = (says.passed if told.asked else says.unasked)(step, told.more)
    return Step(step, ok=True, says=said, check=check, asked=told.asked)
