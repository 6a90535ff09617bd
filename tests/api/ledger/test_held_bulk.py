"""Many decided, or signed, alike: by a token that binds the very set, outcome and person of a dry run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from application.caller import Caller as Actor
from domain.access.keyring import Role
from domain.ledger.held_request import Outcome
from tests.api.bulk_decisions import MANY, Cause, members, of, refuses, waiting
from tests.api.client import Caller, Site, made
from tests.api.command import a_key
from tests.api.ledger_steps import (
    DECISIONS,
    FOUR_EYES,
    SEEN,
    SIGNATURES,
    Held,
    a_request,
    carried_out,
    counts,
    handed_in,
    in_bulk,
    listed,
    rehearsed,
    summary,
)
from tests.api.panel_steps import refused

THE_REVIEWER = Actor(actor="token:the-reviewer", source="http", request_id="cut off")


@pytest.fixture(scope="module")
def bea(shared_site: Site) -> Caller:
    """A second reviewer."""
    return shared_site.issue(Role.REVIEWER, "bea-token", "bea")


@pytest.fixture
def cause(shared_site: Site) -> Cause:
    """A cause with requests that wait to be checked."""
    return waiting(shared_site)


class TestDryRun:
    def test_counts_shows_a_sample_and_records_nothing(self, shared_site: Site, cause: Cause) -> None:
        shared_site.a(Role.REVIEWER)
        position = shared_site.tick()

        told = rehearsed(shared_site, of(cause))

        assert (told["dry_run"], told["count"], told["left_out"]) == (True, MANY, 0)
        ids = [each["id"] for each in listed(shared_site, cause=cause["id"])]
        assert [each["id"] for each in told["sample"]] == ids[:20]
        assert shared_site.last_position() == position

    def test_is_what_is_made_if_nothing_is_said(self, shared_site: Site, cause: Cause) -> None:
        token = rehearsed(shared_site, of(cause))["token"]

        again = made(shared_site.a(Role.REVIEWER).post(DECISIONS, {**of(cause), "token": token}))

        assert again["dry_run"] is True
        assert counts(shared_site, cause["id"])["to_check"] == MANY


class TestDecision:
    def test_is_one_event_of_each_request_with_its_bulk(self, shared_site: Site, cause: Cause) -> None:
        done = in_bulk(shared_site, of(cause))

        assert (done["count"], done["done"], done["left_out"]) == (MANY, MANY, 0)
        events = made(shared_site.auditor.get("/v1/events", params={"type": "held_request.decided", "limit": 200}))
        ids = {request.id for request in members(shared_site, cause)}
        mine = [each for each in events["data"] if each["aggregate"]["id"] in ids]
        assert len(mine) == MANY
        assert len({each["data"]["bulk"] for each in mine}) == 1
        assert summary(shared_site, cause["id"])["reconciled"] is True

    def test_without_a_dry_run_is_refused(self, shared_site: Site, cause: Cause) -> None:
        body = {**of(cause), "dry_run": False}
        shared_site.a(Role.REVIEWER)

        refusal = refused(shared_site, lambda: shared_site.a(Role.REVIEWER).post(DECISIONS, body), 422, "invalid")

        assert refusal["errors"][0]["pointer"] == "/token"

    def test_of_another_person_filter_outcome_or_note_is_refused(
        self, shared_site: Site, cause: Cause, bea: Caller
    ) -> None:
        body = of(cause)
        token = rehearsed(shared_site, body)["token"]
        others = (
            {**body, "outcome": "done_now"},
            {**body, "note": "All alike"},
            {**body, "filter": {"cause": cause, "kind": "order"}},
            {**body, "filter": {**body["filter"], "received_from": "2025-03-04T00:00:00Z"}},
            of(waiting(shared_site, 2)),
        )

        for other in others:
            refuses(shared_site, other, token, "invalid", 422)
        for caller in (bea, shared_site.a(Role.ADMIN)):
            refuses(shared_site, body, token, "invalid", 422, by=caller)
        position, digest = token.split("-")
        for wrong in (f"0-{digest}", f"{10**17}-{digest}", f"{position}-{'0' * 64}"):
            refuses(shared_site, body, wrong, "invalid", 422)
        refuses(shared_site, {"filter": body["filter"]}, token, "invalid", 422, path=SIGNATURES)
        assert counts(shared_site, cause["id"])["to_check"] == MANY
        assert made(carried_out(shared_site, body, token))["done"] == MANY

    def test_is_the_same_by_a_second_token_of_the_person(self, shared_site: Site, cause: Cause, bea: Caller) -> None:
        token = rehearsed(shared_site, of(cause), by=bea)["token"]
        other = shared_site.issue(Role.ADMIN, a_key(), "bea")

        assert made(carried_out(shared_site, of(cause), token, by=other))["done"] == MANY

    def test_repeats_with_the_same_token(self, shared_site: Site, cause: Cause) -> None:
        token = rehearsed(shared_site, of(cause))["token"]
        first = made(carried_out(shared_site, of(cause), token))
        position = shared_site.tick()

        again = made(carried_out(shared_site, of(cause), token))

        assert {**again, "position": 0} == {**first, "position": 0}
        assert shared_site.last_position() == position

    def test_leaves_out_and_counts_what_others_have_claimed(self, shared_site: Site, cause: Cause, bea: Caller) -> None:
        of_bea, of_mine, *_ = members(shared_site, cause)
        of_bea.done("claim", by=bea)
        of_mine.done("claim")

        done = in_bulk(shared_site, of(cause))

        assert (done["count"], done["done"], done["left_out"]) == (MANY - 1, MANY - 1, 1)
        assert of_bea.inside["claim"]["person"] == "bea"
        assert of_mine.inside["state"] == "settled"

    def test_where_four_eyes_are_wanted_waits_for_a_signature(self, shared_site: Site) -> None:
        cause = waiting(shared_site, 3, FOUR_EYES)

        in_bulk(shared_site, of(cause))

        assert counts(shared_site, cause["id"])["awaiting_signature"] == 3

    def test_that_nobody_can_tell_waits_for_a_signature(self, shared_site: Site) -> None:
        cause = waiting(shared_site, 3)

        in_bulk(shared_site, of(cause, outcome="cannot_tell"))

        assert counts(shared_site, cause["id"])["awaiting_signature"] == 3

    def test_made_anew_of_what_was_sent_back_is_made(self, shared_site: Site, bea: Caller) -> None:
        cause = waiting(shared_site, 3, FOUR_EYES)
        in_bulk(shared_site, of(cause))
        for request in members(shared_site, cause):
            request.done("return", {"reason": "Look again."}, by=bea)

        # The same person, filter, outcome and note, about the same set; but another dry run, and another decision.
        done = in_bulk(shared_site, of(cause))

        assert (done["count"], done["done"], done["left_out"]) == (3, 3, 0)
        assert counts(shared_site, cause["id"])["awaiting_signature"] == 3

    def test_of_before_does_not_decide_again_what_was_sent_back_since(self, shared_site: Site, bea: Caller) -> None:
        cause = waiting(shared_site, 3, FOUR_EYES)
        token = rehearsed(shared_site, of(cause))["token"]
        made(carried_out(shared_site, of(cause), token))
        returned = members(shared_site, cause)[0]
        returned.done("return", {"reason": "Look again."}, by=bea)

        carried_out(shared_site, of(cause), token)

        assert returned.inside["state"] == "to_check"


class TestSetThatChanged:
    def test_is_refused_with_the_difference(self, shared_site: Site, cause: Cause, bea: Caller) -> None:
        token = rehearsed(shared_site, of(cause))["token"]
        decided, claimed, *_ = members(shared_site, cause)
        known = {request.id for request in members(shared_site, cause)}
        decided.done("claim", by=bea)
        decided.done("decision", SEEN, by=bea)
        claimed.done("claim", by=bea)
        handed_in(shared_site, [a_request(cause)])
        (added,) = {request.id for request in members(shared_site, cause)} - known

        refusal = refuses(shared_site, of(cause), token, "set_changed", 409)

        assert added in str(refusal["added"])
        assert decided.id in str(refusal["removed"])
        assert claimed.id in str(refusal["removed"])
        assert counts(shared_site, cause["id"])["to_check"] == MANY

    def test_by_evidence_is_refused(self, shared_site: Site, cause: Cause) -> None:
        first, second, *_ = members(shared_site, cause)
        found = {"kind": "shipment_number", "source": "marketplace", "value": "1", "suggests": "already_done"}
        first.done("evidence", found)
        body = of(cause, evidence="already_done")
        told = rehearsed(shared_site, body)

        second.done("evidence", found)

        assert told["count"] == 1
        refuses(shared_site, body, told["token"], "set_changed", 409)

    def test_back_to_what_it_was_is_no_change(self, shared_site: Site, cause: Cause, bea: Caller) -> None:
        token = rehearsed(shared_site, of(cause))["token"]
        claimed = members(shared_site, cause)[0]
        claimed.done("claim", by=bea)
        refuses(shared_site, of(cause), token, "set_changed", 409)

        claimed.done("release", by=bea)

        assert made(carried_out(shared_site, of(cause), token))["done"] == MANY


class TestCutOff:
    @pytest.mark.parametrize("number", [1, MANY - 1, MANY])
    def test_goes_on_with_the_same_token(self, shared_site: Site, cause: Cause, number: int) -> None:
        body, requests = of(cause), members(shared_site, cause)
        token = rehearsed(shared_site, body)["token"]
        self._decide_some(shared_site, requests[:number], body, token)
        assert counts(shared_site, cause["id"])["settled"] == number

        done = made(carried_out(shared_site, body, token))

        assert (done["count"], done["done"]) == (MANY, MANY)
        for request in requests:
            assert request.events.count("decided") == 1

    def test_is_refused_if_something_else_changed_the_set(self, shared_site: Site, cause: Cause, bea: Caller) -> None:
        body, requests = of(cause), members(shared_site, cause)
        token = rehearsed(shared_site, body)["token"]
        self._decide_some(shared_site, requests[:7], body, token)
        requests[9].done("claim", by=bea)

        refusal = refuses(shared_site, body, token, "set_changed", 409)

        assert requests[9].id in str(refusal["removed"])
        assert not any(request.id in str(refusal["removed"]) for request in requests[:7])

    def _decide_some(self, site: Site, requests: list[Held], body: dict[str, Any], token: str) -> None:
        """Decide a part of a set as the bulk decision does it, and go no further."""
        seen = {UUID(each.id): f"{each.inside['digest']}|{len(each.inside['evidence'])}" for each in requests}
        site.bitacora.writer.call(
            lambda log: site.bitacora.facade.commands.reviews.decide_many(
                log,
                seen=seen,
                outcome=Outcome(body["outcome"]),
                note=body["note"],
                bulk=token,
                person="the-reviewer",
                caller=THE_REVIEWER,
            )
        )
        site.tick()
