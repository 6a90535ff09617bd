"""How many requests are open, how old, and who has them: of all causes, or of one, and whether it is reconciled."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Checking, Operating
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import read_cause, read_causes
from api.console.queue.words import CAUSES, QueueWords
from api.http.forms import TAKES_FORM
from application.errors import Malformed
from domain.access.keyring import Role

router = APIRouter(include_in_schema=False, prefix="/console/queue", route_class=ScreenRoute)

NAMED = 20
"""How many causes are named by their titles; the rest by what they are."""
COMMANDS = {
    name: Command(path="/v1/{causes}/{id}/reconciliation", body=Body((text("reason"),), fixed={"public": public}))
    for name, public in (("show", True), ("hide", False))
}


@router.get("/summary")
async def show_summary(visit: Checking) -> Response:
    """Count the requests of all causes, or of the one that the address names."""
    return await answer_screen(visit, partial(read_summary, cause=visit.query.get("cause", "")))


@router.post("/summary/{causes}/{id}", openapi_extra=TAKES_FORM)
async def show_reconciliation(visit: Operating, causes: str, id: str) -> Response:
    """Show readers, or hide from them, whether everything is settled.

    Raises:
        Malformed: if there are no causes of this kind.
    """
    kinds = [kind for kind, path in CAUSES.items() if path == causes]
    if not kinds:
        raise Malformed("there is no such cause")
    read = partial(read_summary, cause=f"{kinds[0]}:{id}")
    answer = await act(visit, read, COMMANDS, causes=causes, id=id)
    if "Location" in answer.headers:
        done = answer.headers["Location"].rpartition("=")[2]
        answer.headers["Location"] = f"/console/queue/summary?cause={kinds[0]}%3A{id}&done={done}"
    return answer


async def read_summary(visit: Visit, cause: str) -> Screen:
    """Read it."""
    if not visit.may(Role.REVIEWER, Role.AUDITOR):
        raise Malformed("the counts are for reviewers and auditors")
    summary = await visit.api.read("/v1/held-requests/summary", cause=cause or None)
    found = await read_cause(visit, summary["cause"]) if summary["cause"] else None
    first = [each["id"] for each in summary["causes"][:NAMED]]
    named = {each["id"]: each for each in await read_causes(visit, first, {})}
    document = {
        "summary": summary,
        "asked": cause,
        "cause": found,
        "causes": [{**each, **named.get(each["id"], {"title": each["id"]})} for each in summary["causes"]],
        "words": QueueWords(visit),
        "may_operate": visit.may(Role.OPERATOR),
        "causes_path": CAUSES[summary["cause"]["type"]] if summary["cause"] else "",
    }
    return Screen(template="queue/summary.html", document=document)
