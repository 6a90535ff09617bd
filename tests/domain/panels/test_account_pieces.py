"""Collisions and resolutions are recorded forty an event, because the log limits the length of one."""

import pytest

from domain.aggregate import Event
from domain.panels.account import AccountRecovery, Collision
from domain.panels.account.guards import pieces
from tests.domain.assertions import happened
from tests.domain.recovery_builders import JOINED, LINKED, an_account_with_a_temporary_one, join, link, resolved


def numbers(count: int) -> tuple[Collision, ...]:
    return tuple(Collision(kind="order", number=str(number)) for number in range(count))


def held_by(event: Event) -> int:
    """Count the collisions, or the resolutions, of an event."""
    match event:
        case AccountRecovery.Linked() | AccountRecovery.CollisionsFound():
            return len(event.collisions)
        case AccountRecovery.CollisionsResolved() | AccountRecovery.Joined():
            return len(event.resolutions)
        case _:
            return 0


class TestPieces:
    @pytest.mark.parametrize(
        ("count", "lengths"), [(0, [0]), (1, [1]), (40, [40]), (41, [40, 1]), (80, [40, 40]), (81, [40, 40, 1])]
    )
    def test_hold_forty_each_but_for_the_last(self, count: int, lengths: list[int]) -> None:
        cut = pieces(numbers(count))

        assert [len(piece) for piece in cut] == lengths
        assert [each for piece in cut for each in piece] == list(numbers(count))

    def test_are_events_in_order(self) -> None:
        recovery = an_account_with_a_temporary_one()

        link(recovery, LINKED, numbers(41))
        join(recovery, JOINED, resolutions=resolved(numbers(41)))

        assert [(event.TOPIC, held_by(event)) for event in happened(recovery)[2:]] == [
            ("account_recovery.linked", 40),
            ("account_recovery.collisions_found", 1),
            ("account_recovery.collisions_resolved", 40),
            ("account_recovery.joined", 1),
        ]
