"""The page of a component: how it works now and why, how it worked, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.site.incidents import lapses_at
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import OPEN_STATES, PageRead
from api.site.past import Past
from api.site.uptime_words import POLICY, RULES, UptimeTeller, changes_at, read_days
from application.document import Key, Localized
from application.incidents.documents import PublicIncidentDocument
from application.key_names import KeyKind, KeyNameDocument
from application.maintenance.documents import PublicWindowDocument
from application.maintenance.projection import STAGES, WindowStage
from application.reports.documents import ComponentDays
from application.status.board import BEGINNING
from application.status.documents import BoardComponent
from domain.errors import NotFound
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

OPEN, PLANNED, PAST = 20, 5, 10
"""How many open incidents of a state, planned windows, and past ones of either kind the page shows at most."""
LOOKED_AT = 50
"""Among how many that began last the past ones are looked for."""


class PageOfComponent(TypedDict):
    """What the page shows."""

    component: BoardComponent
    group: KeyNameDocument | None
    names: dict[Key, Localized]
    panels: dict[str, Localized]
    days: list[ComponentDays]
    """Of this component; empty if there is nothing to say yet."""
    incidents: list[PublicIncidentDocument]
    """Those that go on and are no reason of its status, as it works again."""
    windows: list[PublicWindowDocument]
    past_incidents: list[PublicIncidentDocument]
    past_windows: list[PublicWindowDocument]


@router.get(f"/{{lang:{PAGE}}}/components/{{key}}")
async def show_component(request: Request, lang: str, key: str) -> Response:
    """Show a component."""
    return await answer_page(request, lang, f"components/{key}", lambda read: read_component_page(read, key))


async def read_component_page(read: PageRead, key: str) -> PageContent:
    """Read what the page of a component is made from.

    Raises:
        NotFound: if there is none on the board of readers.
    """
    board, begins = await read.board()
    component = next((each for each in board["components"] if each["key"] == key), None)
    if component is None:
        raise NotFound("there is no such component")
    reasons = {cause.get("id") for cause in component["causes"]}
    goes_on = [each for state in OPEN_STATES for each in await _incidents(read, str(state), key)]
    incidents = [each for each in goes_on if each["id"] not in reasons]
    until = read.now + timedelta.resolution
    row = next(each for each in await read.component_rows() if each.component == key)
    past = Past(read=read, component=key, registered_at=row.registered_at or BEGINNING)
    begun = [each.incident for each in await past.incidents(BEGINNING, until, None, LOOKED_AT)]
    windows = [each.window for each in await past.windows(BEGINNING, until, None, LOOKED_AT)]
    document: PageOfComponent = {
        "component": component,
        "group": next((each for each in await read.names(KeyKind.GROUP) if each["key"] == component["group"]), None),
        "names": {each["key"]: each["name"] for each in board["components"]},
        "panels": {each["key"]: each["name"] for each in board["panels"]},
        "days": await read_days(read, key),
        "incidents": sorted(incidents, key=lambda each: (each["started_at"], each["id"]), reverse=True),
        "windows": [
            *await read.windows(WindowStage.ACTIVE, OPEN, component=key),
            *await read.windows(WindowStage.UPCOMING, PLANNED, component=key),
        ],
        "past_incidents": [each for each in begun if each and each["state"] in {"resolved", "withdrawn"}][:PAST],
        "past_windows": [each for each in windows if each and _is_past(each)][:PAST],
    }
    moments = [begins, *(lapses_at(each, read.now) for each in incidents)]
    figures = changes_at([component["status"]], read.now, read.facade.settings.zone)
    return PageContent(
        template="component.html",
        document=document,
        shape=PageOfComponent,
        words=component_words,
        until=min([figures, *filter(None, moments)]),
    )


def component_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say the last days, and name the countries."""
    component = document["component"]
    return {
        "countries": [speech.country(code) for code in component["markets"]],
        "uptime": [UptimeTeller(speech=speech).words(component["name"], days) for days in document["days"]],
        "policy": POLICY.name,
        "rule": speech.text(RULES[POLICY.name]),
    }


async def _incidents(read: PageRead, state: str, key: str) -> list[PublicIncidentDocument]:
    return await read.incidents(state=state, component=key, limit=OPEN)


def _is_past(window: PublicWindowDocument) -> bool:
    return STAGES[WindowState(window["state"])] is WindowStage.PAST
