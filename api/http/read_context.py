"""One look at what is recorded: whose side is seen, as of which position and moment, and how it is answered."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends
from starlette.requests import Request

from api.http.answers import cursor_of, listed, shown
from api.http.auth import EVERYBODY, CurrentFacade, Guard
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_point import Point, point
from api.http.visibility import hidden_at, in_language, viewer_of
from application.access.tokens import Identity
from application.status.board import Viewer

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.facade import Facade
    from application.projections.tables import View

T = TypeVar("T")
ReadContexts = Callable[..., Awaitable["ReadContext"]]
"""A dependency that gives a look."""
Place = tuple[Any, ...]
"""A row of a list, its place first."""


class ReadContext:
    """One read of one caller: readers without a token learn no position."""

    def __init__(
        self,
        request: Request,
        facade: Facade,
        identity: Identity | None,
        where: Point,
        language: str | None,
        side: Viewer,
    ) -> None:
        """Look at one ``side`` of what is at ``where``, and answer in a language, or in all."""
        self.facade = facade
        self.side = side
        self.identity = identity
        self.position, self.at, self.now = where.position, where.at, where.now
        self.language = language
        self._request = request
        self._told = None if identity is None else where.position

    async def read(self, ask: Callable[[], T]) -> T:
        """Ask the views, beside the event loop."""
        return await self.facade.reads.run(ask)

    async def hidden(self) -> frozenset[str]:
        """Give the components that this side does not see."""
        return await hidden_at(self.facade, self.position) if self.side.public else frozenset()

    def in_language(self, document: Any, shape: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Give a document of a shape in the language that is asked for."""
        return in_language(document, self.language, self.facade.settings.languages[0], shape)

    def one(self, document: Mapping[str, Any], shape: object = None) -> Response:
        """Answer with one thing, tagged by its version to those who see all of it."""
        version = None if self.side.public else document.get("version")
        return shown(self._request, self.in_language(document, shape), position=self._told, version=version)

    def shown(self, document: Mapping[str, Any], shape: object = None) -> Response:
        """Answer with something of which more than its version can change: it is tagged by its hash."""
        return shown(self._request, self.in_language(document, shape), position=self._told)

    def all(self, documents: Sequence[Mapping[str, Any]], shape: object = None) -> Response:
        """Answer with a list that is whole, of items of a shape."""
        return listed(self._request, self._items(documents, shape), cursor=None, position=self._told)

    def page(
        self,
        rows: Sequence[Place],
        limit: int,
        document_of: Callable[[Place], Mapping[str, Any]],
        shape: object = None,
    ) -> Response:
        """Answer with up to ``limit`` rows; where there are more, the list goes on behind the last that is shown."""
        documents = [document_of(row) for row in rows[:limit]]
        cursor = cursor_of(rows[limit - 1][0]) if len(rows) > limit else None
        return listed(self._request, self._items(documents, shape), cursor=cursor, position=self._told)

    def _items(self, documents: Sequence[Mapping[str, Any]], shape: object) -> list[Any]:
        return [self.in_language(document, shape) for document in documents]


def read_context_of(
    *views: View, guard: Guard = EVERYBODY, side: Viewer | None = None, at: bool = False, lang: bool = True
) -> ReadContexts:
    """Make a dependency that looks at some views as those may whom ``guard`` lets through.

    They see the ``side`` of their role, if none is said. The route takes ``at``, a moment to look back at, and
    ``lang``, one language for all texts, only where it says so.
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

    left_out = {name for name, taken in {"at": at, "lang": lang}.items() if not taken}
    signature = inspect.signature(context, eval_str=True, locals={"guard": guard})
    parameters = [each for name, each in signature.parameters.items() if name not in left_out]
    # FastAPI asks a dependency for its signature, and leaves what it does not name to its default.
    context.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return context
