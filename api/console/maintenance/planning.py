"""The form that plans a window or a series, and the one that changes what is planned."""

from __future__ import annotations

from asyncio import gather
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.client import part
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.guards import Operating
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.known_components import CHOSEN
from api.console.known_components import read_components as read_known_components
from api.console.maintenance.lists import SERIES as ALL_SERIES
from api.console.maintenance.lists import WINDOWS, read_components
from api.console.maintenance.plan_fields import SERIES, WINDOW, Rewriting, chosen_audiences, repeats, rows_filled
from api.console.maintenance.plan_fields import values_of as values_of_plan
from api.console.maintenance.times_check import check_times, clocks_of, speech_of
from api.console.maintenance.window import CHECK, choices_of, read_audiences, read_templates
from api.http.forms import TAKES_FORM, own_form
from api.site.windows import local_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit
    from api.http.forms import FilledForm

router = APIRouter(include_in_schema=False, prefix="/console/maintenance-windows", route_class=ScreenRoute)

PLACE = "/console/maintenance-windows"
EMPTY_ROWS = 1
KINDS = ("order", "stock_change", "price_change", "sale_notification", "shipping_label", "courier_pickup", "invoice")
"""Kinds of requests that are offered; others can be written."""


def _leads_to_window(planned: Mapping[str, Any]) -> str:
    new = [("new", key) for key in planned["new_keys"]]
    return f"{PLACE}/{planned['id']}" + (f"?{urlencode(new)}" if new else "")


def _leads_to_series(planned: Mapping[str, Any]) -> str:
    return f"{PLACE}/series/{planned['id']}"


PLANS = FormCommand(path=WINDOWS, body=WINDOW, leads=_leads_to_window)
BEGINS = FormCommand(path=ALL_SERIES, body=SERIES, leads=_leads_to_series)


@router.get("/new")
async def show_new(visit: Operating) -> Response:
    """Ask for a plan; ``?from=`` begins with that of another window."""
    return await answer_screen(visit, read_new)


@router.post("/new", openapi_extra=TAKES_FORM)
async def plan(visit: Operating) -> Response:
    """Plan a window, or a series if it repeats; or say what its times mean."""
    form = await own_form(visit.request)
    if form.text("do") == CHECK:
        return await answer_screen(visit, read_new, SentForm(name="plan", filled=form))
    return await act(visit, read_new, {"plan": BEGINS if repeats(form) else PLANS})


@router.post("/check", openapi_extra=TAKES_FORM)
async def check(visit: Operating) -> Response:
    """Say what the times of a plan mean; it changes nothing."""
    form = await own_form(visit.request)
    components = await read_components(visit)

    async def read(visit: Visit) -> Screen:
        names = {each["key"]: each["name"] for each in components}
        return Screen(template="window_times.html", document={"check": await check_times(visit, form), "names": names})

    return await answer_screen(visit, read)


async def read_new(visit: Visit) -> Screen:
    """Read what the form needs, and the plan that it begins with."""
    beginning = visit.query.get("from", "")
    newest = await visit.api.read(WINDOWS, limit=1)
    like = await visit.api.find(f"{WINDOWS}/{part(beginning)}") if beginning else None
    values = {"zone": visit.zone_name, "remind_before": "24h, 1h"}
    if like is not None:
        values = {**values_of_plan(like, visit.facade.settings.languages), "start": "", "end": ""}
    elif newest["data"]:
        # Whoever plans again mostly plans for the same countries.
        known = values_of_plan(newest["data"][0], ())
        values |= {"zone": known["zone"], "markets": known["markets"]}
    document = {
        **await _plan_parts(visit, like, values),
        "like": like,
        "check": await check_times(visit, visit.sent.filled) if visit.sent.filled is not None else None,
    }
    return Screen(template="window_new.html", document=document)


@router.get("/{id}/plan")
async def show_plan(visit: Operating, id: str) -> Response:
    """Show the form that changes what is planned, but for the times."""
    return await answer_screen(visit, partial(read_plan, id=id))


@router.post("/{id}/plan", openapi_extra=TAKES_FORM)
async def rewrite_plan(visit: Operating, id: str) -> Response:
    """Change what is planned."""
    await own_form(visit.request)
    window = await visit.api.read(f"{WINDOWS}/{id}")
    rewriting = Rewriting(window, visit.facade.settings.languages)
    command = FormCommand(path=f"{WINDOWS}/{{id}}", method="PATCH", body=rewriting.body, leads=_leads_to_window)
    return await act(visit, partial(read_plan, id=id), {"plan": command}, id=id)


async def read_plan(visit: Visit, id: str) -> Screen:
    """Read the plan of a window."""
    reply = await visit.api.get(f"{WINDOWS}/{id}")
    window = reply.document
    document = {
        **await _plan_parts(visit, window, values_of_plan(window, visit.facade.settings.languages)),
        "window": window,
        "version": reply.version,
        "clocks": clocks_of(visit, window),
        "markets": local_words(window["local_times"], speech_of(visit)),
    }
    return Screen(template="window_plan.html", document=document)


async def _plan_parts(visit: Visit, known: Mapping[str, Any] | None, values: Mapping[str, str]) -> Mapping[str, Any]:
    """Give what the fields of a plan are filled with, and what can be chosen."""
    found, audiences, templates = await gather(
        read_known_components(visit), read_audiences(visit), read_templates(visit)
    )
    form = visit.sent.filled
    chosen = list((known or {}).get("audiences", ())) if form is None else chosen_audiences(form)
    affected, covers = (known or {}).get("components", ()), list((known or {}).get("covers", ()))
    keys = [each["key"] for each in audiences]
    return {
        "values": values,
        "choice": found.choice(visit, "plan", chosen=(*affected, *covers), also=affected),
        "statuses": {key.removeprefix(CHOSEN): value for key, value in values.items() if key.startswith(CHOSEN)},
        "names": found.names,
        "covers": covers,
        "audiences": [*keys, *(key for key in chosen if key not in keys)],
        "audience_names": {each["key"]: each["name"] for each in audiences},
        "chosen": chosen,
        "kinds": KINDS,
        "rows": {name: _rows(form, values, name) for name in ("freezes", "contacts", "request_policies")},
        "templates": choices_of(templates, "maintenance_window"),
    }


def _rows(form: FilledForm | None, values: Mapping[str, str], name: str) -> int:
    names = values if form is None else [each for each in form.names() if form.text(each)]
    return rows_filled(names, name) + EMPTY_ROWS
