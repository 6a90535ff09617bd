"""One look at what is recorded: whose side is seen, as of which position and moment, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Depends
from starlette.requests import Request

from api.http.answers import cursor_of, listed, shown
from api.http.auth import Guard, Inspector, Reader, Serving
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_point import Point, point
from api.http.visibility import hidden_at, side_of, spoken
from application.access.tokens import Identity
from application.status.board import PRIVATE, Side

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.facade import Service
    from application.projections.tables import View

T = TypeVar("T")
Looks = Callable[..., Awaitable["Look"]]
"""A dependency that gives a look."""
Place = tuple[Any, ...]
"""A row of a list, its place first."""


class Look:
    """One read of one caller: readers without a token learn no position."""

    def __init__(
        self,
        request: Request,
        service: Service,
        identity: Identity | None,
        where: Point,
        language: str | None = None,
        side: Side | None = None,
    ) -> None:
        """Look at ``where``, and answer in a language, or in all; the ``side`` is that of the role, if none is said."""
        self.service = service
        self.side = side_of(identity) if side is None else side
        self.identity = identity
        self.position, self.at, self.now = where.position, where.at, where.now
        self.language = language
        self._request = request
        self._told = None if identity is None else where.position

    async def read(self, ask: Callable[[], T]) -> T:
        """Ask the views, beside the event loop."""
        return await self.service.reads.run(ask)

    async def hidden(self) -> frozenset[str]:
        """Give the components that this side does not see."""
        return await hidden_at(self.service, self.position) if self.side.public else frozenset()

    def spoken(self, document: Any) -> Any:  # noqa: ANN401 - any JSON
        """Give a document in the language that is asked for."""
        return spoken(document, self.language, self.service.languages[0])

    def one(self, document: dict[str, Any]) -> Response:
        """Answer with one thing, tagged by its version to those who see all of it."""
        version = None if self.side.public else document.get("version")
        return shown(self._request, self.spoken(document), position=self._told, version=version)

    def shown(self, document: dict[str, Any]) -> Response:
        """Answer with something of which more than its version can change: it is tagged by its hash."""
        return shown(self._request, self.spoken(document), position=self._told)

    def all(self, documents: Sequence[dict[str, Any]]) -> Response:
        """Answer with a list that is whole."""
        return listed(self._request, self.spoken(list(documents)), cursor=None, position=self._told)

    def page(self, rows: Sequence[Place], limit: int, document_of: Callable[[Place], dict[str, Any]]) -> Response:
        """Answer with up to ``limit`` rows; where there are more, the list goes on behind the last that is shown."""
        documents = [document_of(row) for row in rows[:limit]]
        cursor = cursor_of(rows[limit - 1][0]) if len(rows) > limit else None
        return listed(self._request, self.spoken(documents), cursor=cursor, position=self._told)


def looking(*views: View) -> Looks:
    """Make a dependency that looks at some views as everybody may."""

    async def look(
        request: Request,
        service: Serving,
        reader: Reader,
        lang: Language = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Look:
        sees_private = not side_of(reader).public
        where = await point(request, views, as_of=as_of, min_position=min_position, sees_private=sees_private)
        return Look(request, service, reader, where, lang)

    return look


def looking_back(*views: View) -> Looks:
    """Make a dependency that looks at some views as everybody may, also at what was true at another moment."""

    async def look(
        request: Request,
        service: Serving,
        reader: Reader,
        lang: Language = None,
        as_of: AsOf = None,
        at: At = None,
        min_position: MinPosition = None,
    ) -> Look:
        sees_private = not side_of(reader).public
        where = await point(request, views, as_of=as_of, at=at, min_position=min_position, sees_private=sees_private)
        return Look(request, service, reader, where, lang)

    return look


def inspecting(*views: View) -> Looks:
    """Make a dependency that looks at some views as operators and auditors may."""

    async def look(
        request: Request,
        service: Serving,
        inspector: Inspector,
        lang: Language = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Look:
        where = await point(request, views, as_of=as_of, min_position=min_position, sees_private=True)
        return Look(request, service, inspector, where, lang)

    return look


def permitted(guard: Guard, *views: View) -> Looks:
    """Make a dependency that looks at some views as those may whom ``guard`` lets through; they see all of them."""

    async def look(
        request: Request,
        service: Serving,
        as_of: AsOf = None,
        min_position: MinPosition = None,
        identity: Identity | None = Depends(guard),  # noqa: B008 - no annotation could name what is given here
    ) -> Look:
        where = await point(request, views, as_of=as_of, min_position=min_position, sees_private=True)
        return Look(request, service, identity, where, side=PRIVATE)

    return look
