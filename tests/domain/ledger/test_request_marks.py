"""Labels of one's own and notes: what people write on requests, which decides nothing."""

import pytest

from domain.errors import TooManyEntries
from domain.ledger.held_request import Note
from domain.ledger.held_request.reviews import MOST_LABELS, MOST_NOTES
from tests.domain.assertions import recorded, refused
from tests.domain.builders import at
from tests.domain.request_builders import (
    ANA,
    BEN,
    Given,
    a_signed_request,
    one_awaiting_signature,
    one_to_check,
)
from tests.domain.request_steps import label, note

NOW = at("12:30")
ANYTIME: tuple[Given, ...] = (one_to_check, one_awaiting_signature, a_signed_request)


class TestLabels:
    @pytest.mark.parametrize("given", ANYTIME, ids=lambda given: given.__name__)
    def test_are_set_and_taken_off_in_any_state(self, given: Given) -> None:
        request = given()
        state = request.state

        assert label(request, NOW, "vip", "after-0100")
        assert label(request, NOW, "told", remove=["vip"], bulk="l-2")

        assert request.labels == ("after-0100", "told")
        assert request.state is state
        assert recorded(request)[-2:] == ["held_request.labels_changed"] * 2

    def test_that_are_there_already_or_not_there_change_nothing(self) -> None:
        label(request := one_to_check(), NOW, "vip")
        before = recorded(request)

        assert label(request, NOW, "vip", remove=["told"], bulk="l-2")
        assert label(request, NOW, bulk="l-3")

        assert recorded(request) == before

    def test_are_not_set_again_by_the_same_bulk(self) -> None:
        label(request := one_to_check(), NOW, "vip")
        label(request, NOW, remove=["vip"], bulk="l-2")

        assert label(request, NOW, "vip")

        assert request.labels == ()

    def test_are_twenty_at_most(self) -> None:
        label(request := one_to_check(), NOW, *map(str, range(MOST_LABELS)))

        with refused(request, TooManyEntries, match=str(MOST_LABELS)):
            label(request, NOW, "more", bulk="l-2")
        assert label(request, NOW, "more", remove=["0"], bulk="l-3")
        assert len(request.labels) == MOST_LABELS


class TestNotes:
    @pytest.mark.parametrize("given", ANYTIME, ids=lambda given: given.__name__)
    def test_are_written_in_any_state(self, given: Given) -> None:
        request = given()
        state = request.state

        note(request, NOW, "The buyer was told.")
        note(request, NOW, "Again.", bulk="n-2", person=BEN)

        assert request.notes == (
            Note(person=ANA, note="The buyer was told.", at=NOW),
            Note(person=BEN, note="Again.", at=NOW),
        )
        assert request.state is state

    def test_are_written_once_by_a_bulk(self) -> None:
        note(request := one_to_check(), NOW)

        assert note(request, NOW)

        assert len(request.notes) == 1

    def test_are_a_hundred_at_most(self) -> None:
        request = one_to_check()
        for number in range(MOST_NOTES):
            note(request, NOW, bulk=f"n-{number}")

        with refused(request, TooManyEntries, match=str(MOST_NOTES)):
            note(request, NOW, bulk="one-more")
