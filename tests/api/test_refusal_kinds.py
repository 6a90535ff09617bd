"""Which status and code each refusal has over HTTP: programs act on them, so they never change."""

from __future__ import annotations

import pytest

import api.main  # noqa: F401 - only a program that is put together knows every class there is
from api.http.problems import STATUSES, code_of, refusals, status_of
from application.errors import ApplicationError, VersionConflict
from domain import errors
from domain.components.errors import NoSuchPin
from domain.errors import AlreadyHeld, DomainError, InTheFuture, NotFound
from domain.maintenance.errors import NonexistentTime

CODES: dict[int, set[str]] = {
    400: {
        "malformed",
    },
    401: {
        "not_authenticated",
    },
    403: {
        "cross_site",
        "forbidden",
        "sign_in_refused",
        "sign_in_required",
        "source_not_allowed",
        "token_not_bound",
    },
    404: {
        "endpoint_removed",
        "no_owner_link",
        "no_such_backfill",
        "no_such_contact",
        "no_such_delivery",
        "no_such_instruction",
        "no_such_link",
        "no_such_pin",
        "no_such_session",
        "no_such_suppression",
        "no_such_token",
        "not_found",
        "unknown_automation",
    },
    409: {
        "access_already_lost",
        "access_not_lost",
        "access_not_restored",
        "already_accepted",
        "already_announced",
        "already_assigned",
        "already_begun",
        "already_clear",
        "already_completed",
        "already_delivered",
        "already_executed",
        "already_exists",
        "already_held",
        "already_joined",
        "already_linked",
        "already_published",
        "already_resolved",
        "already_revoked",
        "already_routed",
        "another_rebuild",
        "cancelled",
        "capability_exists",
        "capability_not_available",
        "cause_is_fixed",
        "cause_still_open",
        "cause_void",
        "claimed_by_another",
        "concurrent_change",
        "content_changed",
        "dismissed",
        "has_no_secret",
        "heartbeat_not_expected",
        "mail_not_configured",
        "name_taken",
        "no_draft",
        "no_inventory",
        "no_temporary_account",
        "not_assigned",
        "not_claimed",
        "not_held",
        "not_in_run",
        "not_leased",
        "not_linked",
        "not_published",
        "not_resolved",
        "not_settled",
        "not_stable_yet",
        "not_still_reported",
        "not_to_be_checked",
        "not_to_reprocess",
        "not_yet_begun",
        "nothing_chosen",
        "nothing_to_retry",
        "nothing_to_sign",
        "numbers_collide",
        "panels_overlap",
        "purpose_taken",
        "restoration_open",
        "retired",
        "run_stopped",
        "same_person",
        "secret_already_shown",
        "series_ended",
        "session_has_ended",
        "set_changed",
        "still_running",
        "subscription_ended",
        "taken_meanwhile",
        "template_retired",
        "too_many_entries",
        "withdrawn",
    },
    410: {"no_longer_kept"},
    412: {
        "version_conflict",
    },
    413: {
        "too_large",
    },
    415: {
        "unsupported_media",
    },
    422: {
        "account_of_another_panel",
        "ambiguous_time",
        "bad_braces",
        "blank_without_value",
        "disorderly_spans",
        "ends_before_it_begins",
        "expires_in_past",
        "grades_do_not_add_up",
        "in_the_future",
        "internal_update_changes_nothing",
        "invalid",
        "key_reused",
        "more_than_inventory",
        "no_impact",
        "no_such_capability",
        "nonexistent_time",
        "not_an_extension",
        "nothing_to_correct",
        "other_log",
        "outside_cause",
        "received_in_future",
        "received_too_early",
        "recovery_point_after_loss",
        "recovery_point_too_early",
        "same_panel",
        "sources_need_emitter",
        "unknown_blank",
        "unknown_capability",
        "unknown_moment",
        "unknown_uptime_policy",
    },
    500: {
        "bad_setting",
        "cannot_copy",
        "cannot_listen",
        "cannot_verify",
        "corrupt_event",
        "log_cut",
        "views_not_built",
    },
    429: {
        "too_many_requests",
    },
    503: {
        "busy",
        "log_key_missing",
        "not_yet_visible",
        "outcome_unknown",
        "provider_unavailable",
        "schema_mismatch",
        "store_unavailable",
    },
}
"""The codes of all refusals, by their status."""
KINDS = {errors.Conflict, errors.Invalid, errors.NotFound}
"""What a refusal of the domain is one of."""


class TestRefusals:
    def test_have_the_statuses_and_codes_that_they_had(self) -> None:
        found: dict[int, set[str]] = {}
        for kind in refusals():
            found.setdefault(status_of(kind), set()).add(code_of(kind))

        assert found == CODES

    def test_have_a_code_of_their_own(self) -> None:
        codes = [code_of(kind) for kind in refusals()]

        assert len(set(codes)) == len(codes)

    def test_have_a_title(self) -> None:
        assert [kind for kind in refusals() if not (kind.__doc__ or "").strip()] == []

    def test_of_the_domain_are_of_exactly_one_kind(self) -> None:
        of_the_domain = [kind for kind in refusals() if issubclass(kind, DomainError)]

        assert of_the_domain
        assert [kind for kind in of_the_domain if len(KINDS & set(kind.__mro__)) != 1] == []

    def test_of_the_domain_need_no_row(self) -> None:
        assert {kind for kind in STATUSES if issubclass(kind, DomainError)} == KINDS


class TestStatus:
    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            (AlreadyHeld, 409),
            (InTheFuture, 422),
            (NonexistentTime, 422),
            (NoSuchPin, 404),
            (NotFound, 404),
            (VersionConflict, 412),
            (ApplicationError, 500),
        ],
    )
    def test_is_that_of_the_kind(self, kind: type[Exception], status: int) -> None:
        assert status_of(kind) == status

    def test_is_missing_where_a_refusal_is_of_no_kind(self) -> None:
        with pytest.raises(StopIteration):
            status_of(DomainError)
