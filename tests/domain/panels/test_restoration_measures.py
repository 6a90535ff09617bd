"""Which automations wait, what will never be executed, and what owners have to do."""

from collections.abc import Callable
from datetime import datetime

import pytest

from domain.errors import EndsBeforeItBegins, TooManyEntries
from domain.panels.errors import NoSuchInstruction, NoSuchSuppression
from domain.panels.restoration import Backlog, Instruction, PanelRestoration, Suppression
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK, in_english
from tests.domain.panel_builders import (
    COMPLETED,
    NOTE,
    ORDER_PAID,
    Given,
    a_completion,
    a_loss,
    a_return,
    abandon,
    complete,
    end_suppression,
    instruct,
    march,
    suppress,
    withdraw_instruction,
)


def a_suppression() -> PanelRestoration:
    """Give a restoration that keeps an automation, since the 12th, from orders created before the 11th."""
    restoration = a_return()
    suppress(restoration, march(12))
    return restoration


def texts(restoration: PanelRestoration) -> list[tuple[int, str]]:
    """Give number and text of the instructions, in order."""
    return [(each.number, each.text["en"]) for each in restoration.instructions]


class TestMeasure:
    @pytest.mark.parametrize("do", [suppress, abandon, instruct])
    @pytest.mark.parametrize("given", [a_loss, a_return, a_completion])
    def test_is_taken_in_every_state(self, given: Given, do: Callable[..., None]) -> None:
        restoration = given()
        before = len(recorded(restoration))

        do(restoration, march(21))

        assert len(recorded(restoration)) == before + 1


class TestSuppression:
    def test_keeps_an_automation_from_items_created_before(self) -> None:
        restoration = a_suppression()

        assert recorded(restoration)[-1] == "restoration.automation_suppressed"
        assert restoration.suppressions == {
            ORDER_PAID: Suppression(automation=ORDER_PAID, created_before=march(11), note=NOTE, since=march(12))
        }

    def test_is_said_no_second_time(self) -> None:
        restoration = a_suppression()
        before = recorded(restoration)

        suppress(restoration, march(13))

        assert recorded(restoration) == before

    @pytest.mark.parametrize(
        ("before", "note"), [(march(11) + TICK, NOTE), (march(10), NOTE), (march(11), in_english("For a while."))]
    )
    def test_takes_the_place_of_the_one_before(self, before: datetime, note: dict[str, str]) -> None:
        restoration = a_suppression()

        suppress(restoration, march(13), before=before, note=note)

        assert restoration.suppressions[ORDER_PAID] == Suppression(
            automation=ORDER_PAID, created_before=before, note=note, since=march(13)
        )

    def test_is_of_one_automation(self) -> None:
        restoration = a_suppression()

        suppress(restoration, march(13), "order_downloaded", before=march(12))

        assert {name: each.created_before for name, each in restoration.suppressions.items()} == {
            ORDER_PAID: march(11),
            "order_downloaded": march(12),
        }

    def test_outlives_the_completion(self) -> None:
        restoration = a_suppression()

        complete(restoration, COMPLETED, given_up=restoration.capabilities)

        assert restoration.suppressions[ORDER_PAID].ended_at is None

    @pytest.mark.parametrize("completed", [False, True])
    def test_ends_by_an_operator(self, completed: bool) -> None:
        restoration = a_suppression()
        if completed:
            complete(restoration, COMPLETED, given_up=restoration.capabilities)

        end_suppression(restoration, march(21))

        assert recorded(restoration)[-1] == "restoration.suppression_ended"
        ended = restoration.suppressions[ORDER_PAID]
        assert (ended.created_before, ended.since, ended.ended_at) == (march(11), march(12), march(21))

    def test_may_begin_anew(self) -> None:
        restoration = a_suppression()
        end_suppression(restoration, march(14))

        suppress(restoration, march(15))

        assert restoration.suppressions[ORDER_PAID].since == march(15)
        assert restoration.suppressions[ORDER_PAID].ended_at is None

    @pytest.mark.parametrize("automation", ["order_downloaded", ORDER_PAID])
    def test_cannot_end_where_there_is_none(self, automation: str) -> None:
        restoration = a_suppression()
        end_suppression(restoration, march(14))

        with refused(restoration, NoSuchSuppression, match=f"does not suppress {automation}"):
            end_suppression(restoration, march(15), automation)

    def test_is_refused_beyond_five_hundred(self) -> None:
        restoration = a_loss()
        for number in range(500):
            suppress(restoration, march(12), f"automation-{number}")

        with refused(restoration, TooManyEntries, match="has 500 suppressions"):
            suppress(restoration, march(13))

        suppress(restoration, march(13), "automation-0", before=march(12))
        end_suppression(restoration, march(13), "automation-1")
        suppress(restoration, march(14), "automation-1")


class TestBacklog:
    def test_will_never_be_executed(self) -> None:
        restoration = a_return()

        abandon(restoration, march(16))
        abandon(restoration, march(17), march(15), march(15) + TICK)

        assert recorded(restoration)[-1] == "restoration.backlog_abandoned"
        assert restoration.backlogs[0] == Backlog(
            number=1,
            actions=("status_for_days", "order_exists_for_days"),
            due_from=march(9),
            due_until=march(15),
            note=NOTE,
            said_at=march(16),
        )
        assert [each.number for each in restoration.backlogs] == [1, 2]

    @pytest.mark.parametrize("until", [march(9), march(9) - TICK])
    def test_is_refused_without_length(self, until: datetime) -> None:
        restoration = a_return()

        with refused(restoration, EndsBeforeItBegins):
            abandon(restoration, march(16), march(9), until)

    def test_is_refused_beyond_five_hundred(self) -> None:
        restoration = a_loss()
        for _ in range(500):
            abandon(restoration, march(16))

        with refused(restoration, TooManyEntries, match="has 500 abandoned backlogs"):
            abandon(restoration, march(17))


class TestInstruction:
    def test_stands_at_the_end_of_the_list(self) -> None:
        restoration = a_return()

        for text in ("Reconnect.", "Do not delete.", "Use a new series."):
            instruct(restoration, march(16), text)

        assert recorded(restoration)[-1] == "restoration.instruction_given"
        assert restoration.instructions[0] == Instruction(number=1, heading=None, text=in_english("Reconnect."))
        assert texts(restoration) == [(1, "Reconnect."), (2, "Do not delete."), (3, "Use a new series.")]

    @pytest.mark.parametrize(
        ("place", "order"),
        [
            (None, [1, 2, 3]),
            (0, [3, 1, 2]),
            (1, [3, 1, 2]),
            (2, [1, 3, 2]),
            (3, [1, 2, 3]),
            (9, [1, 2, 3]),
        ],
    )
    def test_stands_where_it_is_put(self, place: int | None, order: list[int]) -> None:
        restoration = a_return()
        instruct(restoration, march(16))
        instruct(restoration, march(16))

        instruct(restoration, march(17), "Use a new series.", place=place)

        assert [each.number for each in restoration.instructions] == order

    def test_is_taken_off_the_list(self) -> None:
        restoration = a_return()
        for text in ("Reconnect.", "Do not delete.", "Use a new series."):
            instruct(restoration, march(16), text)

        withdraw_instruction(restoration, march(17), 2)

        assert recorded(restoration)[-1] == "restoration.instruction_withdrawn"
        assert texts(restoration) == [(1, "Reconnect."), (3, "Use a new series.")]

    def test_leaves_its_number_to_no_other(self) -> None:
        restoration = a_return()
        instruct(restoration, march(16))
        withdraw_instruction(restoration, march(17), 1)

        instruct(restoration, march(18), "Wait.")

        assert texts(restoration) == [(2, "Wait.")]

    def test_may_be_withdrawn_after_the_completion(self) -> None:
        restoration = a_completion()
        instruct(restoration, march(21))

        withdraw_instruction(restoration, march(22))

        assert restoration.instructions == ()

    @pytest.mark.parametrize("number", [-1, 0, 1, 3])
    def test_is_not_withdrawn_if_there_is_none_of_that_number(self, number: int) -> None:
        restoration = a_return()
        instruct(restoration, march(16))
        instruct(restoration, march(16))
        withdraw_instruction(restoration, march(17), 1)

        with refused(restoration, NoSuchInstruction, match=f"no instruction {number}"):
            withdraw_instruction(restoration, march(18), number)

    def test_is_refused_beyond_a_hundred_at_a_time(self) -> None:
        restoration = a_loss()
        for _ in range(100):
            instruct(restoration, march(16))

        with refused(restoration, TooManyEntries, match="has 100 instructions"):
            instruct(restoration, march(17))

        withdraw_instruction(restoration, march(17), 50)
        instruct(restoration, march(17))
