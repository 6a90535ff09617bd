"""What was shown of components in a period, and what is known of it, as it can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from domain.impact import StatusSpan

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a public cause said of one component, or of ``EVERYWHERE``, during one span."""

    cause: str
    kind: str
    component: str
    span: StatusSpan


@dataclass(frozen=True, kw_only=True)
class OnBoard:
    """From when to when readers saw a component; None while they do. ``vouched_from`` is what was said of it then."""

    component: str
    start: datetime
    end: datetime | None
    vouched_from: datetime | None


@dataclass(frozen=True, kw_only=True)
class ShownPeriod:
    """What readers saw in a period: when they saw which component, and what was said of it at that time.

    Spans are of the time at which it was recorded. What held at both ends of the period may have begun earlier or ended
    later than said here.
    """

    on_board: Sequence[OnBoard]
    statements: Sequence[Statement]


class UptimeQueries(Protocol):
    """What uptime is computed from: of one component, or of all."""

    def shown(self, at: int, start: datetime, until: datetime, component: str | None = None) -> ShownPeriod:
        """Give what readers saw from ``start`` to ``until``, by the log up to position ``at``.

        Raises:
            NotYetVisible: if the view does not reflect that position.
        """
        ...

    def known(self, at: int, start: datetime, until: datetime, component: str | None = None) -> Sequence[Statement]:
        """Give what public causes say at any time from ``start`` to ``until``, by what is known at position ``at``.

        Raises:
            NotYetVisible: if the view does not reflect that position.
        """
        ...
