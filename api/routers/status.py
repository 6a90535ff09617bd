"""The board: what works right now, and what worked then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import dump, hash_tag, tagged
from api.dependencies import Reader, Serving, point
from api.parameters import AsOf, At, Language, MinPosition
from api.responses import shows
from api.routers.components import side_of
from api.schemas.shown_components import Board
from application.board import PUBLIC, Side, board
from application.documents.parts import Document, localized

if TYPE_CHECKING:
    from application.inbound import Service

router = APIRouter(tags=["status"])


class BoardCache:
    """The public board as bytes, rendered once per change."""

    def __init__(self) -> None:
        """Begin with nothing rendered."""
        self._changed = -1
        self._until: datetime | None = None
        self._rendered: dict[str | None, tuple[bytes, str]] = {}

    async def public(self, service: Service, language: str | None) -> tuple[bytes, str]:
        """Give body and tag of the public board of now."""
        changed, now = service.visibility.changed("board"), service.clock.now()
        if changed != self._changed or (self._until is not None and now >= self._until):
            self._rendered.clear()
            self._changed = changed
        if language not in self._rendered:
            position = service.visibility.position
            document, self._until = await read_board(service, position, None, now, PUBLIC)
            body = dump(_spoken(document, language, service)).encode()
            if changed != self._changed or service.visibility.changed("board") != changed:
                return body, hash_tag(body)
            self._rendered[language] = (body, hash_tag(body))
        return self._rendered[language]


@router.get("/v1/status", responses=shows(Board))
async def read_status(
    request: Request,
    service: Serving,
    reader: Reader,
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> Response:
    """Read the board; ``as_of``: as it showed then, ``at``: what was true then, by what is known as of ``as_of``."""
    side = side_of(reader)
    if reader is None and as_of is None and at is None and min_position is None and lang in _spoken_here(service):
        cache: BoardCache = request.app.state.board
        body, tag = await cache.public(service, lang)
        return tagged(request, body, position=None, etag=tag)
    where = await point(request, as_of=as_of, at=at, min_position=min_position, sees_private=not side.public)
    document, _ = await read_board(service, where.position, where.at, where.now, side)
    body = dump(_spoken(document, lang, service)).encode()
    return tagged(request, body, position=where.position if reader else None)


async def read_board(
    service: Service, position: int, at: datetime | None, now: datetime, side: Side
) -> tuple[Document, datetime | None]:
    """Read the board at a position, and say when it will change by itself."""

    def read() -> tuple[Document, datetime | None]:
        components = service.board.components(position)
        causes = service.board.causes(position, at, now=now)
        begins = [row.vouched_from for row in components if row.vouched_from and row.vouched_from > now]
        return board(components, causes, side=side, at=at, now=now), min(begins, default=None)

    return await service.reads.run(read)


def _spoken_here(service: Service) -> tuple[str | None, ...]:
    return (None, *service.languages)


def _spoken(document: Document, lang: str | None, service: Service) -> Document:
    if lang is None:
        return document
    result: Document = localized(document, lang, service.languages[0])
    return result
