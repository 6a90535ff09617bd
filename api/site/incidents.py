"""The page of an incident: what is affected and how bad, what we said about it, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.site.contact_links import linked
from api.site.kernel.addresses import PAGE, id_in
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead
from application.document import Id, ImpactSpan, Instant, Key, Localized, StatusName
from application.incidents.documents import PublicIncidentDocument
from application.incidents.timeline_documents import PublicUpdateDocument
from domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from application.components.documents import PublicComponentDocument

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

UPDATES = 200
"""How many updates a page shows at most."""
SPANS, MOST_SPANS = 20, 200
"""How many spans of a component stand on the page at once, and how many with those that are folded away."""
MANY, FEW_SPANS = 20, 2
"""Of more components than this, each has only so many spans on the page."""
LONGEST_NUMBER = 9


class AffectedComponent(TypedDict):
    """A component that an incident affects or affected, and how bad it was from when to when."""

    key: Key
    name: Localized
    is_listed: bool
    """Whether it has a page."""
    status: StatusName
    """By this incident, now."""
    says_status: bool
    """Whether no span says it: it works again while the incident goes on."""
    spans: list[ImpactSpan]
    """The newest, the oldest of them first; empty if the incident was withdrawn."""
    earlier: int
    """How many more there were before these."""


class ShownUpdate(PublicUpdateDocument):
    """An update as the page shows it."""

    number: int
    says_when: bool
    """Whether it says something new of when the end is expected."""


class PageOfIncident(TypedDict):
    """What the page shows."""

    incident: PublicIncidentDocument
    is_open: bool
    affected: list[AffectedComponent]
    names: dict[Key, Localized]
    updates: list[ShownUpdate]
    """The newest first."""
    older: int | None
    """The ``before`` of the page with the updates before these."""
    is_first: bool
    """Whether these are the newest."""
    changed_at: Instant
    """When readers last got news."""
    id: Id


@router.get(f"/{{lang:{PAGE}}}/incidents/{{id}}")
async def show_incident(request: Request, lang: str, id: str) -> Response:
    """Show an incident."""
    before = request.query_params.get("before") or None

    async def read(page: PageRead) -> PageContent:
        return await read_incident_page(page, _id(id), _number(before))

    return await answer_page(request, lang, f"incidents/{id}", read, own=("before",))


async def read_incident_page(read: PageRead, id: UUID, before: int | None = None) -> PageContent:
    """Read what the page of an incident is made from, with its updates before the number ``before``.

    Raises:
        NotFound: if there is no incident that readers see.
    """
    incident = await read.incident(id)
    end = incident["updates_count"] if before is None else min(before - 1, incident["updates_count"])
    # One more than is shown: the first one is compared with it.
    after = max(end - UPDATES - 1, 0)
    updates = await read.incident_updates(id, end - after, after)
    components = await read.components()
    is_open = incident["state"] not in {"resolved", "withdrawn"}
    shown = _shown(updates, after, end)
    document: PageOfIncident = {
        "incident": incident,
        "is_open": is_open,
        "affected": _affected(incident, components, is_open=is_open),
        "names": {each["key"]: each["name"] for each in components},
        "updates": shown,
        "older": shown[-1]["number"] if shown and shown[-1]["number"] > 1 else None,
        "is_first": end == incident["updates_count"],
        "changed_at": _changed_at(incident),
        "id": incident["id"],
    }
    return PageContent(
        template="incident.html",
        document=document,
        shape=PageOfIncident,
        words=incident_words,
        until=lapses_at(incident, read.now),
    )


def incident_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Name the countries, and link the contacts."""
    incident = document["incident"]
    return {
        "countries": [speech.country(code) for code in incident["markets"]],
        "contacts": linked(incident["contacts"]),
        "open_spans": SPANS if len(document["affected"]) <= MANY else FEW_SPANS,
    }


def lapses_at(incident: PublicIncidentDocument, now: datetime) -> datetime | None:
    """Give when the moment passes by which the end is expected; None if it has, or is not known."""
    expected = incident["expected_at"]
    moment = None if expected is None else datetime.fromisoformat(expected)
    return moment if moment is not None and moment > now else None


def _affected(
    incident: PublicIncidentDocument, components: list[PublicComponentDocument], *, is_open: bool
) -> list[AffectedComponent]:
    """Name the components in the order of the page."""
    found: list[AffectedComponent] = []
    most = MOST_SPANS if len(incident["components"]) <= MANY else FEW_SPANS
    for component in components:
        key = component["key"]
        if key in incident["components"]:
            spans = incident["impact_spans"].get(key, [])
            found.append(
                {
                    "key": key,
                    "name": component["name"],
                    "is_listed": component["retired_at"] is None,
                    "status": incident["components"][key],
                    "says_status": is_open and all(span["until"] is not None for span in spans),
                    "spans": spans[-most:],
                    "earlier": max(len(spans) - most, 0),
                }
            )
    return found


def _shown(updates: list[PublicUpdateDocument], after: int, end: int) -> list[ShownUpdate]:
    found: list[ShownUpdate] = []
    expected = None
    for number, update in enumerate(updates, after + 1):
        if number > end - UPDATES:
            says_when = update["expected_at"] is not None and update["expected_at"] != expected
            found.append({**update, "number": number, "says_when": says_when})
        expected = update["expected_at"]
    return found[::-1]


def _changed_at(incident: PublicIncidentDocument) -> str:
    said = [update["occurred_at"] for update in incident["updates"]]
    spoken_at = [incident["resolved_at"], incident["postmortem"] and incident["postmortem"]["published_at"]]
    return max([incident["published_at"] or incident["started_at"], *said, *filter(None, spoken_at)])


def _id(text: str) -> UUID:
    found = id_in(text)
    if found is None:
        raise NotFound("there is no such incident")
    return found


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Invalid("before is the number of an update", pointer="/before")
    return int(text)
