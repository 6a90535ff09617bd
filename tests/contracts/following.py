"""Followers for tests, and a day for them to follow."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from application.projections.tables import View
from application.registry import VIEWS
from domain.impact import Status
from infrastructure.projections.follower import Follower
from infrastructure.projections.temporal_tables import reset
from infrastructure.store.base import Value
from tests.application.program import IMPORTS, LABELS, MINUTE, Program, at
from tests.contracts.snapshots import TABLES, identity, stored

Tables = dict[str, list[tuple[tuple[Value, ...], int, int | None]]]


@contextmanager
def following(program: Program, views: Sequence[View] = VIEWS) -> Iterator[Follower]:
    """Follow the log beside the program's own follower."""
    follower = Follower(program.bitacora.store, program.bitacora.mapper, views)
    try:
        yield follower
    finally:
        follower.stop()


def a_day(program: Program) -> None:
    """Let a few things happen, to the same incidents again and again."""
    program.register()
    program.register(IMPORTS, heartbeat=20 * MINUTE)
    first = program.fire("f1").incident
    program.fire("f2", component=IMPORTS, status=Status.PARTIAL_OUTAGE)
    program.fire("f3", component=None)
    pin = program.pin(Status.DEGRADED_PERFORMANCE)
    program.let_time_pass(at("10:40"))
    program.clear("f1")
    program.clear("f2")
    program.unpin(pin)
    program.let_time_pass(at("12:00"))
    program.fire("f1")
    program.let_time_pass(at("13:00"))
    assert first is not None
    program.update(first, components={LABELS: Status.PARTIAL_OUTAGE})
    program.withdraw(first)
    program.retire(IMPORTS)


def tables(program: Program) -> Tables:
    """Give every row of every table."""
    return {table.name: sorted(stored(program.bitacora.store, table), key=repr) for table in TABLES}


def begin_anew(program: Program, view: View) -> None:
    """Empty a view."""
    connection = program.bitacora.store.connect_views()
    reset(program.bitacora.store, connection, view, identity(program.bitacora.store))
    connection.close()
