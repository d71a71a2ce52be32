"""Puts the house together: database, keys, engine, views, log."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from api.document_keys import DocumentKeys
from api.settings import DEFAULT_ORIGIN, Settings
from ledger import codec
from ledger.application import Desk, Ledger
from ledger.domain.funds import GiftPlace
from ledger.domain.organisations import AUTHORITY
from ledger.domain.registry import Registry
from ledger.engine import Engine, EntryMoved, SignedMapper
from ledger.errors import Unreadable
from ledger.proof.encoding import b64url
from ledger.proof.notes import VerifierKey
from ledger.store import embedded
from ledger.store.database import Database
from ledger.store.durable import write_once
from ledger.store.key_directory import KeyDirectory
from ledger.store.key_files import KeyFiles, passphrase
from ledger.store.log_folder import Integrator, LogFolder
from ledger.store.recorder import LedgerRecorder, LogRow
from ledger.store.sources import Sources
from ledger.store.vault import Vault
from projections import trace_queries
from projections.claims import CLAIMS
from projections.credits import CREDITS
from projections.directory import DIRECTORY
from projections.gift_index import GIFT_INDEX
from projections.journal import JOURNAL
from projections.namings import NAMINGS
from projections.pledges import PLEDGES
from projections.receipt_numbers import RECEIPT_NUMBERS
from projections.runner import Runner
from projections.services import SERVICES
from projections.tiers import TIERS_VIEW
from projections.traces import TRACES
from projections.written_numbers import CaughtUpNumbers
from receipts.pades import Signer
from receipts.trust import Trust

VIEWS = (
    CLAIMS,
    CREDITS,
    DIRECTORY,
    GIFT_INDEX,
    JOURNAL,
    NAMINGS,
    PLEDGES,
    RECEIPT_NUMBERS,
    SERVICES,
    TIERS_VIEW,
    TRACES,
)
AUTHORITY_NAME = "演示主管机关（样张） Demonstration authority (specimen)"


class NoLedger(Unreadable):
    """There is no ledger in the data folder or database."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"there is no ledger in {data} yet; run: donation-ledger init")


class CaughtUpInflows:
    """Tells decisions of inflows, from the traces brought up to the end of the log."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def received(self, fund: str, unit: str) -> int:
        """Return units that have come in."""
        self._runner.follow(TRACES)
        return trace_queries.received(self._runner, fund, unit)

    def units_of(self, fund: str) -> tuple[str, ...]:
        """Return the units in which anything has come in."""
        self._runner.follow(TRACES)
        return trace_queries.units_of(self._runner, fund)

    def place_of(self, gift: str, unit: str) -> GiftPlace:
        """Return where the part of a gift that is counted in a unit lies."""
        self._runner.follow(TRACES)
        return trace_queries.place_of(self._runner, gift, unit)

    def allocated(self, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
        """Return where what the allocation at that version of a fund's stream moved lies now."""
        self._runner.follow(TRACES)
        return trace_queries.allocated(self._runner, fund, allocation)


class House:
    """One ledger with everything that stands around it, opened from settings."""

    def __init__(self, settings: Settings, *, create: bool = False, dry_run: bool = False) -> None:
        self.settings = settings
        self.dry_run = dry_run
        if not (create or settings.database_url or settings.data.is_dir()):
            raise NoLedger(settings.data)
        conninfo = settings.database_url or embedded.ensure(settings.data)
        self.database = Database(conninfo, settings.schema)
        try:
            self._open(create=create)
        except BaseException:
            self.database.close()
            raise

    def _open(self, *, create: bool) -> None:
        self.database.prepare()
        self.recorder = LedgerRecorder(self.database)
        if not self.recorder.prepare(self._origin(create=create)):
            raise NoLedger(self.settings.data)
        self.runner = Runner(self.database, self.recorder, VIEWS, time.monotonic)
        self.runner.prepare()
        self.log = LogFolder(self.settings.data / "log")
        if create:
            self._found()

    def _origin(self, *, create: bool) -> str | None:
        if not create or self.settings.origin is not None:
            return self.settings.origin if create else None
        return None if self.recorder.prepare(None) else DEFAULT_ORIGIN

    def _found(self) -> None:
        """Make keys and the first entry of a new ledger; finish what a crash left half-done."""
        trust = self.settings.data / "trust.json"
        if self.recorder.size() == 0:
            for name in ("log", "vault", AUTHORITY):
                self.keys.create(name)
            signer = self.keys.signer_of(AUTHORITY)
            public = b64url(signer.public.public_bytes_raw())
            self.ledger.organisations.found(AUTHORITY_NAME, signer.kid, public)
        if not trust.exists():
            self.publish()
            write_once(trust, self.trust().encode())

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    @cached_property
    def keys(self) -> KeyFiles:
        """The key files of the data folder."""
        kept = self.settings.passphrase_file or self.settings.data / "passphrase"
        folder = self.settings.data / "keys"
        phrase = passphrase(kept, secrets.token_bytes, fresh=not folder.exists())
        return KeyFiles(folder, phrase, secrets.token_bytes)

    @cached_property
    def vault(self) -> Vault:
        """The openings of sealed fields."""
        return Vault(self.database, self.keys.secret("vault"), secrets.token_bytes)

    @cached_property
    def sources(self) -> Sources:
        """The rows of files recorded so far."""
        return Sources(self.database, self.keys.secret("vault"))

    @cached_property
    def mapper(self) -> SignedMapper:
        """What signs events, and verifies each one that it reads."""
        origin = self.recorder.origin()
        directory = KeyDirectory(origin, self.recorder.registry_entries, self.root_key())
        return SignedMapper(origin, self.keys.signer_of, directory.verify)

    @cached_property
    def ledger(self) -> Ledger:
        """The commands."""
        self.keys.signing_key("log")  # what can't be published is refused before it is recorded
        return Ledger(
            Desk(
                Engine(self.mapper, self.recorder),
                self.vault,
                CaughtUpInflows(self.runner),
                CaughtUpNumbers(self.runner),
                lambda: datetime.now(UTC),
                lambda: uuid.uuid4().hex,
                secrets.token_bytes,
                dry_run=self.dry_run,
            )
        )

    @cached_property
    def _documents(self) -> DocumentKeys:
        return DocumentKeys(
            self.ledger,
            self.keys,
            lambda: datetime.now(UTC).date(),
            self.publish,
            dry_run=self.dry_run,
        )

    def document_signer(self, organisation: str) -> Signer:
        """Return what signs an organisation's PDF files; its key is registered if it is new.

        Ask before gathering evidence: what was registered is published then.
        """
        return self._documents.signer(organisation)

    def document_root(self) -> None:
        """Register the authority's root certificate, which all others hang on, if it is new."""
        if not self.dry_run:
            self._documents.root()

    def renew_document(self, organisation: str) -> bool:
        """Register another document key if an organisation has none; tell whether it was needed."""
        return self._documents.renew(organisation)

    @cached_property
    def integrator(self) -> Integrator:
        """What publishes the log."""
        key = self.keys.signing_key("log")
        return Integrator(self.recorder, self.log, key, self._checker)

    def _checker(self, leaf: int) -> Callable[[LogRow], None]:
        """Return what refuses, from a leaf on, entries that nobody had the right to sign."""
        origin, registry = self.recorder.origin(), Registry(self.root_key())
        for entry in self.recorder.registry_entries(before=leaf):
            codec.admit(entry, origin, registry)

        def check(row: LogRow) -> None:
            assert row.entry is not None, "the integrator has compared it with its leaf"
            event = codec.admit(row.entry, origin, registry)
            here = (row.stream, row.version, row.topic)
            if here != (event.originator_id, event.originator_version, event.TOPIC):
                raise EntryMoved(str(row.stream), int(row.version or 0))

        return check

    def publish(self) -> None:
        """Bring the published log and all views up to the event store."""
        if not self.dry_run:
            self.integrator.integrate()
            self.runner.catch_up()

    def trust(self) -> Trust:
        """Return the keys that whoever checks our receipts pins."""
        log = VerifierKey.of(self.recorder.origin(), self.keys.signing_key("log").public_key())
        return Trust(log, self.keys.signer_of(AUTHORITY).kid)

    def root_key(self) -> str | None:
        """Return the kid that this data folder trusts as the ledger's founder."""
        return self.pinned.authority if self.pinned else None

    @property
    def pinned(self) -> Trust | None:
        """The keys that this data folder was founded with, as far as it keeps them."""
        path = self.settings.data / "trust.json"
        return Trust.parse(path.read_bytes()) if path.exists() else None


@contextmanager
def opened(settings: Settings, *, create: bool = False, dry_run: bool = False) -> Iterator[House]:
    """Open a house and close it again."""
    house = House(settings, create=create, dry_run=dry_run)
    try:
        yield house
    finally:
        house.close()
