"""Puts the texts of a template into the fields of a form, filled in by the route that would use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.console.kernel.fields import Filled, FormBody
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.screens import answer_screen
from api.http.forms import FilledForm
from application.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from api.console.kernel.screens import ScreenReading
    from api.console.kernel.visit import Visit
    from application.document import Localized

FILL = "fill"
"""What the button wants that fills in the texts of the template."""
TEXTS = ("title", "message")
WORDLESS = frozenset({"state", "internal", "occurred_at", "override_reason", "notify", "notify_reason"})
"""What has no part in what a template says, and could be refused."""


async def fill_in(
    visit: Visit, read: ScreenReading, form: FilledForm, commands: Mapping[str, FormCommand], **path: str
) -> Response:
    """Show a form again, with the texts of the template that is chosen in it, where nothing was typed.

    Raises:
        Malformed: if it is no form of the screen.
    """
    name = form.text("form")
    command = commands.get(name)
    if command is None or not isinstance(command.body, FormBody):
        raise Malformed("the screen has no such form")
    if not form.text("template"):
        faults = {"template": "Choose a template first."}
        return await answer_screen(visit, read, SentForm(name=name, filled=form, faults=faults, status=422))
    declared = FormBody([each for each in command.body.members if each.name not in WORDLESS])
    body, faults = declared.read(Filled(form, visit.zone))
    if faults:
        return await answer_screen(visit, read, SentForm(name=name, filled=form, faults=faults, status=422))
    reply = await visit.api.send("POST", command.path.format_map(path), body, query={"preview": "true"})
    if not reply.is_good:
        return await answer_screen(visit, read, SentForm.refused(name, form, reply))
    result = reply.document["result"]
    texts = {"title": result["title"] or {}, "message": result["updates"][-1]["message"]}
    return await answer_screen(visit, read, SentForm(name=name, filled=_filled(form, texts)))


def _filled(form: FilledForm, texts: Mapping[str, Localized]) -> FilledForm:
    """Put texts into the fields of those of which nothing was typed; the template has served its turn then."""
    untouched = {name for name in TEXTS if not any(form.text(each) for each in form.names() if _is_of(each, name))}

    def value_of(field: str, value: str) -> str:
        name, _, language = field.partition(".")
        if field == "template" or name == "blanks":
            return ""
        return texts[name].get(language, "") if name in untouched else value

    return FilledForm((field, value_of(field, value)) for field, value in form.pairs())


def _is_of(field: str, name: str) -> bool:
    return field.startswith(f"{name}.")
