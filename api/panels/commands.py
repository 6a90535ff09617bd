"""What operators do with panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, tells
from api.http.pattern_words import ONE_LINE_OR_NONE
from api.http.text_language import language_of
from api.http.values import localized
from api.panels.bodies import CapabilityRevisionBody, PanelBody, PanelCapabilityBody, PanelRevisionBody
from api.panels.queries import PanelKey
from application.panels.documents import PanelDocument, panel_document

if TYPE_CHECKING:
    from application.log import Log
    from domain.panels.panel import Panel

router = APIRouter(prefix="/v1/panels", tags=["panels"])

Capability = Annotated[
    str,
    Path(max_length=64, pattern=ONE_LINE_OR_NONE, description="The key of the capability.", examples=["stock_sync"]),
]


@router.post("", status_code=201, responses=creates(PanelDocument))
async def register_panel(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: PanelBody
) -> Response:
    """Register a panel by the days on which its accounts were created; panels never overlap.

    One without a last day is closed on the day before the first of this one.
    """
    by, profile = caller(request, operator), body.to_command(language_of(request))
    return await execute(
        operator,
        lambda log: _answer(log, facade.commands.panels.register(log, profile=profile, caller=by), created=True),
    )


@router.patch("/{key}", responses=tells(PanelDocument))
async def revise_panel(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: PanelKey,
    expected: Expected,
    body: PanelRevisionBody,
) -> Response:
    """Change the name or the capabilities of a panel; its days stay."""
    by, revision = caller(request, operator), body.to_command(language_of(request))
    return await execute(
        operator,
        lambda log: _answer(
            log, facade.commands.panels.revise(log, key=key, expected_version=expected, revision=revision, caller=by)
        ),
    )


@router.post("/{key}/capabilities", status_code=201, responses=creates(PanelDocument))
async def add_capability(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: PanelKey,
    expected: Expected,
    body: PanelCapabilityBody,
) -> Response:
    """Add a capability to a panel, with its name."""
    by, name = caller(request, operator), localized(body.name, language_of(request))
    return await execute(
        operator,
        lambda log: _answer(
            log,
            facade.commands.panels.add_capability(
                log, key=key, expected_version=expected, capability=body.key, name=name, caller=by
            ),
            created=True,
        ),
    )


@router.patch("/{key}/capabilities/{capability}", responses=tells(PanelDocument))
async def revise_capability(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: PanelKey,
    capability: Capability,
    expected: Expected,
    body: CapabilityRevisionBody,
) -> Response:
    """Rename a capability, hide it from readers, or show it again. A hidden one does not count for the board."""
    by, revision = caller(request, operator), body.to_command(language_of(request))
    return await execute(
        operator,
        lambda log: _answer(
            log,
            facade.commands.panels.revise_capability(
                log, key=key, expected_version=expected, capability=capability, revision=revision, caller=by
            ),
        ),
    )


def _answer(log: Log, panel: Panel, *, created: bool = False) -> Answer:
    return answer(
        panel_document(panel),
        position=log.position,
        version=panel.version,
        status=201 if created else 200,
        location=f"/v1/panels/{panel.key}" if created else None,
    )
