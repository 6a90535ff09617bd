"""The list of changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import cursor_of, listed, place_of
from api.http.openapi_answers import lists
from api.http.parameters import INSTANT_OR_POSITION, Cursor, Limit, read_instant
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import is_position, position_as_of
from api.http.visibility import hidden_from_readers, viewer_of
from api.site.kernel.change_sentences import sentences_of
from application.changes.documents import (
    ChangeDocument,
    ChangePage,
    PrivateChangeDocument,
    change_document,
    private_change_document,
)
from application.changes.private_queries import PrivateChangeReader
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
    """List what changed between two moments, each in a sentence and as data: for readers, what they saw change.

    A change is an event that readers could see: what an incident, a window, a restoration or a panel showed differently
    from then on, and which statuses of components and panels followed. What the clock does is one where it is recorded:
    a window begins, a promise passes, a component falls silent. What only becomes true by itself is none: an incident
    is overdue, the day comes from which a component is vouched for. New names, places and groups of components are
    none either. The statuses as of ``from`` and these changes give those as of ``until``.

    The list is read as of now: it says nothing of components and capabilities that readers do not see now, whatever
    was said of them when they did. Of those, the changes between two boards are not listed either.

    Operators, auditors and admins get all that changed: also private incidents, windows that are not announced,
    internal notes, and components that readers do not see. Each change says whether readers were told of it, and names
    the event and who made it. Where their board changed otherwise than that of readers, both changes are listed.
    Signals that change nothing else are listed as events alone.

    The change before a moment is the first of `?until=…&sort=-at&limit=1`, the one after it that of
    `?from=…&limit=1`.
    """
    _require_order(from_, until)
    after = 0 if from_ is None else await _position(context, from_, "from")
    last = context.position if until is None else await _position(context, until, "until")
    wanted = Wanted(after=after, until=last, place=place_of(cursor), limit=limit, falling=sort is Sort.MINUS_AT)
    documents, goes_on = await (_private_page if _sees_private(context) else _public_page)(context, wanted)
    position = None if context.identity is None else context.position
    return listed(request, documents, cursor=None if goes_on is None else cursor_of(goes_on), position=position)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which piece of the list: from ``place`` on, of what changed behind ``after`` and up to ``until``."""

    after: int
    until: int
    place: str | None
    limit: int
    falling: bool


async def _public_page(context: ReadContext, wanted: Wanted) -> tuple[list[Any], str | None]:
    facade = context.facade
    reader = ChangeReader(changes=facade.queries.changes, events=facade.queries.events)
    hidden = await hidden_from_readers(facade, context.position)
    piece = await context.read(
        lambda: reader.page(
            wanted.after,
            wanted.until,
            place=wanted.place,
            limit=wanted.limit,
            falling=wanted.falling,
            hidden=hidden,
        )
    )
    sentences = sentences_of(facade)
    documents = [change_document(each.change, each.times, sentences) for each in piece.changes]
    return [context.in_language(document, ChangeDocument) for document in documents], piece.goes_on


async def _private_page(context: ReadContext, wanted: Wanted) -> tuple[list[Any], str | None]:
    queries = context.facade.queries
    reader = PrivateChangeReader(changes=queries.private_changes, events=queries.events)
    piece = await context.read(
        lambda: reader.page(wanted.after, wanted.until, place=wanted.place, limit=wanted.limit, falling=wanted.falling)
    )
    sentences = sentences_of(context.facade)
    documents = [private_change_document(each, sentences) for each in piece.changes]
    return [context.in_language(document, PrivateChangeDocument) for document in documents], piece.goes_on


def _sees_private(context: ReadContext) -> bool:
    return not viewer_of(context.identity).public


async def _position(context: ReadContext, text: str, name: str) -> int:
    return await position_as_of(context.facade, text, name, (CHANGE_VIEW,), sees_private=_sees_private(context))


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
