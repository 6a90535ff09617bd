"""Reading the check queue looks at no more rows where many requests are held than where few are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from application.ledger.projection import FILTERED, HELD_REQUESTS, LABELS
from application.ledger.queries import RequestFilter
from domain.ledger.held_request import RequestState
from infrastructure.queries.ledger import SqlHeldRequestQueries
from infrastructure.store.base import Store, Value, inserting, instant
from infrastructure.store.postgres import PostgresStore
from tests.application.program import Program, at
from tests.contracts.reading import MeasuredStore
from tests.contracts.snapshots import wipe

FEW, MANY = 1_000, 20_000
RARE = 500
"""Each one of so many has the source of a partner, a label, and its reference begins otherwise."""
BEGAN = at("08:00")
Reads = Callable[[SqlHeldRequestQueries], object]

READS: dict[str, Reads] = {
    "the oldest": lambda queue: queue.page(1, RequestFilter(), None, 51),
    "the newest": lambda queue: queue.page(1, RequestFilter(), None, 51, newest_first=True),
    "from the middle": lambda queue: queue.page(1, RequestFilter(), f"{instant(BEGAN + timedelta(seconds=400))}|0", 51),
    "back from the middle": lambda queue: queue.page(
        1, RequestFilter(), f"{instant(BEGAN + timedelta(seconds=400))}|0", 51, newest_first=True
    ),
    "a day": lambda queue: queue.page(
        1, RequestFilter(received_from=BEGAN, received_until=BEGAN + timedelta(seconds=60)), None, 51
    ),
    "a reference": lambda queue: queue.page(1, RequestFilter(references=("order-77",)), None, 51, newest_first=True),
    "fifty references": lambda queue: queue.page(
        1, RequestFilter(references=tuple(f"order-{number}" for number in range(50))), None, 51
    ),
    "how a reference begins": lambda queue: queue.page(1, RequestFilter(prefix="order-77"), None, 51),
    "ids": lambda queue: queue.ids(1, RequestFilter(ids=(UUID(int=5), UUID(int=6))), 51),
    "a label": lambda queue: queue.page(1, RequestFilter(label="rare"), None, 51),
    "a label, the newest": lambda queue: queue.page(1, RequestFilter(label="rare"), None, 51, newest_first=True),
    "what is expected of a partner": lambda queue: queue.page(
        1, RequestFilter(sources=("partner",), states=(RequestState.AWAITING_SOURCE,)), None, 51
    ),
    "an export of a reference": lambda queue: list(queue.all(1, RequestFilter(references=("order-77",)))),
    "an export of a label": lambda queue: list(queue.all(1, RequestFilter(label="rare"))),
}


@pytest.fixture
def store(program: Program) -> Iterator[Store]:
    """A store whose views have come to the first position."""
    wipe(program.bitacora.store)
    program.register()
    program.bitacora.follower.catch_up()
    yield program.bitacora.store
    wipe(program.bitacora.store)


class TestRead:
    def test_looks_at_no_more_rows_of_many_than_of_few(self, store: Store) -> None:
        hold_up(store, 0, FEW)
        few = {name: measured(store, read) for name, read in READS.items()}
        hold_up(store, FEW, MANY)
        many = {name: measured(store, read) for name, read in READS.items()}

        # The rare ones are more by then as well: as many as there are on a page.
        grown = {name: (few[name], many[name]) for name in READS if many[name] > 3 * few[name] + 60 * MANY // RARE}
        assert grown == {}


def measured(store: Store, read: Reads) -> int:
    """Give how many rows a read looks at; what is there has to be found."""
    measure = MeasuredStore(store)
    assert read(SqlHeldRequestQueries(cast("Any", measure)))
    return measure.rows


def hold_up(store: Store, first: int, last: int) -> None:
    """Write the rows of requests as the view does, the reference without a number of a thousand once only."""
    connection = store.connect_views()
    rows = [_row(number) for number in range(first, last)]
    documents = {**FILTERED, "document": "document", "from_position": "number"}
    connection.run(inserting(HELD_REQUESTS.name, documents), [(*row, "{}", 1) for row in rows])
    labels = {"label": "key", **FILTERED, "from_position": "number"}
    connection.run(inserting(LABELS.name, labels), [(_label(row), *row, 1) for row in rows])
    if isinstance(store, PostgresStore):
        # As its autovacuum does a moment later; SQLite plans without statistics.
        connection.execute("ANALYZE")
    connection.close()


def _row(number: int) -> tuple[Value, ...]:
    is_rare = number % RARE == 0
    state = RequestState.AWAITING_SOURCE if number % 2 == 0 else RequestState.TO_CHECK
    values = {
        "request": str(UUID(int=number)),
        "cause": str(UUID(int=1)),
        "cause_type": "incident",
        "kind": "order",
        "source": "partner" if is_rare else "shop",
        "reference": f"order-{number}" if number < FEW else f"later-{number}",
        "state": str(state),
        "outcome": "",
        "holder": "",
        "received_at": instant(BEGAN + timedelta(seconds=number)),
        "evidence": "",
        "labels": "|rare|" if is_rare else "|common|",
    }
    return tuple(values[name] for name in FILTERED)


def _label(row: tuple[Value, ...]) -> str:
    return str(row[-1]).strip("|")
