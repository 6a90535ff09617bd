"""The names under which a held request is stored: they are in every log, so that none of them may ever change."""

from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from uuid import RFC_4122

from domain.ledger.held_request import HeldRequest, Reference
from domain.ledger.held_request.state import due_handle, same_handles, unsettled_handle
from tests.domain.request_builders import ORDER, RECEIVED, WINDOW, a_request

ORDERS = [Reference(source="marketplace", kind="order", reference=str(number)) for number in range(64)]


class TestId:
    def test_is_a_uuid_of_version_8(self) -> None:
        ids = [HeldRequest.id_of(WINDOW, order) for order in ORDERS]

        assert {(each.version, each.variant) for each in ids} == {(8, RFC_4122)}

    def test_has_both_values_of_every_bit_but_those_of_version_and_variant(self) -> None:
        ids = [HeldRequest.id_of(WINDOW, order).int for order in ORDERS]

        always, never = reduce(and_, ids), ~reduce(or_, ids) & (1 << 128) - 1
        assert always == 0x8000 << 64 | 0x8000 << 48
        assert never == 0x7000 << 64 | 0x4000 << 48


class TestStoredName:
    def test_of_what_a_source_calls_the_same_is_the_one_that_old_logs_have(self) -> None:
        old = "same:979e01784e8d6e38b888c1f89ee9924070ae7d4e"
        invisible = Reference(source="marketplace", kind="order", reference="4711\u200b")

        assert same_handles(ORDER) == [old]
        # Whoever looks for what looks like this finds both what is stored today and what old logs have.
        assert same_handles(invisible) == [old, "same:eacaf4b7c8a821f56f85d03d4fb82b2c1bb6c05f"]

    def test_of_the_requests_of_a_cause_is_the_one_that_old_logs_have(self) -> None:
        assert unsettled_handle(WINDOW.id) == "unsettled:00000000-0000-0000-0000-000000000001"
        assert due_handle(WINDOW.id) == "due:00000000-0000-0000-0000-000000000001"

    def test_of_a_request_that_waits_for_its_cause_ranks_it_before_all_others(self) -> None:
        ranks = a_request().handles

        assert ranks[unsettled_handle(WINDOW.id)] == datetime(9999, 1, 1, tzinfo=UTC)
        assert ranks[same_handles(ORDER)[0]] == RECEIVED
