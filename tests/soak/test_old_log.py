"""The first start on a log of 100,000 events notifies nobody of what is in it."""

import pytest

from tests.contracts.notifications.old_log import assert_nothing_old_is_sent

EVENTS = 100_000


@pytest.mark.long
def test_of_100_000_events_notifies_nobody(empty_sqlite_url: str) -> None:
    assert_nothing_old_is_sent(empty_sqlite_url, EVENTS)
