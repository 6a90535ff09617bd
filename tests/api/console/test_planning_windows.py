"""The form that plans windows and series, and the one that changes a plan, with forms alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in
from tests.api.templates.steps import a_template
from tests.api.windows import LABELS, LIST, Window, planned

PLACE = "/console/maintenance-windows"
NEW, CHECK = f"{PLACE}/new", f"{PLACE}/check"
SHOW = "Show this group"
NIGHT = {
    "zone": "America/Sao_Paulo",
    "start": "2025-07-28T01:00",
    "duration": "4h",
    "markets": "MX America/Mexico_City\nPE America/Lima, \n\nCL, America/Santiago",
}
WEEKLY = {"title.en": "Upkeep", "zone": "Europe/Warsaw", "start": "2025-03-16T02:30", "duration": "1h"}
UPGRADE = {**NIGHT, "title.en": "Upgrade", "title.es": "Actualización"}


@pytest.fixture
def site(site: Site) -> Site:
    """The service with a component, on the 4th of March at eight o'clock."""
    site.component(LABELS)
    return site


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """An operator who has signed in."""
    return signed_in(site, site.operator)


@pytest.fixture(scope="module")
def planner(shared_site: Site) -> Visitor:
    """An operator before the form, at a service that the tests share in which nothing is planned."""
    shared_site.component(LABELS)
    return signed_in(shared_site, shared_site.operator).opens(NEW)


def shops(site: Site) -> None:
    """Register so many components that a form shows one group at a time."""
    made(site.operator.send("PUT", "/v1/groups/shops", json={"name": "Shops", "position": 9}))
    for place in range(45):
        site.component(f"shop-{place:02}", name=f"Shop {place}", group="shops")


def only_window(site: Site) -> dict[str, Any]:
    """Give the one window that was planned."""
    (window,) = made(site.operator.get(LIST))["data"]
    return dict(window)


def nothing_planned(site: Site) -> bool:
    """Tell whether no window was planned."""
    return not made(site.operator.get(LIST))["data"]


class TestPlanning:
    def test_plans_a_window_with_all_that_it_has(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", {"audience_more": "sellers"}, button="Write for those chosen")
        visitor.sends(
            "plan",
            {
                **UPGRADE,
                "reason.en": "We grow.",
                f"components.{LABELS}": "major_outage",
                "covers": LABELS,
                "audiences.sellers.restrictions.en": "No labels.\nNo pickups,\n  not even by telephone.",
                "audiences.sellers.restrictions.es": "-\nSin recogidas.",
                "audiences.sellers.guidance.before.en": "Print today.",
                "freezes.0.data": "parcel_statuses",
                "freezes.0.name.en": "Statuses of parcels",
                "request_policies.0.kind": "order",
                "request_policies.0.policy": "reprocess",
                "request_policies.0.four_eyes": "true",
                "contacts.0.channel": "email",
                "contacts.0.address": "support@example.com",
                "remind_before": "2h",
            },
            button="Plan it",
        )

        visitor.reads(
            "Upgrade",
            "It is saved.",
            "Nothing has named the audience sellers before. If that is a mistake, change the plan.",
        )
        window = only_window(site)
        assert window["title"] == {"en": "Upgrade", "es": "Actualización"}
        assert (window["starts_at"], window["ends_at"]) == ("2025-07-28T04:00:00Z", "2025-07-28T08:00:00Z")
        assert [each["market"] for each in window["local_times"]] == ["MX", "PE", "CL"]
        assert (window["components"], window["covers"]) == ({LABELS: "major_outage"}, [LABELS])
        assert window["audiences"]["sellers"] == {
            "restrictions": [
                {"en": "No labels."},
                {"en": "No pickups,\nnot even by telephone.", "es": "Sin recogidas."},
            ],
            "guidance": {"before": [{"en": "Print today."}], "during": [], "after": []},
        }
        assert window["freezes"] == [{"data": "parcel_statuses", "name": {"en": "Statuses of parcels"}, "note": {}}]
        assert window["request_policies"] == {
            "order": {"policy": "reprocess", "deadline": "PT259200S", "four_eyes": True}
        }
        assert window["contacts"][0]["address"] == "support@example.com"
        assert (window["remind_before"], window["announced"]) == (["PT7200S"], True)

    def test_can_leave_the_announcement_for_later(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", {**UPGRADE, "announced": [], "remind_before": "", "all": "major_outage"})

        visitor.reads("Planned Not announced", "Announce it", "The whole product: Major outage")
        window = only_window(site)
        assert (window["announced"], window["all"], window["remind_before"]) == (False, "major_outage", [])

    def test_can_take_its_texts_from_a_template(self, site: Site, visitor: Visitor) -> None:
        texts = {"title": {"en": "Upkeep of {component}"}, "message": {"en": "For {market}."}}
        a_template(site, key="upkeep", purpose="maintenance_window", **texts)
        asked = {**NIGHT, "template": "upkeep", f"components.{LABELS}": "major_outage", "blanks.market.en": "all shops"}

        visitor.opens(NEW).sends("plan", asked)

        visitor.reads("Upkeep of Labels", "For all shops.")

    def test_previews_who_would_be_notified(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", UPGRADE, button="Who would be notified?")

        visitor.reads("Nothing was sent yet.", "Nobody will be notified: nobody has subscribed to this.", "When")
        assert nothing_planned(site)
        visitor.sends("plan", button="Plan it").reads("It is saved.")

    @pytest.mark.parametrize(
        ("more", "fault"),
        [
            ({"title.en": "", "title.es": ""}, "say a title, or name a template that has one"),
            ({"zone": "America/Nowhere"}, "there is no time zone America/Nowhere"),
            ({"markets": "MX America/Nowhere"}, "there is no time zone America/Nowhere"),
            ({"markets": "Mexico"}, "Write a country and a zone, as in MX America/Mexico_City, and not 'Mexico'."),
            ({"duration": ""}, "say either when it ends or how long it lasts"),
            ({"duration": "four"}, "'four' is not a duration; write 90s, 30m, 2h or PT30M"),
            ({"start": "2025-07-28"}, "a civil time has no offset, its zone is the offset: write 2024-07-28T01:00"),
            (
                {f"components.{LABELS}": "major_outage", "all": "major_outage"},
                "a window affects some components or the whole product, not both",
            ),
            ({"request_policies.0.policy": "reprocess"}, "Name the kind of request, as in order."),
            ({"remind_before": "soon"}, "'soon' is not a duration; write 90s, 30m, 2h or PT30M"),
        ],
    )
    def test_with_bad_input_keeps_what_was_typed_and_points_at_it(
        self, planner: Visitor, more: dict[str, str], fault: str
    ) -> None:
        asked = {**UPGRADE, **more}

        visitor = planner.again().sends("plan", asked, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.")
        assert sum(fault.lower().rstrip(".") in line.lower() for line in visitor.lines) >= 2
        form = visitor.form("plan")
        assert {name: form.value(name) for name in asked} == {name: value.strip() for name, value in asked.items()}
        linked = visitor.answer.text.partition('<li><a href="#plan-')[2].partition('"')[0]
        assert linked in form.names
        assert nothing_planned(planner.site)

    def test_with_points_that_are_too_long_points_at_them(self, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", {"audience_more": "a.b"}, button="Write for those chosen")

        visitor.sends("plan", {**UPGRADE, "audiences.a.b.guidance.after.pl": "x" * 25_001}, status=422)

        assert 'href="#plan-audiences.a.b.guidance.after.' in visitor.answer.text
        assert visitor.form("plan").value("audiences.a.b.guidance.after.pl") == "x" * 25_001

    def test_asks_for_more_rows_and_keeps_what_was_typed(self, visitor: Visitor) -> None:
        typed = {**UPGRADE, "freezes.0.data": "stock", "contacts.0.channel": "email"}

        visitor.opens(NEW).sends("plan", typed, button="One more")

        form = visitor.form("plan")
        assert {"freezes.1.data", "contacts.1.channel"} <= form.names
        assert (form.value("freezes.0.data"), form.value("title.es")) == ("stock", "Actualización")

    def test_keeps_what_was_typed_when_another_group_of_components_is_shown(self, site: Site, visitor: Visitor) -> None:
        shops(site)
        typed = {**UPGRADE, "components.shop-01": "major_outage", "covers": "shop-02", "shown_group": "shops/2"}

        visitor.opens(NEW).sends("plan", {"shown_group": "shops"}, button=SHOW)
        visitor.sends("plan", typed, button=SHOW).reads("Shops (2 of 2)", "Of other groups")
        visitor.sends("plan", {"components.shop-44": "partial_outage"}, button="Plan it").reads("It is saved.")

        window = only_window(site)
        assert window["components"] == {"shop-01": "major_outage", "shop-44": "partial_outage"}
        assert window["covers"] == ["shop-02"]

    def test_points_at_the_row_of_a_policy_though_one_before_is_empty(self, visitor: Visitor) -> None:
        one = {"request_policies.0.kind": "order", "request_policies.0.policy": "reprocess"}
        visitor.opens(NEW).sends("plan", {**UPGRADE, **one}, button="One more")
        wrong = {"kind": "invoice", "policy": "reprocess", "deadline": "soon"}

        visitor.sends(
            "plan",
            {
                **dict.fromkeys(one, ""),
                **{f"request_policies.1.{name}": value for name, value in wrong.items()},
            },
            button="Plan it",
            status=422,
        )

        assert 'href="#plan-request_policies.1.deadline"' in visitor.answer.text

    def test_begins_with_the_markets_of_the_last_plan(self, site: Site, visitor: Visitor) -> None:
        planned(site)

        form = visitor.opens(NEW).form("plan")

        assert (form.value("zone"), form.value("markets")) == ("Europe/Warsaw", "MX America/Mexico_City")

    def test_can_begin_with_the_plan_of_another_window(self, site: Site, visitor: Visitor) -> None:
        window = planned(site, audiences={"sellers": {"restrictions": [{"en": "One\n\ntwo"}, {"es": "Dos"}]}})

        visitor.opens(f"{NEW}?from={window.id}").sends("plan", {"start": "2025-04-01T01:00", "duration": "1h"})

        visitor.reads(
            "Upgrade of labels",
            "It is saved.",
            "March 31, 2025, 23:00 UTC – April 1, 2025, 00:00 UTC begins in 27 days 15 hours",
        )
        again = made(site.operator.get(LIST, params={"stage": "upcoming"}))["data"][-1]
        assert again["audiences"] == window.inside["audiences"]
        assert again["components"] == window.inside["components"]

    def test_sent_twice_plans_one_window(self, site: Site, visitor: Visitor) -> None:
        form = visitor.opens(NEW).form("plan").filled(UPGRADE)

        places = {visitor.request("POST", NEW, form).headers["Location"] for _ in range(2)}

        assert places == {f"{PLACE}/{only_window(site)['id']}?done=plan"}


class TestChecking:
    def test_says_what_the_times_are_in_every_market(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).reads(
            "Say when it begins and ends. Here you see what that is in each market, and what else is planned then."
        )

        visitor.sends("plan", NIGHT, button="Check the times")

        visitor.reads(
            *("What that is", "America/Sao_Paulo", "Monday, July 28, 2025, 01:00 – 05:00 (UTC-3)"),
            *("Mexico", "Sunday, July 27, 2025, 22:00 – Monday, July 28, 2025, 02:00 (UTC-6)"),
            *("Peru", "Sunday, July 27, 2025, 23:00 – Monday, July 28, 2025, 03:00 (UTC-5)"),
            *("For you: July 28, 2025, 04:00 – 08:00 UTC. It lasts 4 hours.", "Nothing else is planned at this time."),
        )
        assert visitor.form("plan").value("start") == NIGHT["start"]
        assert nothing_planned(site)

    @pytest.mark.parametrize(
        ("times", "said"),
        [
            (
                {"start": "2025-03-30T02:30", "duration": "1h"},
                ["This hour does not exist.", "The start can", "01:30 (UTC+1)"],
            ),
            (
                {"start": "2025-10-26T02:30", "duration": "1h"},
                ["This hour exists twice.", "The start can", "02:30 (UTC+2)"],
            ),
            ({"start": "2025-10-25T02:30", "end": "2025-10-26T02:30"}, ["This hour exists twice.", "The end can mean"]),
            ({"start": "2025-10-25T02:30"}, ["Not complete yet.", "Say either when it ends or how long it lasts."]),
            ({"start": "2025-10-25T02:30", "end": "2025-10-25T02:00"}, ["Not complete yet.", "cannot end at"]),
            (
                {"start": "2025-03-04T08:00", "duration": "1h"},
                ["Its time has come: it begins at once, as of its start."],
            ),
        ],
    )
    def test_says_what_is_the_matter_with_an_hour(
        self, planner: Visitor, times: dict[str, str], said: list[str]
    ) -> None:
        answer = planner.again().request("POST", CHECK, urlencode({"zone": "Europe/Warsaw", **times}))

        assert answer.status_code == 200
        assert [each for each in said if each not in answer.text] == []
        assert "<html" not in answer.text

    def test_shows_windows_that_affect_the_same(self, site: Site, visitor: Visitor) -> None:
        window = planned(site, title={"en": "Print <b>service</b>"}, start="2025-07-28T05:00", end="2025-07-28T09:00")
        asked = {**NIGHT, f"components.{LABELS}": "major_outage"}

        fragment = visitor.request("POST", CHECK, urlencode(asked)).text
        beside = visitor.request("POST", CHECK, urlencode(NIGHT)).text
        whole = visitor.request("POST", CHECK, urlencode({**NIGHT, "all": "major_outage"})).text

        assert "Another window affects the same things at this time." in fragment
        assert f'href="{PLACE}/{window.id}" dir="auto">Print &lt;b&gt;service&lt;/b&gt;</a>' in fragment
        assert "At this time, with other components" in beside
        assert "Another window affects the same things at this time." in whole

    def test_is_for_operators_alone(self, site: Site) -> None:
        assert signed_in(site, site.auditor).request("POST", CHECK, urlencode(NIGHT)).status_code == 403

    def test_is_refused_from_another_site(self, visitor: Visitor) -> None:
        answer = visitor.request("POST", CHECK, urlencode(NIGHT), **{"Sec-Fetch-Site": "cross-site"})

        assert answer.status_code == 403


class TestSeries:
    def test_shows_the_next_ten_dates_before_it_is_planned(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", {**WEEKLY, "repeats": "FREQ=WEEKLY"}, button="Check the times")

        visitor.reads(
            *("The next dates", "Sunday, March 16, 2025, 02:30 – 03:30 (UTC+1)"),
            "2025-03-30 02:30: no window. No clock in Europe/Warsaw shows 2025-03-30T02:30:00: it can mean"
            " 2025-03-30T00:30:00Z or 2025-03-30T01:30:00Z; say which.",
            *("Sunday, May 18, 2025, 02:30 – 03:30 (UTC+2)", "The first one in each market"),
        )
        assert visitor.lines.count("Sunday, May 25, 2025, 02:30 – 03:30 (UTC+2)") == 0
        assert nothing_planned(site)

    def test_is_planned_shown_and_ended(self, visitor: Visitor) -> None:
        rule = {"rule": "FREQ=MONTHLY;BYDAY=1SU", "exdates": "2025-05-04", "rdates": "2025-05-05T02:30"}

        visitor.opens(NEW).sends("plan", {**WEEKLY, **rule, "ambiguous": "later"}, button="Plan it")

        visitor.reads(
            *(
                "Upkeep",
                "The series is planned.",
                "Goes on",
                "Windows to come",
                "April 6, 2025, 00:30 – 01:30 UTC begins in 32 days 16 hours",
            ),
            *("The rule", "FREQ=MONTHLY;BYDAY=1SU", "Lasts", "1 hour", "Without", "2025-05-04 02:30", "The next dates"),
            "Sunday, April 6, 2025, 02:30 – 03:30 (UTC+2)",
        )
        visitor.sends("end", {"reason": " "}, status=422).reads("Say why: this cannot be undone.")
        visitor.sends("end", {"reason": "The vendor does it now."})
        visitor.reads("The series has ended. The windows that it made stay.", "The vendor does it now.")
        visitor.does_not_read("The next dates")
        visitor.opens(f"{PLACE}/series").reads("Series of maintenance", "Upkeep", "Ended")

    def test_with_a_rule_that_cannot_be_points_at_it(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(NEW).sends("plan", {**WEEKLY, "rule": "FREQ=WEEKLY;BYDAY=-6SU"}, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.", "Or a rule of your own")
        assert visitor.form("plan").value("rule") == "FREQ=WEEKLY;BYDAY=-6SU"
        assert made(site.operator.get("/v1/maintenance-series"))["data"] == []

    def test_takes_no_template(self, site: Site, visitor: Visitor) -> None:
        a_template(site, key="upkeep", purpose="maintenance_window", title={"en": "Upkeep"}, message={"en": "Soon."})
        asked = {**WEEKLY, "repeats": "FREQ=WEEKLY", "template": "upkeep"}

        visitor.opens(NEW).sends("plan", asked, status=422)

        visitor.reads("Template", "A series takes no template. Choose none, and write its texts.")
        assert visitor.form("plan").value("template") == "upkeep"

    def test_are_shown_to_auditors_without_forms(self, site: Site, visitor: Visitor) -> None:
        visitor.opens(f"{PLACE}/series").reads("There is no series.")
        visitor.opens(NEW).sends("plan", {**WEEKLY, "repeats": "FREQ=WEEKLY", "ambiguous": "later"})
        path = visitor.path.partition("?")[0]

        auditor = signed_in(site, site.auditor).opens(path)

        auditor.reads("Upkeep", "The next dates").does_not_read("End the series")


class TestRewriting:
    def screen(self, window: Window) -> str:
        """Give the address of the form."""
        return f"{PLACE}/{window.id}/plan"

    def test_changes_adds_and_takes_away(self, site: Site, visitor: Visitor) -> None:
        site.component("orders")
        window = planned(
            site,
            audiences={"sellers": {"restrictions": [{"en": "Old."}]}, "buyers": {}},
            request_policies={
                "order": {"policy": "reprocess", "deadline": "5h"},
                "invoice": {"policy": "source_resends"},
            },
            description={"en": "Old.", "pl": "Stare."},
        )
        visitor.opens(self.screen(window)).sends(
            "plan",
            {
                "title.es": "",
                "title.pl": "Wymiana",
                "description.en": "",
                "description.pl": "",
                f"components.{LABELS}": "",
                "components.orders": "partial_outage",
                "audience": ["sellers"],
                "audiences.sellers.restrictions.en": "New.",
                "request_policies.0.deadline": "",
                "request_policies.1.policy": "",
                "markets": "",
                "because": "Finance asked for it.",
            },
        )

        visitor.reads("It is saved.", "Upgrade of labels")
        now = window.inside
        assert now["title"] == {"en": "Upgrade of labels", "pl": "Wymiana"}
        assert (now["description"], now["components"], now["local_times"]) == ({}, {"orders": "partial_outage"}, [])
        assert now["audiences"].keys() == {"sellers"}
        assert now["audiences"]["sellers"]["restrictions"] == [{"en": "New."}]
        assert now["request_policies"] == {
            "order": {"policy": "reprocess", "deadline": "PT259200S", "four_eyes": False}
        }

    def test_sent_as_it_is_changes_nothing(self, site: Site, visitor: Visitor) -> None:
        window = planned(
            site,
            audiences={"sellers": {"restrictions": [{"en": "One\n\n- two\n- three"}, {"es": "Dos"}], "guidance": {}}},
            request_policies={"order": {"policy": "reprocess", "deadline": "5h", "four_eyes": True}},
            contacts=[{"channel": "email", "address": "a@example.com", "audience": "sellers", "note": {"pl": "Tak."}}],
            freezes=[{"data": "stock"}],
            covers=[LABELS],
        )
        before = window.inside

        visitor.opens(self.screen(window)).sends("plan")

        after = window.inside
        assert {name for name in before if before[name] != after[name]} <= {"version", "tzdata"}

    def test_changes_only_what_was_changed_where_one_group_is_shown(self, site: Site, visitor: Visitor) -> None:
        shops(site)
        window = planned(
            site,
            components={LABELS: "major_outage", "shop-44": "major_outage", "shop-01": "major_outage"},
            covers=["shop-43", "shop-01"],
        )
        visitor.opens(self.screen(window))

        visitor.sends("plan", {"components.shop-44": "", "shown_group": "shops"}, button=SHOW)
        visitor.sends("plan", {"components.shop-02": "partial_outage"}).reads("It is saved.")

        found = window.inside
        assert found["components"] == {LABELS: "major_outage", "shop-01": "major_outage", "shop-02": "partial_outage"}
        assert sorted(found["covers"]) == ["shop-01", "shop-43"]

    def test_can_go_from_components_to_the_whole_product_and_back(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(self.screen(window)).sends("plan", {"all": "major_outage", f"components.{LABELS}": ""})
        assert (window.inside["all"], window.inside["components"]) == ("major_outage", {})
        visitor.opens(self.screen(window)).sends("plan", {"all": "", f"components.{LABELS}": "partial_outage"})

        assert (window.inside["all"], window.inside["components"]) == (None, {LABELS: "partial_outage"})

    def test_of_a_plan_that_somebody_changed_shows_both(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        visitor.opens(self.screen(window))
        window.done("PATCH ", {"title": {"en": "Theirs"}})

        visitor.sends("plan", {"title.en": "Mine"}, status=412)

        visitor.reads(
            "How it is now", "Title (en)", "Theirs", "This happened meanwhile:", "Plan changed, by the-operator"
        )
        assert visitor.form("plan").value("title.en") == "Mine"
        visitor.sends("plan").reads("It is saved.")
        assert window.inside["title"]["en"] == "Mine"

    def test_without_a_title_is_refused_at_its_field(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)

        visitor.opens(self.screen(window)).sends(
            "plan", {"title.en": "", "title.es": "", "because": "Try."}, status=422
        )

        visitor.reads("Title", "Title needs a text in one language at least.")
        assert visitor.form("plan").value("because") == "Try."


@pytest.mark.parametrize("form", ["plan", "unknown"])
def test_a_form_of_another_screen_is_refused(site: Site, visitor: Visitor, form: str) -> None:
    window = planned(site)

    assert visitor.request("POST", f"{PLACE}/{window.id}", urlencode({"form": form})).status_code == 400
