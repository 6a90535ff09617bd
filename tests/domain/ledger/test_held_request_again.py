"""What opens a settled request again: it comes with another content, or it fails once more."""

from datetime import datetime

import pytest

from domain.ledger.held_request import RequestState
from tests.domain.assertions import recorded
from tests.domain.builders import at
from tests.domain.request_builders import (
    OTHER_CONTENT,
    RECEIVED,
    SETTLED,
    Given,
    a_decided_request,
    resend,
    take_again,
)

MOST = 100


class TestSettledRequest:
    @pytest.mark.parametrize("given", SETTLED)
    def test_that_changes_is_checked_again(self, given: Given) -> None:
        request = given()

        take_again(request, at("23:00"), OTHER_CONTENT)

        assert recorded(request)[-2:] == ["held_request.changed", "held_request.came_again"]
        assert (request.state, request.settlement, request.decision) == (RequestState.TO_CHECK, None, None)
        assert request.reopenings == 1

    @pytest.mark.parametrize("given", SETTLED)
    def test_that_fails_again_is_checked_again(self, given: Given) -> None:
        request = given()

        take_again(request, at("23:00"), received=at("22:59"))

        assert recorded(request)[-2:] == ["held_request.repeated", "held_request.came_again"]
        assert (request.state, request.settlement, request.repeats) == (RequestState.TO_CHECK, None, 1)

    @pytest.mark.parametrize("received", [RECEIVED, at("12:40")])
    def test_that_is_only_handed_in_again_stays_settled(self, received: datetime) -> None:
        request = a_decided_request()

        take_again(request, at("23:00"), received=received)

        assert recorded(request)[-1] == "held_request.repeated"
        assert request.state is RequestState.SETTLED

    def test_that_fails_again_is_opened_also_beyond_what_is_counted(self) -> None:
        request = a_decided_request()
        for _ in range(MOST):
            take_again(request, at("12:50"))

        take_again(request, at("23:00"), received=at("22:59"))

        assert recorded(request)[-1] == "held_request.came_again"

    def test_that_fails_again_waits_for_a_resend_of_later(self) -> None:
        request = a_decided_request()
        take_again(request, at("23:00"), received=at("22:59"))

        assert not resend(request, at("23:01"), received=at("22:59"))
        assert resend(request, at("23:02"), received=at("23:01"))

    def test_that_fails_in_the_future_is_opened_as_of_now(self) -> None:
        request = a_decided_request()

        take_again(request, at("23:00"), received=at("23:59"))

        assert request.last_received_at == at("23:00")
