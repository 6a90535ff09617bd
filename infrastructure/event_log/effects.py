"""What stored events come to: an aggregate, what a caller has missed, what a command would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from domain.aggregate import Aggregate

if TYPE_CHECKING:
    from eventsourcing.persistence import StoredEvent

    from application.events_missed import EventMissed
    from infrastructure.event_log.event_codec import TypedMapper

Effect = tuple[Aggregate | None, Aggregate]
"""An aggregate as it was before a command, if there was one, and as it would be."""


def effects_of(
    recorded: Iterable[StoredEvent], mapper: TypedMapper, stream_of: Callable[[UUID], Sequence[StoredEvent]]
) -> list[Effect]:
    """Give the effects of events that ``stream_of`` has with those before them, but for those that notify nobody."""
    first: dict[UUID, int] = {}
    for event in recorded:
        if cast("Any", mapper.to_domain_event(event)).provenance.notify is not False:
            first.setdefault(UUID(str(event.originator_id)), event.originator_version)
    found: list[Effect] = []
    for id, version in first.items():
        stream = stream_of(id)
        before = [each for each in stream if each.originator_version < version]
        found.append((replayed(before, mapper) if before else None, replayed(stream, mapper)))
    return found


def replayed(events: Iterable[StoredEvent], mapper: TypedMapper, before: Aggregate | None = None) -> Aggregate:
    """Rebuild an aggregate from all its events, or from those that follow what it was ``before``."""
    aggregate: Any = before
    for stored in events:
        aggregate = cast("Any", mapper.to_domain_event(stored)).mutate(aggregate)
    result: Aggregate = aggregate
    return result


def missed(events: Iterable[StoredEvent], mapper: TypedMapper) -> list[EventMissed]:
    """Give type, version and actor of events."""
    found = [cast("Any", mapper.to_domain_event(stored)) for stored in events]
    return [
        {"type": event.TOPIC, "version": event.originator_version, "actor": event.provenance.actor} for event in found
    ]
