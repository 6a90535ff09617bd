"""The list of public changes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import cursor_of, listed, place_of
from api.http.openapi_answers import lists
from api.http.parameters import INSTANT_OR_POSITION, Cursor, Limit, read_instant
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import is_position, position_as_of
from api.http.visibility import hidden_from_readers
from api.site.kernel.change_sentences import sentences_of
from application.changes.documents import ChangeDocument, ChangePage, change_document
from application.changes.projection import CHANGE_VIEW
from application.changes.queries import ChangeReader
from application.panels.projection import PANEL_VIEW
from application.status.board import PUBLIC
from application.status.projection import BOARD_VIEW
from domain.errors import Invalid

router = APIRouter(prefix="/v1/changes", tags=["changes"])

Looking = Annotated[
    ReadContext, Depends(read_context_of(CHANGE_VIEW, BOARD_VIEW, PANEL_VIEW, side=PUBLIC, as_of=False))
]
Bound = Annotated[str, WithJsonSchema(INSTANT_OR_POSITION)]


class Sort(StrEnum):
    """In which order changes are listed."""

    AT = "at"
    MINUS_AT = "-at"


@router.get("", responses=lists(ChangePage))
async def list_changes(
    request: Request,
    context: Looking,
    from_: Annotated[
        Bound | None,
        Query(
            alias="from", description="What was shown later than this instant, or this position: as `as_of` names it."
        ),
    ] = None,
    until: Annotated[
        Bound | None, Query(description="What was shown until then, the moment itself included. By default, all.")
    ] = None,
    sort: Annotated[Sort, Query(description="The oldest first, or the newest first with `-at`.")] = Sort.AT,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List what changed for readers between two moments, each in a sentence and as data.

    A change is an event that readers could see: what an incident, a window, a restoration or a panel showed differently
    from then on, and which statuses of components and panels followed. What the clock does is one where it is recorded:
    a window begins, a promise passes, a component falls silent. What only becomes true by itself is none: an incident
    is overdue, the day comes from which a component is vouched for. New names, places and groups of components are
    none either. The statuses as of ``from`` and these changes give those as of ``until``.

    The list is read as of now: it says nothing of components and capabilities that readers do not see now, whatever
    was said of them when they did. Of those, the changes between two boards are not listed either.

    The change before a moment is the first of `?until=…&sort=-at&limit=1`, the one after it that of
    `?from=…&limit=1`.
    """
    _require_order(from_, until)
    facade, place, falling = context.facade, place_of(cursor), sort is Sort.MINUS_AT
    after = 0 if from_ is None else await _position(context, from_, "from")
    last = context.position if until is None else await _position(context, until, "until")
    reader = ChangeReader(changes=facade.queries.changes, events=facade.queries.events)
    hidden = await hidden_from_readers(facade, context.position)
    piece = await context.read(
        lambda: reader.page(after, last, place=place, limit=limit, falling=falling, hidden=hidden)
    )
    sentences = sentences_of(facade)
    documents = [context.in_language(change_document(each, sentences), ChangeDocument) for each in piece.changes]
    behind = None if piece.goes_on is None else cursor_of(piece.goes_on)
    position = None if context.identity is None else context.position
    return listed(request, documents, cursor=behind, position=position)


async def _position(context: ReadContext, text: str, name: str) -> int:
    sees_private = context.identity is not None and context.identity.sees_private
    return await position_as_of(context.facade, text, name, (CHANGE_VIEW,), sees_private=sees_private)


def _require_order(start: str | None, end: str | None) -> None:
    """Refuse moments in the wrong order, where both are instants or both positions."""
    if start is None or end is None or is_position(start) != is_position(end):
        return
    if is_position(start):
        is_wrong = (len(start), start) > (len(end), end)
    else:
        is_wrong = read_instant(start, "from") > read_instant(end, "until")
    if is_wrong:
        raise Invalid("from has to lie before until", pointer="/from")
