"""What the signals of an incident say, and when the clock has to act on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from domain.impact import Status
from domain.incidents.report import SignalCause
from domain.policy import TICK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Firing:
    """A signal that fires, as an incident takes notice of it."""

    signal: UUID
    component: str
    status: Status
    cause: SignalCause | None = None

    @property
    def changes_code(self) -> bool:
        """Whether it says that a change of code is the cause."""
        return self.cause is SignalCause.CODE_CHANGE


@dataclass(frozen=True, kw_only=True)
class Place:
    """The ``markets`` that a signal names, of those that its component is in; empty ones are all."""

    markets: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


def joined_markets(known: tuple[str, ...], more: tuple[str, ...], everywhere: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give the markets of two things together; empty if they are not only in some of ``everywhere``.

    Empty markets are all that there are: what does not say where it is may be everywhere.
    """
    both = tuple(dict.fromkeys((*known, *more)))
    is_everywhere = not known or not more or (bool(everywhere) and set(everywhere) <= set(both))
    return () if is_everywhere else both


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A maintenance window inside which a problem began; ``until`` is its end, None while nobody can know it."""

    window: UUID
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class FiringSignals:
    """The signals of an incident: which of them fire, since when they all are clear, and what is due.

    ``first_fired_at`` is the start of the problem that has to persist; ``persists_at`` the moment at which it has
    done so, ``clear_at`` the one at which a gap becomes an end, ``stable_at`` the one at which the fix has held. Under
    a ``cover`` it has to persist from the end of that window on. ``code_changes`` is how many that fire name a change
    of code as their cause: counted, and not looked for, because a storm has thousands.
    """

    firing: Mapping[UUID, Firing]
    code_changes: int = 0
    first_fired_at: datetime | None = None
    last_cleared_at: datetime | None = None
    persists_at: datetime | None = None
    clear_at: datetime | None = None
    stable_at: datetime | None = None
    cover: Cover | None = None

    @property
    def all_clear(self) -> bool:
        """Whether none of them fires."""
        return not self.firing

    def due_if_fired(self, firing: Firing, at: datetime, policy: Policy, *, is_covered: bool) -> datetime | None:
        """Decide when the problem will have persisted, given that ``firing`` began at ``at``; None if nobody knows yet.

        More than the limit: one tick after it, counted from the first firing; but never before something fires. What
        is not covered and joins what is counts by itself.
        """
        if firing.changes_code:
            return at
        began = self.began_if_fired(at)
        cover = self.cover if began == self.first_fired_at else None
        if cover is not None and not is_covered:
            began, cover = at, None
        due = self.persisting_due(began, cover, policy)
        if due is None:
            return self.persists_at
        return max(due, at) if self.all_clear else min(due, self.persists_at or due)

    def persisting_due(self, began: datetime, cover: Cover | None, policy: Policy) -> datetime | None:
        """Decide when a problem that began then has persisted; under a cover without an end, nobody knows."""
        if cover is None:
            return began + policy.publish_after + TICK
        return None if cover.until is None else max(began, cover.until) + policy.publish_after + TICK

    def began_if_fired(self, at: datetime) -> datetime:
        """Give the start of the problem, given that something fires at ``at``; after the end of one it is a new one."""
        if self.first_fired_at is None or (self.clear_at is not None and at >= self.clear_at):
            return at
        return min(self.first_fired_at, at)

    def clear_due(self, signal: UUID, at: datetime, policy: Policy) -> datetime | None:
        """Decide when the gap that begins as ``signal`` clears becomes an end; None if others fire on."""
        others = len(self.firing) - (signal in self.firing)
        return None if others else max(at, self.last_cleared_at or at) + policy.clear_grace

    def stable_due(self, since: datetime, stable_for: timedelta) -> datetime:
        """Decide from when on the fix has held for more than ``stable_for``."""
        return max(since, self.last_cleared_at or since) + stable_for + TICK

    def fired(self, firing: Firing, *, at: datetime, persists_at: datetime | None) -> FiringSignals:
        """Take notice that a signal fires."""
        began = self.began_if_fired(at)
        # A cover ends with its run, and when something joins that does not wait for it.
        is_covered = began == self.first_fired_at and persists_at == self.persists_at
        return replace(
            self,
            firing={**self.firing, firing.signal: firing},
            code_changes=self.code_changes - self._changes_code(firing.signal) + firing.changes_code,
            first_fired_at=began,
            cover=self.cover if is_covered else None,
            persists_at=persists_at,
            clear_at=None,
            stable_at=None,
        )

    def cleared(
        self, signal: UUID, *, at: datetime, clear_at: datetime | None, stable_at: datetime | None
    ) -> FiringSignals:
        """Take notice that a signal has cleared."""
        return replace(
            self,
            firing={key: firing for key, firing in self.firing.items() if key != signal},
            code_changes=self.code_changes - self._changes_code(signal),
            last_cleared_at=max(self.last_cleared_at or at, at),
            clear_at=clear_at,
            stable_at=stable_at,
        )

    def cleared_no_earlier(self, moment: datetime) -> FiringSignals:
        """Let a gap become an end at ``moment`` at the earliest: what a hold kept from happening is not made up for."""
        return self if self.clear_at is None else replace(self, clear_at=max(self.clear_at, moment))

    def _changes_code(self, signal: UUID) -> bool:
        known = self.firing.get(signal)
        return known is not None and known.changes_code

    def begun_anew(self) -> FiringSignals:
        """Forget the problem before: what fires next has to persist by itself."""
        return replace(self, first_fired_at=None, persists_at=None, clear_at=None, stable_at=None, cover=None)
