"""The log is verified, against a bare read of the same rows."""

from __future__ import annotations

import resource
from time import perf_counter
from typing import TYPE_CHECKING

from infrastructure.verification.log_sections import EVENTS, SECTION
from infrastructure.verification.log_verification import LogComparison, verify_log
from tests.bench.shapes import Figure, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrastructure.bootstrap import Bitacora
    from tests.bench.environments import World


def verified(world: World) -> Mapping[str, float]:
    """Verify the log between two bare reads of all its columns, in the same sections."""
    with world.assembled() as bitacora:
        last = bitacora.facade.queries.events.last()[0]
        before, memory = _read(bitacora, last), _memory()
        began = perf_counter()
        verify_log(bitacora.store, bitacora.mapper, LogComparison(), advanced=lambda _count, _total: None)
        ours = perf_counter() - began
        bare = (before + _read(bitacora, last)) / 2
        return {"verified": last / ours, "read": last / bare, "memory": _memory(), "memory before": memory}


def _read(bitacora: Bitacora, last: int) -> float:
    began = perf_counter()
    with bitacora.store.reading_log() as connection, connection.snapshot():
        for after in range(0, last, SECTION):
            connection.execute(EVENTS, {"after": after, "until": after + SECTION})
    return perf_counter() - began


def _memory() -> float:
    """Give the most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MEASURES = (
    Measure(
        take=verified,
        figures=(
            Figure(
                what="the log verified",
                ours="verified",
                against="all columns, only read",
                bare="read",
                unit="events/s",
            ),
            Figure(
                what="most memory while the log is verified",
                ours="memory",
                against="before",
                bare="memory before",
                unit="MiB",
            ),
        ),
    ),
)
