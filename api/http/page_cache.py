"""Public pages kept in memory: read once per change, and answered with their age while the store is away."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from api.http.answers import FRESH, hash_tag
from api.http.written_head import LENGTH, WrittenHead
from application.errors import NotYetVisible, StoreUnavailable
from application.status.board import STALE_SECONDS

if TYPE_CHECKING:
    from application.facade import Facade
    from application.ports import ViewStands

Reading = Callable[[int, datetime], Awaitable[tuple[Mapping[str, object], "datetime | None"]]]
"""Reads a page at a position and a moment, and says when it changes by itself, None if it does not."""

READ_TIMEOUT_SECONDS = 1.0
"""How long a reader waits for the store if there is a page in memory."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A page as bytes in one language, and the tag of these bytes; ``compressed`` (gzip) where that is kept, too."""

    body: bytes
    tag: str
    media: str
    compressed: bytes | None = None
    status: int = HTTPStatus.OK
    modified_at: datetime | None = None
    """When something in it last changed, if that is known."""
    heads: dict[tuple[str, bool], tuple[tuple[bytes, bytes], ...]] = field(default_factory=dict, compare=False)
    """The headers of answers with it, by what else chose it, and by whether they are compressed."""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.body) + len(self.compressed or b"")

    @cached_property
    def head(self) -> WrittenHead:
        """The headers that each answer with it has, but for those of its body."""
        return WrittenHead(
            ((b"etag", self.tag.encode()), (b"cache-control", FRESH.encode()), (b"vary", b"Authorization"))
        )

    @cached_property
    def whole_head(self) -> WrittenHead:
        """The same with those of its body."""
        length = b"%d" % len(self.body)
        return WrittenHead((*self.head, (LENGTH, length), (b"content-type", self.media.encode())))


Rendering = Callable[[Mapping[str, object], "str | None"], Rendered]
"""Renders a page in one language, or in all if that is None."""


def rendered(
    body: bytes,
    media: str,
    *,
    compress: bool = True,
    status: int = HTTPStatus.OK,
    modified_at: datetime | None = None,
) -> Rendered:
    """Tag a body, and compress it."""
    compressed = gzip.compress(body, mtime=0) if compress else None
    return Rendered(
        body=body, tag=hash_tag(body), media=media, compressed=compressed, status=status, modified_at=modified_at
    )


@dataclass(kw_only=True)
class CachedPage:
    """A public page as of ``position``, known to have been current at ``current_at``.

    ``until`` is when it changes by itself, None if it does not. ``generation`` is the building of the view that it was
    read from, and ``event`` tells the one at its position from every other.
    """

    generation: str
    event: str
    position: int
    changed: int
    current_at: datetime
    until: datetime | None
    document: Mapping[str, object]
    renderings: dict[str | None, Rendered] = field(default_factory=dict)

    def is_current(self, changed: int, now: datetime) -> bool:
        """Tell whether nothing of it has changed since it was read."""
        return changed == self.changed and changed <= self.position and (self.until is None or now < self.until)

    @property
    def size(self) -> int:
        """How many bytes its renderings have."""
        return sum(each.size for each in self.renderings.values())


class CachedPages:
    """Keeps the last state of a page; requests that come while it is read wait for the same read."""

    def __init__(
        self,
        facade: Facade,
        view: str,
        read: Reading,
        render: Rendering,
        *,
        visibility: ViewStands | None = None,
        in_thread: bool = False,
    ) -> None:
        """Keep the page that ``read`` makes from ``view``; the first request reads it.

        A page of several views has them in ``visibility``, and any name for them all in ``view``.
        One that is long is rendered ``in_thread``, so that nobody else waits for it.
        """
        self._facade = facade
        self.languages = frozenset(facade.settings.languages)
        self._view = view
        self._read = read
        self._render = render
        self._visibility = visibility or facade.visibility
        self._in_thread = in_thread
        self._page: CachedPage | None = None
        self._reading: asyncio.Task[CachedPage] | None = None
        self._stale_since: datetime | None = None

    async def public(self, language: str | None) -> tuple[Rendered, int | None]:
        """Give the current page; if it is not known to be current, with its age in seconds.

        Raises:
            StoreUnavailable: if the store cannot be read and none was read before.
        """
        page = self._page
        if page is not None and self._is_of_now(page):
            return await self._rendered(page, language), None
        if page is None or not self._is_usable(page):
            page = await self._next(page)
        return await self._rendered(page, language), self._age_of(page)

    async def _rendered(self, page: CachedPage, language: str | None) -> Rendered:
        """Give its bytes with the texts in one language, or in all if ``language`` is None; each is rendered once."""
        found = page.renderings.get(language)
        if found is None and self._in_thread:
            found = await self._facade.reads.run(lambda: self._render(page.document, language))
        elif found is None:
            found = self._render(page.document, language)
        return page.renderings.setdefault(language, found)

    @property
    def is_empty(self) -> bool:
        """Whether it was never read."""
        return self._page is None

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return 0 if self._page is None else self._page.size

    def _is_of_now(self, page: CachedPage) -> bool:
        """Tell whether a page is known to be current: what is asked for nearly every time.

        ``_is_usable`` and ``_age_of`` would look the same up twice.
        """
        visibility, view = self._visibility, self._view
        if page.generation != visibility.generation(view) or visibility.is_rebuilding(view):
            return False
        now = self._facade.clock.now()
        if visibility.age(view) >= STALE_SECONDS or not page.is_current(visibility.changed(view), now):
            return False
        page.current_at, self._stale_since = now, None
        return True

    def _is_usable(self, page: CachedPage) -> bool:
        visibility = self._visibility
        if page.generation != visibility.generation(self._view):
            return False
        # While nobody can follow the log, or the view is built anew from its beginning, nothing newer can be read.
        if visibility.age(self._view) >= STALE_SECONDS or visibility.is_rebuilding(self._view):
            return True
        return page.is_current(visibility.changed(self._view), self._facade.clock.now())

    def _age_of(self, page: CachedPage) -> int | None:
        """Give the age, which grows until the page is known to be current, or to have been within the last second."""
        age, now = self._visibility.age(self._view), self._facade.clock.now()
        is_current = page.is_current(self._visibility.changed(self._view), now)
        if is_current and age < STALE_SECONDS:
            page.current_at, self._stale_since = now, None
            return None
        since = now - timedelta(seconds=age)
        if not is_current:
            since = min(since, page.current_at)
        if (now - since).total_seconds() < 1:
            self._stale_since = None
            return 0
        # A view that comes up with the log is seen to be less and less behind; a reader is told once that it is there.
        self._stale_since = min(since, self._stale_since or since)
        return int((now - self._stale_since).total_seconds())

    async def _next(self, before: CachedPage | None) -> CachedPage:
        timeout = READ_TIMEOUT_SECONDS if before else None
        try:
            # What is being read already may have been begun before this request came; what is read next was not.
            page = await asyncio.wait_for(self._read_once(), timeout)
            return page if self._is_usable(page) else await asyncio.wait_for(self._read_once(), timeout)
        except (StoreUnavailable, NotYetVisible, TimeoutError):
            if before is None or not await self._is_of_this_log(before):
                raise
            return before

    async def _is_of_this_log(self, page: CachedPage) -> bool:
        """Tell whether the log still has what a page was made from; a backup that was put back may not."""
        generation = self._visibility.generation(self._view)
        if page.generation == generation:
            return True
        events = self._facade.queries.events
        event = await self._facade.reads.run(lambda: events.fingerprint(page.position))
        if event != page.event:
            self._page = None
            return False
        page.generation = generation
        return True

    async def _read_once(self) -> CachedPage:
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read_now())
        return await asyncio.shield(self._reading)

    async def _read_now(self) -> CachedPage:
        visibility, now = self._visibility, self._facade.clock.now()
        generation, changed = visibility.generation(self._view), visibility.changed(self._view)
        position, event = visibility.stand(self._view)
        try:
            if visibility.is_rebuilding(self._view):
                raise NotYetVisible(f"the view {self._view} is being built anew")
            document, until = await self._read(position, now)
        finally:
            self._reading = None
        self._page = CachedPage(
            generation=generation,
            event=event,
            position=position,
            changed=changed,
            current_at=now,
            until=until,
            document=document,
        )
        return self._page
