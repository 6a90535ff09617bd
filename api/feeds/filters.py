"""What a feed is narrowed down to: components, groups, audiences, panels, by keys that readers know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.http.key_names import known_components, known_keys, known_panels
from api.site.kernel.addresses import part_of
from application.key_names import KeyKind, require_known_key
from application.status.board import PUBLIC
from domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from starlette.datastructures import QueryParams

    from api.site.kernel.reading import PageRead

MEMBERS = ("component", "group", "audience", "panel")
"""The members of the query that a feed knows."""
MOST_KEYS = 20
"""How many keys a feed takes of each."""
PAGES = {"component": "components", "audience": "audiences", "panel": "panels"}
"""The folder of the page of each; groups have none."""
HISTORY = "history"
"""The page of what has no page of its own."""


@dataclass(frozen=True, kw_only=True)
class FeedFilter:
    """By which keys a feed is filtered, by the members of its query; of each, any key will do."""

    keys: Mapping[str, tuple[str, ...]]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query that asks for it, in one order however it was asked."""
        return [(member, key) for member in MEMBERS for key in self.keys.get(member, ())]

    @property
    def page(self) -> str:
        """The path of the page that shows the same, or of the history if no page does, without a language."""
        match self.query:
            case [(member, key)] if member in PAGES:
                return f"{PAGES[member]}/{part_of(key)}"
            case _:
                return HISTORY


NO_FILTER = FeedFilter(keys={})


def filter_of(query: QueryParams) -> FeedFilter:
    """Read the filter that a query asks for.

    Raises:
        Invalid: if it names too many keys.
    """
    found = {member: tuple(sorted({key for key in query.getlist(member) if key})) for member in MEMBERS}
    for member, keys in found.items():
        if len(keys) > MOST_KEYS:
            raise Invalid(f"a feed takes at most {MOST_KEYS} of {member}", pointer=f"/{member}")
    return FeedFilter(keys={member: keys for member, keys in found.items() if keys})


async def require_known(read: PageRead, wanted: FeedFilter) -> None:
    """Refuse keys that readers do not know by now, whatever the feed is of.

    Raises:
        Invalid: naming the nearest that they know.
    """
    known: dict[str, Callable[[], Awaitable[Iterable[str]]]] = {
        "component": lambda: known_components(read.facade, PUBLIC),
        "group": lambda: known_keys(read.facade, KeyKind.GROUP, PUBLIC),
        "audience": lambda: known_keys(read.facade, KeyKind.AUDIENCE, PUBLIC),
        "panel": lambda: known_panels(read.facade),
    }
    for member, keys in wanted.keys.items():
        found = await known[member]()
        for key in keys:
            require_known_key(member, key, found)
