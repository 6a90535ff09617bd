"""A part of the platform whose status is shown, and what is known of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate
from domain.components import events
from domain.components.errors import CauseStillOpen, HeartbeatNotExpected, NoSuchPin, Retired
from domain.components.state import ComponentState
from domain.errors import NoImpact
from domain.impact import Status
from domain.instants import written
from domain.provenance import Provenance

NAMESPACE = UUID("6f1d3c0e-5b0a-4b7e-9a55-0d6f2a3c9b10")


class Component(ComponentState, Aggregate):
    """One component. Its id follows from its key, so that a key can be registered once only."""

    TOPIC = "component"
    Event = events.ComponentEvent
    Registered = events.Registered
    Renamed = events.Renamed
    Regrouped = events.Regrouped
    Described = events.Described
    Reordered = events.Reordered
    MarketsChanged = events.MarketsChanged
    Shown = events.Shown
    Hidden = events.Hidden
    SinceChanged = events.SinceChanged
    HeartbeatChanged = events.HeartbeatChanged
    Pinned = events.Pinned
    Unpinned = events.Unpinned
    FellSilent = events.FellSilent
    Heard = events.Heard
    WasRetired = events.WasRetired

    @staticmethod
    @lru_cache(maxsize=4_096)
    def id_of(key: str) -> UUID:
        """Give the id of the component with this key."""
        return uuid5(NAMESPACE, key)

    @classmethod
    def register(cls, *, profile: events.Profile, provenance: Provenance) -> Self:
        """Begin to show a component."""
        provenance.require_past()
        component: Self = cls.begin_with(
            cls.Registered, id=cls.id_of(profile.key), profile=profile, provenance=provenance
        )
        return component

    def revise(self, *, changes: events.Changes, provenance: Provenance) -> None:
        """Change what is said of it; what already holds is recorded no second time.

        Raises:
            Retired: if it was retired.
        """
        self._require_in_use()
        provenance.require_past()
        if changes.name is not None and changes.name != self.name:
            self.record(self.Renamed, name=changes.name, provenance=provenance)
        if changes.group is not None and changes.group != self.group:
            self.record(self.Regrouped, group=changes.group, provenance=provenance)
        if changes.description is not None and changes.description != self.description:
            self.record(self.Described, description=changes.description, provenance=provenance)
        if changes.position is not None and changes.position != self.position:
            self.record(self.Reordered, position=changes.position, provenance=provenance)
        if changes.markets is not None and changes.markets != self.markets:
            self.record(self.MarketsChanged, markets=changes.markets, provenance=provenance)
        if changes.since is not None and changes.since != self.since:
            self.record(
                self.SinceChanged, since=changes.since, vouched_from=changes.vouched_from, provenance=provenance
            )
        if changes.sets_heartbeat and changes.heartbeat != self.heartbeat:
            self.record(self.HeartbeatChanged, heartbeat=changes.heartbeat, provenance=provenance)
        if changes.is_public is True and not self.is_public:
            self.record(self.Shown, provenance=provenance)
        if changes.is_public is False and self.is_public:
            self.record(self.Hidden, provenance=provenance)

    def pin(self, *, pin_id: UUID, status: Status, reason: str, provenance: Provenance) -> None:
        """Let it show at least ``status`` until the pin is removed.

        Raises:
            Retired: if it was retired.
            NoImpact: if the status is none that a cause can have.
        """
        self._require_in_use()
        provenance.require_past()
        if not status.is_impact:
            raise NoImpact(f"component {self.key} cannot be pinned to {status}")
        self.record(self.Pinned, pin_id=pin_id, status=status, reason=reason, provenance=provenance)

    def unpin(self, *, pin_id: UUID, provenance: Provenance) -> None:
        """Remove a pin.

        Raises:
            NoSuchPin: if there is none of that id, or it was removed before.
        """
        provenance.require_past()
        if pin_id not in self.pins or self.pins[pin_id].span.end is not None:
            raise NoSuchPin(f"component {self.key} has no pin {pin_id}")
        self.record(self.Unpinned, pin_id=pin_id, provenance=provenance)

    def hear(self, *, provenance: Provenance) -> None:
        """Take notice of a sign of life; recorded only if it ends a silence.

        Raises:
            Retired: if it was retired.
            HeartbeatNotExpected: if it has no heartbeat set.
        """
        self._require_in_use()
        provenance.require_past()
        if self.heartbeat is None:
            raise HeartbeatNotExpected(f"component {self.key} has no heartbeat set")
        if self.is_silent:
            self.record(self.Heard, provenance=provenance)

    def fall_silent(self, *, provenance: Provenance) -> None:
        """Say that nothing was heard of it for longer than its heartbeat; no-op if it is silent or has none."""
        if self.heartbeat is not None and not self.is_silent and self.retired_at is None:
            self.record(self.FellSilent, provenance=provenance)

    def retire(self, *, open_causes: int, provenance: Provenance) -> None:
        """Stop showing it; its history stays.

        Raises:
            Retired: if it was retired before.
            CauseStillOpen: if a pin, an incident or a window still affects it.
        """
        self._require_in_use()
        provenance.require_past()
        open_pins = sum(pin.span.end is None for pin in self.pins.values())
        if open_causes + open_pins:
            raise CauseStillOpen(
                f"component {self.key} cannot be retired: {open_causes + open_pins} open cause(s) affect it"
            )
        self.record(self.WasRetired, provenance=provenance)

    def _require_in_use(self) -> None:
        if self.retired_at is not None:
            raise Retired(f"component {self.key} was retired at {written(self.retired_at)}")
