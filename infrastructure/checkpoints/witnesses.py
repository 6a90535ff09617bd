"""Lets witnesses sign the checkpoints of readers, each on a thread of its own, so that none holds up another."""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from infrastructure.checkpoints.log_origin import current_origin
from infrastructure.checkpoints.witness_request import NoAnswer, WitnessRequest
from infrastructure.store.base import StoreDown
from infrastructure.transparency.checkpoint_tables import KEEP_COSIGNATURE, cosigned_size, newest
from infrastructure.transparency.notes import BadNote, SignedNote
from infrastructure.transparency.tree_reader import TreeReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrastructure.checkpoints.witness_request import WitnessAnswer
    from infrastructure.store.base import Store
    from infrastructure.transparency.witness_address import WitnessAddress

SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\n?")
STOP_SECONDS = 5.0
OK, CONFLICT = 200, 409
COSIGNED, REFUSED, UNREACHABLE, FORGED = "cosigned", "refused", "unreachable", "bad_signature"
OUTCOMES = (COSIGNED, REFUSED, UNREACHABLE, FORGED)
"""What can come of a question."""

log = structlog.get_logger()


class Witnesses:
    """All witnesses of a log."""

    def __init__(self, store: Store, addresses: Sequence[WitnessAddress]) -> None:
        """Ask those at ``addresses``, once started."""
        self.asked: Counter[tuple[str, str]] = Counter()
        """How often each was asked, by its name and what came of it."""
        self._followers = [WitnessFollower(store, address, self.asked) for address in addresses]

    def start(self) -> None:
        """Ask for what is not signed yet, and from now on after each ``wake``."""
        for follower in self._followers:
            follower.start()

    def wake(self) -> None:
        """Ask again: there is a new checkpoint, or a turn of the clock in which it stayed the same."""
        for follower in self._followers:
            follower.wake()

    def stop(self) -> None:
        """Give up what is asked, and end."""
        for follower in self._followers:
            follower.end()
        for follower in self._followers:
            follower.join()


class WitnessFollower:
    """One witness, and what it has signed."""

    def __init__(self, store: Store, address: WitnessAddress, asked: Counter[tuple[str, str]]) -> None:
        """Count in ``asked`` what comes of each question."""
        self._store = store
        self._key, self._url = address.key, address.url
        self._asked = asked
        for outcome in OUTCOMES:
            asked[self._key.name, outcome] += 0
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._request: WitnessRequest | None = None
        self._thread = threading.Thread(target=self._loop, name=f"witness {self._key.name}", daemon=True)

    def start(self) -> None:
        """Begin with what is there."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Look again."""
        self._woken.set()

    def end(self) -> None:
        """Give up."""
        self._ending.set()
        self._woken.set()
        request = self._request
        if request is not None:
            request.give_up()

    def join(self) -> None:
        """Wait for the end."""
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _loop(self) -> None:
        while not self._ending.is_set():
            self._woken.wait()
            self._woken.clear()
            if self._ending.is_set():
                return
            try:
                self.ask()
            except StoreDown as error:
                log.warning("witness_not_asked", witness=self._key.name, error=str(error))
            except Exception:
                log.exception("witness_not_asked", witness=self._key.name)

    def ask(self) -> None:
        """Let the witness sign the newest checkpoint of readers, unless it has, and keep its signature.

        Raises:
            StoreDown: if the store cannot be read or written.
        """
        with self._store.reading_log() as connection:
            origin = current_origin(connection)
            known = newest(connection, origin, for_readers=True)
            old = cosigned_size(connection, origin, str(self._key))
        if known is None or old >= known[0]:
            return
        size, _, note = known
        try:
            answer = self._send(old, size, note)
            if answer.status == CONFLICT and (behind := SIZE.fullmatch(answer.body)) and int(behind[1]) <= size:
                answer = self._send(int(behind[1]), size, note)
        except NoAnswer as error:
            self._note(UNREACHABLE, size, str(error))
            return
        if answer.status != OK:
            self._note(REFUSED, size, f"it answered {answer.status}: {answer.body[:200]!r}")
            return
        try:
            line = self._signature(note, answer.body)
        except BadNote as error:
            self._note(FORGED, size, str(error))
            return
        self._keep(origin, size, line)
        self._note(COSIGNED, size, None)

    def _send(self, old: int, size: int, note: str) -> WitnessAnswer:
        with self._store.reading_log() as connection:
            proof = TreeReader(connection).consistency_proof(old, size)
        self._request = WitnessRequest(self._url)
        try:
            if self._ending.is_set():
                raise NoAnswer("the service stops")
            return self._request.send(to_body(old, proof, note))
        finally:
            self._request = None

    def _signature(self, note: str, lines: str) -> str:
        """Give the line that the witness has signed with its key; lines of other keys are ignored."""
        signed = SignedNote.parse(note + lines)
        if not signed.signed_by([self._key]):
            raise BadNote("no line of it is signed with the key of this witness")
        name = (self._key.name, self._key.id)
        return next(each.line for each in signed.signatures if (each.name, each.id) == name)

    def _keep(self, origin: str, size: int, line: str) -> None:
        connection = self._store.connect_log()
        try:
            connection.begin()
            connection.run(KEEP_COSIGNATURE, [(origin, size, str(self._key), line)])
            connection.commit()
        finally:
            connection.rollback()
            connection.close()

    def _note(self, outcome: str, size: int, error: str | None) -> None:
        self._asked[self._key.name, outcome] += 1
        if error is None:
            log.info("checkpoint_cosigned", witness=self._key.name, size=size)
        else:
            log.warning("checkpoint_not_cosigned", witness=self._key.name, size=size, outcome=outcome, error=error)


def to_body(old: int, proof: Sequence[bytes], note: str) -> str:
    """Write what a witness is asked: the size that it knows, the proof from there, and the checkpoint."""
    return "".join((f"old {old}\n", *(f"{b64encode(each).decode()}\n" for each in proof), "\n", note))
