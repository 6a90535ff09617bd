"""The list of incidents: those that go on first, then the others, the newest first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.console.incidents.standing import next_step
from api.console.kernel.screens import Screen
from api.console.known_components import read_components
from api.site.kernel.wording import STATE_WORDS
from application.incidents.documents import IncidentStateName
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit
    from application.incidents.documents import IncidentDocument

OPEN = (IncidentStateName.INVESTIGATING, IncidentStateName.IDENTIFIED, IncidentStateName.MONITORING)
MOST_OPEN, PAGE = 50, 30
FILTERS = ("state", "component", "visibility")


async def read_list(visit: Visit) -> Screen:
    """Read it; without a state, those that go on stand first, on the first page."""
    asked = {name: visit.query.get(name) or None for name in FILTERS}
    cursor = visit.query.get("cursor") or None
    apart = asked["state"] is None
    position = visit.facade.visibility.position
    going_on, page, known = await asyncio.gather(
        _going_on(visit, asked) if apart and cursor is None else _nothing(),
        visit.api.read("/v1/incidents", **asked, cursor=cursor, limit=PAGE),
        read_components(visit),
    )
    others = [each for each in page["data"] if not (apart and each["state"] in OPEN)]
    return Screen(
        template="incidents.html",
        document={
            "position": position,
            "going_on": going_on[:MOST_OPEN],
            "more_go_on": len(going_on) > MOST_OPEN,
            "others": others,
            "next_cursor": page["next_cursor"],
            "is_first": cursor is None,
            "asked": asked,
            "may_act": visit.may(Role.OPERATOR),
            "states": [(str(each), STATE_WORDS.get(str(each), "Dismissed")) for each in IncidentStateName],
            "names": known.names,
            "components": [each for group in known.grouped() for each in group.components],
            "next_steps": {each["id"]: next_step(each) for each in (*going_on, *others)},
        },
    )


async def _going_on(visit: Visit, asked: Mapping[str, str | None]) -> Sequence[IncidentDocument]:
    narrowed = {name: value for name, value in asked.items() if name != "state"}
    pages = await asyncio.gather(
        *(visit.api.read("/v1/incidents", state=str(state), **narrowed, limit=MOST_OPEN) for state in OPEN)
    )
    found: list[IncidentDocument] = [each for page in pages for each in page["data"]]
    return sorted(found, key=lambda each: (each["started_at"], each["id"]), reverse=True)


async def _nothing() -> Sequence[IncidentDocument]:
    return ()
