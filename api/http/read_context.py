"""The context of one read: who reads, as of which position and moment, in which language, and how it is answered."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends
from starlette.requests import Request

from api.http.answers import cursor_behind, listed, shown
from api.http.auth import EVERYBODY, CurrentFacade, Guard
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_point import Point, point
from api.http.visibility import hidden_at, in_language, viewer_of
from application.access.identity import Identity
from application.pieces import Piece
from application.status.board import Viewer

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.facade import Facade
    from application.projections.tables import View

T = TypeVar("T")
ReadContexts = Callable[..., Awaitable["ReadContext"]]
"""A dependency that gives a read context."""
Place = tuple[Any, ...]
"""A row of a list; its first value is its place, after which a list goes on."""


class ReadContext:
    """One read of one caller; readers without a token are not told the position."""

    def __init__(
        self,
        request: Request,
        facade: Facade,
        identity: Identity | None,
        where: Point,
        language: str | None,
        side: Viewer,
    ) -> None:
        """Read ``side`` (public or private) at ``where``, and answer in ``language``, or in all if it is None."""
        self.facade = facade
        self.side = side
        self.identity = identity
        self.position, self.at, self.now = where.position, where.at, where.now
        self.language = language
        self._request = request
        self._answered_position = None if identity is None else where.position

    async def read(self, ask: Callable[[], T]) -> T:
        """Run a blocking read of the views beside the event loop."""
        return await self.facade.reads.run(ask)

    async def hidden(self) -> frozenset[str]:
        """List the keys of the components that the caller cannot see."""
        return await hidden_at(self.facade, self.position) if self.side.public else frozenset()

    def in_language(self, document: Any, shape: object) -> Any:  # noqa: ANN401 - any JSON
        """Give a document of a shape in the language of the request."""
        return in_language(document, self.language, self.facade.settings.languages[0], shape)

    def one(self, document: Mapping[str, Any], shape: object) -> Response:
        """Answer with one document; its ``ETag`` is its version for those who see all of it, else a hash."""
        version = None if self.side.public else document.get("version")
        return shown(
            self._request, self.in_language(document, shape), position=self._answered_position, version=version
        )

    def shown(self, document: Mapping[str, Any], shape: object) -> Response:
        """Answer with a document that can change without its version; its ``ETag`` is a hash."""
        return shown(self._request, self.in_language(document, shape), position=self._answered_position)

    def all(self, documents: Sequence[Mapping[str, Any]], shape: object) -> Response:
        """Answer with a complete list, of items of a shape."""
        return listed(self._request, self._items(documents, shape), cursor=None, position=self._answered_position)

    def page(
        self,
        rows: Piece[Place],
        limit: int,
        document_of: Callable[[Place], Mapping[str, Any]],
        shape: object,
    ) -> Response:
        """Answer with up to ``limit`` rows as documents; if there may be more, with a cursor behind the last one."""
        documents = [document_of(row) for row in rows[:limit]]
        cursor = cursor_behind(rows, limit)
        return listed(self._request, self._items(documents, shape), cursor=cursor, position=self._answered_position)

    def _items(self, documents: Sequence[Mapping[str, Any]], shape: object) -> list[Any]:
        return [self.in_language(document, shape) for document in documents]


def read_context_of(
    *views: View,
    guard: Guard = EVERYBODY,
    side: Viewer | None = None,
    at: bool = False,
    lang: bool = True,
    as_of: bool = True,
) -> ReadContexts:
    """Make a dependency that reads some views for the callers whom ``guard`` lets through.

    They read ``side``, or the side of their role if it is None. The route has the query parameters ``at`` (a moment in
    the past), ``lang`` (one language for all texts) and ``as_of`` only if they are enabled here.
    """

    async def context(
        request: Request,
        facade: CurrentFacade,
        identity: Annotated[Identity | None, Depends(guard)],
        lang: Language = None,
        as_of: AsOf = None,
        at: At = None,
        min_position: MinPosition = None,
    ) -> ReadContext:
        seen = viewer_of(identity) if side is None else side
        where = await point(request, views, as_of=as_of, at=at, min_position=min_position, sees_private=not seen.public)
        return ReadContext(request, facade, identity, where, lang, seen)

    left_out = {name for name, enabled in {"at": at, "lang": lang, "as_of": as_of}.items() if not enabled}
    signature = inspect.signature(context, eval_str=True, locals={"guard": guard})
    parameters = [each for name, each in signature.parameters.items() if name not in left_out]
    # FastAPI asks a dependency for its signature, and leaves what it does not name to its default.
    context.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return context
