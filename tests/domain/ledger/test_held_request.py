"""How held requests come in: their identity, what repeats and changes them, and the cause that they belong to."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID

import pytest

from domain.errors import InTheFuture, TooManyEntries
from domain.ledger.cause import Cause, CauseType
from domain.ledger.errors import AlreadyAssigned, OutsideCause, ReceivedInFuture, ReceivedTooEarly
from domain.ledger.held_request import Content, HeldRequest, Reference, RequestState
from domain.ledger.request_policy import RequestPolicy
from tests.domain.assertions import happened, recorded, refused, state
from tests.domain.builders import TICK, ana, at
from tests.domain.request_builders import (
    BEGAN,
    CONTENT,
    ENDED,
    GIVEN,
    LOSS,
    ORDER,
    OTHER_CONTENT,
    RECEIVED,
    RESENDS,
    SETTLED,
    TOLERANCE,
    WINDOW,
    Given,
    a_holding,
    a_request,
    an_unassigned_request,
    assign,
    dispose,
    take_again,
)

MOST = 100
IDS = {"window": "3c7cde99-29f5-8115-912d-6fc9927bda25", "nowhere": "5d60919a-5b3e-82bb-8091-c2f27246603d"}


class TestIdentity:
    def test_follows_from_cause_source_kind_and_reference(self) -> None:
        references = [
            ORDER,
            Reference(source="shop", kind="order", reference="4711"),
            Reference(source="marketplace", kind="invoice", reference="4711"),
            Reference(source="marketplace", kind="order", reference="4712"),
            Reference(source="marketplace", kind="order", reference="47 11"),
            # The same letters, cut elsewhere.
            Reference(source="marketplaceorder", kind="4711", reference=""),
            Reference(source="marketplaceo", kind="rder", reference="4711"),
        ]
        ids = {HeldRequest.id_of(cause, each) for each in references for cause in (WINDOW, LOSS, None)}

        assert len(ids) == 3 * len(references)
        assert HeldRequest.id_of(WINDOW, Reference(**vars(ORDER))) == HeldRequest.id_of(WINDOW, ORDER)

    @pytest.mark.parametrize(
        "written",
        [
            "zam\u00f3wienie 1",
            "zamo\u0301wienie 1",
            " zam\u00f3wienie\u00a01",
            "\ufeffzam\u00f3wienie 1",
            "zam\u200b\u00f3wienie 1 ",
        ],
        ids=["nfc", "nfd", "blanks", "mark", "zero width"],
    )
    def test_is_the_same_for_what_looks_the_same(self, written: str) -> None:
        plain = Reference(source="zam\u00f3wienie 1", kind="order", reference="zam\u00f3wienie 1")
        other = Reference(source=written, kind="order", reference=written)

        for cause in (WINDOW, None):
            assert HeldRequest.id_of(cause, other) == HeldRequest.id_of(cause, plain)
        assert set(a_request(reference=other).handles) == set(a_request(reference=plain).handles)
        assert a_request(reference=other).reference.reference == written

    def test_of_old_logs_is_looked_for_as_it_was_written(self) -> None:
        old = Reference(source="marketplace", kind="order", reference="4711 ")

        assert HeldRequest.ids_of(WINDOW, old) == (
            HeldRequest.id_of(WINDOW, ORDER),
            UUID("59630f21-28c0-8816-b442-217d9cd117d4"),
        )
        assert HeldRequest.ids_of(WINDOW, ORDER) == (HeldRequest.id_of(WINDOW, ORDER),)

    def test_is_the_same_for_ever(self) -> None:
        # Whoever computes it otherwise takes every request in twice.
        assert HeldRequest.id_of(WINDOW, ORDER) == UUID(IDS["window"])
        assert HeldRequest.id_of(None, ORDER) == UUID(IDS["nowhere"])

    def test_is_under_one_name_for_resends_whatever_the_cause(self) -> None:
        names = [set(request.handles) for request in (a_request(), a_request(a_holding(cause=LOSS)))]

        assert len(names[0] & names[1]) == 1
        assert names[0] & names[1] == set(an_unassigned_request().handles)


class TestIntake:
    def test_records_what_was_handed_in(self) -> None:
        request = a_request(taken=at("11:07"))

        assert (request.cause, request.reference, request.content) == (WINDOW, ORDER, CONTENT)
        assert (request.received_at, request.handed_in_at) == (RECEIVED, at("11:07"))
        assert (request.state, request.is_open, request.due_at) == (RequestState.HELD, True, None)
        assert recorded(request) == ["held_request.received"]

    def test_keeps_one_without_a_cause_for_an_operator(self) -> None:
        request = an_unassigned_request(received=at("00:00"), taken=at("11:00"))

        assert (request.cause, request.state) == (None, RequestState.HELD)

    @pytest.mark.parametrize(
        "received", [BEGAN - TOLERANCE, BEGAN, at("11:00"), ENDED, ENDED + TOLERANCE], ids=lambda each: f"{each:%H%M}"
    )
    @pytest.mark.parametrize("taken", [ENDED + TOLERANCE, at("23:00")], ids=lambda each: f"{each:%H%M}")
    def test_takes_what_was_received_while_the_cause_went_on(self, received: datetime, taken: datetime) -> None:
        assert a_request(a_holding(ended=ENDED), received=received, taken=taken).cause == WINDOW

    def test_takes_whatever_was_received_before_where_nobody_knows_since_when(self) -> None:
        assert a_request(a_holding(began=None), received=at("00:00"), taken=at("11:00")).cause == WINDOW

    def test_takes_what_was_received_later_while_the_cause_goes_on(self) -> None:
        assert a_request(received=at("23:00")).cause == WINDOW

    @pytest.mark.parametrize(
        ("received", "edge"), [(BEGAN - TOLERANCE - TICK, "began"), (ENDED + TOLERANCE + TICK, "ended")]
    )
    def test_refuses_what_the_cause_cannot_have_held_up(self, received: datetime, edge: str) -> None:
        with pytest.raises(OutsideCause, match=f"{edge}$"):
            a_request(a_holding(ended=ENDED), received=received, taken=at("23:00"))

    @pytest.mark.parametrize("begin", [a_request, an_unassigned_request])
    def test_lets_clocks_differ_by_the_tolerance_and_no_more(self, begin: Callable[..., HeldRequest]) -> None:
        assert begin(received=RECEIVED + TOLERANCE, taken=RECEIVED).received_at == RECEIVED + TOLERANCE

        with pytest.raises(ReceivedInFuture):
            begin(received=RECEIVED + TOLERANCE + TICK, taken=RECEIVED)

    @pytest.mark.parametrize("begin", [a_request, an_unassigned_request])
    @pytest.mark.parametrize("zero", ["0001-01-01T00:00:00", "1970-01-01T00:00:00", "1999-12-31T23:59:59"])
    def test_refuses_the_zero_of_a_clock_and_names_the_bound(
        self, begin: Callable[..., HeldRequest], zero: str
    ) -> None:
        never = datetime.fromisoformat(zero).replace(tzinfo=UTC)

        with pytest.raises(ReceivedTooEarly, match="the earliest that can be is 2000-01-01T00:00:00Z"):
            begin(received=never, taken=RECEIVED)
        request = begin()
        with refused(request, ReceivedTooEarly):
            take_again(request, at("11:30"), received=never)

    def test_names_the_bound_that_lies_ahead(self) -> None:
        with pytest.raises(ReceivedInFuture, match="the latest is 2025-03-04T11:05:00Z"):
            a_request(received=at("11:06"), taken=RECEIVED)


class TestTheSameAgain:
    @pytest.mark.parametrize("given", GIVEN)
    def test_is_a_repeat_in_any_state(self, given: Given) -> None:
        request = given()
        before = state(request)

        take_again(request, at("23:00"))

        assert recorded(request)[-1] == "held_request.repeated"
        assert request.repeats == 1
        assert changed_in(request, before) == {"repeats"}

    def test_is_counted_a_hundred_times_and_then_no_more(self) -> None:
        request = a_request()
        for _ in range(MOST + 20):
            take_again(request, at("23:00"))

        assert request.repeats == MOST
        assert len(recorded(request)) == 1 + MOST

    def test_is_a_repeat_also_with_another_summary(self) -> None:
        request = a_request()

        take_again(request, at("11:01"), Content(digest=CONTENT.digest, summary="other words"))

        assert (request.repeats, request.changes, request.content) == (1, 0, CONTENT)

    @pytest.mark.parametrize("given", GIVEN)
    def test_is_changed_in_any_state_if_its_digest_differs(self, given: Given) -> None:
        request = given()
        before = state(request)

        take_again(request, at("23:00"), OTHER_CONTENT)

        assert (request.content, request.changes, request.changed_at) == (OTHER_CONTENT, 1, at("23:00"))
        if given not in SETTLED:
            assert recorded(request)[-1] == "held_request.changed"
            assert changed_in(request, before) == {"content", "changes", "changed_at", "receipts"}

    def test_is_compared_with_what_it_was_last(self) -> None:
        request = a_request()
        for content in (OTHER_CONTENT, OTHER_CONTENT, CONTENT, CONTENT):
            take_again(request, at("11:01"), content)

        assert (request.changes, request.repeats, request.content) == (2, 2, CONTENT)

    def test_changes_it_a_hundred_times_at_most(self) -> None:
        request = a_request()
        for number in range(MOST):
            take_again(request, at("11:01"), (OTHER_CONTENT, CONTENT)[number % 2])

        with refused(request, TooManyEntries):
            take_again(request, at("11:02"), OTHER_CONTENT)
        take_again(request, at("11:02"))
        assert (request.changes, request.repeats) == (MOST, 1)


class TestAssignment:
    def test_says_what_held_it_up(self) -> None:
        request = an_unassigned_request()

        assign(request, at("11:30"))

        assert (request.cause, request.state, request.held_since) == (WINDOW, RequestState.HELD, at("11:30"))
        assert recorded(request)[1:] == ["held_request.assigned"]
        assert vars(happened(request)[-1])["reason"] == "the log"

    def test_happens_once(self) -> None:
        request = an_unassigned_request()
        assign(request, at("11:30"))

        with refused(request, AlreadyAssigned):
            assign(request, at("11:31"))

    @pytest.mark.parametrize("given", [given for given in GIVEN if given is not an_unassigned_request])
    def test_is_of_those_without_a_cause_alone(self, given: Given) -> None:
        request = given()

        with refused(request, AlreadyAssigned, match="maintenance_window:"):
            assign(request, at("23:00"), a_holding(cause=LOSS))

    def test_is_not_in_the_future(self) -> None:
        request = an_unassigned_request()

        with refused(request, InTheFuture):
            request.assign(
                holding=a_holding(),
                twin=None,
                reason=None,
                tolerance=TOLERANCE,
                provenance=ana(at("11:30"), at("11:29")),
            )

    @pytest.mark.parametrize("received", [BEGAN - TOLERANCE - TICK, ENDED + TOLERANCE + TICK])
    def test_refuses_a_cause_that_cannot_have_held_it_up(self, received: datetime) -> None:
        request = an_unassigned_request(received=received)

        with refused(request, OutsideCause):
            assign(request, at("13:00"), a_holding(ended=ENDED))

    @pytest.mark.parametrize("received", [BEGAN - TOLERANCE, ENDED + TOLERANCE])
    def test_has_the_tolerance_of_the_intake(self, received: datetime) -> None:
        request = an_unassigned_request(received=received)

        assign(request, at("13:00"), a_holding(ended=ENDED))

        assert request.cause == WINDOW

    def test_lets_it_wait_from_then_on(self) -> None:
        request = an_unassigned_request()
        assign(request, at("13:00"), a_holding(RESENDS, ended=ENDED))

        dispose(request, RESENDS, at=request.held_since)

        assert request.due == at("13:00") + RESENDS.deadline


class TestPolicies:
    def test_are_by_hand_with_three_days_and_two_eyes_for_what_is_not_named(self) -> None:
        policy = a_holding(kind="invoice").policy_for("order")

        assert policy == RequestPolicy()
        assert (str(policy.policy), policy.deadline.days, policy.four_eyes) == ("check_by_hand", 3, False)

    def test_are_those_of_the_kind(self) -> None:
        assert a_holding(RESENDS).policy_for(ORDER.kind) == RESENDS

    def test_are_of_three_kinds_of_causes(self) -> None:
        causes = [Cause(type=each, id=UUID(int=1)) for each in CauseType]

        assert {str(each) for each in CauseType} == {"incident", "maintenance_window", "restoration"}
        assert all(str(one) != str(other) for one, other in combinations(causes, 2))


def changed_in(request: HeldRequest, before: dict[str, object]) -> set[str]:
    """Name what is known otherwise than before, but for the version and its time."""
    after = state(request)
    return {name for name in after if name not in {"_version", "_modified_on"} and after[name] != before.get(name)}
