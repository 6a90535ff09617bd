"""One window: what it is, what happens next, and what an operator can do with it."""

from __future__ import annotations

from asyncio import gather
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import LEFT_OUT, FieldFault, Filled, FormBody, Member, instant, localized, mapping, text
from api.console.kernel.fields import nested as part
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.maintenance.lists import WINDOWS, read_components
from api.console.maintenance.plan_fields import NOTIFIES, plain_duration
from api.console.maintenance.times_check import check_times, clocks_of, length_of, overlaps_of, speech_of
from api.http.forms import TAKES_FORM, own_form
from api.site.windows import local_words
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.console.kernel.visit import Visit
    from api.console.maintenance.times_check import TimesCheck
    from application.key_names import KeyNameDocument
    from application.maintenance.documents import WindowDocument
    from application.templates.documents import TemplateDocument

router = APIRouter(include_in_schema=False, prefix="/console/maintenance-windows", route_class=ScreenRoute)

PATH = "/v1/maintenance-windows/{id}"
OVER = frozenset({"completed", "cancelled"})
MOST_UPDATES = 30
CHECK = "check"
"""What a button wants that asks what the times in a form mean."""


def _needed(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    if not filled.form.text(at):
        raise FieldFault(at, "Say why: this cannot be undone.")
    return filled.form.text(at)


NEEDED_REASON = Member("reason", _needed)
SAID = (text("reason"), localized("message"), *NOTIFIES)
UPDATE = FormBody(
    (
        localized("message"),
        text("template"),
        part("blanks", FormBody((localized("component"), localized("market"), localized("time")))),
        mapping("components"),
        text("all"),
        instant("expected_at"),
        Member("internal", lambda filled, at: bool(filled.form.text(at)) or LEFT_OUT),
        instant("occurred_at"),
        *NOTIFIES,
    )
)
TIMES = (text("zone"), text("start"), text("end"), text("duration"), text("ambiguous"))
COMMANDS = {
    "update": FormCommand(path=f"{PATH}/updates", body=UPDATE),
    "announce": FormCommand(path=f"{PATH}/announcement", body=FormBody(SAID)),
    "start": FormCommand(path=f"{PATH}/start", body=FormBody((*SAID, instant("occurred_at")))),
    "extend": FormCommand(path=f"{PATH}/extension", body=FormBody((text("by"), text("end"), text("ambiguous"), *SAID))),
    "hold": FormCommand(path=f"{PATH}/hold", body=FormBody((text("reason"),))),
    "release": FormCommand(path=f"{PATH}/hold", method="DELETE", sends_body=False),
    "complete": FormCommand(path=f"{PATH}/completion", body=FormBody((text("outcome"), *SAID, instant("occurred_at")))),
    "cancel": FormCommand(path=f"{PATH}/cancellation", body=FormBody((NEEDED_REASON, *SAID[1:]))),
    "move": FormCommand(path=f"{PATH}/reschedule", body=FormBody((*TIMES, *SAID))),
}


@router.get("/{id}")
async def show_window(visit: Watching, id: str) -> Response:
    """Show one window."""
    return await answer_screen(visit, partial(read_window, id=id))


@router.post("/{id}", openapi_extra=TAKES_FORM)
async def change_window(visit: Operating, id: str) -> Response:
    """Carry out what an operator wants with it."""
    read, form = partial(read_window, id=id), await own_form(visit.request)
    if form.text("do") == CHECK:
        return await answer_screen(visit, read, SentForm(name=form.text("form"), filled=form))
    return await act(visit, read, COMMANDS, id=id)


async def read_window(visit: Visit, id: str) -> Screen:
    """Read a window, its whole timeline, and the other windows at its time."""
    asks_all = bool(visit.query.get("all"))
    reply, components, audiences, templates = await gather(
        visit.api.get(f"{WINDOWS}/{id}"), read_components(visit), read_audiences(visit), read_templates(visit)
    )
    window = reply.document
    is_over = window["state"] in OVER
    updates, rest = window["updates"], None
    if asks_all or visit.query.get("cursor"):
        page = await visit.api.read(f"{WINDOWS}/{id}/updates", limit=MOST_UPDATES, cursor=visit.query.get("cursor", ""))
        updates, rest = page["data"], page["next_cursor"]
    return Screen(
        template="window.html",
        document={
            "window": window,
            "version": reply.version,
            "updates": list(reversed(updates)),
            "rest": rest,
            "names": {each["key"]: each["name"] for each in components},
            "audience_names": {each["key"]: each["name"] for each in audiences},
            "clocks": clocks_of(visit, window),
            "duration": plain_duration(window["duration"] or ""),
            "markets": local_words(window["local_times"], speech_of(visit)),
            "overlaps": [] if is_over else await overlaps_of(visit, window),
            "is_over": is_over,
            "templates": choices_of(templates, "maintenance_update"),
            "check": await _move_checked(visit, window),
            "may_change": visit.may(Role.OPERATOR),
            "length": partial(length_of, visit),
            "may_check": visit.may(Role.REVIEWER, Role.AUDITOR),
            "new_audiences": [each for each in visit.query.getlist("new") if each in window["audiences"]],
        },
    )


@router.post("/{id}/check", openapi_extra=TAKES_FORM)
async def check_move(visit: Operating, id: str) -> Response:
    """Say what other times of a window mean; it changes nothing."""
    form = await own_form(visit.request)
    window = await visit.api.read(f"{WINDOWS}/{id}")
    components = await read_components(visit)

    async def read(visit: Visit) -> Screen:
        names = {each["key"]: each["name"] for each in components}
        return Screen(
            template="window_times.html", document={"check": await check_times(visit, form, window), "names": names}
        )

    return await answer_screen(visit, read)


async def _move_checked(visit: Visit, window: WindowDocument) -> TimesCheck | None:
    sent = visit.sent
    if sent.filled is None or sent.name != "move":
        return None
    return await check_times(visit, sent.filled, window)


async def read_audiences(visit: Visit) -> list[KeyNameDocument]:
    """Give the audiences that are known."""
    found: list[KeyNameDocument] = (await visit.api.read("/v1/audiences"))["data"]
    return found


async def read_templates(visit: Visit) -> list[TemplateDocument]:
    """Give the templates in use, as far as one list goes."""
    found: list[TemplateDocument] = (await visit.api.read("/v1/templates", limit=200))["data"]
    return found


def choices_of(templates: Iterable[TemplateDocument], purpose: str) -> list[tuple[str, str]]:
    """Give the templates of a purpose as choices: the key, and the words for it."""
    return [
        (each["key"], ": ".join((each["key"], *list((each["title"] or {}).values())[:1])))
        for each in templates
        if each["purpose"] == purpose
    ]
