"""The page of the board: what works right now, what we do about the rest, and what is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.auth import header_of
from api.http.hot_route import HotRoute
from api.site.headline import headline_of
from api.site.incidents import lapses_at
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import answer_page, anybody, site_of
from api.site.kernel.contents import PageContent
from api.site.kernel.languages import negotiated
from api.site.kernel.reading import PageRead
from api.site.uptime_words import POLICY, RULES, UptimeTeller, changes_at, read_days
from application.incidents.documents import PublicIncidentDocument
from application.key_names import KeyKind, KeyNameDocument
from application.maintenance.documents import PublicWindowDocument
from application.maintenance.projection import WindowStage
from application.panels.documents import PanelAvailability
from application.reports.documents import ComponentDays
from application.status.documents import Board, BoardComponent
from domain.instants import moment_before

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech

router = APIRouter(include_in_schema=False, route_class=HotRoute)

Visitor = Annotated[None, Depends(anybody)]

UPCOMING = 3
PAST_DAYS = 7
MOST_BAD_DAYS = 5
"""How many bad days of a component the page names at most; the page of the component names them all."""
MOST_PAST = 10
"""How many past incidents the page shows at most; the history has them all."""


class BoardGroup(TypedDict):
    """Components of one group, in their order."""

    key: str
    name: KeyNameDocument | None
    components: list[BoardComponent]


class PageOfBoard(TypedDict):
    """What the page shows."""

    board: Board
    panels: dict[str, PanelAvailability]
    """By key: what is said of the access to each."""
    groups: list[BoardGroup]
    days: list[ComponentDays]
    incidents: list[PublicIncidentDocument]
    active: list[PublicWindowDocument]
    upcoming: list[PublicWindowDocument]
    past: list[PublicIncidentDocument]
    past_days: int


@router.get("/")
async def show_board_in_some_language(request: Request, visitor: Visitor) -> Response:
    """Show the board in the language that the browser asks for."""
    language = negotiated(header_of(request.scope, b"accept-language"), site_of(request).languages)
    return await answer_page(request, language, "", read_board_page, vary="Accept-Language")


@router.get(f"/{{lang:{PAGE}}}")
@router.get(f"/{{lang:{PAGE}}}/")
async def show_board(request: Request, visitor: Visitor, lang: str) -> Response:
    """Show the board."""
    return await answer_page(request, lang, "", read_board_page)


async def read_board_page(read: PageRead) -> PageContent:
    """Read what the page of the board is made from."""
    board, until = await read.board()
    past_from = moment_before(read.now, timedelta(days=PAST_DAYS))
    resolved = await read.incidents(state="resolved", limit=MOST_PAST)
    incidents = await read.open_incidents()
    document: PageOfBoard = {
        "board": board,
        "panels": {each["key"]: each for each in await read.availability()} if board["panels"] else {},
        "groups": _groups(board, await read.names(KeyKind.GROUP)),
        "days": await read_days(read),
        "incidents": incidents,
        "active": await read.windows(WindowStage.ACTIVE, 20),
        "upcoming": await read.windows(WindowStage.UPCOMING, UPCOMING),
        "past": [each for each in resolved if datetime.fromisoformat(each["resolved_at"] or "") >= past_from],
        "past_days": PAST_DAYS,
    }
    statuses = [each["status"] for each in board["components"]]
    moments = [until, changes_at(statuses, read.now, read.facade.settings.zone)]
    moments += [lapses_at(each, read.now) for each in incidents]
    return PageContent(
        template="board.html",
        document=document,
        shape=PageOfBoard,
        words=board_words,
        until=min(filter(None, moments)),
    )


def board_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say in one sentence what is the matter, and name the components."""
    board = document["board"]
    names = {component["key"]: component["name"] for component in board["components"]}
    teller = UptimeTeller(speech=speech, most=MOST_BAD_DAYS)
    return {
        "headline": headline_of(document, speech),
        "names": names,
        "uptime": {days["component"]: teller.words(names[days["component"]], days) for days in document["days"]},
        "policy": POLICY.name,
        "rule": speech.text(RULES[POLICY.name]),
    }


def _groups(board: Board, names: Iterable[KeyNameDocument]) -> list[BoardGroup]:
    by_key: dict[str, list[BoardComponent]] = {}
    for component in board["components"]:
        by_key.setdefault(component["group"], []).append(component)
    named: dict[str, KeyNameDocument] = {each["key"]: each for each in names}
    ordered = [*(key for key in named if key in by_key), *(key for key in by_key if key not in named)]
    return [{"key": key, "name": named.get(key), "components": by_key[key]} for key in ordered]
