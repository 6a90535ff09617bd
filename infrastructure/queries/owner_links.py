"""Finds the account that the link of an owner opens, in the log itself: no view can be behind a revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from domain.panels.account import AccountRecovery, owner_link_handle
from infrastructure.event_log import handle_index, recorder

if TYPE_CHECKING:
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store


class LogOwnerLinkQueries:
    """Implements ``OwnerLinkQueries`` on the log."""

    def __init__(self, store: Store, mapper: TypedMapper) -> None:
        """Read the log of ``store``; ``mapper`` reads its events."""
        self._store = store
        self._mapper = mapper

    def find(self, digest: str) -> AccountRecovery | None:
        """Give the account whose owner has the link of this digest, whether it has expired or not; None if none."""
        with self._store.reading_log() as connection:
            ids = list(handle_index.find(connection, owner_link_handle(digest), limit=1))
            stream = recorder.stream(connection, ids[0]) if ids else []
        recovery: AccountRecovery | None = None
        for stored in stream:
            recovery = cast("Any", self._mapper.to_domain_event(stored)).mutate(recovery)
        return recovery
