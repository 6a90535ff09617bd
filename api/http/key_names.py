"""What the routes of groups and of audiences have in common, and the filters by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from api.http.answers import answer
from api.http.command_bodies import CommandBody
from api.http.read_point import settled
from api.http.values import WHOLE, Localized, example
from application.key_names import KeyKind, Naming, key_name_document, require_known_key
from application.panels.projection import PANEL_VIEW
from application.register_view import REGISTER_VIEW
from application.status.board import PRIVATE
from application.status.projection import BOARD_VIEW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from api.http.answers import Answer
    from api.http.read_context import ReadContext
    from application.facade import Facade
    from application.log import Log
    from application.projections.tables import View
    from application.status.board import Viewer
    from domain.key_names import KeyName

Place = Annotated[int, Field(ge=-1_000_000, le=1_000_000), WHOLE]


class NamingBody(CommandBody[Naming]):
    """What a key is called, and its place on the page."""

    model_config = example(name={"en": "Sellers", "es": "Vendedores"}, position=10)

    name: Localized
    position: Place = 0


def named_answer(log: Log, named: KeyName) -> Answer:
    """Answer with a key that was named."""
    return answer(key_name_document(named), position=log.position, version=named.version)


async def known_keys(facade: Facade, kind: KeyKind, side: Viewer) -> frozenset[str]:
    """List the keys that a side may know of, as of now."""
    now = settled(facade, (REGISTER_VIEW,))
    found = await facade.reads.run(lambda: facade.queries.key_names.all(now, kind, public=side.public))
    return frozenset(each["key"] for each in found)


async def known_components(facade: Facade, side: Viewer) -> frozenset[str]:
    """List the components that a side may know of, as of now."""
    now = settled(facade, (BOARD_VIEW,))
    rows = await facade.reads.run(lambda: facade.queries.board.components(now))
    return frozenset(row.component for row in rows if row.public or not side.public)


async def known_panels(facade: Facade) -> frozenset[str]:
    """List the panels, as of now; everybody may know of each."""
    now = settled(facade, (PANEL_VIEW,))
    rows = await facade.reads.run(lambda: facade.queries.panels.panels(now))
    return frozenset(row.panel for row in rows)


async def require_key(context: ReadContext, kind: KeyKind, key: str | None) -> None:
    """Refuse a filter by a key that the caller does not know.

    Raises:
        Invalid: naming the nearest that he knows.
    """
    if key is not None:
        await _require_known(
            context, str(kind), key, REGISTER_VIEW, lambda: known_keys(context.facade, kind, context.side)
        )


async def require_component(context: ReadContext, key: str | None) -> None:
    """Refuse a filter by a component that the caller does not know, by now, whatever the read is of.

    Raises:
        Invalid: naming the nearest that he knows.
    """
    if key is not None:
        await _require_known(
            context, "component", key, BOARD_VIEW, lambda: known_components(context.facade, context.side)
        )


async def _require_known(
    context: ReadContext, what: str, key: str, view: View, look: Callable[[], Awaitable[Iterable[str]]]
) -> None:
    if key in await look():
        return
    # The view may be a moment behind what was read, and behind what the caller has just been answered.
    await context.facade.visibility.reach(context.position, (view.name,))
    await context.facade.visibility.reach_own((view.name,))
    require_known_key(what, key, await look())


async def new_keys(facade: Facade, kind: KeyKind, keys: Iterable[str]) -> dict[str, list[str]]:
    """Give the member ``new_keys`` of the answer to a command that names ``keys``: those that were not known before."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {"new_keys": []}
    await facade.visibility.reach_own((REGISTER_VIEW.name,))
    known = await known_keys(facade, kind, PRIVATE)
    return {"new_keys": [key for key in wanted if key not in known]}
