"""What happens to requests of incidents that signals begin: kind by kind, set as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import LEFT_OUT, Body, Filled, Member, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.words import QueueWords
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(include_in_schema=False, prefix="/console/queue/policies", route_class=ScreenRoute)

ROUTE = "/v1/request-policies"
POLICIES = "request_policies"
NEW, GONE = "new.kind", "gone"


def _policies() -> Member:
    """Read the policies: those that stand there and were not taken away, and the one that is added."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        kinds = [
            name.removeprefix(f"{at}.").removesuffix(".policy")
            for name in filled.form.names()
            if name.startswith(f"{at}.") and name.endswith(".policy")
        ]
        kept = [kind for kind in kinds if not filled.form.text(f"{at}.{kind}.{GONE}")]
        found = {kind: _policy(filled, f"{at}.{kind}") for kind in kept}
        if added := filled.form.text(NEW):
            found[added] = _policy(filled, "new")
        return found

    return Member(POLICIES, read)


def _policy(filled: Filled, at: str) -> Mapping[str, object]:
    said = {name: filled.form.text(f"{at}.{name}") or LEFT_OUT for name in ("policy", "deadline")}
    return {
        **{name: value for name, value in said.items() if value is not LEFT_OUT},
        "four_eyes": bool(filled.form.text(f"{at}.four_eyes")),
    }


COMMANDS = {"policies": Command(path=ROUTE, method="PUT", body=Body((_policies(), text("because"))))}


@router.get("")
async def show_policies(visit: Watching) -> Response:
    """Show the policies."""
    return await answer_screen(visit, read_policies)


@router.post("", openapi_extra=TAKES_FORM)
async def set_policies(visit: Operating) -> Response:
    """Set all of them."""
    return await act(visit, read_policies, COMMANDS)


async def read_policies(visit: Visit) -> Screen:
    """Read them; those that were typed stand there, too, when the form is shown again."""
    reply = await visit.api.get(ROUTE)
    document = {
        "policies": reply.document[POLICIES],
        "version": reply.version,
        "words": QueueWords(visit),
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="queue/policies.html", document=document)
