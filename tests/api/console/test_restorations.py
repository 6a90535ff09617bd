"""The screens of restorations: what an operator reports of a loss, and how it is shown again if it is refused."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at, made, written
from tests.api.console.recovering import LOST, Recovery, a_lost_panel, a_recovery
from tests.api.console.visitor import Visitor, signed_in
from tests.api.panel_steps import NOBODY, registered

LIST = "/console/restorations"
HOSTILE = "<script>alert(1)</script>"
LIMIT = 30_000
"""How many bytes a screen has over the wire at most."""


def opened(recovery: Recovery, role: Role = Role.OPERATOR) -> Visitor:
    """Open the screen of a restoration."""
    return signed_in(recovery.site, recovery.site.a(role)).opens(recovery.path)


@pytest.fixture
def loss(site: Site) -> Recovery:
    """A panel that is lost, of which nothing else was said."""
    return a_lost_panel(site)


@pytest.fixture
def recovery(site: Site) -> Recovery:
    """A panel that is lost, of which much was said."""
    return a_recovery(site)


@pytest.fixture(scope="module")
def unchanged(shared_site: Site) -> tuple[Recovery, Visitor]:
    """Such a panel, and an operator before its screen, for tests that change nothing."""
    recovery = a_recovery(shared_site)
    return recovery, opened(recovery)


class TestListOfRestorations:
    def test_says_that_there_are_none(self, site: Site) -> None:
        signed_in(site, site.operator).opens(LIST).reads("Restorations", "Access to a panel was never lost.")

    def test_shows_what_was_promised(self, recovery: Recovery) -> None:
        visitor = signed_in(recovery.site, recovery.site.auditor).opens(LIST)

        visitor.reads("Panel A No access", "Lost March 4, 2025, 00:47 UTC", "Access is promised for March 6, 2025.")
        assert [form.name for form in visitor.forms] == [""]

    def test_is_narrowed_down(self, loss: Recovery) -> None:
        visitor = signed_in(loss.site, loss.site.operator)

        visitor.opens(f"{LIST}?state=completed").reads("There are none of this kind.")
        visitor.opens(f"{LIST}?state=access_lost&panel=panel-a").reads("Only of Panel A. Show those of every panel")
        visitor.opens(f"{LIST}?state=nothing", status=422)

    def test_begins_a_restoration(self, site: Site) -> None:
        registered(site, "panel-a", name={"en": "Panel A"})
        visitor = signed_in(site, site.operator).opens(f"{LIST}?begin=panel-a")

        visitor.sends("begin", {"lost_at": "2025-03-04T09:00", "provider.en": "Host"}, status=422)
        assert visitor.form("begin").value("lost_at") == "2025-03-04T09:00"
        visitor.sends("begin", {"lost_at": "2025-03-04T07:00"}, button="See who would be notified")
        visitor.reads("Nobody will be notified: nobody has subscribed to this.", "Nothing was sent yet.")
        visitor.sends("begin")

        visitor.reads("The loss is reported. Say next what you know: an update, a promise, what works.")
        visitor.reads("Panel A: no access", "Since March 4, 2025, 07:00 UTC, for 1 hour.")

    def test_says_that_a_panel_is_lost_already(self, loss: Recovery) -> None:
        visitor = signed_in(loss.site, loss.site.operator).opens(LIST)

        visitor.sends("begin", {"panel": "panel-a", "reason.en": "Smoke."}, status=409)

        assert visitor.form("begin").value("reason.en") == "Smoke."
        visitor.does_not_read("The loss is reported.")

    def test_pages(self, site: Site) -> None:
        registered(site, "panel-a", name={"en": "Panel A"})
        for minute in range(26):
            done = made(site.operator.post("/v1/restorations", {"panel": "panel-a", "lost_at": moment(2 * minute)}))
            path = f"/v1/restorations/{done['id']}"
            made(site.operator.post(f"{path}/access-restored", {"occurred_at": moment(2 * minute + 1)}))
            given_up = list(done["capabilities"])
            end = {"given_up": given_up, "occurred_at": moment(2 * minute + 1)}
            made(site.operator.post(f"{path}/completion", end))
        visitor = signed_in(site, site.operator).opens(LIST)

        assert visitor.lines.count("Panel A Completed") == 25
        cursor = visitor.answer.text.partition("cursor=")[2].partition('"')[0]
        visitor.opens(f"{LIST}?cursor={cursor}").reads("Panel A Completed", "Newest")
        assert visitor.lines.count("Panel A Completed") == 1


def moment(minute: int) -> str:
    """Give a moment of the morning."""
    return written(at(f"07:{minute:02}"))


class TestScreen:
    def test_says_first_what_matters(self, recovery: Recovery) -> None:
        opened(recovery).reads(
            "Panel A: no access",
            "Since March 4, 2025, 00:47 UTC, for 7 hours 13 minutes.",
            "Promised for March 6, 2025 by The provider.",
            "Access is back",
            "Post an update",
            "What works",
            "Promises",
            "Access for March 6, 2025 by The provider",
            "Access for March 4, 2025, 05:00 UTC by The provider Missed on March 4, 2025, 05:00 UTC",
            "Of when the data is",
            "The data is as of March 2, 2025, 23:00 UTC, give or take 2 hours. The gap until the loss is 1 day 1 hour"
            " long. Missing in it: shipments and invoices.",
            "Instructions to owners of accounts",
            "Orders",
            "Reconnect the shop.",
            "In general",
            "Clear the cache.",
            "How far the accounts have come",
            "400 of 709 (56.4 %) complete: 390, partly: 10",
            "709 accounts by the newest count (number 1, March 4, 2025, 08:00 UTC).",
            "8 accounts are listed one by one 3 to be decided",
            "Automatic actions that are held back",
            "Order paid order_paid",
            "Actions that will never run",
            "Updates",
            "March 4, 2025, 08:00 UTC · No access Only for us",
            "Where to ask",
            "E-mail, support@example.com",
            "Requests of the gap",
        )

    def test_says_that_there_is_no_such_restoration(self, site: Site) -> None:
        signed_in(site, site.operator).opens(f"{LIST}/{NOBODY}", status=404).reads("Not found")

    def test_is_small(self, recovery: Recovery) -> None:
        assert len(gzip.compress(opened(recovery).answer.content, 5)) < LIMIT

    def test_shows_no_form_to_who_may_not_send_it(self, recovery: Recovery) -> None:
        visitor = opened(recovery, Role.AUDITOR)

        assert [form.action for form in visitor.forms if form.method == "post"] == ["/console/sign-out"]
        visitor.reads("Held requests of this restorationEvery eventWhat readers see")
        visitor.does_not_read("Save what works", "Publish the update")
        assert visitor.request("POST", recovery.path, "form=update").status_code == 403
        signed_in(recovery.site, recovery.site.a(Role.REVIEWER)).opens(recovery.path, status=403)

    def test_escapes_what_people_wrote(self, loss: Recovery) -> None:
        loss.restoration.done("updates", {"message": HOSTILE})
        loss.restoration.done("promises", {"promised_by": HOSTILE, "promised_for": "2025-03-06", "note": HOSTILE})
        loss.restoration.done("contacts", {"channel": HOSTILE, "address": f"{HOSTILE}x" * 8})

        assert HOSTILE not in opened(loss).answer.text

    def test_shows_every_update(self, loss: Recovery) -> None:
        for number in range(27):
            loss.restoration.done("updates", {"message": f"Update {number}."})
        visitor = opened(loss).reads("Update 26.", "All 27 updates")

        visitor.opens(f"{loss.path}/updates").reads("Update 0.", "Update 24.", "Newer").does_not_read("Update 25.")
        cursor = visitor.answer.text.partition("cursor=")[2].partition('"')[0]
        visitor.opens(f"{loss.path}/updates?cursor={cursor}").reads("Update 25.", "Update 26.", "Oldest")


NOTHING: dict[str, str] = {}
GOOD: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("update", {"message.en": "We copy.", "message.pl": "Kopiujemy."}, "The update is published."),
    ("update", {"message.en": "A note.", "internal": "true", "notify": "false"}, "The update is published."),
    (
        "access_restored",
        {"note.en": "Back.", "occurred_at": "2025-03-04T07:30"},
        "Access is back. Say now what works: it is shown as not known until you do.",
    ),
    (
        "promise",
        {"promised_by.en": "Host", "promised_for.day": "2025-03-07", "promised_for.time": "12:00"},
        "The promise is recorded.",
    ),
    (
        "recovery_point",
        {"as_of": "2025-03-03T12:00", "tolerance": "30m", "missing": "orders\npayments"},
        "The recovery point is set.",
    ),
    (
        "backlog",
        {"actions": "late_order", "due_from": "2025-03-03T12:00", "due_until": "2025-03-04T12:00"},
        "It is published which actions will never run.",
    ),
    ("instruction", {"text.en": "Call us.", "heading": "orders", "place": "1"}, "The instruction is added."),
    ("withdraw_instruction-1", NOTHING, "The instruction is removed."),
    ("contact", {"channel": "phone", "address": "112"}, "The contact is added."),
    ("remove_contact-1", NOTHING, "The contact is removed."),
    ("inventory", {"accounts": "710", "note.en": "One more."}, "The number of accounts is recorded."),
    (
        "progress",
        {"stages.restored.accounts": "500", "stages.restored.grades": "complete: 490\npartly: 10"},
        "The progress is published.",
    ),
    ("end_suppression-order_paid", {"reason": "Checked."}, "The automatic action runs for every item again."),
    (
        "policies",
        {"new_kind": "order", "new_policy.policy": "source_resends", "new_policy.deadline": "24h"},
        "What happens to requests is changed.",
    ),
)
BAD: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("update", {"message.en": "", "occurred_at": "2025-03-04T06:00"}, "update-message"),
    ("promise", {"promised_by.en": "Host", "promised_for.day": ""}, "promise-promised_for"),
    ("promise", {"promised_by.en": "Host", "promised_for.day": "soon"}, "promise-promised_for"),
    ("promise", {"promised_by.en": "Host", "promised_for.time": "12:00"}, "promise-promised_for"),
    ("recovery_point", {"as_of": "", "missing": "orders"}, "recovery_point-as_of"),
    ("recovery_point", {"as_of": "2025-03-03T12:00", "tolerance": "long"}, "recovery_point-tolerance"),
    ("suppress", {"automation": "Order Paid", "created_before": "2025-03-03T12:00"}, "suppress-automation"),
    ("backlog", {"actions": "x", "due_from": "2025-03-03T12:00", "due_until": ""}, "backlog-due_until"),
    ("instruction", {"text.en": "x", "place": "first"}, "instruction-place"),
    ("contact", {"channel": "email", "address": ""}, "contact-address"),
    ("inventory", {"accounts": "many"}, "inventory-accounts"),
    ("progress", {"stages.lost.accounts": "-1"}, "progress-stages.lost.accounts"),
    ("progress", {"stages.lost.grades": "complete"}, "progress-stages.lost.grades"),
)


class TestForms:
    @pytest.mark.parametrize(("form", "values", "words"), GOOD, ids=lambda each: each if isinstance(each, str) else "")
    def test_do_what_they_say(self, recovery: Recovery, form: str, values: dict[str, Any], words: str) -> None:
        before = recovery.inside["version"]

        opened(recovery).sends(form, values).reads(words)

        assert recovery.inside["version"] == before + 1

    @pytest.mark.parametrize(("form", "values", "field"), BAD, ids=lambda each: each if isinstance(each, str) else "")
    def test_keep_what_was_typed_and_point_at_what_is_wrong(
        self, unchanged: tuple[Recovery, Visitor], form: str, values: dict[str, Any], field: str
    ) -> None:
        recovery, operator = unchanged
        before = recovery.inside["version"]

        visitor = operator.again().sends(form, values, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.")
        assert f'id="{field}-fault"' in visitor.answer.text
        assert {name: visitor.form(form).value(name) for name in values} == values
        assert recovery.inside["version"] == before

    def test_say_who_would_be_notified(self, recovery: Recovery) -> None:
        hook = {"name": "hook", "channel": "webhook", "url": "https://hooks.example.com/x", "language": "en"}
        made(recovery.site.operator.post("/v1/endpoints", hook))
        visitor = opened(recovery)

        visitor.sends("update", {"message.en": "We copy."}, button="See who would be notified")

        visitor.reads("1 subscriber will be notified:", "Webhook: 1 in English", "Nothing was sent yet.")
        assert visitor.form("update").value("message.en") == "We copy."
        assert len(recovery.inside["updates"]) == 2

    def test_say_what_is_wrong_with_the_whole(self, recovery: Recovery) -> None:
        visitor = opened(recovery)

        visitor.sends("update", {"message.en": "x", "occurred_at": "2025-03-04T09:00"}, status=422)

        visitor.reads("Nothing was changed. March 4, 2025, 09:00 UTC lies more than 5 s in the future.")
        assert visitor.form("update").value("occurred_at") == "2025-03-04T09:00"

    def test_show_both_versions_to_who_was_too_late(self, recovery: Recovery) -> None:
        visitor = opened(recovery)
        recovery.restoration.done("promises", {"promised_by": "Host", "promised_for": "2025-03-09"})

        visitor.sends("promise", {"promised_by.en": "Host", "promised_for.day": "2025-03-08"}, status=412)

        visitor.reads(
            "Promised for March 9, 2025 by Host.", "This happened meanwhile:", "Access was promised, by the-operator"
        )
        assert visitor.form("promise").value("promised_for.day") == "2025-03-08"
        visitor.sends("promise").reads("The promise is recorded.", "Promised for March 8, 2025 by Host.")

    def test_warn_of_an_automation_that_nothing_had_named(self, recovery: Recovery) -> None:
        visitor = opened(recovery)

        visitor.sends("suppress", {"automation": "order_payd", "created_before": "2025-03-04T01:00"})

        visitor.reads(
            "The automatic action no longer runs for older items.",
            "Nothing had named order_payd before. If it is mistyped, the one that you meant still runs: end this one,"
            " and hold back the right one.",
            "Order payd order_payd",
        )

    def test_report_the_promise_as_it_was_typed(self, recovery: Recovery) -> None:
        opened(recovery).sends("promise", {"promised_by.en": "Host", "promised_for.day": "2025-03-07"})
        assert recovery.inside["promise"]["promised_for"] == "2025-03-07"

        opened(recovery).sends("promise", {"promised_for.day": "2025-03-08", "promised_for.time": "12:00"})
        assert recovery.inside["promise"]["promised_for"] == "2025-03-08T12:00:00Z"

    def test_change_what_happens_to_requests(self, loss: Recovery) -> None:
        visitor = opened(loss).reads("A person checks each request of any kind.")

        new: dict[str, Any] = {
            "new_kind": "order",
            "new_policy.policy": "source_resends",
            "new_policy.four_eyes": "true",
        }
        visitor.sends("policies", new)
        visitor.reads("Order: The source sends it again, within 72h; a second person signs")
        visitor.sends("policies", {"request_policies.order.deadline": "never"}, status=422)
        assert 'id="policies-request_policies.order.deadline-fault"' in visitor.answer.text
        visitor.sends("policies", {"request_policies.order.deadline": "12h", "new_kind": "invoice"})
        assert set(loss.inside["request_policies"]) == {"order", "invoice"}
        visitor.sends("policies", {"request_policies.order.remove": "true"})

        assert set(loss.inside["request_policies"]) == {"invoice"}

    def test_lead_from_the_loss_to_the_completion(self, loss: Recovery) -> None:
        visitor = opened(loss).sends("access_restored")
        visitor.reads("Panel A: access is back, being restored", "7 of 7 functions do not work fully.")
        visitor.sends("access_lost", {"reason.en": "Smoke."}).reads("The loss is reported.", "Panel A: no access")
        visitor.sends("access_restored")

        visitor.sends("complete", {"given_up": "login", "note.en": "Done."}, status=409)
        form = visitor.form("complete")
        assert (form.value("note.en"), form.value("given_up")) == ("Done.", "login")
        visitor.sends("complete", {"given_up": form.choices["given_up"]})

        visitor.reads("The restoration is completed.", "Panel A: completed")
        assert {"complete", "promise", "access_lost", "progress"}.isdisjoint(form.name for form in visitor.forms)
        visitor.sends("update", {"message.en": "All done."}).reads("The update is published.")
        assert loss.inside["state"] == "completed"

    def test_are_refused_if_they_are_none_of_the_screen(self, loss: Recovery) -> None:
        visitor = opened(loss)

        assert visitor.request("POST", loss.path, "form=nothing").status_code == 400
        assert visitor.request("POST", loss.path, "form=update", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


class TestMatrix:
    def test_saves_only_what_changed(self, recovery: Recovery) -> None:
        before = recovery.inside

        visitor = opened(recovery).sends("states", {"state.login": "available", "state.orders": "degraded"})

        visitor.reads("What works is saved.")
        after = recovery.inside
        assert after["version"] == before["version"] + 2
        states = {name: cell["state"] for name, cell in after["capabilities"].items()}
        assert (states["login"], states["orders"], states["stock_sync"]) == ("available", "degraded", "unavailable")

    def test_keeps_what_is_said_of_a_function_unless_it_works_again(self, recovery: Recovery) -> None:
        opened(recovery).sends("states", {"state.price_sync": "degraded", "state.refund_action": "available"})

        cells = recovery.inside["capabilities"]
        assert cells["price_sync"]["workaround"] == {"en": "Use the feed of the shop."}
        assert cells["price_sync"]["expected"] == "2025-03-08"
        assert cells["refund_action"]["note"] == {}

    def test_says_that_nothing_was_changed(self, recovery: Recovery) -> None:
        before = recovery.inside["version"]

        opened(recovery).sends("states").reads("Nothing was changed: no function has another state.")

        assert recovery.inside["version"] == before

    def test_shows_both_versions_and_sends_nothing_again_that_was_not_touched(self, recovery: Recovery) -> None:
        visitor = opened(recovery)
        recovery.restoration.says("orders", "degraded")
        recovery.restoration.says("login", "available")

        visitor.sends("states", {"state.login": "suspended", "state.invoices": "available"}, status=412)

        visitor.reads("Nothing was changed.", "The state of a capability was set, by the-operator")
        assert "Now: Works." in "\n".join(visitor.lines)
        form = visitor.form("states")
        chosen = {name: form.value(f"state.{name}") for name in ("login", "orders", "invoices")}
        assert chosen == {"login": "suspended", "orders": "degraded", "invoices": "available"}
        visitor.sends("states").reads("What works is saved.")
        states = {name: cell["state"] for name, cell in recovery.inside["capabilities"].items()}
        assert (states["login"], states["orders"], states["invoices"]) == ("suspended", "degraded", "available")

    def test_saves_the_good_rows_and_says_why_others_were_refused(self, recovery: Recovery) -> None:
        visitor = opened(recovery)

        visitor.sends("states", {"state.login": "available", "state.orders": ["broken"]}, status=422)

        visitor.reads("1 row was saved, 1 was not.")
        assert recovery.inside["capabilities"]["login"]["state"] == "available"
        assert recovery.inside["capabilities"]["orders"]["state"] == "unavailable"

    def test_cannot_be_edited_once_all_is_completed(self, loss: Recovery) -> None:
        loss.restoration.done("access-restored")
        given_up = [name for name in loss.inside["capabilities"] if name != "login"]
        loss.restoration.says("login", "available")
        loss.restoration.done("completion", {"given_up": given_up})

        visitor = opened(loss)
        visitor.reads("Orders Given up")
        assert {f"state.{name}" for name in given_up} <= visitor.form("states").names
        assert "state.login" not in visitor.form("states").names
        visitor.sends("states", {"state.orders": "available"}).reads("What works is saved.")

        assert loss.inside["capabilities"]["orders"]["state"] == "available"

    def test_says_that_the_panel_has_no_functions(self, site: Site) -> None:
        registered(site, "panel-b", capabilities=[])
        loss = made(site.operator.post("/v1/restorations", {"panel": "panel-b", "lost_at": LOST}))

        signed_in(site, site.operator).opens(f"{LIST}/{loss['id']}").reads(
            "The panel has no functions. Add them to the panel"
        )


class TestFunction:
    def test_gets_a_note_a_workaround_and_a_date(self, recovery: Recovery) -> None:
        visitor = opened(recovery).opens(f"{recovery.path}/capabilities/stock_sync")

        visitor.sends(
            "capability",
            {
                "state": "degraded",
                "note.en": "Slow.",
                "workaround.pl": "Ręcznie.",
                "expected.day": "2025-03-07",
                "components.stock": "degraded_performance",
            },
        )

        visitor.reads("The function is saved.")
        cell = recovery.inside["capabilities"]["stock_sync"]
        assert (cell["state"], cell["note"], cell["workaround"]) == ("degraded", {"en": "Slow."}, {"pl": "Ręcznie."})
        assert (cell["expected"], cell["components"]) == ("2025-03-07", {"stock": "degraded_performance"})

    def test_shows_what_is_said_of_it(self, recovery: Recovery) -> None:
        visitor = opened(recovery, Role.AUDITOR).opens(f"{recovery.path}/capabilities/price_sync")

        visitor.reads(
            "Price synchronization",
            "Does not work since March 4, 2025, 00:47 UTC",
            "Expected by March 8, 2025.",
            "Use the feed of the shop.",
        )
        assert [form.action for form in visitor.forms] == ["/console/sign-out"]

    def test_keeps_what_was_typed(self, recovery: Recovery) -> None:
        visitor = opened(recovery).opens(f"{recovery.path}/capabilities/stock_sync")

        visitor.sends("capability", {"state": "degraded", "note.en": "Slow.", "expected.day": "2025-03-01"}, status=422)

        assert visitor.form("capability").value("note.en") == "Slow."
        assert visitor.form("capability").value("expected.day") == "2025-03-01"

    def test_says_what_components_cannot_show(self, recovery: Recovery) -> None:
        visitor = opened(recovery).opens(f"{recovery.path}/capabilities/stock_sync")

        visitor.sends("capability", {"state": "available", "components.stock": "major_outage"}, status=422)

        assert visitor.form("capability").value("components.stock") == "major_outage"

    def test_shows_both_versions_to_who_was_too_late(self, recovery: Recovery) -> None:
        visitor = opened(recovery).opens(f"{recovery.path}/capabilities/stock_sync")
        recovery.restoration.says("stock_sync", "suspended", note="Theirs.")

        visitor.sends("capability", {"state": "degraded", "note.en": "Mine."}, status=412)

        visitor.reads(
            "Switched off by us since March 4, 2025, 08:00 UTC",
            "Theirs.",
            "The state of a capability was set, by the-operator",
        )
        assert visitor.form("capability").value("note.en") == "Mine."

    def test_says_that_there_is_none(self, recovery: Recovery) -> None:
        opened(recovery).opens(f"{recovery.path}/capabilities/nothing", status=404).reads("Not found")
