"""Badges: pictures that say in a few words what works, for pages and documents of others."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.site.badge_picture import MEDIA, Badge, draw
from api.site.headline import BROKEN, WELL, headline_of
from api.site.kernel.addresses import key_in, part_of
from api.site.kernel.answers import RETRY_SECONDS, anybody, site_of
from api.site.kernel.contents import FileContent
from api.site.kernel.files import answer_file, language_of
from api.site.kernel.finished import SAFE
from api.site.kernel.wording import STATUS_WORDS
from api.site.present_state import PresentState, read_state
from application.document import Localized
from application.errors import NotYetVisible, StoreUnavailable
from application.texts import translatable
from domain.errors import NotFound
from domain.impact import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from api.site.kernel.contents import FileReading
    from api.site.kernel.reading import PageRead
    from api.site.kernel.view import PageView
    from application.status.documents import Board, BoardComponent, BoardPanel

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Says that pages of others may show a file, also those that are kept apart from others."""
OPEN_PROBLEM = translatable("Open problem")
NOT_HERE = translatable("There is nothing of this name")


class NamedPart(TypedDict):
    """A component or a panel, and its status."""

    name: Localized
    status: str


@router.get("/badge.svg")
async def show_badge(request: Request) -> Response:
    """Say of everything what works."""
    style = request.query_params.get("style", "")

    async def read(page: PageRead) -> FileContent:
        state, until = await read_state(page)
        return FileContent(
            media=MEDIA,
            document=state,
            shape=PresentState,
            write=lambda found, view: draw(_of_all(found, view), style),
            until=until,
        )

    return await _answer(request, "badge.svg", read)


@router.get("/badges/{key}.svg")
async def show_badge_of_component(request: Request, key: str) -> Response:
    """Say of a component whether it works."""
    return await _part(request, f"badges/{key}.svg", key_in(key), lambda board: board["components"])


@router.get("/panels/{key}/badge.svg")
async def show_badge_of_panel(request: Request, key: str) -> Response:
    """Say of a panel whether it works."""
    return await _part(request, f"panels/{key}/badge.svg", key_in(key), lambda board: board["panels"])


async def _part(
    request: Request, path: str, key: str, parts: Callable[[Board], Sequence[BoardComponent | BoardPanel]]
) -> Response:
    style = request.query_params.get("style", "")

    async def read(page: PageRead) -> FileContent:
        board, until = await page.board()
        found = next((each for each in parts(board) if each["key"] == key), None)
        if found is None:
            raise NotFound(f"there is no {part_of(key)}")
        document: NamedPart = {"name": found["name"], "status": found["status"]}
        return FileContent(
            media=MEDIA,
            document=document,
            shape=NamedPart,
            write=lambda said, view: draw(_of_part(said, view), style),
            until=until,
        )

    return await _answer(request, path, read)


async def _answer(request: Request, path: str, read: FileReading) -> Response:
    """Answer with a badge, also where there is nothing to say: it stands where nobody reads problems."""
    language = language_of(request)
    try:
        return await answer_file(request, language, path, read, own=("style",), more=ANYWHERE)
    except NotFound:
        return _instead(request, language, NOT_HERE, HTTPStatus.NOT_FOUND)
    except (StoreUnavailable, NotYetVisible):
        return _instead(request, language, STATUS_WORDS[Status.UNKNOWN], HTTPStatus.SERVICE_UNAVAILABLE)


def _instead(request: Request, language: str, words: str, status: HTTPStatus) -> Response:
    site = site_of(request)
    name, said = site.facade.settings.site.name, site.speech(language).text(words)
    badge = Badge(language=language, label=name, message=said, title=f"{name}: {said}", status=Status.UNKNOWN)
    headers = {**SAFE, **ANYWHERE, "Cache-Control": "no-store"}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return Response(draw(badge, request.query_params.get("style", "")), status, headers, MEDIA)


def _of_all(state: Mapping[str, Any], view: PageView) -> Badge:
    found, name = headline_of(state, view.speech), view.site.name
    statuses = {each["status"] for each in (*state["board"]["components"], *state["board"]["panels"])}
    words = WELL if found.status is Status.OPERATIONAL else STATUS_WORDS[found.status]
    if state["incidents"] and not statuses & set(BROKEN):
        # Nothing is said to work worse.
        words = OPEN_PROBLEM
    return Badge(
        language=view.language,
        label=name,
        message=view.speech.text(words),
        title=f"{name}: {found.text}",
        status=found.status,
    )


def _of_part(part: Mapping[str, Any], view: PageView) -> Badge:
    words, name = view.status(part["status"]), part["name"]
    return Badge(
        language=view.language, label=name, message=words, title=f"{name}: {words}", status=Status(part["status"])
    )
