"""Who would be notified of what a command does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from typing_extensions import TypedDict

from application.schema import documented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.aggregate import Aggregate


@documented
class NotificationCounts(TypedDict):
    """Who would be notified of a command."""

    announced: list[str]
    """What would be announced (`incident_updated`); empty if readers would see nothing of it, or nobody is notified."""
    counts: dict[str, dict[str, int]]
    """How many would be notified, by channel and language."""
    total: int


@documented
class NotificationPreview(NotificationCounts):
    """Who would be notified; nothing was recorded."""

    result: dict[str, object]
    """What the command would answer: the thing as it would be, with the texts of a template filled in."""


class Previews(Protocol):
    """Counts who would be notified. It blocks."""

    def count(self, changed: Sequence[tuple[Aggregate | None, Aggregate]]) -> NotificationCounts:
        """Count for aggregates as they are and as they would be.

        Raises:
            NotYetVisible: if a view is being built anew.
        """
        ...
