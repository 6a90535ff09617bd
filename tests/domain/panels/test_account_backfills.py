"""What the owner of an account asks for and gets, and what he is spared meanwhile."""

from datetime import datetime
from typing import Any

import pytest

from domain.errors import EndsBeforeItBegins, TooManyEntries, UnknownMoment
from domain.panels.account import Backfill, Relief, ReliefSpan
from domain.panels.errors import AlreadyDelivered, NoSuchBackfill
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK
from tests.domain.panel_builders import NOTE, march
from tests.domain.recovery_builders import DELIVERED, an_account, ask, deliver, relieve


class TestBackfill:
    def test_is_asked_for(self) -> None:
        recovery = an_account()

        ask(recovery, march(15))

        assert recorded(recovery)[-1] == "account_recovery.backfill_asked"
        asked = Backfill(number=1, kinds=("orders", "invoices"), start=march(9), until=march(10), asked_at=march(15))
        assert recovery.backfills == (asked,)
        assert (asked.delivered, asked.delivered_at) == (None, None)

    def test_is_delivered(self) -> None:
        recovery = an_account()
        ask(recovery, march(15))
        ask(recovery, march(16), march(11))

        deliver(recovery, march(17), 2)

        assert recorded(recovery)[-1] == "account_recovery.backfill_delivered"
        assert [(each.number, each.delivered, each.delivered_at) for each in recovery.backfills] == [
            (1, None, None),
            (2, DELIVERED, march(17)),
        ]

    def test_is_awaited_until_it_is_delivered(self) -> None:
        recovery = an_account()
        wanted: dict[str, Any] = {"kinds": ("invoices", "orders"), "start": march(9), "until": march(10)}
        before = recovery.awaits_backfill(**wanted)
        ask(recovery, march(15))
        asked = recovery.awaits_backfill(**wanted)
        deliver(recovery, march(16))

        assert (before, asked, recovery.awaits_backfill(**wanted)) == (False, True, False)

    @pytest.mark.parametrize("other", [{"kinds": ("orders",)}, {"start": march(9) - TICK}, {"until": march(10) + TICK}])
    def test_is_not_awaited_if_anything_else_was_asked_for(self, other: dict[str, Any]) -> None:
        recovery = an_account()
        wanted: dict[str, Any] = {"kinds": ("orders", "invoices"), "start": march(9), "until": march(10)}

        ask(recovery, march(15))

        assert not recovery.awaits_backfill(**wanted | other)

    @pytest.mark.parametrize("until", [march(9), march(9) - TICK])
    def test_is_refused_without_a_span(self, until: datetime) -> None:
        recovery = an_account()

        with refused(recovery, EndsBeforeItBegins):
            ask(recovery, march(15), until)

    @pytest.mark.parametrize("number", [-1, 0, 2])
    def test_is_not_delivered_unless_it_was_asked_for(self, number: int) -> None:
        recovery = an_account()
        ask(recovery, march(15))

        with refused(recovery, NoSuchBackfill, match=f"no backfill {number} was asked for"):
            deliver(recovery, march(16), number)

    def test_is_delivered_once(self) -> None:
        recovery = an_account()
        ask(recovery, march(15))
        deliver(recovery, march(16))

        with refused(recovery, AlreadyDelivered, match="backfill 1 was delivered at"):
            deliver(recovery, march(17))

    def test_is_not_delivered_before_it_was_asked_for(self) -> None:
        recovery = an_account()
        ask(recovery, march(15))

        with refused(recovery, UnknownMoment, match="it was asked for at"):
            deliver(recovery, march(15) - TICK, recorded=march(16))

        deliver(recovery, march(15), recorded=march(16))

    def test_is_refused_beyond_two_hundred(self) -> None:
        recovery = an_account()
        for _ in range(200):
            ask(recovery, march(15))

        with refused(recovery, TooManyEntries, match="has 200 backfills"):
            ask(recovery, march(16))


class TestRelief:
    @pytest.mark.parametrize("relief", Relief)
    @pytest.mark.parametrize("until", [None, march(31), march(10) + TICK])
    def test_spares_the_owner_something(self, relief: Relief, until: datetime | None) -> None:
        recovery = an_account()

        relieve(recovery, march(13), relief, until=until)

        assert recorded(recovery)[-1] == "account_recovery.relief_granted"
        assert recovery.reliefs == (ReliefSpan(relief=relief, start=march(10), until=until, note=NOTE),)

    def test_gets_another_end_by_the_same_start(self) -> None:
        recovery = an_account()
        relieve(recovery, march(13))
        relieve(recovery, march(13), Relief.PAYMENT_BLOCK_SUSPENDED)

        relieve(recovery, march(14), until=march(31))
        relieve(recovery, march(15), start=march(11))

        assert [(each.relief, each.start, each.until) for each in recovery.reliefs] == [
            (Relief.PAYMENT_BLOCK_SUSPENDED, march(10), None),
            (Relief.FREE_OF_CHARGE, march(10), march(31)),
            (Relief.FREE_OF_CHARGE, march(11), None),
        ]

    @pytest.mark.parametrize("until", [march(10), march(10) - TICK])
    def test_is_refused_without_a_span(self, until: datetime) -> None:
        recovery = an_account()

        with refused(recovery, EndsBeforeItBegins):
            relieve(recovery, march(13), until=until)

    def test_is_refused_beyond_two_hundred_spans(self) -> None:
        recovery = an_account()
        for number in range(200):
            relieve(recovery, march(13), start=march(10) + number * TICK)

        with refused(recovery, TooManyEntries, match="has 200 spans of relief"):
            relieve(recovery, march(14), start=march(11))
