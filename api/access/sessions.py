"""Sessions: people list and end their own, and admins those of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer, cursor_of, listed, place_of
from api.http.auth import CurrentFacade, allow, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import lists, tells
from api.http.parameters import Cursor, Limit
from application.access.documents import EndedSessions, SessionDocument, SessionPage, session_document
from application.access.identity import Identity
from application.errors import Forbidden
from domain.access.keyring import LONGEST_NAME, Role
from domain.access.session import SessionEnd
from domain.errors import Invalid
from domain.people import is_same_person

if TYPE_CHECKING:
    from application.log import Log

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

ADMINS = frozenset({Role.ADMIN})
Anybody = Annotated[Identity, Depends(allow(Role.OPERATOR, Role.REVIEWER, Role.AUDITOR))]
Person = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=LONGEST_NAME,
        description="Whose sessions. By default your own; those of everybody, if you are an admin.",
    ),
]


@router.get("", responses=lists(SessionPage))
async def list_sessions(
    request: Request,
    facade: CurrentFacade,
    anybody: Anybody,
    person: Person = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List open sessions: your own, or as an admin those of everybody. Nobody is shown a secret."""
    whose = _whose(anybody, person)
    await facade.visibility.reach_own()
    sessions = await facade.reads.run(lambda: facade.sessions.find_open(whose))
    rows = await facade.reads.run(lambda: facade.sessions.find_rows([each.id for each in sessions]))
    now, idle = facade.clock.now(), facade.commands.sessions.idle
    # The ids rise with time.
    used = sorted(
        (each for each in sessions if each.id in rows and not rows[each.id].is_idle(now, idle)),
        key=lambda each: str(each.id),
        reverse=True,
    )
    place = _place_of(cursor)
    rest = [each for each in used if place is None or str(each.id) < place]
    page = [session_document(each, rows[each.id], current=anybody.session) for each in rest[:limit]]
    further = cursor_of(page[-1]["id"]) if len(rest) > limit else None
    return listed(request, page, cursor=further, position=facade.visibility.position)


@router.delete("/{id}", responses=tells(SessionDocument, tagged=False))
async def end_session(
    request: Request, facade: CurrentFacade, execute: Idempotent, anybody: Anybody, id: UUID
) -> Response:
    """End a session: its cookie is refused from the next request on. Admins also end those of others."""
    by, is_admin = caller(request, anybody), anybody.has_any(ADMINS)

    def act(log: Log) -> Answer:
        sessions = facade.commands.sessions
        ended = sessions.end_for(log, id, person=anybody.person, is_admin=is_admin, caller=by)
        return answer(session_document(ended, None, current=anybody.session), position=log.position)

    return await execute(anybody, act)


@router.delete("", responses=tells(EndedSessions, tagged=False))
async def end_sessions(
    request: Request, facade: CurrentFacade, execute: Idempotent, anybody: Anybody, person: Person = None
) -> Response:
    """Sign out everywhere: end all your sessions. Without `person`, an admin ends those of everybody."""
    whose, by = _whose(anybody, person), caller(request, anybody)
    is_own = whose is not None and is_same_person(whose, anybody.person)
    reason = SessionEnd.SIGNED_OUT_EVERYWHERE if is_own else SessionEnd.ENDED_BY_ADMIN

    def act(log: Log) -> Answer:
        ended = facade.commands.sessions.end_all(log, person=whose, reason=reason, caller=by)
        document: EndedSessions = {"ended": len(ended)}
        return answer(document, position=log.position)

    return await execute(anybody, act)


def _place_of(cursor: str | None) -> str | None:
    place = place_of(cursor)
    try:
        return None if place is None else str(UUID(place))
    except ValueError:
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor") from None


def _whose(identity: Identity, person: str | None) -> str | None:
    """Give the person whose sessions are meant; None for everybody.

    Raises:
        Forbidden: if it is another person, and only admins may do that.
        Invalid: if the name is blank.
    """
    if person is not None and not person.strip():
        raise Invalid("name a person, or leave it out", pointer="/person")
    if identity.has_any(ADMINS):
        return person
    if person is not None and not is_same_person(person, identity.person):
        raise Forbidden("this needs the role admin: the sessions are those of another person")
    return identity.person
