"""Tokens, and the people and machines that have them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import FormBody, instant, several, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Administering
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role
from domain.people import is_same_person, person_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings", route_class=ScreenRoute)

AT_ONCE = 200
ROLES = {
    Role.OPERATOR: "runs incidents, maintenance and restorations",
    Role.REVIEWER: "decides on held requests",
    Role.AUDITOR: "reads everything, changes nothing",
    Role.ADMIN: "may do everything, and issues tokens",
    Role.EMITTER: "a machine that sends signals and requests",
    Role.READER: "reads what is public",
}
"""What each role is for."""


@dataclass
class Person:
    """Somebody who has access, or had it."""

    name: str
    tokens: list[Mapping[str, Any]] = field(default_factory=list)
    sessions: int = 0
    roles: set[str] = field(default_factory=set)


ON_LIST = {
    "issue": FormCommand(
        path="/v1/tokens",
        body=FormBody((text("name"), text("role"), text("person"), several("sources"), instant("expires_at"))),
        shows_answer=True,
    )
}
ON_ONE = {"revoke": FormCommand(path="/v1/tokens/{token}", method="DELETE", sends_body=False)}


@router.get("/tokens")
async def show_tokens(visit: Administering) -> Response:
    """List the tokens."""
    return await answer_screen(visit, read_tokens)


@router.post("/tokens", openapi_extra=TAKES_FORM)
async def issue_token(visit: Administering) -> Response:
    """Issue a token, and show its secret this once."""
    return await act(visit, read_tokens, ON_LIST)


@router.get("/tokens/{token}")
async def show_token(visit: Administering, token: str) -> Response:
    """Show a token, and what it has at work."""
    return await answer_screen(visit, partial(read_token, token=token))


@router.post("/tokens/{token}", openapi_extra=TAKES_FORM)
async def revoke_token(visit: Administering, token: str) -> Response:
    """Revoke a token."""
    return await act(visit, partial(read_token, token=token), ON_ONE, token=token)


@router.get("/people")
async def show_people(visit: Administering) -> Response:
    """List who has access."""
    return await answer_screen(visit, read_people)


async def read_tokens(visit: Visit) -> Screen:
    """Read all tokens: those that are good first, the newest first."""
    tokens = list(reversed(await _tokens(visit)))
    good = [each for each in tokens if is_good(each, visit.now)]
    document = {
        "good": good,
        "ended": [each for each in tokens if not is_good(each, visit.now)],
        "roles": [(str(role), f"{role}: {what}") for role, what in ROLES.items()],
        "people": sorted({each["person"] for each in tokens}),
    }
    return Screen(template="settings_tokens.html", document=document)


async def read_token(visit: Visit, token: str) -> Screen:
    """Read one token, and what is released if it is revoked."""
    found = await visit.api.read(f"/v1/tokens/{token}")
    claimed, tokens, sessions, latest = await asyncio.gather(
        visit.api.read("/v1/held-requests", claimed_by=found["person"], limit=AT_ONCE),
        _tokens(visit),
        _sessions(visit),
        visit.api.read("/v1/events", actor=f"token:{token}", limit=1),
    )
    same_person = [
        each
        for each in tokens
        if is_same_person(each["person"], found["person"]) and each["name"] != token and is_good(each, visit.now)
    ]
    document = {
        "token": found,
        "is_good": is_good(found, visit.now),
        "role": ROLES[Role(found["role"])],
        "claimed": claimed["data"],
        "more_claimed": claimed["has_more"],
        "others": same_person,
        "sessions": sum(each.get("token") == token for each in sessions),
        "has_acted": bool(latest["data"]),
        "is_own": found["name"] == visit.identity.name,
    }
    return Screen(template="settings_token.html", document=document)


async def read_people(visit: Visit) -> Screen:
    """Read who has access, by the tokens and by who is signed in."""
    tokens, sessions = await asyncio.gather(_tokens(visit), _sessions(visit))
    people: dict[str, Person] = {}
    for token in tokens:
        person = people.setdefault(person_key(token["person"]), Person(token["person"]))
        person.tokens.append({**token, "is_good": is_good(token, visit.now)})
        if is_good(token, visit.now):
            person.roles.add(token["role"])
    for session in sessions:
        person = people.setdefault(person_key(session["person"]), Person(session["person"]))
        person.sessions += 1
        person.roles.update(session["roles"])
    ordered = sorted(people.values(), key=lambda each: (not each.roles, person_key(each.name)))
    return Screen(template="settings_people.html", document={"people": ordered})


def is_good(token: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a token was neither revoked, nor has expired."""
    ends = token["expires_at"]
    return token["revoked_at"] is None and (ends is None or datetime.fromisoformat(ends) > now)


async def _tokens(visit: Visit) -> Sequence[Mapping[str, Any]]:
    """Give all tokens, the first issued first."""
    return await _all(visit, "/v1/tokens")


async def _sessions(visit: Visit) -> Sequence[Mapping[str, Any]]:
    """Give who is signed in."""
    return await _all(visit, "/v1/sessions")


async def _all(visit: Visit, path: str) -> Sequence[Mapping[str, Any]]:
    """Give a list to its end; empty if there is no such route."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await visit.api.find(path, limit=AT_ONCE, cursor=cursor)
        if page is None:
            return found
        found += page["data"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return found
