"""Checking by hand: one person at a time, two where four eyes are wanted, and nobody for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from domain.access.keyring import Role
from tests.api.client import REQUEST_ID, Caller, Site, at, made, problem, written
from tests.api.command import a_key
from tests.api.ledger_steps import (
    BY_HAND,
    FOUR_EYES,
    NO_COUNT,
    REQUESTS,
    RESENDS,
    SEEN,
    Held,
    a_cause,
    a_request,
    counts,
    decided,
    ended,
    handed_in,
    held_up,
    leased,
    reported,
    reprocessing,
    streamed,
    summary,
    to_check,
)

CANNOT_TELL = {"outcome": "cannot_tell", "note": "Nobody knows."}
DOUBT = {"reason": "The customer says that it never came."}


@pytest.fixture(scope="module")
def bea(shared_site: Site) -> Caller:
    """A second reviewer."""
    return shared_site.issue(Role.REVIEWER, "bea-token", "bea")


def at_once(site: Site, callers: Sequence[Caller], path: str, body: object = None) -> list[httpx.Response]:
    """Let callers send the same at once."""

    async def together() -> list[httpx.Response]:
        named = {"X-Request-Id": REQUEST_ID}
        sent = [
            site.client.post(path, json=body, headers={**named, "Authorization": f"Bearer {each.token}"})
            for each in callers
        ]
        return list(await asyncio.gather(*sent))

    return site.run(together())


class TestRequest:
    def test_handed_in_by_ten_clients_at_once_is_one_with_nine_repeats(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        clients = [shared_site.issue(Role.EMITTER, a_key()) for _ in range(10)]

        answers = at_once(shared_site, clients, REQUESTS, [a_request(cause, "the-one")])

        counted: Counter[str] = Counter()
        for answer in answers:
            counted.update(made(answer)["counts"])
        assert +counted == Counter(held=1, repeat=9)
        (shown,) = made(
            shared_site.auditor.get(REQUESTS, params={"cause": cause["id"], "min_position": last(answers)})
        )["data"]
        assert (shown["repeats"], shown["version"]) == (9, 10)
        assert Held(shared_site, shown["id"]).events == ["received", *["repeated"] * 9]
        assert counts(shared_site, cause["id"])["held"] == 1

    def test_with_another_content_is_changed_and_no_second_one(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        request = held_up(shared_site, cause, reference="changing")

        report = handed_in(shared_site, [a_request(cause, "changing", digest="AB" * 32)])

        assert report["counts"] == {**NO_COUNT, "changed": 1}
        shown = request.inside
        assert (shown["digest"], shown["changes"], shown["repeats"]) == ("ab" * 32, 1, 0)
        assert counts(shared_site, cause["id"])["held"] == 1

    @pytest.mark.parametrize("part", ["source", "kind", "reference"])
    def test_is_another_if_any_part_of_its_identity_is(self, shared_site: Site, part: str) -> None:
        cause = a_cause(shared_site)
        first = a_request(cause, "the-same")

        assert handed_in(shared_site, [first, {**first, part: "another"}])["counts"]["held"] == 2


class TestClaim:
    def test_of_two_at_once_is_one_and_the_other_is_told_whose(self, shared_site: Site, bea: Caller) -> None:
        for _ in range(5):
            request = to_check(shared_site)
            callers = {"the-reviewer": shared_site.a(Role.REVIEWER), "bea": bea}

            answers = at_once(shared_site, list(callers.values()), f"{request.path}/claim")

            won = [name for name, answer in zip(callers, answers, strict=True) if answer.status_code == 200]
            (lost,) = [answer for answer in answers if answer.status_code != 200]
            refusal = problem(lost, 409, "claimed_by_another")
            assert [refusal["claimed_by"]] == won
            until = shared_site.clock.moment + timedelta(minutes=30)
            assert datetime.fromisoformat(refusal["claimed_until"]) == until
            assert request.inside["claim"]["person"] == won[0]
            assert request.events.count("claimed") == 1

    def test_keeps_everybody_else_from_everything(self, shared_site: Site, bea: Caller) -> None:
        request = to_check(shared_site)
        request.done("claim", by=bea)

        for action, body in (("claim", None), ("release", None), ("decision", SEEN)):
            for caller in (shared_site.a(Role.REVIEWER), shared_site.a(Role.ADMIN)):
                assert request.refuses(action, body, "claimed_by_another", by=caller)["claimed_by"] == "bea"
        request.done("decision", SEEN, by=bea)

    def test_is_of_the_person_and_not_of_the_token(self, shared_site: Site, bea: Caller) -> None:
        request = to_check(shared_site)
        request.done("claim", by=bea)

        other = shared_site.issue(Role.ADMIN, a_key(), "bea")

        assert request.done("decision", SEEN, by=other)["decision"]["person"] == "bea"

    def test_holds_half_an_hour_and_begins_anew_with_each(self, site: Site) -> None:
        request = to_check(site)
        site.set_clock("09:00")
        assert request.done("claim")["claim"]["until"] == written(at("09:30"))
        site.set_clock("09:29:59.999999")
        assert request.done("claim")["claim"]["until"] == "2025-03-04T09:59:59.999999Z"
        site.set_clock("09:59:59.999998")
        assert request.inside["claim"] is not None

        site.set_clock("09:59:59.999999")

        assert request.inside["claim"] is None
        assert request.events[-1] == "claim_lapsed"
        request.refuses("decision", SEEN, "not_claimed")
        request.done("claim", by=site.a(Role.ADMIN))

    def test_that_ran_out_frees_the_request_even_if_the_service_was_down(self, database: str) -> None:
        with Site(database) as site:
            request = to_check(site)
            until = request.done("claim")["claim"]["until"]

        with Site(database, now=at("08:45")) as site:
            cleo, auditor = site.issue(Role.REVIEWER, "cleo"), site.issue(Role.AUDITOR, "dan")
            site.tick()
            assert made(cleo.get(request.path))["claim"] is None
            claimed = made(cleo.post(f"{request.path}/claim"))
            events = made(auditor.get(f"/v1/aggregates/{request.id}/events"))["data"]
            (lapsed,) = [each for each in events if each["type"] == "held_request.claim_lapsed"]

        assert claimed["claim"] == {"person": "cleo", "until": written(at("09:15"))}
        assert (lapsed["occurred_at"], lapsed["recorded_at"], lapsed["actor"]) == (until, written(at("08:45")), "clock")

    def test_is_let_go_with_a_release_and_a_decision_needs_another(self, shared_site: Site, bea: Caller) -> None:
        request = to_check(shared_site)
        request.refuses("decision", SEEN, "not_claimed")
        request.done("claim")

        assert request.done("release")["claim"] is None

        request.refuses("decision", SEEN, "not_claimed")
        request.done("claim", by=bea)


class TestDecider:
    @pytest.mark.parametrize(("policy", "outcome"), [(FOUR_EYES, "already_done"), (BY_HAND, "cannot_tell")])
    @pytest.mark.parametrize("action", ["signature", "return"])
    def test_is_not_the_one_who_signs_whatever_the_token(
        self, shared_site: Site, bea: Caller, policy: dict[str, object], outcome: str, action: str
    ) -> None:
        request = decided(shared_site, policy, by=bea, outcome=outcome)
        tokens = [shared_site.issue(role, a_key(), "bea") for role in (Role.REVIEWER, Role.ADMIN)]

        for caller in (bea, *tokens):
            request.refuses(action, DOUBT if action == "return" else None, "same_person", by=caller)

        assert request.inside["state"] == "awaiting_signature"
        done = request.done(action, DOUBT if action == "return" else None)
        assert done["state"] == ("to_check" if action == "return" else "settled")

    def test_may_be_an_admin_and_an_admin_is_not_exempt(self, shared_site: Site) -> None:
        request = decided(shared_site, FOUR_EYES, by=shared_site.a(Role.ADMIN))

        request.refuses("signature", None, "same_person", by=shared_site.a(Role.ADMIN))

        assert request.done("signature", {"note": "Seen."})["decision"]["signature"]["person"] == "the-reviewer"

    def test_needs_nobody_where_four_eyes_are_not_wanted(self, shared_site: Site) -> None:
        request = decided(shared_site, BY_HAND)

        assert request.inside["state"] == "settled"
        request.refuses("signature", None, "nothing_to_sign")

    def test_of_what_was_sent_back_may_be_whoever_sent_it_back(self, shared_site: Site, bea: Caller) -> None:
        request = decided(shared_site, FOUR_EYES, by=bea)
        returned = request.done("return", DOUBT)
        assert (returned["state"], returned["decision"], returned["claim"]) == ("to_check", None, None)

        request.done("claim")
        request.done("decision", {"outcome": "rejected", "note": "No."})
        request.refuses("signature", None, "same_person")

        assert request.done("signature", by=bea)["settlement"]["outcome"] == "rejected"


class TestReopening:
    def test_of_what_a_resend_settled_lets_it_be_checked(self, shared_site: Site) -> None:
        request = to_check(shared_site, reference=a_key())
        named = {name: request.inside[name] for name in ("source", "kind", "reference")}
        assert (
            streamed(shared_site, [{**named, "received_at": written(at("07:45"))}], RESENDS)["counts"]["settled"] == 1
        )
        assert request.inside["settlement"]["by"] == "resend"

        reopened = request.done("reopening", DOUBT)

        assert (reopened["state"], reopened["settlement"], reopened["reopenings"]) == ("to_check", None, 1)
        request.done("claim")
        request.done("decision", SEEN)

    def test_of_what_a_worker_settled_lets_it_be_checked(self, shared_site: Site) -> None:
        run = reprocessing(shared_site)
        (one,) = leased(shared_site, run)
        reported(shared_site, run, {one["id"]: "done"})
        request = Held(shared_site, one["id"])

        assert request.done("reopening", DOUBT)["state"] == "to_check"
        # What a worker says later is evidence, and settles nothing.
        assert reported(shared_site, run, {one["id"]: "failed"})["late"] == 1
        assert request.inside["state"] == "to_check"

    def test_undoes_the_reconciliation_of_the_cause(self, shared_site: Site) -> None:
        request = decided(shared_site)
        cause = request.inside["cause"]["id"]
        assert summary(shared_site, cause)["reconciled"] is True

        request.done("reopening", DOUBT)

        assert summary(shared_site, cause)["reconciled"] is False
        request.done("claim")
        request.done("decision", SEEN)
        assert summary(shared_site, cause)["reconciled"] is True


class TestResend:
    def test_leaves_alone_what_somebody_checks_and_what_came_later(self, shared_site: Site, bea: Caller) -> None:
        claimed, later = to_check(shared_site, reference=a_key()), to_check(shared_site, reference=a_key())
        claimed.done("claim", by=bea)

        for request, moment in ((claimed, "07:45"), (later, "07:30")):
            named = {name: request.inside[name] for name in ("source", "kind", "reference")}
            report = streamed(shared_site, [{**named, "received_at": written(at(moment))}], RESENDS)
            assert report["counts"]["not_waiting"] == 1
            assert request.inside["state"] == "to_check"

    def test_settles_the_same_request_of_every_cause(self, shared_site: Site) -> None:
        reference = a_key()
        requests = [to_check(shared_site, reference=reference) for _ in range(2)]

        body = {"source": "shop", "kind": "order", "reference": reference, "received_at": written(at("07:31"))}

        assert made(shared_site.emitter.post(RESENDS, [body]))["counts"]["settled"] == 1
        assert [request.inside["state"] for request in requests] == ["settled"] * 2

    def test_is_not_what_an_intake_file_sent_again_is(self, shared_site: Site) -> None:
        cause = a_cause(shared_site, order={"policy": "source_resends"}, invoice=BY_HAND)
        file = [a_request(cause, f"order-{number}") for number in range(5)]
        file += [a_request(cause, f"invoice-{number}", kind="invoice") for number in range(5)]
        streamed(shared_site, file)
        ended(shared_site, cause)
        waiting = counts(shared_site, cause["id"])

        again = streamed(shared_site, file)

        assert again["counts"] == {**NO_COUNT, "repeat": 10}
        assert (waiting["awaiting_source"], waiting["to_check"]) == (5, 5)
        assert counts(shared_site, cause["id"]) == waiting


def last(answers: Sequence[httpx.Response]) -> int:
    """Give the last position that any of the answers names."""
    return max(int(answer.headers["Bitacora-Position"]) for answer in answers)
