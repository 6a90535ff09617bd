"""Signatures of many, and the filters by which many are found."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.bulk_decisions import Cause, members, of, refuses, waiting
from tests.api.client import Caller, Site, made, problem
from tests.api.command import a_key
from tests.api.ledger_steps import (
    DECISIONS,
    FOUR_EYES,
    REQUESTS,
    SEEN,
    SIGNATURES,
    a_request,
    bulk,
    handed_in,
    in_bulk,
    rehearsed,
    summary,
)


@pytest.fixture(scope="module")
def bea(shared_site: Site) -> Caller:
    """A second reviewer."""
    return shared_site.issue(Role.REVIEWER, "bea-token", "bea")


@pytest.fixture
def cause(shared_site: Site) -> Cause:
    """A cause with requests that wait to be checked."""
    return waiting(shared_site)


class TestSignatures:
    def test_are_of_what_others_decided(self, shared_site: Site, bea: Caller) -> None:
        cause = waiting(shared_site, 6, FOUR_EYES)
        *mine, of_bea = members(shared_site, cause)
        of_bea.done("claim", by=bea)
        in_bulk(shared_site, of(cause))
        of_bea.done("decision", SEEN, by=bea)
        body = {"filter": {"cause": cause}}

        done = in_bulk(shared_site, body, SIGNATURES, by=bea)

        assert (done["count"], done["done"], done["left_out"]) == (5, 5, 1)
        assert of_bea.inside["state"] == "awaiting_signature"
        assert {request.inside["decision"]["signature"]["person"] for request in mine} == {"bea"}
        assert in_bulk(shared_site, body, SIGNATURES)["done"] == 1
        assert summary(shared_site, cause["id"])["reconciled"] is True

    def test_are_refused_if_their_set_changed(self, shared_site: Site, bea: Caller) -> None:
        cause = waiting(shared_site, 3, FOUR_EYES)
        in_bulk(shared_site, of(cause))
        body = {"filter": {"cause": cause}}
        token = rehearsed(shared_site, body, SIGNATURES, by=bea)["token"]
        returned = members(shared_site, cause)[0]
        returned.done("return", {"reason": "Look again."}, by=shared_site.a(Role.ADMIN))

        refusal = refuses(shared_site, body, token, "set_changed", 409, path=SIGNATURES, by=bea)

        assert returned.id in str(refusal["removed"])


class TestFilter:
    @pytest.mark.parametrize(
        ("wanted", "pointer"),
        [
            ({"cause": "nobody"}, "/filter/cause"),
            ({"cause": {"type": "flood", "id": "0195602b-3800-7000-ae2c-b8c1d5224798"}}, "/filter/cause"),
            ({"kind": "No Kind"}, "/filter/kind"),
            ({"source": "a\x00"}, "/filter/source"),
            ({"evidence": "perhaps"}, "/filter/evidence"),
            ({"evidence": "%"}, "/filter/evidence"),
            ({"evidence": "a\x00"}, "/filter/evidence"),
            ({"received_from": "2025-03-04T07:00:00"}, "/filter/received_from"),
            ({"received_until": "2025-03-04"}, "/filter/received_until"),
            ({"state": "held"}, "/filter/state"),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("path", [DECISIONS, SIGNATURES])
    def test_that_cannot_be_is_refused(
        self, shared_site: Site, path: str, wanted: dict[str, Any], pointer: str
    ) -> None:
        body = {**bulk(), "filter": wanted} if path == DECISIONS else {"filter": wanted}

        answer = shared_site.a(Role.REVIEWER).post(path, body)

        refusal = problem(answer, 422, "invalid")
        assert refusal["errors"][0]["pointer"].startswith(pointer)

    def test_of_another_type_than_the_cause_has_finds_nothing(self, shared_site: Site, cause: Cause) -> None:
        wrong = {"type": "maintenance_window", "id": cause["id"]}

        assert rehearsed(shared_site, of(wrong))["count"] == 0
        found = made(shared_site.auditor.get(REQUESTS, params={"cause": f"maintenance_window:{cause['id']}"}))
        assert found["data"] == []

    def test_of_what_is_unassigned_finds_it_to_be_decided(self, shared_site: Site) -> None:
        request = a_request(None)
        handed_in(shared_site, [request])
        wanted = bulk(cause="unassigned", references=[request["reference"]])

        assert rehearsed(shared_site, wanted)["count"] == 1


class TestKey:
    def test_gives_the_first_answer_again_and_does_nothing_twice(self, shared_site: Site, cause: Cause) -> None:
        reviewer, key = shared_site.a(Role.REVIEWER), a_key()
        token = rehearsed(shared_site, of(cause))["token"]
        body = {**of(cause), "dry_run": False, "token": token}

        first = reviewer.post(DECISIONS, body, key=key)
        position = shared_site.tick()
        again = reviewer.post(DECISIONS, body, key=key)

        assert (first.json(), first.headers.get("Idempotent-Replayed")) == (again.json(), None)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert shared_site.tick() == position

    def test_of_another_request_is_refused(self, shared_site: Site, cause: Cause) -> None:
        reviewer, key = shared_site.a(Role.REVIEWER), a_key()
        made(reviewer.post(DECISIONS, of(cause), key=key))

        other = reviewer.post(DECISIONS, {**of(cause), "note": "other words"}, key=key)

        assert (other.status_code, other.json()["code"]) == (422, "key_reused")
