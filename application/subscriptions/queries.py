"""Endpoints, as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from application.subscriptions.documents import EndpointDocument


class EndpointQueries(Protocol):
    """The endpoints that operators registered, but for those that they removed."""

    def page(self, at: int, after: str | None, limit: int) -> Sequence[EndpointDocument]:
        """List them as of a position, the first registered first, behind one of them.

        Raises:
            NotYetVisible: if the view does not reflect the position, or is being built anew.
        """
        ...

    def find(self, at: int, id: UUID) -> EndpointDocument | None:
        """Give one of them; None if there is none.

        Raises:
            NotYetVisible: as above.
        """
        ...
