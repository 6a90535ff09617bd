"""The list of maintenance, and the screen of a window, with forms alone."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Site
from tests.api.console.visitor import Visitor, signed_in
from tests.api.templates.steps import a_template
from tests.api.windows import LABELS, Window, planned, under_way

PLACE = "/console/maintenance-windows"
HOSTILE = "<script>alert(1)</script> \u202e\u0645\u0631\u062d\u0628\u0627 " + "w" * 300


@pytest.fixture
def site(site: Site) -> Site:
    """The service with a component, on the 4th of March at eight o'clock."""
    site.component(LABELS)
    return site


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """An operator who has signed in."""
    return signed_in(site, site.operator)


def screen_of(window: Window) -> str:
    """Give the address of the screen of a window."""
    return f"{PLACE}/{window.id}"


class TestList:
    def test_says_that_there_is_nothing(self, visitor: Visitor) -> None:
        visitor.opens(PLACE).reads("In progress", "Nothing is in progress.", "Planned", "Nothing is planned.")
        visitor.opens(f"{PLACE}?view=past").reads("There was none.")
        visitor.opens(f"{PLACE}?view=cancelled").reads("None was cancelled.")

    def test_shows_what_is_in_progress_before_what_is_planned(self, site: Site) -> None:
        under_way(site, title="Now")
        visitor = signed_in(site, site.operator)
        planned(site, title="Soon", start="2025-03-04T18:00", end="2025-03-04T19:00", announced=False)

        visitor.opens(PLACE).reads(
            *("In progress", "Now", "March 4, 2025, 10:00 – 12:00 UTC ends in 2 hours"),
            *("Planned", "Soon", "Planned Not announced", "March 4, 2025, 17:00 – 18:00 UTC begins in 7 hours"),
        )

    def test_filters_by_component_and_by_what_readers_see(self, site: Site, visitor: Visitor) -> None:
        site.component("orders")
        planned(site, title="Of labels")
        planned(site, title="Of orders", components={"orders": "under_maintenance"}, announced=False)

        visitor.opens(f"{PLACE}?component=orders").reads("Of orders").does_not_read("Of labels")
        visitor.opens(f"{PLACE}?visibility=public").reads("Of labels").does_not_read("Of orders")

    def test_goes_on_where_a_piece_ends(self, site: Site, visitor: Visitor) -> None:
        for day in range(10, 30):
            for hour in (3, 5):
                planned(
                    site, title=f"Night {day} {hour}", start=f"2025-03-{day}T0{hour}:00", end=f"2025-03-{day}T07:00"
                )

        visitor.opens(PLACE).does_not_read("Night 29 5")
        later = visitor.answer.text.partition('">Later</a>')[0].rpartition('href="')[2].replace("&amp;", "&")

        visitor.opens(later).reads("Night 29 5", "Back to the beginning").does_not_read("In progress")

    def test_shows_past_and_cancelled_windows(self, site: Site) -> None:
        planned(site, title="Given up").done("cancellation")
        under_way(site, title="Over").done("completion", {"outcome": "rolled_back"})
        visitor = signed_in(site, site.operator)

        visitor.opens(f"{PLACE}?view=past").reads("Over", "Rolled back").does_not_read("Given up")
        visitor.opens(f"{PLACE}?view=cancelled").reads("Given up", "Cancelled").does_not_read("Over")


class TestScreen:
    def test_says_first_what_state_it_is_in(self, site: Site, visitor: Visitor) -> None:
        window = planned(site, description={"en": "We renew **everything**."})

        visitor.opens(screen_of(window)).reads(
            *("Upgrade of labels", "Planned", "March 4, 2025, 10:00 – 12:00 UTC begins in 2 hours"),
            *("When it is where", "Europe/Warsaw", "Tuesday, March 4, 2025, 11:00 – 13:00 (UTC+1)"),
            *("Mexico", "Tuesday, March 4, 2025, 04:00 – 06:00 (UTC-6)"),
            *("What readers read", "English", "We renew everything."),
            *("What it affects", "Labels: Partial outage"),
        )

    def test_of_nothing_is_not_found(self, visitor: Visitor) -> None:
        visitor.opens(f"{PLACE}/00000000-0000-7000-8000-000000000000", status=404).reads("Not found")

    def test_shows_hostile_texts_as_texts(self, site: Site, visitor: Visitor) -> None:
        window = planned(site, title={"en": HOSTILE}, description={"en": HOSTILE}, audiences={"<b>x</b>": {}})
        planned(site, title={"en": HOSTILE})

        for path in ("", f"/{window.id}", f"/{window.id}/plan"):
            assert "<script>alert" not in visitor.opens(f"{PLACE}{path}").answer.text
            assert "<b>x</b>" not in visitor.answer.text

    def test_shows_other_windows_that_affect_the_same(self, site: Site, visitor: Visitor) -> None:
        site.component("orders")
        window = planned(site)
        planned(site, title="The same", start="2025-03-04T12:00", end="2025-03-04T14:00", announced=False)
        planned(site, title="Others", components={"orders": "under_maintenance"})
        planned(site, title="Right after", start="2025-03-04T13:00", end="2025-03-04T14:00")

        visitor.opens(screen_of(window)).reads(
            "Another window affects the same things at this time.",
            "The same, March 4, 2025, 11:00 – 13:00 UTC: Labels Not announced",
            "At this time, with other components: Others (March 4, 2025, 10:00 – 12:00 UTC).",
        ).does_not_read("Right after")

    def test_has_no_forms_for_auditors(self, site: Site) -> None:
        window = planned(site)
        auditor = signed_in(site, site.auditor)

        assert [form.name for form in auditor.opens(screen_of(window)).forms if form.name] == []
        auditor.does_not_read("What you can do")
        auditor.opens(PLACE).does_not_read("Plan maintenance")
        auditor.opens(f"{PLACE}/new", status=403)
        auditor.opens(f"{PLACE}/{window.id}/plan", status=403)
        sent = auditor.request("POST", screen_of(window), "form=cancel&reason=no")
        assert (sent.status_code, window.inside["state"]) == (403, "scheduled")

    def test_is_closed_to_reviewers(self, site: Site) -> None:
        signed_in(site, site.a(Role.REVIEWER)).opens(PLACE, status=403).reads("You cannot open this")

    def test_offers_no_deeds_when_it_is_over(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        window.done("cancellation", {"reason": "No need."})

        visitor.opens(screen_of(window)).reads("Cancelled", "Plan another one like it").does_not_read("Cancel it")


class TestDeeds:
    def test_announce(self, site: Site, visitor: Visitor) -> None:
        window = planned(site, announced=False)
        visitor.opens(screen_of(window)).reads(
            "Readers do not see this window, and are not told of it. What you write stays private, also after the"
            " announcement."
        )

        visitor.sends(
            "announce", {"message.en": "It is **planned**.", "message.pl": "Planujemy."}, button="Announce it"
        )

        visitor.reads("It is announced: readers see it.")
        assert window.outside["updates"][-1]["message"] == {"en": "It is **planned**.", "pl": "Planujemy."}

    def test_preview_records_nothing_and_keeps_what_was_typed(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        before = window.inside["version"]
        typed = {"message.en": "All *goes* well.", "message.es": "Todo va bien."}

        visitor.opens(screen_of(window)).sends("update", typed, button="Who would be notified?")

        visitor.reads(
            "Nothing was sent yet.",
            "Nobody will be notified: nobody has subscribed to this.",
            *("English", "All goes well.", "Español", "Todo va bien."),
        )
        assert window.inside["version"] == before
        assert visitor.form("update").value("message.en") == "All *goes* well."
        visitor.sends("update", button="Post the update").reads(
            "The update is posted.", "Update March 4, 2025, 08:00 UTC"
        )

    def test_update_changes_components_while_it_goes_on(self, site: Site) -> None:
        window = under_way(site)
        visitor = signed_in(site, site.operator)
        visitor.opens(screen_of(window)).sends(
            "update",
            {"message.en": "Half is done.", f"components.{LABELS}": "operational", "expected_at": "2025-03-04T11:30"},
        )

        visitor.reads("The end is expected by March 4, 2025, 11:30 UTC.", "Half is done.", "Labels: Operational")
        assert window.inside["updates"][-1]["components"] == {LABELS: "operational"}

    def test_update_for_operators_only_is_said_to_be_so(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(screen_of(window)).sends("update", {"message.en": "Ask Ana.", "internal": "true"})

        visitor.reads("Update March 4, 2025, 08:00 UTC For operators only", "Ask Ana.")
        assert [each for each in window.outside["updates"] if each["message"]] == []

    def test_update_without_a_message_is_refused_at_its_field(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        asked = {"notify_reason": "A test.", "notify": "false", "occurred_at": "2025-03-04T07:59"}

        visitor.opens(screen_of(window)).sends("update", asked, status=422)

        visitor.reads(
            "Nothing was changed. Look at what is marked.",
            "How the work goes",
            "Say a message, or name a template that has one.",
        )
        assert visitor.form("update").value("notify_reason") == "A test."
        assert visitor.form("update").value("notify") == "false"

    def test_update_can_have_the_text_of_a_template(self, site: Site, visitor: Visitor) -> None:
        a_template(site, key="halfway", purpose="maintenance_update", title=None, message={"en": "Half is done."})
        window = planned(site)

        visitor.opens(screen_of(window)).sends("update", {"template": "halfway"})

        visitor.reads("The update is posted.", "Half is done.")

    def test_start_extend_and_complete(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(screen_of(window)).sends("start", {"reason": "The vendor is early."})
        visitor.reads("It has begun.", "In progress", "Begun March 4, 2025, 08:00 UTC", "Why: The vendor is early.")
        visitor.sends("extend", {"by": "1h", "message.en": "We need an hour more."})
        visitor.reads("The end is later now.", "March 4, 2025, 10:00 – 13:00 UTC ends in 5 hours")
        visitor.sends("complete", {"outcome": "rolled_back", "message.en": "We went back."})

        visitor.reads("It is completed.", "Rolled back", "It ended March 4, 2025, 08:00 UTC.")
        assert window.inside["outcome"] == "rolled_back"

    def test_extension_without_a_length_is_refused_at_its_field(self, site: Site) -> None:
        window = under_way(site)
        visitor = signed_in(site, site.operator)

        visitor.opens(screen_of(window)).sends("extend", {"message.en": "Longer."}, status=422)

        visitor.reads("Until", "Say when it ends, by how much it is extended, or how long it lasts.")
        assert visitor.form("extend").value("message.en") == "Longer."

    def test_hold_leaves_it_to_a_person_who_is_asked_first_to_complete_it(self, site: Site) -> None:
        window = under_way(site)
        visitor = signed_in(site, site.operator)
        visitor.opens(screen_of(window)).sends("hold", {"reason": "We look first."})
        visitor.reads(
            "It is on hold: a person completes it.",
            "On hold. At its end a person checks and completes it. We look first.",
        )
        visitor.sends("release").reads("The hold is released: it ends by the clock.")
        visitor.sends("hold")
        site.set_clock("12:30")
        visitor = signed_in(site, site.operator)

        visitor.opens(screen_of(window)).reads(
            *("Past its end, to be checked On hold", "March 4, 2025, 10:00 – 12:00 UTC 30 minutes past its end"),
            *("What you can do", "Complete it"),
            "Post an update",
        )
        visitor.sends("complete").reads("It is completed.")

    def test_cancel_needs_a_reason(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(screen_of(window)).sends("cancel", {"message.en": "Not tonight."}, status=422)
        visitor.reads("Why, for operators", "Say why: this cannot be undone.")
        assert visitor.form("cancel").value("message.en") == "Not tonight."
        assert window.inside["state"] == "scheduled"
        visitor.sends("cancel", {"reason": "The vendor is ill."})

        visitor.reads("It is cancelled.", "It was cancelled March 4, 2025, 08:00 UTC.", "Not tonight.")

    def test_move(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(screen_of(window)).sends("move", {"start": "2025-03-05T01:00", "end": "2025-03-05T04:00"})

        visitor.reads("It is moved.", "Planned Moved", "March 5, 2025, 00:00 – 03:00 UTC begins in 16 hours")
        assert window.inside["revision"] == 2

    def test_move_to_an_hour_that_does_not_exist_says_both_instants(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        gap = {"start": "2025-03-30T02:30", "end": "2025-03-30T05:00", "message.en": "Later."}

        for button, status in (("Check the times", 200), ("Move it", 422)):
            visitor.opens(screen_of(window)).sends("move", gap, button=button, status=status)
            visitor.reads(
                "This hour does not exist. The clocks go forward over it.",
                "The start can mean either of these. Choose below, or take another time.",
                *("Earlier", "Sunday, March 30, 2025, 01:30 (UTC+1)"),
                *("Later", "Sunday, March 30, 2025, 03:30 (UTC+2)"),
            )
            assert visitor.form("move").value("start") == "2025-03-30T02:30"
            assert visitor.form("move").value("message.en") == "Later."

        visitor.sends("move", {"ambiguous": "later"}).reads("It is moved.")
        assert window.inside["starts_at"] == "2025-03-30T01:30:00Z"

    def test_check_of_a_move_leaves_the_window_itself_out_of_what_it_meets(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(screen_of(window)).sends("move", {"start": "2025-03-04T12:00"}, button="Check the times")

        visitor.reads(
            "Mexico", "Tuesday, March 4, 2025, 05:00 – 06:00 (UTC-6)", "Nothing else is planned at this time."
        )
        assert window.inside["revision"] == 1

    def test_on_a_window_that_somebody_changed_says_what_happened_and_keeps_what_was_typed(
        self, site: Site, visitor: Visitor
    ) -> None:
        window = planned(site)
        visitor.opens(screen_of(window))
        window.done("reschedule", {"start": "2025-03-06T01:00"})

        visitor.sends("move", {"start": "2025-03-05T01:00", "end": "2025-03-05T02:00"}, status=412)

        visitor.reads(
            "March 6, 2025, 00:00 – 02:00 UTC begins in 1 day 16 hours",
            "Somebody else changed this while you were writing. What you typed is still in the form; the rest of the"
            " screen shows how things are now. Look at both, then send it again.",
            *("This happened meanwhile:", "Rescheduled, by the-operator"),
        )
        assert visitor.form("move").value("start") == "2025-03-05T01:00"
        visitor.sends("move").reads("It is moved.", "March 5, 2025, 00:00 – 01:00 UTC begins in 16 hours")

    def test_that_is_not_possible_any_more_says_so(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        visitor.opens(screen_of(window))
        window.done("cancellation")

        visitor.sends("start", {"version": ""}, status=409)

        visitor.reads("Cancelled").does_not_read("Start it now")


class TestTimeline:
    def test_shows_the_newest_entries_and_leads_to_all(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        for number in range(25):
            window.done("updates", {"message": f"Step {number:02}"})

        visitor.opens(screen_of(window)).reads("Step 24", "All 26 entries").does_not_read("Step 03")
        visitor.opens(f"{screen_of(window)}?all=1").reads("Step 24", "Step 03", "Planned March 4, 2025, 08:00 UTC")
