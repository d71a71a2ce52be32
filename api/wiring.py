"""Puts the house together: database, keys, engine, views, log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

from api.document_keys import DocumentKeys
from api.preparing import Preparing
from api.randomness import random_bytes, random_id
from api.settings import DEFAULT_ORIGIN, Settings
from api.witnesses import policy_in, witnesses
from api.working import cores
from ledger import codec
from ledger.application import Desk, Ledger
from ledger.application.asked import Asked
from ledger.domain.funds import GiftPlace
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.domain.registry import Registry
from ledger.engine import Engine, EntryMoved, HeldElsewhere, SignedMapper
from ledger.errors import Refused, Unreadable
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer
from ledger.proof.jws import Signer as JwsSigner
from ledger.proof.mldsa import private_key
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.store import embedded
from ledger.store.accounts import Accounts, Means
from ledger.store.answered import Answered
from ledger.store.checkpoints import Checkpoints
from ledger.store.database import Database
from ledger.store.drafts import Drafts
from ledger.store.durable import write_once
from ledger.store.hooks import Hooks
from ledger.store.integrator import (
    Integrator,
    LogSigner,
    States,
    refuse_if_put_back,
    states,
)
from ledger.store.job_files import JobFiles
from ledger.store.jobs import Jobs
from ledger.store.key_directory import KeyDirectory
from ledger.store.key_files import KeyFiles, passphrase
from ledger.store.log_folder import LogFolder
from ledger.store.recorder import LedgerRecorder, LogRow
from ledger.store.requests import Requests
from ledger.store.signers import Signers
from ledger.store.signing_process import SigningProcess
from ledger.store.sources import Sources
from ledger.store.vault import Vault
from ledger.store.vault_keys import VaultKeys, derive
from ledger.store.vault_reads import Reader, ReadLog
from projections import trace_queries
from projections.claims import CLAIMS
from projections.credits import CREDITS
from projections.directory import DIRECTORY, names
from projections.erasures import ERASURES
from projections.fund_tallies import FUND_TALLIES
from projections.gift_index import GIFT_INDEX
from projections.journal import JOURNAL
from projections.namings import NAMINGS
from projections.pledges import PLEDGES
from projections.public_index import PUBLIC_INDEX
from projections.receipt_numbers import RECEIPT_NUMBERS
from projections.runner import Runner
from projections.services import SERVICES
from projections.tallies import TALLIES
from projections.tiers import TIERS_VIEW
from projections.traces import TRACES
from projections.written_numbers import CaughtUpNumbers
from receipts.pades import Signer
from receipts.trust import Trust

VIEWS = (
    CLAIMS,
    CREDITS,
    DIRECTORY,
    ERASURES,
    FUND_TALLIES,
    GIFT_INDEX,
    JOURNAL,
    NAMINGS,
    PLEDGES,
    PUBLIC_INDEX,
    RECEIPT_NUMBERS,
    SERVICES,
    TALLIES,
    TIERS_VIEW,
    TRACES,
)
AUTHORITY_NAME = "演示主管机关（样张） Demonstration authority (specimen)"


class NoLedger(Unreadable):
    """There is no ledger in the data folder or database."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"there is no ledger in {data} yet; run: donation-ledger init")


class ReceiptsNeedTheKey(Refused):
    """A receipt bears a code signed by its issuer, whose key is not here."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(
            f"receipts of {organisation} can't be made out or printed here: the code on them is "
            f"signed with its key ({kid}), which is held elsewhere"
        )


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

    def __init__(
        self,
        settings: Settings,
        *,
        create: bool = False,
        dry_run: bool = False,
        why: str = "as a library",
        prepare: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._prepare = prepare
        self.dry_run = dry_run
        self._why = why
        self._signing = SigningProcess() if cores() > 1 else None
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
        self.requests = Requests(self.database, self._clock, random_bytes)
        self.requests.prepare()
        self.checkpoints = Checkpoints(self.database)
        self.checkpoints.prepare()
        self.answered = Answered(self.database, lambda: self.vault.token)
        self.answered.prepare()
        self.jobs = Jobs(self.database, lambda: self._secret_for("jobs"), self._clock)
        self.jobs.prepare()
        made = (self.database, self.answered, self._secret_for, self._clock, random_bytes)
        self.drafts = Drafts(*made)
        self.drafts.prepare()
        kept = (self.database, self._secret_for, self._clock, random_bytes)
        self.hooks = Hooks(*kept, dry_run=self.dry_run)
        self.hooks.prepare()
        self.log = _log_of(self.settings)
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
            for name in ("log", "log-ml-dsa", "vault", AUTHORITY):
                self.keys.create(name)
            self.vault_keys.begin()
            signer = self.keys.signer_of(AUTHORITY)
            public = b64url(signer.public.public_bytes_raw())
            self.ledger.organisations.found(AUTHORITY_NAME, signer.kid, public)
        if not trust.exists():
            self.publish()
            write_once(trust, self.trust().encode())

    def close(self) -> None:
        """Give the connections back, and end what was started."""
        self.database.close()
        if self._signing is not None:
            self._signing.close()

    @cached_property
    def keys(self) -> KeyFiles:
        """The key files of the data folder."""
        kept = self.settings.passphrase_file or self.settings.data / "passphrase"
        folder = self.settings.data / "keys"
        phrase = passphrase(kept, random_bytes, fresh=not folder.exists())
        return KeyFiles(folder, phrase, random_bytes)

    @cached_property
    def vault(self) -> Vault:
        """The openings of sealed fields."""
        reader = Reader(self.settings.actor, self._why)
        return Vault(self.database, self.vault_keys, self.vault_reads, reader, random_bytes)

    @cached_property
    def vault_keys(self) -> VaultKeys:
        """The keys that openings are encrypted with."""
        keys, clock = self.keys, self._clock
        return VaultKeys(self.database, keys.secret, keys.create, clock, random_bytes)

    @cached_property
    def vault_reads(self) -> ReadLog:
        """Who read personal data, and why."""
        return ReadLog(
            self.database,
            lambda: derive(self.vault_keys.finding(), "vault reads"),
            self._clock,
        )

    @cached_property
    def job_files(self) -> JobFiles:
        """What long jobs were handed and what came out, encrypted."""
        folder = self.settings.data / "jobs"
        return JobFiles(folder, lambda: self._secret_for("job files"), random_bytes)

    def _secret_for(self, purpose: str) -> bytes:
        return derive(self.vault_keys.finding(), purpose)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        key = partial(self._secret_for, "accounts")
        made = Means(self.database, key, self._clock, random_bytes, self.dry_run)
        return Accounts(made)

    @cached_property
    def sources(self) -> Sources:
        """The rows of files recorded so far."""
        return Sources(self.database, self.vault_keys.finding)

    @cached_property
    def mapper(self) -> SignedMapper:
        """What signs events, and verifies each one that it reads."""
        origin = self.recorder.origin()
        directory = KeyDirectory(origin, self.recorder.registry_entries, self.root_key())
        signers = Signers(self.keys, self._organisation)
        return SignedMapper(
            origin, signers.signer_of, directory.verify, signers.forget, self._signing
        )

    def _organisation(self, organisation: str) -> Organisation | None:
        return self.ledger.streams.find_organisation(organisation)

    @cached_property
    def engine(self) -> Engine:
        """What stores events; what must be signed elsewhere waits if there is a file for it."""
        waiting = Preparing(self.requests, self.recorder.origin(), self._prepare)
        return Engine(self.mapper, self.recorder, waiting if self._prepare else None)

    @cached_property
    def ledger(self) -> Ledger:
        """The commands."""
        self.keys.signing_key("log")  # what can't be published is refused before it is recorded
        refuse_if_put_back(self.recorder, self.log, self.database.looking)
        return Ledger(
            Desk(
                self.engine,
                self.vault,
                CaughtUpInflows(self.runner),
                CaughtUpNumbers(self.runner),
                self._clock,
                random_id,
                random_bytes,
                dry_run=self.dry_run,
            )
        )

    def acted_by(self, ledger: Ledger) -> House:
        """Return this house with the ledger of an account, which records only what it may.

        Registering a document key stays the house's own act: no account causes it.
        """
        assert self._documents is not None, "made with the house's own ledger, before it is copied"
        acted = copy(self)
        acted.__dict__["ledger"] = ledger
        return acted

    def of_request(self, asked: Asked, *, dry_run: bool = False) -> House:
        """Return this house as one account uses it: it records what that account may.

        What it reads of the vault is written down as read by the account.
        """
        reader = Reader(
            asked.acting.account, f"{self._why}: {', '.join(sorted(asked.acting.roles))}"
        )
        vault = Vault(self.database, self.vault_keys, self.vault_reads, reader, random_bytes)
        dry_run = dry_run or self.dry_run
        house = self.acted_by(self.ledger.asked(asked, vault, dry_run=dry_run))
        house.__dict__["vault"], house.dry_run = vault, dry_run
        return house

    def code_signer(self, organisation: str) -> JwsSigner:
        """Return what signs the code on an organisation's receipts; refuse a key that is not here.

        The code names the receipt's entry, which has no name before it is signed: it can't be
        prepared with it.
        """
        signer = self.mapper.signer_of(organisation)
        if isinstance(signer, HeldElsewhere):
            raise ReceiptsNeedTheKey(organisation, signer.kid)
        return signer

    @cached_property
    def _documents(self) -> DocumentKeys:
        return DocumentKeys(
            self.ledger,
            self.keys,
            lambda: self._clock().date(),
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

    def renew_document_root(self, reason: str) -> list[str]:
        """Renew the authority's root certificate and those under it; return whose they are."""
        self.runner.follow(DIRECTORY)
        under = [one for one in names(self.runner) if one != AUTHORITY]
        return self._documents.renew_root(reason, under)

    @cached_property
    def integrator(self) -> Integrator:
        """What publishes the log."""
        return Integrator(
            self.recorder,
            self.log,
            self.checkpoints,
            self._log_signer(),
            self._checker,
            self._clock,
            self._integrating_alone,
            witnesses(self.policy),
            self.database.looking,
        )

    @cached_property
    def policy(self) -> Policy | None:
        """Whose cosignatures a checkpoint needs before it is published; None: nobody's."""
        return policy_in(self.settings.data, self.trust().log)

    def public_policy(self) -> Policy | None:
        """Return the witnesses' policy by the log's published key: it takes no key of ours."""
        return policy_in(self.settings.data, self.log.vkey())

    def _log_signer(self) -> LogSigner:
        """Return the log's keys; a ledger founded before it had the second one gets it here."""
        ed25519 = self.keys.signing_key("log")
        lattice = private_key(self.keys.create("log-ml-dsa"))
        return LogSigner(self.recorder.origin(), ed25519, lattice)

    @contextmanager
    def _integrating_alone(self) -> Iterator[Callable[[], object]]:
        """Wait for any other integrator of this ledger, on whichever machine, and keep it out."""
        with self.database.alone(f"{self.settings.schema} integrator") as connection:
            yield lambda: connection.execute("SELECT 1")

    def states(self) -> States:
        """Return how many entries are sequenced, integrated and published."""
        return states(self.recorder, self.checkpoints, self.log)

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
            self.requests.drop_expired()
            self.drafts.expire()

    def trust(self) -> Trust:
        """Return the keys that whoever checks our receipts pins."""
        log = VerifierKey.of(self.recorder.origin(), self.keys.signing_key("log").public_key())
        return Trust(log, self._founder())

    def exported_trust(self) -> Trust:
        """Return these keys with the policy of the witnesses, if there is one."""
        return replace(self.trust(), policy=self.policy)

    def _founder(self) -> str:
        """Return the kid that the ledger was founded with: the first of its line, if it is here."""
        if not self.keys.has(AUTHORITY) and self.pinned:
            return self.pinned.authority
        return Ed25519Signer(self.keys.signing_key(AUTHORITY)).kid

    def root_key(self) -> str | None:
        """Return the kid that this data folder trusts as the ledger's founder."""
        return self.pinned.authority if self.pinned else None

    @property
    def pinned(self) -> Trust | None:
        """The keys that this data folder was founded with, as far as it keeps them."""
        path = self.settings.data / "trust.json"
        return Trust.parse(path.read_bytes()) if path.exists() else None


@contextmanager
def opened(
    settings: Settings,
    *,
    create: bool = False,
    dry_run: bool = False,
    why: str = "as a library",
    prepare: Path | None = None,
) -> Iterator[House]:
    """Open a house and close it again."""
    house = House(settings, create=create, dry_run=dry_run, why=why, prepare=prepare)
    try:
        yield house
    finally:
        house.close()


def _log_of(settings: Settings) -> LogFolder:
    """Return the published log: in the data folder, or in the bucket that the settings name."""
    if settings.log_store is None:
        return LogFolder(settings.data / "log")
    from ledger.store.log_bucket import Bucket  # noqa: PLC0415 few ledgers have one

    return LogFolder(Bucket(settings.log_store))
