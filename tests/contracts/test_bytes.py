"""How many bytes an event takes, of a log of which nine of ten events are of held requests."""

from __future__ import annotations

import pytest

from tests.mixed_log import sizes_of, write_mix

pytestmark = pytest.mark.both_stores

EVENTS = 5_000
MOST = {"sqlite": {"log": 810, "views": 820}, "postgresql": {"log": 1_110, "views": 1_200}}
"""Bytes an event; what is measured is one in fifty less."""


def totals(database: str) -> dict[str, int]:
    """Give the bytes that log and views take."""
    return {part: sum(sizes.values()) for part, sizes in sizes_of(database).items()}


def test_of_an_event_are_few_in_the_log_and_in_the_views(database: str) -> None:
    # Of so few events, the first page of each table would be a tenth of it.
    empty = totals(database)
    count = write_mix(database, EVENTS)

    found = {part: round((size - empty[part]) / count) for part, size in totals(database).items()}

    most = MOST[database.partition(":")[0]]
    assert found["log"] <= most["log"], found
    assert found["views"] <= most["views"], found
