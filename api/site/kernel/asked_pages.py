"""Pages of the past, and those that a query asked for: rendered once, and kept as long as nothing can have changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from application.status.board import STALE_SECONDS

if TYPE_CHECKING:
    from api.http.page_cache import Rendered
    from application.ports import ViewStands

KEPT_BYTES = 16 * 1024 * 1024
"""How much is kept of them, in bytes; those that were not asked for longest go first."""
OVERHEAD = 1_000
"""What a page costs beside its bytes and its address, in bytes, rounded up."""


@dataclass(frozen=True, kw_only=True)
class AskedPage:
    """A page as it was rendered; ``stand`` is how far the views had come, ``until`` when it changes by itself."""

    rendered: Rendered
    stand: Hashable
    until: datetime | None
    size: int


class AskedPages:
    """Rendered pages by what was asked, those last that were asked for last."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        """Keep so many bytes at most."""
        self._most_bytes = most_bytes
        self._pages: OrderedDict[str, AskedPage] = OrderedDict()
        self.size = 0
        """How many bytes they have."""

    def __len__(self) -> int:
        """Count them."""
        return len(self._pages)

    def find(self, asked: str, stand: Hashable, now: datetime) -> Rendered | None:
        """Give a page that was kept, if it is still what reading it would give; ``stand`` as ``stand_of`` gives it."""
        page = self._pages.get(asked)
        if page is None:
            return None
        if stand is None or page.stand != stand or (page.until is not None and page.until <= now):
            self._drop(asked)
            return None
        self._pages.move_to_end(asked)
        return page.rendered

    def keep(self, asked: str, rendered: Rendered, stand: Hashable, until: datetime | None) -> None:
        """Keep a page that was read after the views stood so."""
        size = rendered.size + len(asked) + OVERHEAD
        if stand is None or size > self._most_bytes:
            return
        self._drop(asked)
        self._pages[asked] = AskedPage(rendered=rendered, stand=stand, until=until, size=size)
        self.size += size
        while self.size > self._most_bytes:
            self._drop(next(iter(self._pages)))

    def _drop(self, asked: str) -> None:
        page = self._pages.pop(asked, None)
        if page is not None:
            self.size -= page.size


def stand_of(stands: ViewStands, view: str) -> Hashable:
    """Tell one state of a view from every other; None while it is not known to be current."""
    if stands.age(view) >= STALE_SECONDS or stands.is_rebuilding(view):
        return None
    return stands.generation(view), stands.changed(view)
