"""What cannot be done with held requests, runs and the reconciliation of causes; nothing of it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at, made, written
from tests.api.command import a_key
from tests.api.ledger_commands import FOUND
from tests.api.ledger_steps import (
    FOUR_EYES,
    REQUESTS,
    SEEN,
    Held,
    a_cause,
    a_request,
    decided,
    ended,
    handed_in,
    held_up,
    listed,
    to_check,
)
from tests.api.panel_steps import NOBODY, lost, refused
from tests.api.windows import LIST

DOUBT = {"reason": "The customer says that it never came."}
ACTIONS: dict[str, object] = {
    "claim": None,
    "release": None,
    "decision": SEEN,
    "signature": None,
    "return": DOUBT,
    "reopening": DOUBT,
}
REFUSED = {
    "held": (
        "not_to_be_checked",
        "not_claimed",
        "not_to_be_checked",
        "nothing_to_sign",
        "nothing_to_sign",
        "not_settled",
    ),
    "to_check": (None, "not_claimed", "not_claimed", "nothing_to_sign", "nothing_to_sign", "not_settled"),
    "awaiting_signature": ("not_to_be_checked", "not_claimed", "not_to_be_checked", None, None, "not_settled"),
    "settled": ("not_to_be_checked", "not_claimed", "not_to_be_checked", "nothing_to_sign", "nothing_to_sign", None),
}
CODES = {state: dict(zip(ACTIONS, codes, strict=True)) for state, codes in REFUSED.items()}
"""By state and action how it is refused; None where it is not."""


@pytest.fixture(scope="module")
def in_state(shared_site: Site) -> dict[str, Held]:
    """A request in each state."""
    return {
        "held": held_up(shared_site, a_cause(shared_site)),
        "to_check": to_check(shared_site),
        "awaiting_signature": decided(shared_site, FOUR_EYES),
        "settled": decided(shared_site),
    }


class TestRequest:
    @pytest.mark.parametrize(
        ("state", "action"),
        [(state, action) for state, codes in CODES.items() for action, code in codes.items() if code],
    )
    def test_is_not_acted_on_in_another_state(
        self, shared_site: Site, in_state: dict[str, Held], state: str, action: str
    ) -> None:
        request, code = in_state[state], str(CODES[state][action])

        refusal = request.refuses(action, ACTIONS[action], code)

        assert request.id in refusal["detail"]
        assert request.inside["state"] == state
        assert shared_site.bitacora.facade.visibility.failed == {}

    @pytest.mark.parametrize(
        ("policy", "state"), [("reprocess", "reprocessing"), ("source_resends", "awaiting_source")]
    )
    def test_that_waits_for_others_is_not_checked(self, shared_site: Site, policy: str, state: str) -> None:
        cause = a_cause(shared_site, order=policy)
        ended(shared_site, cause)
        request = held_up(shared_site, cause)

        assert request.inside["state"] == state
        for action, body in (("claim", None), ("decision", SEEN)):
            request.refuses(action, body, "not_to_be_checked")
        request.done("evidence", FOUND)

    @pytest.mark.parametrize("action", [*ACTIONS, "evidence"])
    def test_that_there_is_not_is_not_found(self, shared_site: Site, action: str) -> None:
        incident = a_cause(shared_site)["id"]
        body = FOUND if action == "evidence" else ACTIONS[action]
        shared_site.a(Role.REVIEWER)

        for id in (NOBODY, incident):
            Held(shared_site, id).refuses(action, body, "not_found", status=404)

    def test_has_at_most_a_hundred_pieces_of_evidence(self, shared_site: Site) -> None:
        request = to_check(shared_site)
        for number in range(100):
            request.done("evidence", {**FOUND, "value": str(number)})

        request.refuses("evidence", FOUND, "too_many_entries")
        # The very same changes nothing, and is none more.
        request.done("evidence", {**FOUND, "value": "7"})
        assert len(request.inside["evidence"]) == 100

    def test_has_no_evidence_from_the_future(self, shared_site: Site) -> None:
        found = {**FOUND, "occurred_at": written(at("08:59"))}

        to_check(shared_site).refuses("evidence", found, "in_the_future", status=422)


class TestAssignment:
    def test_is_made_once(self, shared_site: Site) -> None:
        request, cause = held_up(shared_site, None), a_cause(shared_site)
        operator = shared_site.operator
        request.done("cause", cause, by=operator)

        request.refuses("cause", cause, "already_assigned", by=operator)
        request.refuses("cause", a_cause(shared_site), "already_assigned", by=operator)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"type": "incident"},
            {"id": NOBODY},
            {"type": "incident", "id": NOBODY},
            {"type": "restoration", "id": NOBODY},
            {"cause": f"maintenance_window:{NOBODY}"},
            {"cause": NOBODY},
            {"cause": {"type": "incident", "id": NOBODY}, "type": "incident", "id": NOBODY},
            {"type": "flood", "id": NOBODY},
        ],
        ids=str,
    )
    def test_names_one_cause_that_there_is(self, shared_site: Site, body: dict[str, Any]) -> None:
        held_up(shared_site, None).refuses("cause", body, "invalid", by=shared_site.operator, status=422)

    def test_names_none_that_cannot_have_held_it_up(self, shared_site: Site) -> None:
        request = held_up(shared_site, None, received_at=written(at("06:54:59.999999")))

        request.refuses("cause", a_cause(shared_site), "outside_cause", by=shared_site.operator, status=422)

        assert request.inside["cause"] is None

    def test_to_a_cause_that_has_the_same_merges_it(self, shared_site: Site) -> None:
        cause, reference = a_cause(shared_site), a_key()
        first = held_up(shared_site, cause, reference=reference)
        second = held_up(shared_site, None, reference=reference, digest="0" * 64)

        told = second.done("cause", cause, by=shared_site.operator)

        assert (told["state"], told["settlement"], told["merged_into"]) == ("merged", None, first.id)
        assert second.events == ["received", "assigned", "merged"]
        known = first.inside
        assert (known["state"], known["merged"], known["digest"]) == ("held", [second.id], "0" * 64)
        assert [each["id"] for each in listed(shared_site, cause=cause["id"], state="merged")] == [second.id]
        assert listed(shared_site, cause=cause["id"], state="open") == [known]
        summary = made(shared_site.auditor.get(f"{REQUESTS}/summary", params={"cause": cause["id"]}))
        assert (summary["total"], summary["open"], summary["merged"]) == (1, 1, 1)
        second.refuses("claim", None, "not_to_be_checked")

    def test_is_undone_with_a_reason(self, shared_site: Site) -> None:
        request, cause = held_up(shared_site, None), a_cause(shared_site)
        operator, path = shared_site.operator, f"{request.path}/cause"
        undo = {"reason": "It came an hour later."}
        refused(shared_site, lambda: operator.delete(path, json=undo), 409, "not_assigned")
        request.done("cause", cause, by=operator)
        refused(shared_site, lambda: operator.delete(path, json={}), 422, "invalid")

        told = made(operator.delete(path, json=undo))

        assert (told["cause"], told["state"], told["claim"]) == (None, "held", None)
        assert request.events == ["received", "assigned", "assignment_undone"]
        request.done("cause", a_cause(shared_site), by=operator)

    def test_is_not_undone_of_what_came_with_its_cause_or_is_dealt_with(self, shared_site: Site) -> None:
        undo, operator = {"reason": "No."}, shared_site.operator
        own, claimed = held_up(shared_site, a_cause(shared_site)), held_up(shared_site, None)
        cause = a_cause(shared_site, order="check_by_hand")
        claimed.done("cause", cause, by=operator)
        ended(shared_site, cause)
        shared_site.tick()
        claimed.done("claim")

        refused(shared_site, lambda: operator.delete(f"{own.path}/cause", json=undo), 409, "not_assigned")
        refused(shared_site, lambda: operator.delete(f"{claimed.path}/cause", json=undo), 409, "claimed_by_another")
        claimed.done("decision", SEEN)
        refused(shared_site, lambda: operator.delete(f"{claimed.path}/cause", json=undo), 409, "cause_is_fixed")

    def test_makes_the_same_handed_in_for_the_cause_a_repeat(self, shared_site: Site) -> None:
        cause, reference = a_cause(shared_site), a_key()
        held_up(shared_site, None, reference=reference).done("cause", cause, by=shared_site.operator)

        assert handed_in(shared_site, [a_request(cause, reference)])["counts"]["repeat"] == 1


class TestHandedIn:
    @pytest.mark.parametrize(
        ("received_at", "code"),
        [
            ("2025-03-04T06:54:59.999999Z", "outside_cause"),
            ("2025-03-04T06:55:00Z", None),
            ("2025-03-04T08:05:00Z", None),
        ],
    )
    def test_was_received_while_the_cause_held_up_give_or_take(
        self, shared_site: Site, received_at: str, code: str | None
    ) -> None:
        cause = a_cause(shared_site)

        report = handed_in(shared_site, [a_request(cause, received_at=received_at)])

        assert [each["code"] for each in report["refused"]] == [code] * (code is not None)
        assert report["counts"]["held"] == (code is None)

    def test_after_its_end_is_refused(self, site: Site) -> None:
        cause = a_cause(site)
        ended(site, cause)
        site.set_clock("09:00")
        edge = site.clock.moment.replace(hour=8, minute=5)
        moments = [written(edge), written(edge.replace(microsecond=1))]

        report = handed_in(site, [a_request(cause, received_at=moment) for moment in moments])

        assert [(each["line"], each["code"]) for each in report["refused"]] == [(2, "outside_cause")]

    @pytest.mark.parametrize("named", [True, False])
    def test_is_not_from_the_future(self, site: Site, *, named: bool) -> None:
        cause = a_cause(site) if named else None
        bodies = [a_request(cause, received_at=f"2025-03-04T08:05:00{more}Z") for more in ("", ".000001")]

        report = handed_in(site, bodies)

        assert [(each["line"], each["code"]) for each in report["refused"]] == [(2, "received_in_future")]

    @pytest.mark.parametrize("kind", ["incident", "maintenance_window", "restoration"])
    def test_names_a_cause_that_there_is(self, shared_site: Site, kind: str) -> None:
        wrong = a_cause(shared_site)["id"] if kind != "incident" else NOBODY
        assert shared_site.emitter.token
        position = shared_site.last_position()

        report = handed_in(shared_site, [a_request({"type": kind, "id": wrong})])

        assert [each["code"] for each in report["refused"]] == ["invalid"]
        assert kind in report["refused"][0]["detail"]
        assert shared_site.last_position() == position

    def test_is_counted_a_hundred_times_and_changed_a_hundred_times(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        request = held_up(shared_site, cause, reference="again")
        again = a_request(cause, "again")

        assert handed_in(shared_site, [again] * 120)["counts"]["repeat"] == 120
        assert request.inside["repeats"] == 100
        changed = [{**again, "digest": f"{number:064x}"} for number in range(101)]
        report = handed_in(shared_site, changed)
        assert (report["counts"]["changed"], [each["code"] for each in report["refused"]]) == (
            100,
            ["too_many_entries"],
        )


class TestReconciliation:
    def test_is_of_what_there_is(self, shared_site: Site) -> None:
        operator = shared_site.operator
        for path in ("/v1/incidents", LIST, "/v1/restorations"):
            refused(
                shared_site,
                lambda it=path: operator.post(f"{it}/{NOBODY}/reconciliation", {"public": True}),
                404,
                "not_found",
            )

    @pytest.mark.parametrize("body", [{}, {"public": "yes"}, {"public": 1}, {"public": None}, {"shown": True}], ids=str)
    def test_is_shown_or_not(self, shared_site: Site, body: dict[str, Any]) -> None:
        lost(shared_site).refuses("reconciliation", body, 422, "invalid")

    def test_is_not_shown_in_the_future(self, shared_site: Site) -> None:
        body = {"public": True, "occurred_at": written(at("09:30"))}

        lost(shared_site).refuses("reconciliation", body, 422, "in_the_future")
