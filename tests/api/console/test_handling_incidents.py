"""What is done about an incident in the console: updates, publication, the end, and what comes after it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in

MESSAGE = {"message.en": "A queue is stuck."}


@pytest.fixture
def site(site: Site) -> Site:
    site.component("orders", name={"en": "Order import", "es": "Pedidos"})
    site.component("labels", name="Label printing")
    return site


@pytest.fixture
def operator(site: Site) -> Visitor:
    return signed_in(site, site.operator)


@pytest.fixture
def incident(site: Site) -> str:
    """A public incident, which a person declared."""
    id: str = site.incident({"orders": "major_outage"}, title="Orders do not arrive")["id"]
    return id


@pytest.fixture
def detection(site: Site) -> str:
    """A private incident, which a signal began."""
    id: str = site.signal("errors", "labels", status="partial_outage", summary="error rate above 20 %")["incident"]
    site.tick()
    return id


def address(id: str, rest: str = "") -> str:
    return f"/console/incidents/{id}{rest}"


def document(site: Site, id: str) -> dict[str, Any]:
    found: dict[str, Any] = site.operator.get(f"/v1/incidents/{id}").json()
    return found


def resolved(site: Site, id: str) -> None:
    made(site.update(id, "resolved", override_reason="It is over."))


def marked(visitor: Visitor, form: str) -> list[str]:
    """Give the names of the fields of a form that are marked as wrong."""
    fields = re.findall(r"<(?:input|select|textarea)[^>]*>", visitor.answer.text)
    wrong = [re.search(rf'id="{form}-([^"]*)"', each) for each in fields if 'aria-invalid="true"' in each]
    return [found[1] for found in wrong if found]


class TestAnUpdate:
    def test_is_published_with_all_that_was_said(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident)).sends(
            "update",
            {
                **MESSAGE,
                "message.es": "Una cola está parada.",
                "state": "identified",
                "components.orders": "partial_outage",
                "components.labels": "degraded_performance",
                "expected_at": "2025-03-04T10:00",
            },
        )

        operator.reads("The update is posted.", "Orders do not arrive", "Cause identified Public", "Timeline")
        found = document(site, incident)
        newest = found["updates"][-1]
        assert newest["message"] == {"en": "A queue is stuck.", "es": "Una cola está parada."}
        assert found["components"] == {"orders": "partial_outage", "labels": "degraded_performance"}
        assert (found["state"], found["expected_at"]) == ("identified", "2025-03-04T10:00:00Z")

    def test_is_previewed_as_each_reader_would_read_it(self, site: Site, operator: Visitor, incident: str) -> None:
        before = site.last_position()

        operator.opens(address(incident)).sends(
            "update",
            {**MESSAGE, "components.orders": "degraded_performance", "expected_at": "2025-03-04T10:00"},
            button="Preview",
        )

        operator.reads(
            "This is what would happen. Nothing is sent yet.",
            "Nobody will be notified: nobody has subscribed to this.",
            "Español",
            "Not written in this language: these readers get the text in English.",
            "Orders do not arrive",
            "En investigación",
            "A queue is stuck.",
            "Pedidos: Rendimiento reducido",
            "Esperamos resolverlo para el 4 de marzo de 2025, 10:00 UTC.",
        )
        assert site.last_position() == before
        assert operator.form("update").value("message.en") == "A queue is stuck."

    def test_can_be_internal(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident)).sends("update", {**MESSAGE, "internal": "true"}, button="Preview")
        operator.reads("Nobody will be notified.", "Readers would see nothing of it.")
        operator.sends("update")

        assert document(site, incident)["updates"][-1]["internal"]
        assert len(site.reader.get(f"/v1/incidents/{incident}").json()["updates"]) == 1
        assert any("Internal" in line for line in operator.lines)

    def test_keeps_what_was_typed_if_it_is_refused(self, site: Site, operator: Visitor, incident: str) -> None:
        typed = {"message.es": "Vaya.", "internal": "true", "components.orders": "operational", "expected_at": "soon"}

        operator.opens(address(incident)).sends("update", typed, status=422)
        operator.reads(
            "Nothing was changed. Look at what is marked.", "Enter a day and a time, as in 2021-03-09T14:30."
        )
        operator.sends("update", {"expected_at": ""}, status=422)

        assert any("cannot change state, components" in line for line in operator.lines)
        form = operator.form("update")
        assert (form.value("message.es"), form.value("components.orders")) == ("Vaya.", "operational")
        assert len(document(site, incident)["updates"]) == 1

    def test_that_is_late_shows_what_others_did_and_keeps_the_text(
        self, site: Site, operator: Visitor, incident: str
    ) -> None:
        operator.opens(address(incident))
        made(site.update(incident, "identified"))

        operator.sends("update", MESSAGE, status=412)

        operator.reads(
            "Nothing was changed: see what is wrong",
            "This happened meanwhile:",
            "Update written, by the-operator",
            "Timeline",
            "Now identified.",
        )
        assert operator.form("update").value("message.en") == "A queue is stuck."
        operator.sends("update", {"state": "identified"}).reads("The update is posted.")

    def test_begins_with_a_template(self, site: Site, operator: Visitor, incident: str) -> None:
        texts = {"en": "{component}: we are on it.", "es": "{component}: en ello."}
        made(site.operator.post("/v1/templates", {"key": "on-it", "purpose": "incident_update", "message": texts}))

        operator.opens(address(incident)).sends("update", {"template": "on-it"}, button="Fill in its texts")

        form = operator.form("update")
        assert form.value("message.en") == "Order import: we are on it."
        assert form.value("message.es") == "Pedidos: en ello."
        operator.sends("update", {"message.en": "Order import: nearly there."})
        assert document(site, incident)["updates"][-1]["message"]["en"] == "Order import: nearly there."

    def test_has_a_form_though_very_much_is_affected(self, site: Site, operator: Visitor) -> None:
        keys = [site.component(f"shop-{number}")["key"] for number in range(120)]
        id = site.incident(dict.fromkeys(keys, "major_outage"))["id"]

        operator.opens(address(id))
        operator.reads("These are the first 100 of 120. The others stay as they are; the API changes them.")
        operator.sends("update", MESSAGE).reads("The update is posted.")

        assert len(document(site, id)["components"]) == 120

    def test_is_written_once_though_it_is_sent_twice(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident))
        form = operator.form("update")
        body = form.filled(MESSAGE)

        answers = [operator.request("POST", form.action, body).status_code for _ in range(2)]

        assert answers == [303, 303]
        assert len(document(site, incident)["updates"]) == 2


class TestTheGuard:
    def test_says_what_has_to_be_done_first(self, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident))

        operator.reads(
            "How far the work has come",
            "Not yet to be resolved: first post an update with “Fix in place, watching”. The time that the fix has"
            " to hold begins then.",
        )

    def test_names_the_moment_and_counts_down(self, site: Site, operator: Visitor, incident: str) -> None:
        site.set_clock("08:05")
        made(site.update(incident, "monitoring"))
        site.set_clock("08:09")

        operator.opens(address(incident))

        operator.reads("Resolve possible after 08:15:00, in 6 minutes. The fix has to hold first.")
        assert 'data-until="2025-03-04T08:15:00Z" data-now="2025-03-04T08:09:00+00:00"' in operator.answer.text
        operator.sends("update", {**MESSAGE, "state": "resolved"}, status=409)
        operator.reads(
            "Nothing was changed. Incident is not stable yet: the fix has to hold first; possible after"
            " March 4, 2025, 08:15 UTC."
        )
        assert operator.form("update").value("message.en") == "A queue is stuck."

    def test_lets_it_be_resolved_once_that_has_passed(self, site: Site, operator: Visitor, incident: str) -> None:
        made(site.update(incident, "monitoring"))
        site.set_clock("08:10")
        operator.opens(address(incident)).reads(
            "Resolve possible after 08:10:00, in 0 seconds. The fix has to hold first."
        )
        site.set_clock("08:11")

        operator.opens(address(incident)).reads("You can resolve it. The fix has held since March 4, 2025, 08:10 UTC.")

        operator.sends("update", {**MESSAGE, "state": "resolved"}).reads("The update is posted.", "It is resolved")

    def test_can_be_overridden_with_a_reason(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident)).sends(
            "update", {**MESSAGE, "state": "resolved", "override_reason": "We saw it work."}
        )

        assert document(site, incident)["state"] == "resolved"

    def test_names_the_signals_that_fire(self, site: Site, operator: Visitor, detection: str) -> None:
        made(site.update(detection, "monitoring"))
        site.signal("errors", "labels", state="firing", status="major_outage")

        operator.opens(address(detection))

        operator.reads(
            "Not yet to be resolved: 1 signal still fires. Wait until monitoring clears it, or clear by hand.",
            "1 signal fires",
            "tests Major outage",
            "error rate above 20 %",
        )


class TestADetection:
    def test_is_published_with_words_of_ones_own(self, operator: Visitor, detection: str) -> None:
        operator.opens(address(detection))
        operator.reads(
            "Readers do not see it",
            "It is published by itself, if a signal still fires then: March 4, 2025, 08:30 UTC, in 30 minutes.",
        )

        operator.sends("publish", {"reason": "They ask."}, button="Preview")
        operator.reads("This is what would happen. Nothing is sent yet.", "Label printing: partial outage")
        operator.sends("publish", {"title.en": "Labels are slow"})

        operator.reads("It is public now.", "Labels are slow", "Investigating Public")

    def test_needs_a_reason_to_be_published(self, site: Site, operator: Visitor, detection: str) -> None:
        operator.opens(address(detection)).sends("publish", {"title.en": "Labels are slow"}, status=422)

        assert operator.form("publish").value("title.en") == "Labels are slow"
        assert 'id="publish-reason-fault"' in operator.answer.text
        assert document(site, detection)["visibility"] == "private"

    def test_is_held_and_released(self, site: Site, operator: Visitor, detection: str) -> None:
        operator.opens(address(detection)).sends("hold", {"reason": "Legal asks first."})
        operator.reads(
            "Publication is held.",
            "Publication is held: Legal asks first. No policy publishes or dismisses it until you release the hold.",
        )
        site.set_clock("08:25")
        operator.opens(address(detection))
        site.set_clock("08:45")

        operator.opens(address(detection)).sends("release")

        operator.reads("The hold is released.")
        assert document(site, detection)["visibility"] == "public"

    def test_is_dismissed_with_a_reason(self, site: Site, operator: Visitor, detection: str) -> None:
        operator.opens(address(detection)).sends("dismiss", {"reason": ""}, status=422)
        operator.sends("dismiss", {"reason": "The probe was wrong."})

        operator.reads("It is dismissed.", "Dismissed Private: readers do not see it", "Ended because")
        assert [form.name for form in operator.forms if form.name] == []
        assert site.reader.get("/v1/incidents").json()["data"] == []

    def test_that_came_back_can_be_reopened_for_readers_or_dropped(
        self, site: Site, operator: Visitor, detection: str
    ) -> None:
        made(site.operator.post(f"/v1/incidents/{detection}/publication", {"reason": "They ask."}))
        site.signal("errors", "labels", state="clear")
        resolved(site, detection)
        site.set_clock("08:20")
        site.signal("errors", "labels", status="major_outage")
        site.tick()

        operator.opens(address(detection))

        operator.reads("It may be back, and readers do not see that")
        operator.opens("/console").reads(
            "Open incidents",
            "Label printing: partial outage It may be back: readers do not see that",
            "It is reopened for readers by itself at March 4, 2025, 08:50 UTC if it goes on.",
            "Components that are not well",
            "As we know it: readers do not see what is still private.",
        )
        operator.opens(address(detection)).sends("dismiss", {"reason": "A test."})
        operator.reads("It is dismissed.", "It is resolved")
        assert document(site, detection)["state"] == "resolved"


class TestAPublicIncident:
    def test_is_withdrawn_and_stays_listed(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident)).sends("withdraw", {"reason": "A test."}, button="Preview")
        operator.reads("This is what would happen. Nothing is sent yet.", "Withdrawn")
        operator.sends("withdraw")

        operator.reads("It is withdrawn. It stays listed as a false alarm.", "Withdrawn Public")
        assert document(site, incident)["state"] == "withdrawn"

    def test_is_reopened_once_it_was_resolved(self, site: Site, operator: Visitor, incident: str) -> None:
        resolved(site, incident)

        operator.opens(address(incident)).sends("reopen", {"message.en": "Again."}, status=422)
        assert operator.form("reopen").value("message.en") == "Again."
        operator.sends("reopen", {"reason": "It is back.", "components.orders": "degraded_performance"})

        operator.reads("It is open again.", "Investigating Public", "Write an update")
        assert document(site, incident)["components"] == {"orders": "degraded_performance"}

    def test_has_all_its_updates_on_a_screen(self, site: Site, operator: Visitor, incident: str) -> None:
        for number in range(60):
            made(site.update(incident, "identified", message=f"Step {number}."))

        operator.opens(address(incident)).reads("Step 59.", "All 61 updates")
        operator.opens(address(incident, "/updates")).reads(
            "61 in all, the oldest first", "We look into it.", "Step 0."
        )
        operator.opens(operator.link("Newer")).reads("Step 59.")
        operator.opens(address(incident, "/correction?update=2")).reads("Correct update 2", "Step 0.")

    def test_shows_hostile_texts_as_they_were_typed(self, operator: Visitor, site: Site) -> None:
        hostile = "<script>alert(1)</script>"
        id = site.incident({"orders": "major_outage"}, title=hostile, message=f"{hostile} [x](javascript:alert)")["id"]

        operator.opens(address(id)).reads(hostile)

        assert hostile not in operator.answer.text
        assert "javascript:" not in operator.answer.text.replace("[x](javascript:alert)", "")


class TestACorrection:
    def test_of_an_update_stands_beside_the_original(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/correction?update=1")).reads("As it stands", "We look into it.", "Corrected")
        assert operator.form("correct_update").value("message.en") == "We look into it."

        operator.sends("correct_update", {"message.en": "We **look**."}, button="Preview")
        operator.reads("This is what readers would see. Nothing is sent yet.", "We look.")
        operator.sends("correct_update", {}, status=422)
        assert operator.form("correct_update").value("message.en") == "We **look**."
        operator.sends("correct_update", {"reason": "A typo."})

        operator.reads("The update is corrected. The original stays readable.", "The original", "We look into it.")
        assert site.reader.get(f"/v1/incidents/{incident}").json()["updates"][0]["corrected"]

    def test_notifies_subscribers_only_if_that_is_chosen(self, site: Site, operator: Visitor, incident: str) -> None:
        correction = address(incident, "/correction?update=1")

        operator.opens(correction).sends("correct_update", {"message.en": "We looked.", "reason": "A typo."})
        operator.opens(correction).sends(
            "correct_update",
            {"message.en": "It failed.", "reason": "No.", "notify": "true", "notify_reason": "New."},
        )

        events = site.auditor.get("/v1/events?type=incident.corrected").json()["data"]
        said = [(each["notify"], each.get("notify_reason")) for each in events]
        assert said == [(False, None), (True, "New.")]

    def test_of_title_and_countries(self, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/correction")).sends(
            "correct_texts", {"title.en": "Orders are late", "markets": "ES", "reason": "Too harsh."}
        )

        operator.reads("It is corrected. The original stays readable.", "Orders are late", "Only in", "ES")

    def test_of_the_times_of_a_component(self, site: Site, operator: Visitor, incident: str) -> None:
        site.set_clock("08:29")
        operator.opens(address(incident, "/correction?component=orders"))
        operator.reads("Correct the times of Order import", "Major outage")
        at = "impact.orders"
        assert operator.form("correct_impact").value(f"{at}.0.from") == "2025-03-04T08:00:00+00:00"

        operator.sends(
            "correct_impact",
            {
                f"{at}.0.until": "2025-03-04T08:20",
                f"{at}.1.status": "partial_outage",
                f"{at}.1.from": "2025-03-04T08:10",
                "reason": "Metrics.",
            },
            status=422,
        )
        assert operator.form("correct_impact").value(f"{at}.1.from") == "2025-03-04T08:10"
        operator.sends("correct_impact", {f"{at}.1.from": "2025-03-04T08:20"})

        operator.reads("The times are corrected. What they were before stays readable.")
        assert document(site, incident)["impact_spans"]["orders"] == [
            {"status": "major_outage", "from": "2025-03-04T08:00:00Z", "until": "2025-03-04T08:20:00Z"},
            {"status": "partial_outage", "from": "2025-03-04T08:20:00Z", "until": None},
        ]

    def test_of_what_is_not_there_is_not_found(self, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/correction?update=9"), status=404)
        operator.opens(address(incident, "/correction?component=labels"), status=404)


class TestAPostmortem:
    def test_waits_for_the_resolution(self, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/postmortem")).reads("You can write it once the incident is resolved.")

    def test_is_drafted_previewed_and_published(self, site: Site, operator: Visitor, incident: str) -> None:
        resolved(site, incident)
        path = address(incident, "/postmortem")

        operator.opens(path).sends("draft", {"body.en": "A **queue** had no limit."}, button="Preview")
        operator.reads("This is what readers would see. Nothing is sent yet.", "A queue had no limit.")
        operator.sends("draft").reads("The draft is kept. Readers do not see it.", "A queue had no limit.")
        assert site.reader.get(f"/v1/incidents/{incident}").json()["postmortem"] is None

        operator.sends("publish", {}, button="Preview").reads("This is what would happen. Nothing is sent yet.")
        operator.sends("publish")

        operator.reads("The postmortem is published.", "What readers see", "A queue had no limit.")
        assert site.reader.get(f"/v1/incidents/{incident}").json()["postmortem"]["body"] == {
            "en": "A **queue** had no limit."
        }

    def test_that_somebody_else_wrote_meanwhile_stands_beside(
        self, site: Site, operator: Visitor, incident: str
    ) -> None:
        resolved(site, incident)
        operator.opens(address(incident, "/postmortem"))
        made(site.operator.post(f"/v1/incidents/{incident}/postmortem", {"body": "Theirs."}))

        operator.sends("draft", {"body.en": "Mine."}, status=412)

        operator.reads("There is a draft that readers do not see", "Theirs.", "Postmortem drafted, by the-operator")
        assert operator.form("draft").value("body.en") == "Mine."


class TestAround:
    def test_contacts_are_replaced_as_a_whole(self, site: Site, operator: Visitor, incident: str) -> None:
        path = address(incident, "/around")
        contact = {"contacts.0.channel": "email", "contacts.0.address": "help@example.com"}
        operator.opens(path).sends("contacts", {**contact, "contacts.0.note.es": "Siempre."})
        operator.reads("The contacts are changed.")
        assert document(site, incident)["contacts"] == [
            {"audience": None, "channel": "email", "address": "help@example.com", "note": {"es": "Siempre."}}
        ]

        operator.sends("contacts", {"contacts.1.channel": "phone"}, status=422)
        operator.reads("As it is now", "email: help@example.com")
        assert operator.form("contacts").value("contacts.1.channel") == "phone"
        operator.sends(
            "contacts", {name: "" for name in operator.form("contacts").names if name.startswith("contacts.")}
        )

        assert document(site, incident)["contacts"] == []

    def test_what_is_wrong_with_a_contact_stands_at_its_row_though_one_before_is_empty(
        self, site: Site, operator: Visitor, incident: str
    ) -> None:
        contacts = [{"channel": "email", "address": f"{name}@example.com"} for name in ("a", "b", "c")]
        made(site.operator.patch(f"/v1/incidents/{incident}", {"contacts": contacts}))
        site.tick()
        wrong = {"contacts.1.channel": "", "contacts.1.address": "", "contacts.2.address": ""}

        operator.opens(address(incident, "/around")).sends("contacts", wrong, status=422)

        assert marked(operator, "contacts") == ["contacts.2.address"]
        assert 'href="#contacts-contacts.2.address"' in operator.answer.text

    def test_what_is_wrong_with_a_new_kind_stands_at_its_fields(self, operator: Visitor, incident: str) -> None:
        typed = {"new_kind": "order", "new.deadline": "a while"}

        operator.opens(address(incident, "/around")).sends("policies", typed, status=422)

        assert marked(operator, "policies") == ["new.deadline"]

    def test_a_new_kind_is_checked_by_a_person_unless_something_else_is_chosen(
        self, site: Site, operator: Visitor, incident: str
    ) -> None:
        operator.opens(address(incident, "/around")).sends("policies", {"new_kind": "order"})

        assert document(site, incident)["request_policies"]["order"]["policy"] == "check_by_hand"

    def test_policies_are_changed_kind_by_kind(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/around")).sends(
            "policies", {"new_kind": "order", "new.policy": "source_resends", "new.deadline": "a while"}, status=422
        )
        assert operator.form("policies").value("new.deadline") == "a while"
        operator.sends("policies", {"new.deadline": "48h", "new.four_eyes": "true", "because": "They asked."})
        operator.reads("The policies are changed.")
        assert document(site, incident)["request_policies"] == {
            "order": {"policy": "source_resends", "deadline": "PT172800S", "four_eyes": True}
        }

        operator.reads("Order", "As in 72h.")
        assert operator.form("policies").value("request_policies.order.deadline") == "48h"

        operator.sends("policies", {"request_policies.order.policy": ""})

        assert document(site, incident)["request_policies"] == {}

    def test_readers_are_told_whether_requests_are_settled(self, site: Site, operator: Visitor, incident: str) -> None:
        operator.opens(address(incident, "/around")).sends("shown")

        operator.reads("It is changed what readers are told of held requests.")
        assert document(site, incident)["reconciliation_shown"]
        operator.sends("shown")
        assert not document(site, incident)["reconciliation_shown"]
