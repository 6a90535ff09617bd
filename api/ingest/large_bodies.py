"""Bodies that are read as a whole by their routes, and of which only few may be large at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from application.errors import Busy, Malformed

if TYPE_CHECKING:
    from starlette.requests import Request

LARGE = 1024 * 1024
"""Beyond how many bytes a body is large."""
AT_A_TIME = 2


class LargeBodies:
    """Counts the large bodies that are being read and taken in."""

    def __init__(self) -> None:
        """Start with none."""
        self._count = 0

    @asynccontextmanager
    async def whole(self, request: Request) -> AsyncIterator[bytes]:
        """Give the body of a request; while it is used, it counts.

        Raises:
            Busy: if it is large, and so are as many others as may be.
            Malformed: if the client left before its end.
        """
        length = request.headers.get("content-length", "")
        is_large = length.isdigit() and int(length) > LARGE
        if is_large:
            self._enter()
        try:
            pieces, size = list[bytes](), 0
            try:
                async for piece in request.stream():
                    size += len(piece)
                    if size > LARGE and not is_large:
                        self._enter()
                        is_large = True
                    pieces.append(piece)
            except ClientDisconnect:
                raise Malformed("the body has no end") from None
            yield b"".join(pieces)
        finally:
            self._count -= is_large

    def _enter(self) -> None:
        if self._count >= AT_A_TIME:
            raise Busy("the service is taking in other large bodies; try again")
        self._count += 1
