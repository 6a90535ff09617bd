"""By whose hand a request is settled, and on what it has seen: contents, persons, and claims that others end."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem, written
from tests.api.command import a_key
from tests.api.ledger_steps import (
    BY_HAND,
    DECISIONS,
    EVIDENCE,
    FOUR_EYES,
    SEEN,
    SIGNATURES,
    Held,
    a_cause,
    bulk,
    carried_out,
    decided,
    digest_of,
    ended,
    handed_in,
    held_up,
    in_bulk,
    leased,
    listed,
    rehearsed,
    reprocessing,
    summary,
    to_check,
)

OTHER = digest_of("another content")


@pytest.fixture(scope="module")
def bea(shared_site: Site) -> Caller:
    """A second reviewer."""
    return shared_site.issue(Role.REVIEWER, "bea-token", "Bea Peña")


def again(request: Held, **more: object) -> dict[str, int]:
    """Hand a request in again, and give what became of it."""
    shown = request.inside
    named = {name: shown[name] for name in ("cause", "source", "kind", "reference", "received_at", "digest")}
    counts: dict[str, int] = handed_in(request.site, [{**named, **more}])["counts"]
    return counts


class TestContent:
    def test_that_changed_since_it_was_claimed_is_decided_once_it_was_seen(self, shared_site: Site) -> None:
        for how in ("digest", "version", "claim"):
            request = to_check(shared_site)
            request.done("claim")
            assert again(request, digest=OTHER)["changed"] == 1

            refusal = request.refuses("decision", SEEN, "content_changed")
            assert refusal["digest"] == OTHER
            request.refuses("decision", {**SEEN, "digest": digest_of("a third")}, "content_changed")

            if how == "digest":
                request.done("decision", {**SEEN, "digest": f"sha256:{OTHER.upper()}"})
            elif how == "version":
                seen = {"If-Match": f'"{request.inside["version"]}"'}
                made(request.act("decision", SEEN, headers=seen))
            else:
                request.done("claim")
                request.done("decision", SEEN)
            assert request.inside["state"] == "settled"

    def test_that_changed_since_the_decision_is_not_signed(self, shared_site: Site, bea: Caller) -> None:
        request = decided(shared_site, FOUR_EYES)
        again(request, digest=OTHER)

        for body in (None, {"digest": OTHER}):
            request.refuses("signature", body, "content_changed", by=bea)

        request.done("return", {"reason": "It has changed."}, by=bea)
        request.done("claim")
        request.done("decision", SEEN)
        request.refuses("signature", {"digest": digest_of("a third")}, "content_changed", by=bea)
        assert request.done("signature", {"digest": OTHER}, by=bea)["state"] == "settled"

    @pytest.mark.parametrize("what", ["content", "evidence"])
    def test_or_evidence_that_changed_since_the_dry_run_refuses_the_bulk(
        self, shared_site: Site, bea: Caller, what: str
    ) -> None:
        request = to_check(shared_site)
        body = bulk(ids=[request.id])
        for path, by in ((DECISIONS, None), (SIGNATURES, bea)):
            asked = body if path == DECISIONS else {"filter": body["filter"]}
            token = rehearsed(shared_site, asked, path, by=by)["token"]
            change(request, what)

            refusal = problem(carried_out(shared_site, asked, token, path, by=by), 409, "content_changed")

            assert (refusal["changed"], refusal["changed_count"]) == ([request.id], 1)
            if path == DECISIONS:
                done = in_bulk(shared_site, {**asked, "outcome": "cannot_tell"})
                assert (done["done"], request.inside["state"]) == (1, "awaiting_signature")

    def test_that_changed_since_the_decision_is_left_out_of_signatures_in_bulk(
        self, shared_site: Site, bea: Caller
    ) -> None:
        request = decided(shared_site, FOUR_EYES)
        again(request, digest=OTHER)

        done = in_bulk(shared_site, {"filter": {"ids": [request.id]}}, SIGNATURES, by=bea)

        assert (done["done"], done["left_out"], request.inside["state"]) == (0, 1, "awaiting_signature")


class TestSettledRequest:
    @pytest.mark.parametrize("more", [{"digest": OTHER}, {"received_at": written(at("09:59"))}], ids=str)
    def test_that_changes_or_fails_again_is_checked_again(self, site: Site, more: dict[str, Any]) -> None:
        request = decided(site)
        cause = request.inside["cause"]["id"]
        assert summary(site, cause)["reconciled"] is True
        site.set_clock("10:00")
        if "received_at" in more:
            why = {"reason": "It fails again.", "message": "Again."}
            made(site.operator.post(f"/v1/incidents/{cause}/reopening", why))

        assert again(request, **more)["changed" if "digest" in more else "repeat"] == 1

        shown = request.inside
        assert (shown["state"], shown["settlement"]) == ("to_check", None)
        assert request.events[-1] == "opened_again"
        assert summary(site, cause)["reconciled"] is False

    def test_that_is_only_handed_in_again_stays_settled(self, shared_site: Site) -> None:
        request = decided(shared_site)

        assert again(request)["repeat"] == 1

        assert request.inside["state"] == "settled"


class TestPerson:
    @pytest.mark.parametrize("spelling", ["BEA PEÑA", "bea pen\u0303a", "Bea\u200b Peña\u200b"])
    def test_is_one_however_the_name_is_written(self, shared_site: Site, bea: Caller, spelling: str) -> None:
        other = shared_site.issue(Role.ADMIN, a_key(), spelling)
        one, two, three = (to_check(shared_site, FOUR_EYES) for _ in range(3))

        one.done("claim", by=bea)
        assert one.id in [each["id"] for each in listed(shared_site, claimed_by=spelling)]
        one.done("decision", SEEN, by=other)
        for action, body in (("signature", None), ("return", {"reason": "No."})):
            one.refuses(action, body, "same_person", by=bea)
        assert rehearsed(shared_site, {"filter": {"ids": [one.id]}}, SIGNATURES, by=bea)["left_out"] == 1
        two.done("claim", by=other)
        body = bulk(ids=[two.id, three.id])
        token = rehearsed(shared_site, body, by=bea)["token"]
        assert made(carried_out(shared_site, body, token, by=other))["done"] == 2

    def test_is_counted_once(self, shared_site: Site, bea: Caller) -> None:
        other = shared_site.issue(Role.REVIEWER, a_key(), "bea peña")
        cause = a_cause(shared_site, order=BY_HAND)
        ended(shared_site, cause)
        for by in (bea, other):
            held_up(shared_site, cause).done("claim", by=by)

        (counted,) = summary(shared_site, cause["id"])["reviewers"]

        assert (counted["person"], counted["claimed"]) == ("Bea Peña", 2)


class TestClaimOfAnother:
    def test_is_released_by_an_operator_with_a_reason(self, shared_site: Site, bea: Caller) -> None:
        request, operator = to_check(shared_site), shared_site.a(Role.OPERATOR)
        request.done("claim", by=bea)
        request.refuses("release", None, "claimed_by_another", by=operator)
        request.refuses("release", {"reason": "Mine now."}, "claimed_by_another")

        released = request.done("release", {"reason": "She went home."}, by=operator)

        assert (released["claim"], released["state"]) == (None, "to_check")
        trail = made(shared_site.auditor.get(f"{request.path}/trail"))["entries"]
        assert "Bea Peña was released by the-operator: She went home." in trail[-1]["what"]
        assert trail[-1]["person"] == "the-operator"
        request.refuses("release", {"reason": "Again."}, "not_claimed", by=operator)
        request.done("claim")

    def test_is_released_when_the_token_is_revoked(self, shared_site: Site) -> None:
        name = a_key()
        cleo, other = shared_site.issue(Role.REVIEWER, name, "Cleo"), shared_site.issue(Role.REVIEWER, a_key(), "Cleo")
        request, kept = to_check(shared_site), to_check(shared_site)
        request.done("claim", by=cleo)
        kept.done("claim", by=cleo)
        kept.done("claim", by=other)

        shared_site.revoke(name)

        assert (request.inside["claim"], request.events[-1]) == (None, "released")
        trail = made(shared_site.auditor.get(f"{request.path}/trail"))["entries"]
        assert (trail[-1]["actor"], trail[-1]["person"]) == ("policy:access", None)
        assert name in trail[-1]["what"]
        # The person went on with another token.
        assert kept.inside["claim"]["person"] == "Cleo"
        request.done("claim")

    def test_of_a_worker_is_free_for_another_one_when_the_token_is_revoked(self, shared_site: Site) -> None:
        name, run = a_key(), reprocessing(shared_site)
        (one,) = leased(shared_site, run, by=shared_site.issue(Role.EMITTER, name))
        request = Held(shared_site, one["id"])

        shared_site.revoke(name)

        assert (request.inside["lease"], request.events[-1]) == (None, "lease_released")
        trail = made(shared_site.auditor.get(f"{request.path}/trail"))["entries"]
        assert (trail[-1]["actor"], trail[-1]["person"]) == ("policy:access", None)
        assert trail[-1]["what"] == f"the lease of worker {name} was ended: the token {name} was revoked"
        assert [each["id"] for each in leased(shared_site, run)] == [one["id"]]

    def test_ends_when_the_token_expires(self, site: Site) -> None:
        body = {"name": "for-today", "role": "reviewer", "expires_at": written(at("08:10"))}
        secret = made(site.a(Role.ADMIN).post("/v1/tokens", body))["secret"]
        request = to_check(site)

        claimed = request.done("claim", by=Caller(site, secret))
        assert claimed["claim"]["until"] == written(at("08:10"))
        site.set_clock("08:10")

        assert (request.inside["claim"], request.events[-1]) == (None, "claim_lapsed")


def change(request: Held, what: str) -> None:
    """Let the content of a request change, or evidence be attached to it."""
    if what == "content":
        again(request, digest=digest_of(a_key()))
        return
    shown = request.inside
    named = {name: shown[name] for name in ("source", "kind", "reference")}
    found = {"kind": "invoice", "source": "erp", "value": a_key()}
    made(request.site.emitter.post(EVIDENCE, [{**named, "evidence": found}]))
