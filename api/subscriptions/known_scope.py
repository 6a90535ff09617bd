"""What readers can be notified of: the keys that they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.http.key_names import known_components, known_keys
from api.http.read_point import settled
from application.key_names import KEY_VIEW, KeyKind
from application.nearest import did_you_mean
from application.panels.projection import PANEL_VIEW
from application.status.board import PUBLIC
from application.status.projection import BOARD_VIEW
from domain.errors import Invalid

if TYPE_CHECKING:
    from application.facade import Facade
    from domain.subscriptions.values import NotificationScope

KINDS = {"components": "component", "groups": "group", "audiences": "audience", "panels": "panel"}
"""The members of a scope, and what a key of each is of."""
LONGEST_REPEATED = 100
VIEWS = (BOARD_VIEW.name, KEY_VIEW.name, PANEL_VIEW.name)


async def require_known_scope(facade: Facade, scope: NotificationScope) -> None:
    """Refuse keys that readers do not know; private ones are answered like those that there are not.

    Raises:
        Invalid: naming the nearest that they know.
    """
    if scope.is_everything:
        return
    await facade.visibility.reach_own(VIEWS)
    known = await _known(facade)
    for member, what in KINDS.items():
        keys: tuple[str, ...] = getattr(scope, member)
        for number, key in enumerate(keys):
            if key not in known[member]:
                raise Invalid(
                    f"there is no {what} {key[:LONGEST_REPEATED]}{did_you_mean(key, known[member])}",
                    pointer=f"/scope/{member}/{number}",
                )


async def _known(facade: Facade) -> Mapping[str, frozenset[str]]:
    return {
        "components": await known_components(facade, PUBLIC),
        "groups": await known_keys(facade, KeyKind.GROUP, PUBLIC),
        "audiences": await known_keys(facade, KeyKind.AUDIENCE, PUBLIC),
        "panels": await _panels(facade),
    }


async def _panels(facade: Facade) -> frozenset[str]:
    now = settled(facade, (PANEL_VIEW,))
    return frozenset(row.panel for row in await facade.reads.run(lambda: facade.queries.panels.panels(now)))
