"""One incident, with what can be done about it now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.console.incidents.choices import IMPACTS, SAYABLE, STATES, template_choices
from api.console.incidents.declaring import templates_for
from api.console.incidents.reader_side import previewed_sides, reader_sides
from api.console.incidents.standing import next_step, resolution_guard
from api.console.kernel.screens import Screen
from api.console.known_components import read_components
from application.durations import parse_duration
from domain.access.keyring import Role
from domain.errors import NotFound
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit
    from application.incidents.documents import IncidentDocument
    from application.incidents.signal_documents import SignalDocument
    from application.incidents.timeline_documents import UpdateDocument
    from application.templates.documents import TemplateDocument

OVER = frozenset({"resolved", "dismissed", "withdrawn"})
PAGE = 35
MOST_CHOICES = 100
"""Of how many affected components a form lets one choose the status."""
HOUR = 3_600
LONG_PAGE = 200


async def read_incident(visit: Visit, id: str) -> Screen:
    """Read it, with the signals that fire."""
    position = visit.facade.visibility.position
    reply, known, templates = await asyncio.gather(
        visit.api.get(f"/v1/incidents/{id}"), read_components(visit), _templates(visit)
    )
    incident: IncidentDocument = reply.document
    is_open = incident["state"] not in OVER
    choice = known.choice(visit, "update", group=visit.query.get("group", ""), without=incident["components"])
    return Screen(
        template="incident.html",
        document={
            "position": position,
            "incident": incident,
            "version": reply.version,
            "is_open": is_open,
            "is_public": incident["visibility"] == "public",
            "may_act": visit.may(Role.OPERATOR),
            "may_audit": visit.may(Role.AUDITOR),
            "most": MOST_CHOICES,
            "names": known.names,
            "choice": choice,
            "templates": template_choices(templates),
            "statuses": SAYABLE,
            "states": STATES,
            "guard": resolution_guard(incident, visit.now, visit.zone) if is_open else None,
            "next_step": next_step(incident),
            "signals": await _signals(visit, incident),
            "sides": previewed_sides(visit, known),
        },
    )


async def read_updates(visit: Visit, id: str) -> Screen:
    """Read all entries of the timeline, the oldest first, page by page."""
    incident, page, known = await asyncio.gather(
        visit.api.read(f"/v1/incidents/{id}"),
        visit.api.read(f"/v1/incidents/{id}/updates", cursor=visit.query.get("cursor"), limit=PAGE),
        read_components(visit),
    )
    return Screen(
        template="incident_updates.html",
        document={
            "incident": incident,
            "updates": page["data"],
            "next_cursor": page["next_cursor"],
            "names": known.names,
            "may_act": visit.may(Role.OPERATOR),
        },
    )


async def read_postmortem(visit: Visit, id: str) -> Screen:
    """Read the postmortem as readers see it, and the draft of the next."""
    reply, known = await asyncio.gather(visit.api.get(f"/v1/incidents/{id}"), read_components(visit))
    incident: IncidentDocument = reply.document
    sent, tags = visit.sent, visit.facade.settings.languages
    typed = {tag: sent.filled.text(f"body.{tag}") for tag in tags} if sent.filled and sent.name == "draft" else None
    body = {tag: text for tag, text in typed.items() if text} if typed else incident["postmortem_draft"]
    return Screen(
        template="incident_postmortem.html",
        document={
            "incident": incident,
            "version": reply.version,
            "may_act": visit.may(Role.OPERATOR),
            "sides": reader_sides(visit, incident, known, body) if body else (),
        },
    )


async def read_around(visit: Visit, id: str) -> Screen:
    """Read where to ask about it, and what becomes of the requests that it holds up."""
    reply = await visit.api.get(f"/v1/incidents/{id}")
    incident: IncidentDocument = reply.document
    return Screen(
        template="incident_around.html",
        document={
            "incident": incident,
            "version": reply.version,
            "may_act": visit.may(Role.OPERATOR),
            "deadlines": {kind: _deadline(each["deadline"]) for kind, each in incident["request_policies"].items()},
        },
    )


def _deadline(written: str) -> Mapping[str, object]:
    """Give a deadline in seconds, and as somebody types one."""
    seconds = parse_duration(written).total_seconds()
    hours, rest = divmod(int(seconds), HOUR)
    return {"seconds": seconds, "typed": written if rest else f"{hours}h"}


async def read_correction(visit: Visit, id: str) -> Screen:
    """Read what is to be set right: an update, the times of a component, or the title and the markets.

    Raises:
        NotFound: if there is no such update or component.
    """
    reply, known = await asyncio.gather(visit.api.get(f"/v1/incidents/{id}"), read_components(visit))
    incident: IncidentDocument = reply.document
    number, component = visit.query.get("update", ""), visit.query.get("component", "")
    update = await _update(visit, incident, number) if number else None
    if component and component not in incident["components"]:
        raise NotFound(f"the incident does not affect {component}")
    typed = _typed_message(visit)
    return Screen(
        template="incident_correction.html",
        document={
            "incident": incident,
            "version": reply.version,
            "update": update,
            "component": component,
            "statuses": IMPACTS,
            "spans": incident["impact_spans"].get(component, []),
            "names": known.names,
            "sides": reader_sides(visit, incident, known, typed) if typed else (),
        },
    )


def _typed_message(visit: Visit) -> dict[str, str]:
    filled = visit.sent.filled
    if filled is None:
        return {}
    typed = {tag: filled.text(f"message.{tag}") for tag in visit.facade.settings.languages}
    return {tag: text for tag, text in typed.items() if text}


async def _update(visit: Visit, incident: IncidentDocument, number: str) -> UpdateDocument:
    found = next((each for each in incident["updates"] if str(each["number"]) == number), None)
    cursor: str | None = None
    while found is None:
        page = await visit.api.read(f"/v1/incidents/{incident['id']}/updates", cursor=cursor, limit=LONG_PAGE)
        found = next((each for each in page["data"] if str(each["number"]) == number), None)
        cursor = page["next_cursor"]
        if found is None and cursor is None:
            raise NotFound(f"the incident has no update {number}")
    return found


async def _signals(visit: Visit, incident: IncidentDocument) -> Sequence[SignalDocument]:
    found = await asyncio.gather(*(visit.api.find(f"/v1/signals/{each}") for each in incident["signals_firing"]))
    return [each for each in found if each is not None]


async def _templates(visit: Visit) -> Sequence[TemplateDocument]:
    return await templates_for(visit, Purpose.INCIDENT_UPDATE) if visit.may(Role.OPERATOR) else ()
