"""An e-mail is due at once, after a minute or with a digest, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.subscriptions.values import Rhythm
from infrastructure.delivery.timing import EarlierDelivery, next_digest, time_mail

NOW = datetime(2026, 3, 4, 11, 20, tzinfo=UTC)
THING = "incident/1"
MADRID = ZoneInfo("Europe/Madrid")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - of UTC


def earlier(planned_at: datetime, *, thing: str = THING, waits: bool = False, is_sent: bool = True) -> EarlierDelivery:
    return EarlierDelivery(
        id=planned_at.isoformat(),
        thing=thing,
        planned_at=planned_at,
        due=planned_at,
        waits=waits,
        can_be_replaced=not is_sent and not waits,
        is_instant=not waits,
    )


class TestAClockThatWasSetBack:
    @pytest.mark.parametrize("is_end", [True, False])
    @pytest.mark.parametrize("is_sent", [True, False])
    def test_keeps_no_mail_for_more_than_a_minute(self, *, is_end: bool, is_sent: bool) -> None:
        ahead = [earlier(NOW + timedelta(days=300), is_sent=is_sent)]

        timing = time_mail(NOW, Rhythm.INSTANT, UTC, THING, ahead, is_end=is_end)

        assert not timing.waits
        assert timing.due == NOW + timedelta(minutes=1)

    def test_keeps_what_waits_for_no_more_than_an_hour(self) -> None:
        many = [earlier(NOW + timedelta(days=300), thing=f"incident/{each}") for each in range(2, 8)]
        waiting = [earlier(NOW + timedelta(days=300), thing="incident/2", waits=True)]

        for before in (many, waiting):
            timing = time_mail(NOW, Rhythm.INSTANT, UTC, THING, before, is_end=False)
            assert timing.waits
            assert timing.due == NOW + timedelta(hours=1)


class TestADigest:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-03-28T06:59:00Z", "2026-03-28T07:00:00Z"),
            ("2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z"),
            ("2026-03-29T00:59:59Z", "2026-03-29T06:00:00Z"),
            ("2026-03-29T01:00:00Z", "2026-03-29T06:00:00Z"),
            ("2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"),
            ("2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z"),
            ("2026-10-25T00:30:00Z", "2026-10-25T07:00:00Z"),
            ("2026-10-25T01:30:00Z", "2026-10-25T07:00:00Z"),
            ("2026-10-25T07:00:00Z", "2026-10-26T07:00:00Z"),
        ],
    )
    def test_of_a_day_is_due_at_eight_on_the_clocks_of_the_site(self, now: str, due: str) -> None:
        assert next_digest(datetime.fromisoformat(now), Rhythm.DAILY, MADRID) == datetime.fromisoformat(due)

    @given(now=MOMENTS, zone=st.sampled_from(["Europe/Madrid", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]))
    def test_comes_within_a_day_and_an_hour(self, now: datetime, zone: str) -> None:
        daily = next_digest(now, Rhythm.DAILY, ZoneInfo(zone))

        assert now < daily <= now + timedelta(hours=25)
        assert daily.astimezone(ZoneInfo(zone)).hour == 8
        assert now < next_digest(now, Rhythm.HOURLY, ZoneInfo(zone)) <= now + timedelta(hours=1)
