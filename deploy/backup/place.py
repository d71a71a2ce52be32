"""Tells the scripts beside it where the ledger's database is, in assignments for a shell.

Without a word: DATABASE (a libpq connection string without password), PROGRAMS (the folder of
PostgreSQL's programs: PG_PROGRAMS, or else the embedded ones, which know no TLS) and PGPASSWORD
where one is set. With `new`, for the embedded server of a data folder in which there is no database
yet: CLUSTER (the folder that gets one), OWNER (`uid:gid` of the account that runs it) and PROGRAMS.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.settings import Settings
from ledger.store import embedded
from ledger.store.embedded_place import account_for, place, programs


def found(settings: Settings) -> dict[str, str]:
    """Return where the database is; the embedded server is started if it is down."""
    url = settings.database_url
    if url is None:
        account = account_for(settings.data / "postgres" / "data", os.geteuid())
        return {"DATABASE": embedded.ensure(settings.data), "PROGRAMS": str(programs(account))}
    given = conninfo_to_dict(url)
    password = given.pop("password", None)
    shown = {"PGPASSWORD": str(password)} if password else {}
    ours = programs(account_for(settings.data, os.geteuid()))
    folder = os.environ.get("PG_PROGRAMS") or str(ours)
    return {"DATABASE": make_conninfo("", **given), "PROGRAMS": folder, **shown}


def made(data: Path) -> dict[str, str]:
    """Make the place of an embedded cluster in a data folder; refuse one that is taken."""
    data.mkdir(parents=True, exist_ok=True)
    account = account_for(data / "postgres" / "data", os.geteuid())
    folder = place(data.resolve(), account)
    if (folder / "data").exists():
        sys.exit(f"{folder / 'data'} is there already: move it away, or name another LEDGER_DATA")
    owner = f"{account.uid}:{account.gid}"
    return {"CLUSTER": str(folder), "OWNER": owner, "PROGRAMS": str(programs(account))}


def main() -> None:
    """Print what is asked for."""
    settings = Settings.read()
    told = made(settings.data) if sys.argv[1:] == ["new"] else found(settings)
    for name, value in told.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


if __name__ == "__main__":
    main()
