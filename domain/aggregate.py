"""The base of every aggregate and event: identity, provenance and when it is due next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, MetaDomainEvent

from domain.provenance import Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping


class Event(CanMutateAggregate[UUID], metaclass=MetaDomainEvent):
    """Something that happened to an aggregate, and who says so.

    ``apply`` changes the aggregate's state and never refuses: it runs again on every replay.
    """

    TOPIC: ClassVar[str]

    originator_id: UUID
    originator_version: int
    timestamp: datetime
    provenance: Provenance


class Created(CanInitAggregate[UUID], Event):
    """The first event of an aggregate."""

    originator_topic: str


EventClass = type[Event]


class Aggregate(BaseAggregate[UUID]):
    """What is rebuilt from its own events, and from nothing else."""

    TOPIC = ""
    Event = Event

    @property
    def next_due(self) -> datetime | None:
        """The earliest moment at which the clock has something to do, if any."""
        return None

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The names beside its id under which commands find it, each with the moment that ranks it."""
        return {}

    @classmethod
    def begin_with(cls, event_class: type[Created], *, id: UUID, provenance: Provenance, **facts: object) -> Any:  # noqa: ANN401 - the caller states the class
        """Record the first event at the time that its provenance names; the library would read the clock."""
        # The library would also look for arguments of methods that we do not have: that takes most of its time.
        make: Any = event_class
        begun = make(
            originator_topic=cls.TOPIC,
            originator_id=id,
            originator_version=cls.INITIAL_VERSION,
            timestamp=provenance.recorded_at,
            provenance=provenance,
            **facts,
        )
        aggregate = begun.mutate(None)
        aggregate.pending_events.append(begun)
        return aggregate

    def record(self, event_class: EventClass, *, provenance: Provenance, **facts: object) -> None:
        """Record what happened at the time that its provenance names."""
        self.trigger_event(event_class, timestamp=provenance.recorded_at, provenance=provenance, **facts)
