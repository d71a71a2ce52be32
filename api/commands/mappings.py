"""How a charity's columns are understood: guessed, shown, corrected, kept in the data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.answers import Answer, table
from api.imports.files import sheets_of
from api.imports.mapping import GuessedTable, guessed, mapping_of
from api.imports.roles import Mapping
from ledger.errors import Unreadable
from ledger.store.durable import write_atomically


class MappingFileUnreadable(Unreadable):
    """The file that corrects a mapping can't be opened."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no mapping can be read there; see import --show-mapping --json")


def of_charity(data: Path, charity: str, corrected: Path | None) -> Mapping | None:
    """Return the mapping kept for a charity, with what `corrected` says before it."""
    kept = _path(data, charity)
    headers = _read(kept).headers if kept.exists() else {}
    if corrected is not None:
        headers = headers | _read(corrected).headers
    return Mapping(headers) if headers else None


def save(data: Path, charity: str, corrected: Path) -> None:
    """Keep what was corrected for later files of the charity."""
    mapping = of_charity(data, charity, corrected)
    assert mapping is not None, "a correction was given"
    path = _path(data, charity)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, mapping.dump().encode())


def _path(data: Path, charity: str) -> Path:
    return data / "mappings" / f"{charity}.json"


def _read(path: Path) -> Mapping:
    try:
        return Mapping.parse(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise MappingFileUnreadable(path) from None


def shown(files: Sequence[Path], mapping: Mapping | None) -> Answer:
    """Show how the columns of files are understood; samples are masked.

    The JSON holds, under `mapping`, what --map takes: correct it there and hand it in.
    """
    found = [
        (path, one) for path in files for sheet in sheets_of(path)
        for one in guessed(sheet, mapping=mapping)
    ]  # fmt: skip
    rows = [
        (path.name, one.sheet, one.header_row, c.header, c.role, "  ".join(c.samples))
        for path, one in found
        for c in one.columns
    ]
    columns = ("文件 file", "表 sheet", "行 row>", "列 column", "含义 role", "示例 samples")
    data = {
        "tables": [_told(path, one) for path, one in found],
        "mapping": mapping_of([one for _, one in found]).headers,
    }
    return Answer(data, [table("列的含义 mapping", columns, rows)])


def _told(path: Path, one: GuessedTable) -> dict[str, object]:
    return {
        "file": path.name,
        "sheet": one.sheet,
        "header_row": one.header_row,
        "signature": one.signature,
        "columns": [
            {"column": c.column, "key": c.key, "header": c.header, "role": c.role,
             "samples": list(c.samples)}
            for c in one.columns
        ],
    }  # fmt: skip
