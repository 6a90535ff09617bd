"""The list of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Staff
from api.console.kernel.screens import OWN_ANSWERS, Screen, ScreenRoute, answer_screen
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings", route_class=ScreenRoute)

WATCHERS = (Role.OPERATOR, Role.AUDITOR)
SECTIONS = (
    (
        "What readers see",
        (
            ("components", "Components", "What there is to be watched, its names and its order.", WATCHERS),
            ("groups", "Groups", "What groups of components are called, and their order.", WATCHERS),
            ("audiences", "Audiences", "What the audiences of maintenance are called, and their order.", WATCHERS),
            ("panels", "Panels", "Panels of customers, and what they can do.", WATCHERS),
            ("templates", "Templates", "Texts to begin incidents and maintenance with.", WATCHERS),
        ),
    ),
    (
        "Who is notified",
        (
            ("subscribers", "Subscribers", "How many there are. Find one, and end a subscription.", (Role.OPERATOR,)),
            ("subscribers/endpoints", "Endpoints", "Webhooks, Slack and Teams.", (Role.OPERATOR,)),
            ("subscribers/deliveries", "Deliveries", "What waits, what failed. Try again.", (Role.OPERATOR,)),
            ("subscribers/suppressions", "Suppressed addresses", "To which nothing is sent.", (Role.OPERATOR,)),
        ),
    ),
    (
        "Who has access",
        (
            ("session", "Your sessions", "Your time zone, and where you are signed in.", ()),
            ("tokens", "Tokens", "Issue and revoke tokens of people and machines.", (Role.ADMIN,)),
            ("people", "People", "Who has which role, and by what.", (Role.ADMIN,)),
        ),
    ),
    ("The service", (("health", "Health", "Whether everything works, and what to do if not.", ()),)),
)
"""The settings by section: path, name, what it is for, and who sees it; without roles, all staff do."""


@router.get("")
async def show_settings(visit: Staff) -> Response:
    """Show which settings there are for this person."""
    return await answer_screen(visit, read_settings)


@router.get("/panels")
async def lead_to_panels(visit: Staff) -> Response:
    """Lead to the panels."""
    return Response(None, 303, {**OWN_ANSWERS, "Location": "/console/panels"})


async def read_settings(visit: Visit) -> Screen:
    """Give what this person may open."""
    sections = [
        (name, [(path, words, what) for path, words, what, roles in entries if not roles or visit.may(*roles)])
        for name, entries in SECTIONS
    ]
    return Screen(template="settings.html", document={"sections": [each for each in sections if each[1]]})
