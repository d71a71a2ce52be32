"""What the audit asks of the vault's own tables: keys, the log of reads, what the law keeps."""

from __future__ import annotations

from collections.abc import Iterator

from api.wiring import House
from ledger.errors import LedgerError


def findings(house: House) -> Iterator[str]:
    """Say what is wrong with them; without working keys the rest can't be looked at."""
    yield from house.vault_keys.findings()
    try:
        yield from house.vault_reads.findings()
        yield from house.vault.restrictions.findings()
    except LedgerError as error:
        yield f"vault_keys: {error}"
