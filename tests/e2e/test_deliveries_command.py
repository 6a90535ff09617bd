"""Deliveries by the command line: listed, counted, tried again, and addresses suppressed; errors are one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from domain.impact import Status
from tests.application.program import LABELS
from tests.contracts.notifications.subscribed import Subscribed, subscribed
from tests.e2e.server import bitacora, bitacora_here, complained, succeeded

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.both_stores


@pytest.fixture
def world(database: str) -> Iterator[Subscribed]:
    """A program with one delivery that is due."""
    with subscribed(database) as world:
        world.program.register(LABELS)
        world.subscribe()
        world.program.declare(components={LABELS: Status.MAJOR_OUTAGE})
        world.plan()
        yield world


def lines(database: str, *more: str) -> list[list[str]]:
    """List deliveries, but for those that asked for a confirmation."""
    rows = [each.split("\t") for each in succeeded(bitacora("deliveries", *more, "--database", database)).splitlines()]
    return [row for row in rows if row[5].startswith("incident/")]


class TestDeliveries:
    def test_are_listed_one_a_line_without_an_address(self, world: Subscribed, database: str) -> None:
        ((id, state, channel, language, planned_at, _, attempts, code, answer),) = lines(database)

        assert re.fullmatch("[0-9a-f]{32}", id)
        assert (state, channel, language, planned_at[:10]) == ("due", "email", "en", str(world.clock.now().date()))
        assert (attempts, code, answer) == ("0", "-", "-")
        assert lines(database, "--state", "failed") == []
        assert len(succeeded(bitacora("deliveries", "--limit", "1", "--database", database)).splitlines()) == 1

    def test_are_counted(self, world: Subscribed, database: str) -> None:
        assert world.states() == [("instant", "due")]

        printed = succeeded(bitacora("deliveries", "status", "--database", database)).splitlines()

        assert printed[0] == "email\tdue\t2"
        assert re.fullmatch(r"the oldest one that is due is \d+ s late", printed[1])

    def test_are_due_when_they_are_retried(self, world: Subscribed, database: str) -> None:
        world.notifier.suppressions.suppress("ana@example.com", "bounce")
        world.send()
        ((id, *_),) = lines(database, "--state", "dropped")

        allowed = succeeded(bitacora("deliveries", "allow", "Ana@Example.com", "--database", database))
        retried = succeeded(bitacora("deliveries", "retry", id, "--database", database))

        assert (allowed, retried) == ("Ana@example.com can be subscribed again\n", "1 delivery is due\n")
        assert [row[0] for row in lines(database, "--state", "due")] == [id]

    def test_to_a_suppressed_address_are_dropped(self, world: Subscribed, database: str) -> None:
        printed = succeeded(bitacora("deliveries", "suppress", "ana@example.com", "--database", database))

        assert printed == "nothing is sent to ana@example.com any more\n"
        assert world.send() == []
        assert world.states() == [("instant", "dropped")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["retry"], 2, "name deliveries, or say --perhaps-sent"),
        (["retry", "0" * 32], 1, "there is no delivery 0000"),
        (["suppress", "ana"], 2, "an address of e-mail has one @"),
        (["allow", "ana@example"], 2, "the domain has at least two parts"),
        (["allow", "ben@example.com"], 1, "ben@example.com is not suppressed"),
        (["--state", "lost"], 2, "lost"),
        (["--limit", "0"], 2, "greater than or equal to 1"),
        (["forget"], 2, "forget"),
    ],
)
def test_wrong_use_is_said_in_one_line(
    world: Subscribed, database: str, arguments: list[str], code: int, said: str
) -> None:
    before = world.states()

    line = complained(bitacora_here("deliveries", *arguments, "--database", database), code)

    assert said in line
    assert world.states() == before
