"""Public pages in memory: read once per change, and shown with their age while the store is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from api.http.answers import dump, hash_tag
from api.http.visibility import in_language
from application.errors import NotYetVisible, StoreUnavailable
from application.status.board import STALE_SECONDS

if TYPE_CHECKING:
    from application.facade import Facade

Reading = Callable[[int, datetime], Awaitable[tuple[Mapping[str, object], "datetime | None"]]]
"""Reads a page at a position and a moment, and says when it changes by itself, None if it does not."""

PATIENCE_SECONDS = 1.0
"""How long a reader waits for the store if there is a page in memory."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A page as bytes in one language, and the tag of these bytes."""

    body: bytes
    tag: str


@dataclass(kw_only=True)
class CachedPage:
    """A public page as of ``position``, known to have held at ``held_at``.

    ``until`` is when it changes by itself, None if it does not.
    """

    position: int
    changed: int
    held_at: datetime
    until: datetime | None
    document: Mapping[str, object]
    shape: object
    _rendered: dict[str | None, Rendered] = field(default_factory=dict)

    def holds(self, changed: int, now: datetime) -> bool:
        """Tell whether nothing of it has changed since."""
        return changed == self.changed and changed <= self.position and (self.until is None or now < self.until)

    def rendered(self, language: str | None, default: str) -> Rendered:
        """Give it in one language, or with all of them."""
        found = self._rendered.get(language)
        if found is None:
            body = dump(in_language(self.document, language, default, self.shape)).encode()
            found = self._rendered[language] = Rendered(body=body, tag=hash_tag(body))
        return found


class CachedPages:
    """Keeps the last edition of a page; those who come while one is read wait for the same reading."""

    def __init__(self, facade: Facade, view: str, read: Reading, shape: object = None) -> None:
        """Read a page of a shape, which follows from ``view``, by ``read``; nothing is read yet."""
        self._facade = facade
        self.languages = frozenset(facade.settings.languages)
        self._view = view
        self._read_page = read
        self._shape = shape
        self._edition: CachedPage | None = None
        self._reading: asyncio.Task[CachedPage] | None = None

    async def public(self, language: str | None) -> tuple[Rendered, int | None]:
        """Give the page of now; if it is not known to be that, its age in seconds as well.

        Raises:
            StoreUnavailable: if the store cannot be read and none was read before.
        """
        edition = self._edition
        if edition is None or not self._will_do(edition):
            edition = await self._next(edition)
        return edition.rendered(language, self._facade.settings.languages[0]), self._age_of(edition)

    def _will_do(self, edition: CachedPage) -> bool:
        visibility = self._facade.visibility
        # While nobody can follow the log, or the view is built anew from its beginning, nothing newer can be read.
        if visibility.age(self._view) >= STALE_SECONDS or visibility.is_rebuilding(self._view):
            return True
        return edition.holds(visibility.changed(self._view), self._facade.clock.now())

    def _age_of(self, edition: CachedPage) -> int | None:
        age, now = self._facade.visibility.age(self._view), self._facade.clock.now()
        holds = edition.holds(self._facade.visibility.changed(self._view), now)
        if holds and age < STALE_SECONDS:
            edition.held_at = now
            return None
        return int(age if holds else max(age, (now - edition.held_at).total_seconds()))

    async def _next(self, before: CachedPage | None) -> CachedPage:
        patience = PATIENCE_SECONDS if before else None
        try:
            # What is being read already may have been begun before this request came; what is read next was not.
            edition = await asyncio.wait_for(self._read_once(), patience)
            return edition if self._will_do(edition) else await asyncio.wait_for(self._read_once(), patience)
        except (StoreUnavailable, NotYetVisible, TimeoutError):
            if before is None:
                raise
            return before

    async def _read_once(self) -> CachedPage:
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read())
        return await asyncio.shield(self._reading)

    async def _read(self) -> CachedPage:
        visibility, now = self._facade.visibility, self._facade.clock.now()
        changed, position = visibility.changed(self._view), visibility.position_of(self._view)
        try:
            if visibility.is_rebuilding(self._view):
                raise NotYetVisible(f"the view {self._view} is being built anew")
            document, until = await self._read_page(position, now)
        finally:
            self._reading = None
        self._edition = CachedPage(
            position=position, changed=changed, held_at=now, until=until, document=document, shape=self._shape
        )
        return self._edition
