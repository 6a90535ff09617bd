"""The pages of maintenance: what is in progress, planned and past, and one window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.answers import cursor_of, place_of
from api.site.kernel.addresses import PAGE, id_in
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead, names_of
from api.site.windows import ShownWindow, audience_part, changes_at, local_words, shown_window, window_words
from application.document import Localized
from application.key_names import KeyKind, KeyNameDocument
from application.listings import place_in_time
from application.maintenance.projection import WindowStage
from application.maintenance.reader_view import for_audience, in_zone
from domain.errors import NotFound

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from application.maintenance.documents import PublicWindowDocument

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

PIECE = 20
"""How many windows of a stage the page shows; a link leads to more."""
STAGES = (WindowStage.ACTIVE, WindowStage.UPCOMING, WindowStage.PAST)
MOST_UPDATES = 200
LONGEST_CHOICE = 255
ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class MaintenanceQuestion:
    """What of all maintenance is asked for: every stage, or one from behind a ``cursor``."""

    stage: WindowStage | None = None
    cursor: str | None = None
    ahead: int = PIECE
    """How many windows in progress, and how many planned ones, the page shows at most."""
    earlier: int | None = None
    """The number of the page of a copy that has the past windows before these."""


class WindowList(TypedDict):
    """Windows of a stage."""

    stage: str
    windows: list[ShownWindow]
    cursor: str | None
    """Where the list goes on."""
    earlier: int | None
    """The page of a copy where it goes on."""


class PageOfMaintenance(TypedDict):
    """What the page of all maintenance shows."""

    lists: list[WindowList]
    is_whole: bool
    """Whether it is the whole page, and not the rest of one list."""
    names: dict[str, Localized]
    audiences: list[KeyNameDocument]


class PageOfWindow(TypedDict):
    """What the page of a window shows."""

    shown: ShownWindow
    names: dict[str, Localized]
    audiences: list[KeyNameDocument]
    """All that the window names, in the order of the page."""
    zones: list[str]
    """The zones of the window and of its markets, and the one that was asked for."""
    zone: str
    """The one that was asked for, as it was asked; so too `audience`. Empty if none was."""
    audience: str
    wrong: list[str]
    """Which of both cannot be."""


@router.get(f"/{{lang:{PAGE}}}/maintenance")
async def show_maintenance(request: Request, lang: str) -> Response:
    """Show what is in progress, planned and past."""
    asked = {stage: request.query_params.get(str(stage)) for stage in STAGES}
    stage = next((stage for stage, cursor in asked.items() if cursor), None)
    cursor = asked[stage] if stage else None

    async def read(page: PageRead) -> PageContent:
        return await read_maintenance(page, MaintenanceQuestion(stage=stage, cursor=cursor))

    return await answer_page(request, lang, "maintenance", read, own=[stage] if stage else ())


async def read_maintenance(read: PageRead, asked: MaintenanceQuestion | None = None) -> PageContent:
    """Read every stage from its beginning, or one from behind a cursor.

    Raises:
        Invalid: if the cursor is none of ours.
    """
    asked = asked or MaintenanceQuestion()
    place, stages = place_of(asked.cursor), STAGES if asked.stage is None else (asked.stage,)
    most = {each: PIECE if each is WindowStage.PAST else asked.ahead for each in stages}
    found = {each: await read.windows(each, most[each] + 1, after=place) for each in stages}
    document: PageOfMaintenance = {
        "lists": [_list(read, each, windows, most[each], asked.earlier) for each, windows in found.items()],
        "is_whole": asked.stage is None,
        "names": names_of(await read.components()),
        "audiences": list(await read.names(KeyKind.AUDIENCE)),
    }
    until = changes_at((window for windows in found.values() for window in windows), read.now)
    return PageContent(
        template="maintenance.html", document=document, shape=PageOfMaintenance, words=maintenance_words, until=until
    )


def _list(
    read: PageRead, stage: WindowStage, windows: list[PublicWindowDocument], most: int, earlier: int | None
) -> WindowList:
    shown = [shown_window(each, read.facade.zones) for each in windows[:most]]
    return {
        "stage": str(stage),
        "windows": shown,
        "cursor": cursor_of(place_of_window(shown[-1]["window"])) if len(windows) > most else None,
        "earlier": earlier if stage is WindowStage.PAST else None,
    }


def place_of_window(window: PublicWindowDocument) -> str:
    """Give the place of a window in the lists of windows."""
    return place_in_time(datetime.fromisoformat(window["starts_at"]), window["id"])


def maintenance_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say of each window which clocks are meant."""
    return {"said": lambda shown: window_words(shown, speech)}


@router.get(f"/{{lang:{PAGE}}}/maintenance/{{id}}")
async def show_window(request: Request, lang: str, id: str) -> Response:
    """Show one window: for everybody or one audience, in its own zone or another."""
    audience, zone = (request.query_params.get(name, "")[:LONGEST_CHOICE] for name in ("audience", "zone"))

    async def read(page: PageRead) -> PageContent:
        return await read_window(page, id, audience=audience, zone=zone)

    return await answer_page(request, lang, f"maintenance/{id}", read, own=("audience", "zone"))


async def read_window(read: PageRead, id: str, *, audience: str = "", zone: str = "") -> PageContent:
    """Read one window.

    Raises:
        NotFound: if there is none that readers see.
    """
    window = await read.window(_id(id), MOST_UPDATES)
    known = await read.names(KeyKind.AUDIENCE)
    clocks = read.facade.zones.find(zone) if ZONE.fullmatch(zone) else None
    wrong = [
        *(["audience"] if audience and audience not in {each["key"] for each in known} else []),
        *(["zone"] if zone and clocks is None else []),
    ]
    zones = [window["zone"], *(each["zone"] for each in window["local_times"]), *([zone] if clocks else [])]
    audiences = [each for each in known if each["key"] in window["audiences"]]
    if audience and "audience" not in wrong:
        window = for_audience(window, audience)
    if clocks is not None:
        window = in_zone(window, zone, clocks)
    document: PageOfWindow = {
        "shown": shown_window(window, read.facade.zones, zone if clocks else None),
        "names": names_of(await read.components()),
        "audiences": audiences,
        "zones": list(dict.fromkeys(zones)),
        "zone": zone,
        "audience": audience,
        "wrong": wrong,
    }
    return PageContent(
        template="window.html",
        document=document,
        shape=PageOfWindow,
        words=one_window_words,
        until=changes_at([window], read.now),
        status=422 if wrong else 200,
    )


def one_window_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say what concerns each audience, the present phase first, and the times in each market."""
    shown, said = document["shown"], window_words(document["shown"], speech)
    window, is_one_zone = shown["window"], document["zone"] and "zone" not in document["wrong"]
    parts = [
        {"key": each["key"], "name": each["name"], "part": audience_part(window, each["key"], speech)}
        for each in document["audiences"]
        if each["key"] in window["audiences"]
    ]
    return {
        **said,
        "parts": parts,
        "local_times": [] if is_one_zone else local_words(window["local_times"], speech),
        "cities": {zone: speech.city(zone) for zone in document["zones"]},
        "audience_names": {each["key"]: each["name"] for each in document["audiences"]},
    }


def _id(text: str) -> UUID:
    found = id_in(text)
    if found is None:
        raise NotFound("there is no such maintenance window")
    return found
