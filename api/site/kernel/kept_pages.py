"""The finished pages that are kept in memory: how many at most, and which of them go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.errors import DomainError

if TYPE_CHECKING:
    from api.http.page_cache import CachedPages, Rendered

KEPT_BYTES = 64 * 1024 * 1024
"""How much is kept of finished pages, in bytes; those that were not asked for longest go first."""
KEPT_PAGES = 2_000
"""How many are kept: beside its bytes each has the documents that it was made from, some tens of kilobytes."""


class KeptPages:
    """Pages by their paths, those last that were asked for last."""

    def __init__(self, most_bytes: int = KEPT_BYTES, most_pages: int = KEPT_PAGES) -> None:
        """Keep so many bytes and so many pages at most."""
        self._most_bytes, self._most_pages = most_bytes, most_pages
        self._pages: OrderedDict[str, CachedPages] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self.size = 0
        """How many bytes they have."""

    def __len__(self) -> int:
        """Count them."""
        return len(self._pages)

    async def public(
        self, path: str, language: str | None, make: Callable[[], CachedPages]
    ) -> tuple[Rendered, int | None]:
        """Give the current page of a path in a language, and its age in seconds if it may not be of now.

        Whoever asks while it is read waits for the same reading. What is not there is not kept: not what was there
        before, either, which nobody shall see again while the store is away.

        Raises:
            DomainError: as reading it does.
            StoreUnavailable: if the store cannot be read, and the page was not read before.
        """
        pages = self._pages.get(path)
        if pages is None:
            pages = self._pages[path] = make()
        try:
            found = await pages.public(language)
        except BaseException as error:
            if self._pages.get(path) is pages and (pages.is_empty or isinstance(error, DomainError)):
                self._drop(path)
            raise
        if self._pages.get(path) is pages:
            self._pages.move_to_end(path)
            # Only this one can have grown: the others are not looked at, which would take longer the more there are.
            size = pages.size
            self.size += size - self._sizes.get(path, 0)
            self._sizes[path] = size
            self._forget()
        return found

    def _forget(self) -> None:
        while len(self._pages) > 1 and (self.size > self._most_bytes or len(self._pages) > self._most_pages):
            self._drop(next(iter(self._pages)))

    def _drop(self, path: str) -> None:
        self._pages.pop(path)
        self.size -= self._sizes.pop(path, 0)
