"""How many promises and recovery points one restoration can have: two hundred, and a hundred."""

from datetime import timedelta

from domain.errors import TooManyEntries
from tests.domain.assertions import refused
from tests.domain.panel_builders import LOST, a_loss, march, promise, set_recovery_point


class TestPromises:
    def test_are_two_hundred_at_most(self) -> None:
        restoration = a_loss()
        for number in range(200):
            promise(restoration, march(11) + timedelta(minutes=number))

        with refused(restoration, TooManyEntries, match="has 200 promises"):
            promise(restoration, march(12))


class TestRecoveryPoints:
    def test_are_a_hundred_at_most(self) -> None:
        restoration = a_loss()
        for number in range(100):
            set_recovery_point(restoration, LOST + timedelta(minutes=number))

        with refused(restoration, TooManyEntries, match="has 100 recovery points"):
            set_recovery_point(restoration, march(12))
