"""Incidents: from the declaration to the postmortem."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Answer, answer, cursor_of, listed, place_of, shown
from api.dependencies import Expected, Language, Limit, Operator, Reader, Serving, caller, point
from api.perform import Performing
from api.routers.components import side_of
from api.schemas import values
from api.schemas.incidents import (
    CorrectionBody,
    DeclarationBody,
    PostmortemBody,
    PublicationBody,
    ReasonBody,
    ReopeningBody,
    UpdateBody,
)
from application.documents.incident import incident_document
from application.documents.parts import localized
from application.errors import Invalid, NotFound
from application.incidents import Target
from application.views import IncidentFilter
from domain.incident import Incident, Progress, Standing

if TYPE_CHECKING:
    from application.access import Identity
    from application.log import Log
    from application.service import Service
    from domain.text import Text

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])

STATES = {*map(str, Progress), str(Standing.DISMISSED), str(Standing.WITHDRAWN)}


class Visible(StrEnum):
    """Whether readers can see an incident."""

    PUBLIC = "public"
    PRIVATE = "private"


@router.get("")
async def list_incidents(
    request: Request,
    service: Serving,
    reader: Reader,
    state: str | None = None,
    component: Annotated[str | None, Query(pattern="^[a-z0-9_-]{1,64}$")] = None,
    visibility: Visible | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
    lang: Language = None,
    as_of: str | None = None,
    min_position: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """List incidents, the newest first."""
    if state is not None and state not in STATES:
        raise Invalid(f"state is one of {', '.join(sorted(STATES))}", pointer="/state")
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    public = visibility is Visible.PUBLIC if visibility else None
    if side.public and public is False:
        return listed(request, [], cursor=None, position=where.position if reader else None)
    wanted = IncidentFilter(state=state, component=component, public=True if side.public else public)
    before = place_of(cursor)
    page = await service.reads.run(lambda: service.book.page(where.position, wanted, before, limit + 1))
    hidden = await _hidden(service, where.position) if side.public else frozenset()
    if component is not None and component in hidden:
        page = []
    documents = [_side(private, public_side, hidden, public=side.public) for _, private, public_side in page[:limit]]
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    return listed(
        request, _spoken(documents, lang, service), cursor=further, position=where.position if reader else None
    )


@router.get("/{id}")
async def read_incident(
    request: Request,
    service: Serving,
    reader: Reader,
    id: UUID,
    lang: Language = None,
    as_of: str | None = None,
    min_position: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Read one incident with its timeline; a private one is not found by readers."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    found = await service.reads.run(lambda: service.book.find(where.position, id))
    if found is None or (side.public and found[1] is None):
        raise NotFound(f"there is no incident {id}")
    hidden = await _hidden(service, where.position) if side.public else frozenset()
    document = _side(*found, hidden, public=side.public)
    return shown(
        request,
        _spoken(document, lang, service),
        position=where.position if reader else None,
        version=None if side.public else document["version"],
    )


@router.post("", status_code=201)
async def declare_incident(
    request: Request, service: Serving, perform: Performing, operator: Operator, body: DeclarationBody
) -> Response:
    """Declare an incident; it is public at once unless ``publish`` is false. With ``resolved_at`` it is backfilled."""
    by, declaration = caller(request, operator), body.told(service.languages[0])
    return await perform(
        operator,
        lambda log: _told(log, service.incidents.declare(log, declaration=declaration, caller=by), created=True),
    )


@router.post("/{id}/updates", status_code=201)
async def update_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: UpdateBody,
) -> Response:
    """Say how the work goes; ``resolved`` is refused before the fix has been stable for long enough."""
    news = body.told(service.languages[0])
    target = _target(request, operator, id, expected, body.occurred_at)
    return await perform(
        operator,
        lambda log: _told(log, service.incidents.update(log, target=target, news=news), created=True),
    )


@router.post("/{id}/publication")
async def publish_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: PublicationBody,
) -> Response:
    """Make it public now."""
    target, words = _target(request, operator, id, expected), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.publish(
                log, target=target, reason=body.reason, title=words(body.title), message=words(body.message)
            ),
        ),
    )


@router.post("/{id}/publication-hold")
async def hold_publication(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Keep every policy from publishing, dismissing or reopening it, until released."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.hold(log, target=target, reason=body.reason))
    )


@router.delete("/{id}/publication-hold")
async def release_publication(
    request: Request, service: Serving, perform: Performing, operator: Operator, id: UUID, expected: Expected
) -> Response:
    """End the hold; what it kept from happening happens now."""
    target = _target(request, operator, id, expected)
    return await perform(operator, lambda log: _told(log, service.incidents.release(log, target=target, reason=None)))


@router.post("/{id}/dismissal")
async def dismiss_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Let go of a detection, or of a relapse, that readers never saw."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.dismiss(log, target=target, reason=body.reason))
    )


@router.post("/{id}/withdrawal")
async def withdraw_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReasonBody,
) -> Response:
    """Take back a false alarm; it stays listed as withdrawn."""
    target = _target(request, operator, id, expected)
    return await perform(
        operator, lambda log: _told(log, service.incidents.withdraw(log, target=target, reason=body.reason))
    )


@router.post("/{id}/reopening")
async def reopen_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ReopeningBody,
) -> Response:
    """Go on after the resolution."""
    target, words = _target(request, operator, id, expected, body.occurred_at), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.reopen(
                log, target=target, reason=body.reason, message=words(body.message), components=body.components
            ),
        ),
    )


@router.post("/{id}/corrections", status_code=201)
async def correct_incident(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: CorrectionBody,
) -> Response:
    """Set a text, a time or an impact span right; the original stays readable."""
    target, correction = _target(request, operator, id, expected), body.told(service.languages[0])
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.correct(log, target=target, correction=correction, reason=body.reason),
            created=True,
        ),
    )


@router.post("/{id}/postmortem")
async def write_postmortem(
    request: Request,
    service: Serving,
    perform: Performing,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: PostmortemBody,
) -> Response:
    """Draft what was learned (``body``), publish the draft (``publish``), or both."""
    if body.body is None and not body.publish:
        raise Invalid("say a body, or publish the draft", pointer="/body")
    target, words = _target(request, operator, id, expected), _texts(service)
    return await perform(
        operator,
        lambda log: _told(
            log,
            service.incidents.write_postmortem(log, target=target, body=words(body.body), publish=body.publish),
        ),
    )


def _target(
    request: Request, operator: Identity, id: UUID, expected: int | None, occurred_at: datetime | None = None
) -> Target:
    return Target(incident=id, expected_version=expected, caller=caller(request, operator), occurred_at=occurred_at)


def _texts(service: Service) -> Callable[[dict[str, str] | None], Text | None]:
    return lambda text: None if text is None else values.localized(text, service.languages[0])


def _told(log: Log, incident: Incident, *, created: bool = False) -> Answer:
    return answer(
        incident_document(incident),
        position=log.position,
        version=incident.version,
        status=201 if created else 200,
        location=f"/v1/incidents/{incident.id}" if created else None,
    )


async def _hidden(service: Service, position: int) -> frozenset[str]:
    rows = await service.reads.run(lambda: service.board.components(position))
    return frozenset(row.component for row in rows if not row.public)


def _side(private: str, public_side: str | None, hidden: frozenset[str], *, public: bool) -> dict[str, Any]:
    if not public:
        document: dict[str, Any] = json.loads(private)
        return document
    seen: dict[str, Any] = json.loads(public_side or "{}")
    for holder in (seen, *seen["updates"]):
        for member in ("components", "impact_spans"):
            if member in holder:
                holder[member] = {key: value for key, value in holder[member].items() if key not in hidden}
    return seen


def _spoken(document: Any, lang: str | None, service: Service) -> Any:  # noqa: ANN401 - any JSON
    return document if lang is None else localized(document, lang, service.languages[0])
