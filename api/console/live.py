"""Tells open screens that something has happened, so that they read themselves anew.

A screen asks, and is answered as soon as there is an event that it does not know, or after a while. Between two
questions nothing is kept of it: a screen that is left open costs one waiting request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.auth import facade_of, permitting
from api.http.sessions import signed_in
from application.access.identity import STAFF
from application.errors import NotYetVisible

if TYPE_CHECKING:
    from application.ports import ViewProgress

router = APIRouter(include_in_schema=False, prefix="/console")
PATIENCE_SECONDS = 25.0
"""How long a question waits; less than proxies usually let an answer wait for."""
LONGEST = 18


async def _anybody_of_staff(_request: Request) -> None:
    """Let the route itself say who has no session any more."""


_anybody_of_staff.roles = permitting(*STAFF)  # type: ignore[attr-defined]  # read where the routes are checked


async def _first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Wait until one of several works is done, or for so long as a question waits, and give up the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _gone(request: Request) -> None:
    """Wait until the browser has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _next_visible(visibility: ViewProgress, known: int) -> None:
    """Wait until screens can show an event after a position, also if some of what they show is behind for long."""
    await visibility.next_event(known, PATIENCE_SECONDS)
    while visibility.position <= known:
        with suppress(NotYetVisible):
            await visibility.reach(known + 1)


@router.get("/live")
async def wait_for_events(request: Request, _staff: Annotated[None, Depends(_anybody_of_staff)]) -> Response:
    """Answer as soon as the screens can show an event after the position ``after``; 204 if there is none in a while.

    That a screen is left open is no use of the session: it ends as if nobody was there. When the server stops, nobody
    is waited for.

    Raises:
        Busy: if as many wait as can, or the server stops.
    """
    who = await signed_in(request, is_use=False)
    headers = {"Cache-Control": "no-store"}
    if who is None or not who.identity.has_any(permitting(*STAFF)):
        return Response(None, 401, headers)
    after, visibility = request.query_params.get("after", ""), facade_of(request).visibility
    known = int(after) if after.isascii() and after.isdigit() and len(after) <= LONGEST else 0
    if visibility.position <= known:
        streams, stops = request.app.state.streams, asyncio.Event()
        streams.add(stops, stops.set, instead="ask again in a minute")
        try:
            await _first_of(_next_visible(visibility, known), _gone(request), stops.wait())
        finally:
            streams.remove(stops)
    if visibility.position <= known:
        return Response(None, 204, headers)
    return JSONResponse({"position": visibility.position}, headers=headers)
