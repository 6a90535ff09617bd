"""Panels as they are read: which accounts are on them, what works there, and whether automations may run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import POSITION, Answer, dump, shown
from api.http.auth import CurrentFacade, Reader
from api.http.openapi_answers import lists, shows, tells
from api.http.parameters import AsOf, InstantText, MinPosition, read_instant
from api.http.pattern_words import ONE_LINE_OR_NONE
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import point
from api.http.values import parse_day
from api.http.visibility import viewer_of
from api.panels.automation_rules import read_rules
from api.panels.bodies import DecisionsBody
from application.panels.availability import read_availability
from application.panels.documents import (
    Decisions,
    PanelAvailability,
    PanelDocument,
    PanelFound,
    PanelPage,
    PublicPanelDocument,
    item_decision,
    public_panel,
)
from application.panels.projection import PANEL_VIEW
from application.panels.queries import look_up
from domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from datetime import date

    from application.panels.projection import PanelRow
    from application.status.board import Viewer

router = APIRouter(prefix="/v1/panels", tags=["panels"])

Looking = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW))]
LookingBack = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW, at=True))]

SIDES = PanelDocument | PublicPanelDocument

PanelKey = Annotated[
    str, Path(max_length=64, pattern=ONE_LINE_OR_NONE, description="The key of the panel.", examples=["panel-c"])
]
AutomationName = Annotated[
    str,
    Path(
        max_length=64,
        pattern=ONE_LINE_OR_NONE,
        description="The name of the automation, as operators suppress it.",
        examples=["order_paid"],
    ),
]
T = TypeVar("T")


@router.get("", responses=lists(PanelPage))
async def list_panels(context: Looking) -> Response:
    """List the panels, by the days of their accounts."""
    rows = await context.read(lambda: context.facade.queries.panels.panels(context.position))
    return context.all([_document(row, context.side) for row in rows], SIDES)


@router.get("/lookup", responses=shows(PanelFound))
async def look_up_panel(
    request: Request,
    facade: CurrentFacade,
    reader: Reader,
    account_created_on: Annotated[
        str | None,
        Query(
            description="The civil day on which the account was created, by the clocks of its panel.",
            json_schema_extra={"format": "date"},
            examples=["2020-08-27"],
        ),
    ] = None,
    account_created_at: Annotated[
        InstantText | None, Query(description="The instant instead: its day is that of the clocks of each panel.")
    ] = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Find the panel of an account: exactly one, or none."""
    side = viewer_of(reader)
    where = await point(request, (PANEL_VIEW,), as_of=as_of, min_position=min_position, sees_private=not side.public)
    created = _created(account_created_on, account_created_at)
    found, day = await facade.reads.run(lambda: look_up(facade.queries.panels, facade.zones, where.position, created))
    document: PanelFound = {"panel": found, "account_created_on": day.isoformat()}
    return shown(request, document, position=where.position if reader else None)


@router.get("/{key}", responses=shows(SIDES))
async def read_panel(context: Looking, key: PanelKey) -> Response:
    """Read one panel."""
    rows = await context.read(lambda: context.facade.queries.panels.panels(context.position, key))
    return context.one(_document(_only(rows, key), context.side), SIDES)


@router.get("/{key}/availability", responses=shows(PanelAvailability))
async def read_panel_availability(context: LookingBack, key: PanelKey) -> Response:
    """Read what works on one panel."""
    panels = context.facade.queries.panels
    public = context.side.public
    found = await context.read(lambda: read_availability(panels, context.position, context.at, key, public=public))
    return context.one(_only(found, key), PanelAvailability)


@router.post("/{key}/automations/{name}/decision", responses=tells(Decisions, tagged=False, keyed=False))
async def decide_automation_of_many(
    request: Request, facade: CurrentFacade, reader: Reader, key: PanelKey, name: AutomationName, body: DecisionsBody
) -> Response:
    """Ask whether an automation may run for each of up to a thousand items; all answers are of one position."""
    side = viewer_of(reader)
    where = await point(request, (PANEL_VIEW,), sees_private=not side.public)
    rules = await read_rules(facade, where.position, key, name, public=side.public)
    document: Decisions = {
        "position": where.position if reader else rules.position,
        "data": [item_decision(rules.decide(item.item_created_at), item.reference) for item in body.items],
    }
    return Answer(body=dump(document), headers={POSITION: str(where.position)} if reader else {}).response()


def _document(row: PanelRow, side: Viewer) -> PanelDocument | PublicPanelDocument:
    return public_panel(row.document) if side.public else row.document


def _only(found: Sequence[T], key: str) -> T:
    if not found:
        raise NotFound(f"there is no panel {key}")
    return found[0]


def _created(day: str | None, instant: str | None) -> date | datetime:
    if (day is None) == (instant is None):
        raise Invalid(
            "say either the day on which the account was created or the instant", pointer="/account_created_on"
        )
    if instant is not None:
        created = read_instant(instant, "account_created_at")
        if not MINYEAR < created.year < MAXYEAR:
            raise Invalid(f"{instant} is too far away", pointer="/account_created_at")
        return created
    try:
        return parse_day(str(day))
    except ValueError:
        raise Invalid(
            f"{str(day)[:40]!r} is not a day; write it as 2020-08-27", pointer="/account_created_on"
        ) from None
