"""What an audit says: which parts were looked at, what is wrong, and what the log adds up to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Audit:
    """What was checked; a part that was not looked at is None, a finding names what is wrong."""

    events: int = 0
    signatures_ok: bool = True
    tree_ok: bool = True
    checkpoint_ok: bool = True
    views_equal_rebuild: bool | None = None
    money_conserved: bool = True
    receipt_numbers_ok: bool = True
    vault_ok: bool | None = None
    sources_ok: bool | None = None
    findings: list[str] = field(default_factory=list)
    root: str | None = None
    """The root that the entries of a published log give, in hex; None where some are missing."""

    def find(self, what: str, part: str | None = None) -> None:
        """Note a finding against a part of the audit."""
        self.findings.append(what)
        if part:
            setattr(self, part, False)

    def as_json(self) -> dict[str, object]:
        """Return the object that the command line prints."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "root"}
