"""A cache of the tokens in the log."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, cast

from domain.access.keyring import KEYRING, Keyring, Token
from infrastructure.event_log import recorder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from eventsourcing.persistence import StoredEvent

    from application.ports import Clock, Reads
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store


class TokenCache:
    """Keeps the keyring in memory and asks the log, each time, only for what has happened since.

    A revocation by any process therefore holds from the next request on. Requests that come while the log is being
    asked share the next question.
    """

    def __init__(self, store: Store, mapper: TypedMapper, reads: Reads, clock: Clock) -> None:
        """Read the tokens from the log of ``store``; they expire by ``clock``."""
        self._store = store
        self._mapper = mapper
        self._reads = reads
        self._clock = clock
        self._lock = threading.Lock()
        self._keyring: Keyring | None = None
        self._newest: StoredEvent | None = None
        self._by_digest: Mapping[str, Token] = {}
        self._asking: asyncio.Task[Mapping[str, Token]] | None = None
        self._next: asyncio.Task[Mapping[str, Token]] | None = None

    def now(self) -> datetime:
        """Give the time by which tokens expire."""
        return self._clock.now()

    def by_name(self) -> Mapping[str, Token]:
        """Give all tokens, revoked ones included, by name."""
        self.by_digest()
        return self._keyring.tokens if self._keyring is not None else {}

    def by_digest(self) -> Mapping[str, Token]:
        """Give all tokens, revoked ones included, by digest, as of now."""
        with self._lock:
            version = self._keyring.version if self._keyring is not None else 0
            with self._store.reading_log() as connection:
                news = recorder.stream(connection, KEYRING, after=max(version - 1, 0))
                if version and news[:1] != [self._newest]:
                    # The log is not the one that it was: what it has not is not valid.
                    version, self._keyring, self._by_digest = 0, None, {}
                    news = recorder.stream(connection, KEYRING)
            if version:
                del news[0]
            for stored in news:
                self._newest = stored
                self._keyring = cast("Any", self._mapper.to_domain_event(stored)).mutate(self._keyring)
            if news and self._keyring is not None:
                self._by_digest = {token.digest: token for token in self._keyring.tokens.values()}
            return self._by_digest

    @property
    def known(self) -> Mapping[str, Token]:
        """The tokens by digest as they were read last; who relies on them has to confirm it inside the command."""
        return self._by_digest

    async def current(self) -> Mapping[str, Token]:
        """Give all tokens by digest, as the log had them at some moment after this call."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask(self._asking))
        return await asyncio.shield(self._next)

    async def _ask(self, before: asyncio.Task[Mapping[str, Token]] | None) -> Mapping[str, Token]:
        if before is not None and not before.done():
            await asyncio.wait([before])
        # Whoever comes from here on has come after the question, and needs one of his own.
        self._asking, self._next = self._next, None
        return await self._reads.run(self.by_digest)
