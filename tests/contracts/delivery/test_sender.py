"""What is due is sent: once, no faster than its host gets it, and whatever the wire and the store do meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from domain.subscriptions.values import Channel
from infrastructure.delivery.outbox import Wire
from infrastructure.delivery.rates import HostRates
from infrastructure.delivery.sender import POLL_SECONDS, Sender
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from tests.contracts.delivery.waiting_room import BEGIN, OK, HandClock, HeldWire, MemoryOutbox, Waiting, store_is_down


class TestSender:
    def test_sends_and_marks_each_once(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire()
        outbox.add(*many(50))
        with sending(outbox, wire):
            marked = outbox.wait_for_marked(50)

        assert marked == sorted(wire.sent) == sorted(each.id for each in many(50))
        assert {each.answer for each in outbox.marked} == {OK}
        assert {each.at for each in outbox.marked} == {BEGIN}
        assert len(outbox.threads) == 1

    def test_sends_no_more_at_once_than_it_may(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire(is_open=False)
        outbox.add(*many(20))
        with sending(outbox, wire, concurrency=3):
            wire.wait_for(3)
            # Those on the wire, and twice as many that wait for them.
            outbox.wait_for(lambda: len(outbox.leased) == 9)
            wire.open()
            outbox.wait_for_marked(20)

        assert wire.most == 3

    def test_marks_many_in_one_transaction(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire()
        outbox.add(*many(400))
        with sending(outbox, wire, concurrency=20):
            outbox.wait_for_marked(400)

        assert len(outbox.batches) <= 25
        assert outbox.leases <= 40

    def test_leases_no_more_while_many_answers_are_not_marked(self) -> None:
        def wait_until_all_is_sent(call: str, _ids: Sequence[str]) -> None:
            if call == "lease":
                wire.wait_for(len(outbox.leased) + len(outbox.marked))

        async def send(delivery: Waiting) -> WireAnswer:
            for _ in range(5):
                await asyncio.sleep(0)
            return await wire(delivery)

        # The store is so slow that all is answered before more is leased.
        outbox, wire = MemoryOutbox(fault=wait_until_all_is_sent), HeldWire()
        outbox.add(*(Waiting(f"a-{each}", f"host-{each}") for each in range(400)))
        with sending(outbox, send, concurrency=4):
            outbox.wait_for_marked(400)

        # A kill lets them be sent again.
        assert max(outbox.batches) <= 24

    def test_leases_again_when_something_is_planned(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        with sending(outbox, wire, clock=clock) as sender:
            clock.wait_for_pause(POLL_SECONDS)
            outbox.add(Waiting("a"))
            sender.wake()
            outbox.wait_for_marked(1)

    def test_looks_for_what_another_process_has_planned(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        with sending(outbox, wire, clock=clock):
            clock.wait_for_pause(POLL_SECONDS)
            outbox.add(Waiting("a"))
            clock.advance(POLL_SECONDS)
            outbox.wait_for_marked(1)

    def test_waits_until_the_next_one_is_due(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        outbox.add(Waiting("a", due=BEGIN + timedelta(seconds=1.25)))
        with sending(outbox, wire, clock=clock):
            clock.wait_for_pause(1.25)
            assert wire.sent == []
            clock.advance(1.25)
            outbox.wait_for_marked(1)

    def test_goes_on_while_a_wire_is_slow(self) -> None:
        outbox, slow, quick = MemoryOutbox(), HeldWire(is_open=False), HeldWire()
        outbox.add(Waiting("a"), *(Waiting(f"b{each}", "hooks", Channel.WEBHOOK) for each in range(30)))
        with sending(outbox, slow, webhook=quick, concurrency=2):
            outbox.wait_for_marked(30)
            assert slow.sent == ["a"]
            slow.open()
            outbox.wait_for_marked(31)

    def test_goes_on_while_a_host_hangs_for_which_many_wait(self) -> None:
        outbox, hanging, quick = MemoryOutbox(), HeldWire(is_open=False), HeldWire()
        outbox.add(*many(200))
        with sending(outbox, hanging, webhook=quick, concurrency=8) as sender:
            hanging.wait_for(6)
            outbox.add(*(Waiting(f"hook{each:02}", "hooks", Channel.WEBHOOK) for each in range(20)))
            sender.wake()
            assert outbox.wait_for_marked(20) == sorted(quick.sent)
            assert len(hanging.sent) == 6
            assert len(outbox.leased) <= 28
            hanging.open()
            outbox.wait_for_marked(220)

        assert hanging.most == 6

    def test_goes_on_while_two_hosts_hang_for_which_many_wait(self) -> None:
        outbox, hanging, quick = MemoryOutbox(), HeldWire(is_open=False), HeldWire()
        outbox.add(*many(200), *many(200, host="other"))
        with sending(outbox, hanging, webhook=quick, concurrency=8) as sender:
            hanging.wait_for(7)
            outbox.add(*(Waiting(f"hook{each:02}", "hooks", Channel.WEBHOOK) for each in range(20)))
            sender.wake()
            assert outbox.wait_for_marked(20) == sorted(quick.sent)
            assert len(hanging.sent) == 7
            hanging.open()
            outbox.wait_for_marked(420)

        assert sorted(hanging.sent) == sorted(each.id for each in [*many(200), *many(200, host="other")])

    def test_does_not_look_through_a_long_queue_at_each_turn(self) -> None:
        outbox, hanging, quick = MemoryOutbox(), HeldWire(is_open=False), HeldWire()
        outbox.add(*many(200))
        with sending(outbox, hanging, webhook=quick, concurrency=8) as sender:
            outbox.wait_for(lambda: outbox.busy[-1:] == [{"relay"}])
            leases = outbox.leases
            for count in range(1, 4):
                outbox.add(Waiting(f"hook{count}", "hooks", Channel.WEBHOOK))
                sender.wake()
                outbox.wait_for_marked(count)
            hanging.open()

        # Each was planned by this process; of their answers, none lets it look again.
        assert leases + 3 <= outbox.leases <= leases + 6

    def test_treats_a_fault_of_a_wire_as_one_that_passes(self) -> None:
        async def fail(_delivery: Waiting) -> WireAnswer:
            raise KeyError("secret")

        outbox, wire = MemoryOutbox(), HeldWire()
        outbox.add(Waiting("a", "hooks", Channel.WEBHOOK), Waiting("b", "teams", Channel.TEAMS), Waiting("c"))
        with sending(outbox, wire, webhook=fail):
            outbox.wait_for_marked(3)

        answers = {each.delivery.id: each.answer for each in outbox.marked}
        # There is no wire to Teams at all.
        assert answers["a"].outcome is answers["b"].outcome is WireOutcome.LATER
        assert "secret" not in answers["a"].text
        assert answers["c"] == OK

    def test_gives_up_a_wire_that_takes_too_long(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire(is_open=False)
        outbox.add(Waiting("a"))
        with sending(outbox, wire, wire_seconds=0.02):
            outbox.wait_for_marked(1)

        assert outbox.marked[0].answer == WireAnswer(
            outcome=WireOutcome.LATER, text="It took longer than 0.02 seconds."
        )

    def test_shares_the_work_with_another_one(self) -> None:
        outbox, first, second = MemoryOutbox(), HeldWire(is_open=False), HeldWire()
        outbox.add(*many(20))
        with sending(outbox, first, concurrency=2):
            first.wait_for(2)
            outbox.wait_for(lambda: len(outbox.leased) == 6)
            with sending(outbox, second, concurrency=2):
                outbox.wait_for_marked(14)
                first.open()
                outbox.wait_for_marked(20)

        assert sorted(first.sent + second.sent) == sorted(each.id for each in many(20))


class TestRates:
    def test_of_a_host_are_kept(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        outbox.add(*many(6))
        with sending(outbox, wire, clock=clock, rate=2):
            outbox.wait_for_marked(2)
            clock.wait_for_pause(2.0)
            assert len(wire.sent) == 2
            clock.advance(0.5)
            outbox.wait_for_marked(3)
            clock.advance(1.5)
            outbox.wait_for_marked(6)

    def test_of_one_host_do_not_keep_the_others_waiting(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        outbox.add(*many(100, host="slow"), *(Waiting(f"quick-{each}", f"host-{each}") for each in range(20)))
        with sending(outbox, wire, clock=clock, rate=1, concurrency=4):
            outbox.wait_for(lambda: sum(each.delivery.id.startswith("quick") for each in outbox.marked) == 20)

            assert [each for each in wire.sent if each.startswith("slow")] == ["slow-0"]

    def test_that_are_far_exceeded_give_deliveries_back(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(), HandClock()
        outbox.add(*many(3))
        with sending(outbox, wire, clock=clock, rate=0.1):
            outbox.wait_for_marked(1)
            outbox.wait_for(lambda: len(outbox.given_back) == 2)

        assert {due for _, due in outbox.given_back} == {BEGIN + timedelta(seconds=10)}
        assert outbox.leased == {}

    def test_fill_up_again_to_one_second(self) -> None:
        rates = HostRates(4)
        assert [rates.reserve("a", 0) for _ in range(6)] == [0, 0, 0, 0, 0.25, 0.5]
        assert rates.waiting(0) == {"a": 0.75}
        assert rates.reserve("b", 0) == 0
        assert rates.waiting(0.75) == {}
        assert [rates.reserve("a", 100) for _ in range(5)] == [0, 0, 0, 0, 0.25]


class TestFaultsOfTheStore:
    def test_when_leasing_are_waited_for(self) -> None:
        outbox, wire, clock = MemoryOutbox(fault=store_is_down), HeldWire(), HandClock()
        outbox.add(Waiting("a"))
        with sending(outbox, wire, clock=clock):
            clock.wait_for_pause(POLL_SECONDS)
            outbox.fault = lambda _call, _ids: None
            clock.advance(POLL_SECONDS)
            outbox.wait_for_marked(1)

    def test_when_marking_send_nothing_twice(self) -> None:
        outbox, wire, clock = MemoryOutbox(), HeldWire(is_open=False), HandClock()
        outbox.add(*many(3))
        with sending(outbox, wire, clock=clock, concurrency=3):
            wire.wait_for(3)
            # Were the store down for leases, too, their pause might be taken for that of the answers.
            outbox.fault = lambda call, ids: store_is_down(call, ids) if call == "mark" else None
            wire.open()
            clock.wait_for_pause(POLL_SECONDS)
            outbox.fault = lambda _call, _ids: None
            clock.advance(POLL_SECONDS)
            outbox.wait_for_marked(3)

        assert len(wire.sent) == 3

    def test_with_one_delivery_do_not_hold_up_the_others(self) -> None:
        def poison(call: str, ids: Sequence[str]) -> Exception | None:
            return ValueError("no such delivery") if call == "mark" and "a-1" in ids else None

        outbox, wire = MemoryOutbox(fault=poison), HeldWire(is_open=False)
        outbox.add(*many(3, host="a"))
        with sending(outbox, wire, concurrency=3):
            wire.wait_for(3)
            wire.open()
            assert outbox.wait_for_marked(2) == ["a-0", "a-2"]


class TestEnd:
    def test_waits_for_what_is_on_the_wire(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire(is_open=False)
        outbox.add(*many(8))
        with sending(outbox, wire, concurrency=2) as sender:
            wire.wait_for(2)
            outbox.wait_for(lambda: len(outbox.leased) == 6)
            ending = threading.Thread(target=sender.stop)
            ending.start()
            # What waits for a place on the wire goes back, and is not sent any more.
            wire.open()
            ending.join(20)

        assert len(wire.sent) == len(outbox.marked) == 2
        assert len(outbox.given_back) == 4
        assert outbox.leased == {}

    def test_leaves_a_wire_that_does_not_end(self) -> None:
        outbox, wire = MemoryOutbox(), HeldWire(is_open=False)
        outbox.add(Waiting("a"))
        with sending(outbox, wire, grace=0.02) as sender:
            wire.wait_for(1)
            sender.stop()

        assert outbox.marked[0].answer.outcome is WireOutcome.LATER

    def test_closes_the_wires(self) -> None:
        closed = threading.Event()

        async def close() -> None:
            closed.set()

        with sending(MemoryOutbox(), HeldWire(), close=close):
            assert not closed.is_set()

        assert closed.is_set()

    @pytest.mark.parametrize("is_started", [True, False])
    def test_may_come_twice_or_before_the_beginning(self, is_started: bool) -> None:
        sender = a_sender(MemoryOutbox(), HeldWire(), HandClock())
        if is_started:
            sender.start()

        sender.stop()
        sender.stop()
        sender.wake()


def many(count: int, host: str = "relay") -> list[Waiting]:
    """Give deliveries to one host."""
    return [Waiting(f"{host}-{each}", host) for each in range(count)]


def a_sender(
    outbox: MemoryOutbox,
    wire: Wire[Waiting],
    clock: HandClock,
    *,
    webhook: Wire[Waiting] | None = None,
    concurrency: int = 8,
    rate: float = 1_000,
    **options: Any,  # noqa: ANN401 - those of the sender
) -> Sender[Waiting]:
    """Make a sender with a wire for all channels but Teams."""
    wires = {Channel.EMAIL: wire, Channel.WEBHOOK: webhook or wire, Channel.SLACK: wire}
    return Sender(
        outbox,
        wires,
        concurrency=concurrency,
        rate=rate,
        clock=clock,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        **options,
    )


@contextmanager
def sending(
    outbox: MemoryOutbox,
    wire: Wire[Waiting],
    *,
    clock: HandClock | None = None,
    **options: Any,  # noqa: ANN401 - those of the sender
) -> Iterator[Sender[Waiting]]:
    """Run a sender."""
    sender = a_sender(outbox, wire, clock or HandClock(), **options)
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()
