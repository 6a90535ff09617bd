"""The matrix of what works: many states are changed in one form, and only those that changed are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api.console.kernel.client import part
from api.console.kernel.forms import REVIEW, SentForm
from api.console.kernel.screens import ScreenReading, answer_screen, led
from api.http.forms import FilledForm, own_form
from application.errors import NotAuthenticated
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.console.kernel.client import Reply
    from api.console.kernel.visit import Visit

STATES = "states"
"""The name of the form."""
SAME = "states_same"
"""What it did if nothing was changed."""
UNSENT = "Not saved, because of the change by somebody else."
UNMENTIONED: Mapping[str, Any] = {
    "state": str(CapabilityState.UNKNOWN),
    "note": {},
    "workaround": {},
    "expected": None,
    "components": {},
}
"""How it is with a capability of which the restoration says nothing."""


@dataclass
class Saving:
    """What became of the changes so far."""

    version: str
    saved: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    kept: list[tuple[str, str]] = field(default_factory=list)
    """What was chosen and not saved."""
    problem: Mapping[str, Any] | None = None
    status: int = HTTPStatus.OK

    def refuse(self, name: str, state: str, why: str) -> None:
        """Keep what was chosen, and say why it was not saved."""
        self.faults[f"state.{name}"] = why
        self.kept.append((f"state.{name}", state))


async def save_states(visit: Visit, read: ScreenReading, id: str) -> Response:
    """Save each state that differs from the one that the person saw; show the rest again and say why.

    What a person saw is the restoration as of the position of the form, whatever others have changed since.
    """
    form = await own_form(visit.request)
    if form.text("do") == REVIEW:
        return await answer_screen(visit, read, SentForm(name=STATES, filled=form))
    path = f"/v1/restorations/{id}"
    seen = await visit.api.read(path, as_of=form.text("position"))
    chosen = {name.removeprefix("state."): form.text(name) for name in form.names() if name.startswith("state.")}
    changed = {name: state for name, state in chosen.items() if state != _cell(seen, name)["state"]}
    saving = Saving(version=form.text("version"))
    for name, state in changed.items():
        if saving.problem is not None:
            saving.refuse(name, state, UNSENT)
            continue
        body = body_of(_cell(seen, name), state)
        reply = await visit.api.send("PUT", f"{path}/capabilities/{part(name)}", body, if_match=saving.version)
        _note(saving, name, state, reply)
    if not saving.faults:
        return led(visit.request.url.path, STATES if changed else SAME)
    sent = SentForm(
        name=STATES,
        filled=FilledForm(saving.kept),
        faults=saving.faults,
        problem=saving.problem,
        answer={"saved": saving.saved},
        status=saving.status,
    )
    return await answer_screen(visit, read, sent)


def body_of(cell: Mapping[str, Any], state: str) -> Mapping[str, Any]:
    """Give what is said of a capability in another state: what works again waits for nothing."""
    if state == CapabilityState.AVAILABLE:
        return {"state": state}
    kept = {name: cell[name] for name in ("note", "workaround", "expected", "components") if cell[name]}
    return {"state": state, **kept}


def _note(saving: Saving, name: str, state: str, reply: Reply) -> None:
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if reply.is_good:
        saving.version = reply.version
        saving.saved.append(name)
        return
    problem = reply.document
    saving.refuse(name, state, " ".join(each["detail"] for each in problem.get("errors", ())) or problem["detail"])
    saving.status = reply.status
    if reply.status == HTTPStatus.PRECONDITION_FAILED:
        saving.problem = problem


def _cell(restoration: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = restoration["capabilities"].get(name, UNMENTIONED)
    return found
