"""Hosts that hang do not get all slots, and each slot that is given back is given to who waits."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from infrastructure.delivery.slots import SendSlots


class TestSlots:
    @pytest.mark.parametrize(
        ("count", "taken"),
        [
            (1, [1, 0, 0, 0]),
            (3, [3, 0, 0, 0]),
            (4, [2, 1, 1, 0]),
            (8, [6, 1, 1, 0]),
            (16, [12, 2, 1, 1]),
            (100, [75, 13, 6, 3]),
        ],
    )
    def test_of_hosts_that_hang_leave_some_for_others(self, count: int, taken: list[int]) -> None:
        async def run() -> list[int]:
            slots, got = SendSlots(count), Counter[str]()
            tasks = [
                asyncio.create_task(hold(slots, host, got)) for host in ("a", "b", "c", "d") for _ in range(2 * count)
            ]
            for each in "abcd":
                await until_all_wait(tasks[: 2 * count * ("abcd".index(each) + 1)])
            await end(tasks)
            return [got[each] for each in "abcd"]

        assert asyncio.run(run()) == taken

    def test_that_are_given_back_go_to_the_host_that_has_the_fewest(self) -> None:
        async def run() -> list[str]:
            slots, order = SendSlots(3), list[str]()

            async def work(host: str) -> None:
                await slots.acquire(host)
                order.append(host)

            for host in ("a", "a", "b"):
                await work(host)
            tasks = [asyncio.create_task(work(host)) for host in ("a", "b", "c")]
            await asyncio.sleep(0)
            assert (slots.queued, order) == (2, ["a", "a", "b"])
            for host in ("a", "b", "a"):
                slots.release(host)
                await asyncio.sleep(0)
            await asyncio.gather(*tasks)
            return order[3:]

        assert asyncio.run(run()) == ["c", "b", "a"]

    def test_are_given_to_the_next_when_who_got_one_has_gone(self) -> None:
        async def run() -> None:
            slots = SendSlots(1)
            await slots.acquire("a")
            first, second, third = (asyncio.create_task(slots.acquire("a")) for _ in range(3))
            await asyncio.sleep(0)
            first.cancel()
            slots.release("a")
            # It was given the slot, and goes before it knows.
            second.cancel()
            await asyncio.wait([first, second, third])
            assert (first.cancelled(), second.cancelled(), third.cancelled()) == (True, True, False)
            slots.release("a")
            await slots.acquire("b")
            assert (slots.queued, slots.full) == (0, [])

        asyncio.run(run())

    def test_say_for_which_hosts_enough_wait(self) -> None:
        async def run() -> list[list[str]]:
            slots, found = SendSlots(2), list[list[str]]()
            tasks = list[asyncio.Task[None]]()
            for _ in range(6):
                tasks.append(asyncio.create_task(slots.acquire("a")))
                await asyncio.sleep(0)
                found.append(slots.full)
            await end(tasks)
            return found

        assert asyncio.run(run()) == [[], [], [], [], [], ["a"]]


async def hold(slots: SendSlots, host: str, got: Counter[str]) -> None:
    """Take a slot and keep it."""
    await slots.acquire(host)
    got[host] += 1
    await asyncio.get_running_loop().create_future()


async def until_all_wait(tasks: list[asyncio.Task[None]]) -> None:
    """Let each come as far as it can."""
    for _ in range(len(tasks) + 1):
        await asyncio.sleep(0)


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """End them all."""
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
