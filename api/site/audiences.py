"""The page of an audience: what it cannot do and what it has to do, of all maintenance, and the open incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.site.kernel.addresses import PAGE, key_in, part_of
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead, names_of
from api.site.windows import ShownWindow, audience_part, changes_at, shown_window, window_words
from application.document import Localized
from application.incidents.documents import PublicIncidentDocument
from application.key_names import KeyKind, KeyNameDocument
from application.maintenance.projection import WindowStage
from domain.errors import NotFound

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

MOST = {WindowStage.ACTIVE: 20, WindowStage.UPCOMING: 20, WindowStage.PAST: 50}
"""How many windows of each stage are looked at."""
MOST_PAST = 5
"""How many past windows the page shows: those that concern the audience."""


class PageOfAudience(TypedDict):
    """What the page shows."""

    audience: KeyNameDocument
    active: list[ShownWindow]
    upcoming: list[ShownWindow]
    past: list[ShownWindow]
    incidents: list[PublicIncidentDocument]
    names: dict[str, Localized]


@router.get(f"/{{lang:{PAGE}}}/audiences/{{part}}")
async def show_audience(request: Request, lang: str, part: str) -> Response:
    """Show what concerns an audience."""
    key = key_in(part)

    async def read(page: PageRead) -> PageContent:
        return await read_audience(page, key)

    return await answer_page(request, lang, f"audiences/{part_of(key)}", read)


async def read_audience(read: PageRead, key: str) -> PageContent:
    """Read what concerns an audience.

    Raises:
        NotFound: if readers know of no such audience.
    """
    found = next((each for each in await read.names(KeyKind.AUDIENCE) if each["key"] == key), None)
    if found is None:
        raise NotFound("there is no such audience")
    windows = {stage: await read.windows(stage, most) for stage, most in MOST.items()}
    past = [each for each in windows[WindowStage.PAST] if key in each["audiences"]]
    zones = read.facade.zones
    document: PageOfAudience = {
        "audience": found,
        "active": [shown_window(each, zones) for each in windows[WindowStage.ACTIVE]],
        "upcoming": [shown_window(each, zones) for each in windows[WindowStage.UPCOMING]],
        "past": [shown_window(each, zones) for each in past[:MOST_PAST]],
        "incidents": await read.open_incidents(),
        "names": names_of(await read.components()),
    }
    return PageContent(
        template="audience.html",
        document=document,
        shape=PageOfAudience,
        words=audience_words,
        until=changes_at((each for several in windows.values() for each in several), read.now),
    )


def audience_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say of each window what it means for the audience."""
    key = document["audience"]["key"]
    return {
        "said": lambda shown: window_words(shown, speech),
        "part": lambda shown: audience_part(shown["window"], key, speech),
    }
