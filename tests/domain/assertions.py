"""What the tests of the domain look at: what was recorded, what replay makes of it, and what was refused."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

import pytest

from domain.aggregate import Aggregate, Event
from domain.errors import DomainError
from domain.impact import Spans, Status

AggregateT = TypeVar("AggregateT", bound=Aggregate)


def shown(spans: Spans, moment: datetime) -> Status:
    """Give the status that holds at ``moment``, by looking at every span."""
    held = [each.status for each in spans if each.covers(moment)]
    assert len(held) <= 1
    return held[0] if held else Status.OPERATIONAL


def recorded(aggregate: Aggregate) -> list[str]:
    """Give the stored type names of what was recorded, in order."""
    return [event.TOPIC for event in happened(aggregate)]


def happened(aggregate: Aggregate) -> Sequence[Event]:
    """Give the events that were recorded, in order."""
    events = [event for event in aggregate.pending_events if isinstance(event, Event)]
    assert len(events) == len(aggregate.pending_events)
    return events


def types_of(aggregate: Aggregate) -> list[str]:
    """Give the types of the events that were recorded, in order."""
    return [event.TOPIC for event in happened(aggregate)]


def replayed(aggregate: AggregateT) -> AggregateT:
    """Rebuild an aggregate from what was recorded, and from nothing else."""
    copy: AggregateT | None = None
    for event in aggregate.pending_events:
        copy = event.mutate(copy)
    assert copy is not None
    return copy


def state(aggregate: Aggregate) -> dict[str, object]:
    """Give all that an aggregate knows, apart from what is still to be stored."""
    return {name: value for name, value in vars(aggregate).items() if name != "_pending_events"}


def typed(value: object) -> object:
    """Give a value with the type of each of its parts: what is equal, but of another type, then differs."""
    match value:
        case Mapping():
            return type(value), {typed(key): typed(part) for key, part in value.items()}
        case tuple():
            return type(value), tuple(typed(part) for part in value)
        case _ if is_dataclass(value):
            return type(value), tuple(typed(getattr(value, field.name)) for field in fields(value))
        case _:
            return type(value), value


@contextmanager
def refused(
    aggregate: Aggregate, refusal: type[DomainError], *, match: str | None = None
) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """Expect a refusal of exactly this class, and that nothing was recorded and nothing has changed."""
    before, known = len(aggregate.pending_events), state(aggregate)
    with pytest.raises(refusal, match=match) as caught:
        yield caught
    assert caught.type is refusal
    assert len(aggregate.pending_events) == before
    assert state(aggregate) == known


def is_well_formed(spans: Spans) -> bool:
    """Tell whether spans are in order, without overlap, none of them empty, and only the last may be open."""
    return all(span.end is None or span.start < span.end for span in spans) and all(
        first.end is not None and first.end <= then.start for first, then in pairwise(spans)
    )
