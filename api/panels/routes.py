"""Panels: which accounts are on them, what works there, and whether automations may run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import POSITION, Answer, answer, dump, shown
from api.http.auth import CurrentFacade, Expected, Operator, Reader, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import AsOf, InstantText, MinPosition, read_instant
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import point
from api.http.values import parse_day
from api.http.visibility import viewer_of
from api.panels import answers as models
from api.panels.automation_rules import decision_document, read_rules
from api.panels.bodies import DecisionsBody, PanelBody, PanelRevisionBody
from application.panels.availability import read_availability
from application.panels.commands import look_up
from application.panels.documents import panel_document
from application.panels.projection import PANEL_VIEW
from domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from datetime import date

    from application.log import Log
    from application.panels.projection import PanelRow
    from application.status.board import Viewer
    from domain.panels.panel import Panel

router = APIRouter(prefix="/v1/panels", tags=["panels"])

Looking = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW))]
LookingBack = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW, at=True))]

SPOKEN = r"^[^\x00-\x1f\x7f]*$"
"""What a store can look for."""
PanelKey = Annotated[
    str, Path(max_length=64, pattern=SPOKEN, description="The key of the panel.", examples=["panel-c"])
]
AutomationName = Annotated[
    str,
    Path(
        max_length=64,
        pattern=SPOKEN,
        description="The name of the automation, as operators suppress it.",
        examples=["order_paid"],
    ),
]
PRIVATE = ("id", "version")
T = TypeVar("T")


@router.get("", responses=lists(models.PanelPage))
async def list_panels(context: Looking) -> Response:
    """List the panels, by the days of their accounts."""
    rows = await context.read(lambda: context.facade.queries.panels.panels(context.position))
    return context.all([_document(row, context.side) for row in rows])


@router.get("/lookup", responses=shows(models.PanelFound))
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
    """Tell which panel an account is on: exactly one, or none."""
    side = viewer_of(reader)
    where = await point(request, (PANEL_VIEW,), as_of=as_of, min_position=min_position, sees_private=not side.public)
    created = _created(account_created_on, account_created_at)
    found, day = await facade.reads.run(lambda: look_up(facade.queries.panels, facade.zones, where.position, created))
    document = {"panel": found, "account_created_on": day.isoformat()}
    return shown(request, document, position=where.position if reader else None)


@router.get("/{key}", responses=shows(models.Panel | models.PublicPanel))
async def read_panel(context: Looking, key: PanelKey) -> Response:
    """Read one panel."""
    rows = await context.read(lambda: context.facade.queries.panels.panels(context.position, key))
    return context.one(_document(_only(rows, key), context.side))


@router.get("/{key}/availability", responses=shows(models.PanelAvailability))
async def read_panel_availability(context: LookingBack, key: PanelKey) -> Response:
    """Read what works on one panel."""
    panels = context.facade.queries.panels
    return context.one(
        _only(await context.read(lambda: read_availability(panels, context.position, context.at, key)), key)
    )


@router.post("/{key}/automations/{name}/decision", responses=tells(models.Decisions, tagged=False, keyed=False))
async def decide_automation_of_many(
    request: Request, facade: CurrentFacade, reader: Reader, key: PanelKey, name: AutomationName, body: DecisionsBody
) -> Response:
    """Tell whether an automation may run for each of up to a thousand items; all answers are of one position."""
    side = viewer_of(reader)
    where = await point(request, (PANEL_VIEW,), sees_private=not side.public)
    rules = await read_rules(facade, where.position, key, name)
    documents = [
        decision_document(rules.decide(item.item_created_at))
        | ({} if item.reference is None else {"reference": item.reference})
        for item in body.items
    ]
    document = {"position": where.position if reader else rules.position, "data": documents}
    return Answer(body=dump(document), headers={POSITION: str(where.position)} if reader else {}).response()


@router.post("", status_code=201, responses=creates(models.Panel))
async def register_panel(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: PanelBody
) -> Response:
    """Say which accounts are on a panel, by the day of their creation; panels never overlap.

    One without a last day is closed on the day before the first of this one.
    """
    by, profile = caller(request, operator), body.told(facade.settings.languages[0])
    return await execute(
        operator, lambda log: _told(log, facade.commands.panels.register(log, profile=profile, caller=by), created=True)
    )


@router.patch("/{key}", responses=tells(models.Panel))
async def revise_panel(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: PanelKey,
    expected: Expected,
    body: PanelRevisionBody,
) -> Response:
    """Change the name of a panel, or what it can do; its days stay."""
    by, revision = caller(request, operator), body.told(facade.settings.languages[0])
    return await execute(
        operator,
        lambda log: _told(
            log, facade.commands.panels.revise(log, key=key, expected_version=expected, revision=revision, caller=by)
        ),
    )


def _told(log: Log, panel: Panel, *, created: bool = False) -> Answer:
    return answer(
        panel_document(panel),
        position=log.position,
        version=panel.version,
        status=201 if created else 200,
        location=f"/v1/panels/{panel.key}" if created else None,
    )


def _document(row: PanelRow, side: Viewer) -> dict[str, Any]:
    return {name: value for name, value in row.document.items() if not side.public or name not in PRIVATE}


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
        raise Invalid(f"{str(day)[:40]!r} is no day; write 2020-08-27", pointer="/account_created_on") from None
