"""A settled request that comes again: it is opened if that is news, and never by the same line of the same file."""

from datetime import timedelta

import pytest

from domain.ledger.errors import OutsideCause
from domain.ledger.held_request import HeldRequest, RequestState
from tests.domain.assertions import recorded, refused, replayed, state, typed
from tests.domain.builders import TICK, at
from tests.domain.request_builders import (
    BEN,
    CONTENT,
    ENDED,
    OTHER_CONTENT,
    RECEIVED,
    SETTLED,
    TOLERANCE,
    Given,
    a_holding,
    a_resent_request,
    a_signed_request,
    claim,
    decide,
    one_to_check,
    sign,
    take_again,
)

LATER = at("14:00")


class TestSettledRequest:
    @pytest.mark.parametrize("given", SETTLED)
    def test_is_opened_if_it_comes_changed(self, given: Given) -> None:
        request = given()

        take_again(request, LATER, OTHER_CONTENT)

        assert recorded(request)[-2:] == ["held_request.changed", "held_request.opened_again"]
        assert (request.state, request.settlement, request.decision) == (RequestState.TO_CHECK, None, None)
        assert (request.content, request.opened_again_at) == (OTHER_CONTENT, LATER)
        assert typed(state(replayed(request))) == typed(state(request))

    @pytest.mark.parametrize("given", SETTLED)
    def test_is_opened_if_it_was_received_since_then(self, given: Given) -> None:
        request = given()

        take_again(request, LATER, received=LATER)

        assert recorded(request)[-2:] == ["held_request.repeated", "held_request.opened_again"]
        assert (request.state, request.last_received_at) == (RequestState.TO_CHECK, LATER)

    @pytest.mark.parametrize("given", SETTLED)
    def test_stays_settled_by_what_was_received_before(self, given: Given) -> None:
        request = given()
        known = request.settled_as_of
        assert known is not None

        take_again(request, LATER)
        take_again(request, LATER, received=known)

        assert recorded(request)[-2:] == ["held_request.repeated"] * 2
        assert request.state == "settled"
        take_again(request, LATER, received=known + TICK)
        assert request.state == "to_check"

    @pytest.mark.parametrize("given", [a_signed_request, a_resent_request], ids=["signed", "resent"])
    def test_knows_nothing_of_what_came_between_and_was_handed_in_later(self, given: Given) -> None:
        # Decided at 12:40, and signed at 12:50; or sent again at 12:40.
        request = given()

        take_again(request, LATER, received=at("12:45"))

        assert request.state is RequestState.TO_CHECK

    def test_is_opened_once_by_the_same_line(self) -> None:
        request = a_signed_request()
        # The clock of the source is ahead, so that it was received after the next settlement as well.
        ahead = LATER + TOLERANCE
        take_again(request, LATER, received=ahead)
        settle(request)

        take_again(request, LATER + timedelta(minutes=3), received=ahead)

        assert request.state is RequestState.SETTLED

    def test_stays_settled_by_a_file_that_has_it_twice_and_comes_again(self) -> None:
        request = one_to_check()
        lines = ((CONTENT, RECEIVED), (OTHER_CONTENT, RECEIVED), (CONTENT, at("12:10")), (OTHER_CONTENT, at("12:20")))
        for content, received in lines:
            take_again(request, at("12:30"), content, received=received)
        claim(request, at("12:40"))
        decide(request, at("12:41"))
        repeats = request.repeats

        for content, received in lines:
            take_again(request, LATER, content, received=received)

        assert (request.state, request.content) == (RequestState.SETTLED, OTHER_CONTENT)
        assert request.repeats == repeats + len(lines)
        take_again(request, LATER, CONTENT, received=at("12:20"))
        assert request.state is RequestState.TO_CHECK

    def test_is_opened_also_once_repeats_are_no_longer_recorded(self) -> None:
        request = a_signed_request()
        for _ in range(101):
            take_again(request, LATER)

        take_again(request, LATER, received=LATER)

        assert (request.state, request.repeats) == (RequestState.TO_CHECK, 100)

    def test_is_not_held_up_by_what_had_ended_before(self) -> None:
        request = a_signed_request()

        with refused(request, OutsideCause):
            take_again(request, LATER, received=LATER, holding=a_holding(ended=ENDED))
        take_again(request, LATER, received=LATER, holding=a_holding())
        assert request.state is RequestState.TO_CHECK

    def test_needs_as_many_eyes_as_before(self) -> None:
        request = a_signed_request()
        take_again(request, LATER, OTHER_CONTENT)

        claim(request, LATER)
        decide(request, LATER)

        assert request.state is RequestState.AWAITING_SIGNATURE


class TestOpenRequest:
    def test_knows_each_time_that_it_was_received(self) -> None:
        request = one_to_check()
        take_again(request, at("12:30"), received=at("12:29"))
        take_again(request, at("12:40"), OTHER_CONTENT, received=at("12:28"))
        take_again(request, at("12:41"), CONTENT, received=at("12:29"))

        assert request.received_again == (at("12:29"), at("12:28"))
        assert (request.received_at, request.last_received_at) == (RECEIVED, at("12:29"))
        assert all(request.knows(moment) for moment in (RECEIVED, at("12:28"), at("12:29")))
        assert not request.knows(at("12:30"))


def settle(request: HeldRequest) -> None:
    """Let Ana decide it, and Ben sign."""
    claim(request, LATER + timedelta(minutes=1))
    decide(request, LATER + timedelta(minutes=1))
    sign(request, LATER + timedelta(minutes=1), person=BEN)
