"""The screen of one account: where it stands, what was given, and what is to be decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, instant, lines, localized, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.panels.instances import ListedCommands
from api.console.panels.members import numbers, pairs_of_words, resolutions
from api.console.panels.words import WORDS, grouped
from api.http.forms import TAKES_FORM, own_form
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

MERGE = "merge"
LISTED = 50
"""How many collisions have a field of their own; the others are decided by their kind."""
PATH = "/v1/restorations/{id}/accounts/{account}"
WHEN = instant("occurred_at")
COMMANDS = {
    "temporary": Command(path=f"{PATH}/temporary-account", body=Body((text("panel"), text("account"), WHEN))),
    "link": Command(path=f"{PATH}/link", body=Body((pairs_of_words("collisions", "kind", "number"), WHEN))),
    "archive": Command(
        path=f"{PATH}/archive-account",
        body=Body((text("account"), instant("covers_from"), instant("covers_until"), WHEN)),
    ),
    "warehouse": Command(path=f"{PATH}/warehouse-choice", body=Body((text("choice"), WHEN))),
    "executed": Command(path=f"{PATH}/warehouse-choice/execution", body=Body((WHEN,))),
    "backfill": Command(path=f"{PATH}/backfills", body=Body((lines("kinds"), instant("from"), instant("until"), WHEN))),
    "deliver": Command(path=f"{PATH}/backfills/{{number}}/delivery", body=Body((numbers("counts"), WHEN))),
    "relief": Command(
        path=f"{PATH}/reliefs",
        body=Body((text("relief"), instant("from"), instant("until"), localized("note"), WHEN)),
    ),
    "accept": Command(path=f"{PATH}/acceptance", body=Body((text("by"), text("note"), WHEN))),
    "owner_link": Command(
        path=f"{PATH}/owner-link", body=Body((instant("expires_at"), text("language"))), shows_answer=True
    ),
    "revoke_link": Command(path=f"{PATH}/owner-link", method="DELETE", sends_body=False),
}


@router.get("/restorations/{id}/accounts/{account}")
async def show_account_screen(visit: Watching, id: str, account: str) -> Response:
    """Show an account."""
    return await answer_screen(visit, partial(read_account_screen, id=id, account=account))


@router.post("/restorations/{id}/accounts/{account}", openapi_extra=TAKES_FORM)
async def change_account(visit: Operating, id: str, account: str) -> Response:
    """Carry out what the form of an account says."""
    read = partial(read_account_screen, id=id, account=account)
    commands = COMMANDS
    if (await own_form(visit.request)).text("form") == MERGE:
        recovery = await visit.api.read(f"/v1/restorations/{id}/accounts/{account}")
        commands = {MERGE: _merging(recovery)}
    return await act(visit, read, ListedCommands(commands), id=id, account=account)


async def read_account_screen(visit: Visit, id: str, account: str) -> Screen:
    """Read an account, its restoration, and the panels that a temporary account can be on."""
    reply = await visit.api.get(f"/v1/restorations/{id}/accounts/{account}")
    restoration, panels = await visit.api.read_all(f"/v1/restorations/{id}", "/v1/panels")
    recovery = reply.document
    decided = {(each["kind"], each["number"]): each["outcome"] for each in recovery["resolutions"]}
    collisions = [
        {**each, "place": place, "outcome": decided.get((each["kind"], each["number"]))}
        for place, each in enumerate(recovery["collisions"])
    ]
    document = {
        **WORDS,
        "account": recovery,
        "version": reply.version,
        "restoration": restoration,
        "panels": {panel["key"]: panel["name"] for panel in panels["data"]},
        "collisions": collisions,
        "kinds": [kind for kind, _ in grouped(collisions, "kind")],
        "most_listed": LISTED,
        "may_operate": visit.may(Role.OPERATOR),
        "may_audit": visit.may(Role.AUDITOR),
    }
    return Screen(template="account.html", document=document)


def _merging(recovery: Mapping[str, Any]) -> Command:
    """Make the command that joins two accounts; each number that both have given gets what was said of it."""
    members = (text("decision"), resolutions("resolutions", recovery["collisions"]), text("reason"), WHEN)
    return Command(path=f"{PATH}/merge", body=Body(members))
