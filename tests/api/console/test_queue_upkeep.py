"""What stands around the queue: who has what, reprocessing runs, and the policies of requests."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.queue_steps import QUEUE, admin, auditor, many_to_check, operator, rita
from tests.api.console.visitor import Visitor
from tests.api.ledger_steps import SEEN, Held, a_cause, leased, listed, reported, reprocessing

RUNS = f"{QUEUE}/runs"
POLICIES = f"{QUEUE}/policies"
SUMMARY = f"{QUEUE}/summary"


class TestSummary:
    def test_says_how_much_is_open_of_all_causes(self, site: Site) -> None:
        many_to_check(site, 3)

        auditor(site).opens(SUMMARY).reads(
            "3 requests are open, 0 settled. The oldest open one was received 30 minutes ago.",
            "To check",
            "3",
            "None is settled.",
            "By cause",
            "Trouble3 open",
        )

    def test_says_who_has_what_of_a_cause(self, site: Site) -> None:
        cause = many_to_check(site, 3)
        first, second, _ = [Held(site, each["id"]) for each in listed(site, cause=cause["id"])]
        first.done("claim")
        second.done("claim")
        second.done("decision", SEEN)
        site.tick()

        visitor = rita(site).opens(f"{SUMMARY}?cause={cause['id']}")

        visitor.reads("Not reconciled yet. It ended March 4, 2025, 08:00 UTC, and 2 requests are still open.")
        visitor.reads(
            "By person", "Person", "the-reviewer", "1", "0", "1", "By kind and source", "Order", "shop", "2", "1"
        )

    def test_says_that_all_is_settled(self, site: Site) -> None:
        cause = many_to_check(site, 1)
        (only,) = [Held(site, each["id"]) for each in listed(site, cause=cause["id"])]
        only.done("claim")
        only.done("decision", SEEN)
        site.tick()

        rita(site).opens(f"{SUMMARY}?cause={cause['id']}").reads(
            "Reconciled since March 4, 2025, 08:00 UTC: it has ended, and nothing of it is open."
        )

    def test_lets_an_operator_tell_readers(self, site: Site) -> None:
        cause = many_to_check(site, 1)
        visitor = admin(site).opens(f"{SUMMARY}?cause={cause['id']}")

        visitor.sends("show").reads("Readers are told whether everything is settled.")
        assert made(site.operator.get(f"/v1/incidents/{cause['id']}"))["reconciliation_shown"] is True
        visitor.sends("hide", {"reason": "It was too early."}).reads("Readers are no longer told.")
        assert made(site.operator.get(f"/v1/incidents/{cause['id']}"))["reconciliation_shown"] is False

    def test_is_for_those_who_read_requests(self, site: Site) -> None:
        operator(site).opens(SUMMARY, status=403)

    def test_refuses_causes_that_are_none(self, site: Site) -> None:
        rita(site).opens(f"{SUMMARY}?cause=x", status=422)
        assert operator(site).request("POST", f"{SUMMARY}/things/x", "form=show").status_code == 400


class TestRuns:
    def test_say_that_there_is_none(self, site: Site) -> None:
        operator(site).opens(RUNS).reads("Reprocessing runs", "There is no run.")

    def test_show_how_far_they_are(self, site: Site) -> None:
        run = reprocessing(site, 4)
        first, second, *_ = leased(site, run, 3)
        site.set_clock("08:01")
        reported(site, run, {first["id"]: "done", second["id"]: "failed"})
        site.tick()

        visitor = operator(site).opens(RUNS)

        visitor.reads("Trouble", "Running 2 of 4 done, 1 failed and is checked by hand. About 1 minute left.")
        visitor.reads("1 with workers now, 2 left, 2.0 a minute; last report March 4, 2025, 08:01 UTC.")
        assert '<progress class="bar" max="4" value="2" aria-label="50 percent done">' in visitor.answer.text

    def test_are_stopped_with_a_reason(self, site: Site) -> None:
        run = reprocessing(site, 2).rpartition("/")[2]
        visitor = operator(site).opens(f"{RUNS}/{run}")

        visitor.sends("stop", status=422)
        visitor.sends("stop", {"reason": "It books twice."})

        visitor.reads(
            "The run is stopped. It hands out nothing more.", "Stopped March 4, 2025, 08:00 UTC: It books twice."
        )
        assert "stop" not in {form.name for form in visitor.forms}

    def test_are_begun_by_hand(self, site: Site) -> None:
        cause = a_cause(site, order="reprocess")
        visitor = operator(site).opens(RUNS)

        visitor.sends("start", {"kind": "Order"}, status=422)
        assert visitor.form("start").value("kind") == "Order"
        visitor.sends("start", {"cause": f"incident:{cause['id']}", "kind": "order"})

        visitor.reads("The run has begun.", "Run for Trouble", "Kind", "Order")
        visitor.reads("It is paused because its cause goes on again. It hands out nothing meanwhile.")

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
    def test_are_for_operators(self, site: Site, role: Role) -> None:
        token = site.a(role).token or ""
        visitor = Visitor(site).opens("/console/sign-in").sends("/console/sign-in", {"token": token})

        visitor.opens(RUNS, status=403)


class TestPolicies:
    def test_are_set_kind_by_kind(self, site: Site) -> None:
        visitor = operator(site).opens(POLICIES).reads("None is set: every request is checked by hand.")

        visitor.sends("policies", {"new.kind": "order", "new.policy": "reprocess", "new.deadline": "24h"})
        visitor.reads(
            "The policies are set. Incidents that begin from now on have them.", "Order", "Our workers run it again"
        )
        visitor.sends(
            "policies",
            {"new.kind": "invoice", "new.four_eyes": ["true"], "request_policies.order.policy": "source_resends"},
        )

        assert _policies(site) == {
            "order": {"policy": "source_resends", "deadline": "PT86400S", "four_eyes": False},
            "invoice": {"policy": "check_by_hand", "deadline": "PT259200S", "four_eyes": True},
        }

    def test_are_taken_away(self, site: Site) -> None:
        visitor = operator(site).opens(POLICIES).sends("policies", {"new.kind": "order"})

        visitor.sends("policies", {"request_policies.order.gone": ["true"], "because": "Too early."})

        assert _policies(site) == {}

    def test_keep_what_was_typed_and_point_at_it(self, site: Site) -> None:
        visitor = operator(site).opens(POLICIES).sends("policies", {"new.kind": "order"})

        visitor.sends("policies", {"request_policies.order.deadline": "soon"}, status=422)
        assert visitor.form("policies").value("request_policies.order.deadline") == "soon"
        assert 'href="#policies-request_policies.order.deadline"' in visitor.answer.text
        visitor.sends("policies", {"request_policies.order.deadline": "72h", "new.kind": "Not a key"}, status=422)
        assert visitor.form("policies").value("new.kind") == "Not a key"

        assert _policies(site)["order"]["deadline"] == "PT259200S"

    def test_that_others_changed_meanwhile_are_shown_beside_what_was_typed(self, site: Site) -> None:
        visitor = operator(site).opens(POLICIES)
        site.operator.send("PUT", "/v1/request-policies", json={"request_policies": {"invoice": {}}})
        site.tick()

        visitor.sends("policies", {"new.kind": "order"}, status=412)

        visitor.reads("Now", "Invoice")
        assert visitor.form("policies").value("new.kind") == "order"
        assert _policies(site).keys() == {"invoice"}

    def test_are_read_by_auditors(self, site: Site) -> None:
        visitor = auditor(site).opens(POLICIES)

        assert "policies" not in {form.name for form in visitor.forms}
        assert visitor.request("POST", POLICIES, "form=policies").status_code == 403
        rita(site).opens(POLICIES, status=403)


def _policies(site: Site) -> dict[str, dict[str, object]]:
    site.tick()
    found: dict[str, dict[str, object]] = made(site.operator.get("/v1/request-policies"))["request_policies"]
    return found
