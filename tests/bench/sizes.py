"""The bytes of an event, in the log and in the views, of a log of which nine of ten events are of held requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eventsourcing.persistence import Notification

from tests.bench.bare import copy, open_recorder
from tests.bench.environments import World, sections
from tests.bench.held import FEWER
from tests.bench.measures import Sample
from tests.bench.shapes import Figure, Measure
from tests.mixed_log import bytes_of, sizes_of, write_mix

EVENTS = 20_000


def sizes(world: World) -> Sample:
    """Write such a log, let the library record the same events, and give the bytes an event."""
    with world.spare() as (ours, bare):
        count = write_mix(ours, EVENTS)
        with open_recorder(bare) as recorder:
            copy(in_pieces(ours), recorder)
        found = sizes_of(ours)
        return {
            "log": sum(found["log"].values()) / count,
            "views": sum(found["views"].values()) / count,
            "library": bytes_of(bare) / count,
        }


def in_pieces(database: str) -> Iterator[Sequence[Notification]]:
    """Read a log, so many events at a time that the library does not wait for ever on PostgreSQL."""
    for section in sections(database, []):
        for place in range(0, len(section), FEWER):
            yield section[place : place + FEWER]


MEASURES = (
    Measure(
        take=sizes,
        once=0,
        figures=tuple(
            Figure(
                what=f"bytes of an event in the {part}",
                ours=part,
                against="recorded by the library",
                bare="library",
                unit="bytes",
            )
            for part in ("log", "views")
        ),
    ),
)
