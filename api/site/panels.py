"""The pages of panels: what works on each, and one of them for those who have an account there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead
from api.site.kernel.words import name_of
from api.site.panel_parts import (
    CAPABILITY_STATUS,
    ShownPanel,
    capability_words,
    earlier_promises,
    progress_words,
    recovery_words,
    shown_panels,
)
from application.key_names import KeyNameDocument
from application.panels.restoration_documents import PublicRestorationDocument
from domain.errors import NotFound
from domain.impact import Status
from domain.panels.restoration import CapabilityState, RestorationState

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

MOST_RESTORATIONS = 20
WORST_FIRST = tuple(CAPABILITY_STATUS[state] for state in reversed(CapabilityState))


class PageOfPanels(TypedDict):
    """What the page of all panels shows."""

    shown: list[ShownPanel]


class PageOfPanel(TypedDict):
    """What the page of a panel shows."""

    shown: ShownPanel
    past: list[PublicRestorationDocument]
    """Restorations that are completed, the newest first."""
    automations: list[KeyNameDocument]


@router.get(f"/{{lang:{PAGE}}}/panels")
async def show_panels(request: Request, lang: str) -> Response:
    """Show what works on each panel."""
    return await answer_page(request, lang, "panels", read_panels)


async def read_panels(read: PageRead) -> PageContent:
    """Read what works on each panel."""
    document: PageOfPanels = {"shown": await shown_panels(read)}
    return PageContent(template="panels.html", document=document, shape=PageOfPanels, words=panels_words)


def panels_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say of each panel what works, and put it beside the others: a row per capability, a cell per panel."""
    panels = [{**shown, **_panel_words(shown, speech)} for shown in document["shown"]]
    cells = [{each["key"]: each for each in panel["capabilities"]} for panel in panels]
    keys = dict.fromkeys(key for panel in cells for key in panel)
    rows = [
        {
            "name": next(panel[key]["name"] for panel in cells if key in panel),
            "cells": [panel.get(key) for panel in cells],
        }
        for key in keys
    ]
    return {"panels": panels, "rows": rows}


@router.get(f"/{{lang:{PAGE}}}/panels/{{key}}")
async def show_panel(request: Request, lang: str, key: str) -> Response:
    """Show one panel to those who have an account there."""

    async def read(page: PageRead) -> PageContent:
        return await read_panel(page, key)

    return await answer_page(request, lang, f"panels/{key}", read)


async def read_panel(read: PageRead, key: str) -> PageContent:
    """Read one panel.

    Raises:
        NotFound: if there is none of this key.
    """
    row = next((row for row in await read.panels() if row.panel == key), None)
    if row is None:
        raise NotFound("there is no such panel")
    shown = await shown_panels(read, key)
    restorations = await read.restorations(key, row.document["hidden_capabilities"], MOST_RESTORATIONS)
    document: PageOfPanel = {
        "shown": shown[0],
        "past": [each for each in restorations if each["state"] == RestorationState.COMPLETED],
        "automations": await read.automations(),
    }
    return PageContent(template="panel.html", document=document, shape=PageOfPanel, words=panel_words)


def panel_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say of a panel what works, what its owners have to do, and what was before."""
    shown = document["shown"]
    names = {each["key"]: each["name"] for each in document["automations"] if each["name"]}

    def call(key: str) -> str:
        return names.get(key) or name_of(speech, key)

    past = [{**each, "recovery": recovery_words(each["recovery_point"], speech)} for each in document["past"]]
    everything = [*([shown["restoration"]] if shown["restoration"] else []), *document["past"]]
    return {
        **shown,
        **_panel_words(shown, speech),
        "past": past,
        "suppressions": [
            {**each, "name": call(each["automation"])}
            for restoration in everything
            for each in restoration["suppressions"]
            if each["ended_at"] is None
        ],
        "backlogs": [
            {**each, "names": speech.several([call(action) for action in each["actions"]])}
            for restoration in everything
            for each in restoration["abandoned_backlogs"]
        ],
        "headings": _by_heading(shown["restoration"]["instructions"], speech) if shown["restoration"] else [],
    }


def _panel_words(shown: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    panel, restoration = shown["panel"], shown["restoration"]
    capabilities = capability_words(panel, speech)
    return {
        "capabilities": capabilities,
        "told": [each for each in capabilities if each["is_told"]],
        "others": _by_state(capabilities, speech),
        "earlier": earlier_promises(restoration) if restoration and panel["promise"] else [],
        "recovery": recovery_words(panel["recovery_point"], speech) if restoration else None,
        "progress": progress_words(restoration, speech) if restoration else None,
    }


def _by_state(capabilities: Sequence[Mapping[str, Any]], speech: Speech) -> list[Mapping[str, Any]]:
    """Name the capabilities of which nothing more is said, state by state: what does not work first."""
    states: dict[tuple[Status, str], list[str]] = {}
    for each in capabilities:
        if not each["is_told"]:
            states.setdefault((each["status"], each["words"]), []).append(each["name"])
    ordered = sorted(states.items(), key=lambda item: WORST_FIRST.index(item[0][0]))
    return [{"status": status, "words": words, "names": speech.several(names)} for (status, words), names in ordered]


def _by_heading(instructions: list[Mapping[str, Any]], speech: Speech) -> list[Mapping[str, Any]]:
    headings: dict[str | None, list[str]] = {}
    for each in instructions:
        headings.setdefault(each["heading"], []).append(each["text"])
    return [{"name": None if key is None else name_of(speech, key), "texts": texts} for key, texts in headings.items()]
