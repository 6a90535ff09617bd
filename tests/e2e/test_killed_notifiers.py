"""Two processes that are killed while they notify lose no message, and repeat one only under the same id."""

from random import Random

from tests.e2e.notifying import drilled

BOTH = [0, 1]


class TestKilledNotifiers:
    def test_notify_each_subscriber_of_each_announcement_once(self, empty_database: str) -> None:
        with drilled(empty_database, Random(0)) as drill:
            drill.round("planned", BOTH)
            drill.round("RCPT", BOTH)
            drill.round("taken", BOTH)
            drill.finish()

            drill.assert_each_was_notified_once()
            assert drill.repeats() >= 1
