"""Signs checkpoints: the newest for auditors, and one for readers at each turn of the clock."""

from __future__ import annotations

import threading
from base64 import b64decode
from typing import TYPE_CHECKING

import structlog

from application.audit.commands import LOG_KEY
from application.errors import LogKeyMissing
from infrastructure.checkpoints.kept_outside import CheckpointFile
from infrastructure.checkpoints.log_origin import current_origin
from infrastructure.checkpoints.signing_key import NoKey, find_key, find_or_make_key, public_text
from infrastructure.event_log import store_facts
from infrastructure.event_log.schema import log_identity
from infrastructure.store.base import StoreDown, instant
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.checkpoint_tables import KEEP, cosignatures, find_note, newest, signing_time
from infrastructure.transparency.notes import VerifierKey, sign
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import WIDTH, tree_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from application.health import ReadinessDetail, ReasonCode
    from application.ports import Clock
    from infrastructure.settings import Settings
    from infrastructure.store.base import Connection, Store, Value

POLL_SECONDS = 1.0
"""How often the clock is read."""
REPLACED = (
    "the key of this process was replaced by another one, which signs in its place; give this process that key, by "
    "BITACORA_LOG_KEY"
)

log = structlog.get_logger()


class Signer:
    """Signs with the key of this process, as long as it is the one that the log names."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        """Sign the tree of ``store``, once started."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._key: Ed25519PrivateKey | None = None
        self._signing = threading.Lock()
        self._turned = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="signer", daemon=True)
        self.problem: ReadinessDetail | None = None
        """Why this process signs nothing."""
        self.signed_for_readers: Callable[[], None] = lambda: None
        """Is called each time that there is a new checkpoint for readers."""

    def start(self, note_key: Callable[[str], str]) -> None:
        """Find the key or make one, and sign for readers from now on.

        ``note_key`` notes a public key (base64) in the log, and gives the one that signs now.

        Raises:
            BadSetting: if the key that a setting names cannot be used.
        """
        self._open_key(note_key)
        self._turned = self._turn(self._clock.now())
        self._thread.start()

    def _open_key(self, note_key: Callable[[str], str]) -> None:
        try:
            key = find_or_make_key(self._settings)
        except NoKey as error:
            self._cannot("log_key_missing", f"{error}")
            return
        own = public_text(key)
        if note_key(own) != own:
            self._cannot("log_key_replaced", REPLACED)
            return
        misfit = self._misfit()
        if misfit is not None:
            # Under one name there would be two logs.
            self._cannot("log_not_signed", misfit)
            return
        self._key, self.problem = key, None

    def _misfit(self) -> str | None:
        """Say why the log is not the one that has the checkpoint that is kept outside; None if it is."""
        try:
            with self._store.reading_log() as connection:
                kept = CheckpointFile(self._settings.log_folder, log_identity(connection))
                return kept.misfit(connection, current_origin(connection))
        except StoreDown as error:
            return str(error)

    def _is_of_kept(self, connection: Connection, origin: str, known: tuple[int, str, str] | None) -> bool:
        """Tell whether the log still has the checkpoint that is kept outside, and sign nothing more if it has not.

        While the service runs, a standby that lacks the last events may take the place of the store.
        """
        file = CheckpointFile(self._settings.log_folder, log_identity(connection))
        if known is not None and file.read() == known[2]:
            # The store has it, with the tree beneath it.
            return True
        misfit = file.misfit(connection, origin)
        if misfit is not None:
            self._key = None
            self._cannot("log_not_signed", misfit)
        return misfit is None

    def find_key(self) -> None:
        """Sign with the key that is there, beside a server or without one; no key is made, and none is noted."""
        self._key = find_key(self._settings)

    def _cannot(self, code: ReasonCode, sentence: str) -> None:
        self.problem = {"code": code, "message": f"No checkpoint is signed: {sentence}."}
        log.error(code, error=sentence)

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def for_auditor(self) -> str:
        """Give a checkpoint of all events, as a note, with the signatures of witnesses.

        If none can be signed it is the newest one that is kept; it is empty if there is none.
        """
        with self._signing, self._store.reading_log() as connection:
            origin, size = current_origin(connection), tree_size(connection)
            known = newest(connection, origin, for_readers=False)
            if known is not None and known[0] == size:
                return known[2] + cosignatures(connection, origin, size)
            if not self._may_sign(connection) or not self._is_of_kept(connection, origin, known):
                return known[2] if known else ""
            note = self._signed(connection, origin, size)
            self._keep_outside(connection, note)
        self._keep((origin, size, 0, instant(self._clock.now()), note))
        return note

    def for_auditor_of(self, store: Store) -> str:
        """Do the same for whoever reads a store that may be behind: of as many events as it has; see ``at``."""
        if store is self._store:
            return self.for_auditor()
        with store.reading_log() as connection:
            size = tree_size(connection)
            known = newest(connection, current_origin(connection), for_readers=False)
        return self.at(size) or (known[2] if known is not None else "")

    def for_reader(self, store: Store | None = None) -> str:
        """Give the checkpoint that readers of a store have now, as a note, with the signatures of witnesses."""
        with (store or self._store).reading_log() as connection:
            origin = current_origin(connection)
            known = newest(connection, origin, for_readers=True)
            if known is not None:
                return known[2] + cosignatures(connection, origin, known[0])
        return self.sign_for_readers()

    def sign_for_readers(self) -> str:
        """Sign what readers see from now on: as many events as there are in whole tiles; and keep a copy of all."""
        with self._signing, self._store.reading_log() as connection:
            origin, size = current_origin(connection), tree_size(connection)
            known = newest(connection, origin, for_readers=False)
            if not self._may_sign(connection) or not self._is_of_kept(connection, origin, known):
                return ""
            whole = size // WIDTH * WIDTH
            everything, note = self._signed(connection, origin, size), self._signed(connection, origin, whole)
            self._keep_outside(connection, everything)
        now = instant(self._clock.now())
        self._keep((origin, size, 0, now, everything), (origin, whole, 1, now, note))
        self.signed_for_readers()
        return note

    def at(self, size: int) -> str:
        """Give a checkpoint of the first events, as many as there are or fewer, with the signatures of witnesses.

        One that is not kept is signed anew, and not kept: it says of the past what each later one says. It is empty if
        this process cannot sign.
        """
        with self._store.reading_log() as connection:
            origin = current_origin(connection)
            note = find_note(connection, origin, size)
            if note is None and self._may_sign(connection):
                known = newest(connection, origin, for_readers=False)
                note = self._signed(connection, origin, size) if self._is_of_kept(connection, origin, known) else None
            return note + cosignatures(connection, origin, size) if note else ""

    def sign_if_due(self) -> None:
        """Sign for readers once in each span of ``CHECKPOINT_EVERY``, counted from 1970, whichever process does it."""
        turn = self._turn(self._clock.now())
        if turn == self._turned or self._key is None:
            return
        with self._store.reading_log() as connection:
            known = newest(connection, current_origin(connection), for_readers=True)
        signed_at = None if known is None else signing_time(known[1])
        if signed_at is None or self._turn(signed_at) < turn:
            self.sign_for_readers()
        self._turned = turn

    def sign_text(self, text: str) -> str:
        """Sign a text that is no checkpoint, and give the note.

        Raises:
            LogKeyMissing: if this process has no key to sign with.
        """
        with self._store.reading_log() as connection:
            if self._key is None or not self._may_sign(connection):
                raise LogKeyMissing("nothing can be sealed: this process has not the key of the log; /readyz says why")
            return str(sign(text, self._key, current_origin(connection)))

    def verifier_key(self) -> VerifierKey | None:
        """Give the public key that signs the present tree; None before the first start."""
        with self._store.reading_log() as connection:
            public = store_facts.find(connection, LOG_KEY)
            return None if public is None else VerifierKey(name=current_origin(connection), public=b64decode(public))

    def _turn(self, when: datetime) -> int:
        return int(when.timestamp() // self._settings.checkpoint_every.total_seconds())

    def _may_sign(self, connection: Connection) -> bool:
        if self._key is None:
            return False
        is_own = store_facts.find(connection, LOG_KEY) == public_text(self._key)
        if not is_own and self.problem is None:
            # Another process was started with another key.
            self._cannot("log_key_replaced", REPLACED)
        return is_own

    def _signed(self, connection: Connection, origin: str, size: int) -> str:
        assert self._key is not None  # noqa: S101 - see ``_may_sign``
        checkpoint = Checkpoint(origin, size, TreeReader(connection).root(size))
        return str(sign(checkpoint.text, self._key, origin))

    def _keep_outside(self, connection: Connection, note: str) -> None:
        """Keep a checkpoint of everything where a restore looks for it, before anybody gets it."""
        file = CheckpointFile(self._settings.log_folder, log_identity(connection))
        try:
            file.keep(note)
        except OSError as error:
            raise StoreDown(f"a checkpoint cannot be kept in {file.path}: {error}") from error

    def _keep(self, *rows: Sequence[Value]) -> None:
        """Keep checkpoints in the store, before anybody gets them."""
        connection = self._store.connect_log()
        try:
            connection.begin()
            connection.run(KEEP, rows)
            connection.commit()
        finally:
            connection.rollback()
            connection.close()

    def _loop(self) -> None:
        while not self._ending.wait(POLL_SECONDS):
            try:
                self.sign_if_due()
            except (StoreDown, OSError) as error:
                log.warning("checkpoint_not_signed", error=str(error))
            except Exception:
                log.exception("checkpoint_not_signed")
