"""Incidents in the console, with forms alone."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)>"
NEW = "/console/incidents/new"
SHOW = "Show this group"


@pytest.fixture
def site(site: Site) -> Site:
    site.component("orders", name={"en": "Order import", "es": "Pedidos"})
    site.component("labels", name="Label printing")
    site.component("vault", name="Vault", public=False)
    return site


@pytest.fixture
def operator(site: Site) -> Visitor:
    return signed_in(site, site.operator)


def address(incident: dict[str, Any], rest: str = "") -> str:
    return f"/console/incidents/{incident['id']}{rest}"


def document(site: Site, incident: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = site.operator.get(f"/v1/incidents/{incident['id']}").json()
    return found


def detected(site: Site) -> dict[str, Any]:
    """Let a signal begin an incident, which is private."""
    taken = site.signal("errors", "labels", status="partial_outage", summary="error rate above 20 %")
    site.tick()
    return document(site, {"id": taken["incident"]})


def shops(site: Site, number: int) -> None:
    """Register so many components that a form shows one group at a time."""
    made(site.operator.send("PUT", "/v1/groups/shops", json={"name": "Shops", "position": 9}))
    for place in range(number):
        site.component(f"shop-{place:02}", name=f"Shop {place}", group="shops")


def subscribe(site: Site, language: str) -> None:
    """Register somebody who is notified."""
    endpoint = {"name": language, "channel": "webhook", "url": "https://hooks.example.com/a", "language": language}
    made(site.operator.post("/v1/endpoints", endpoint))


class TestTheList:
    def test_says_that_nothing_is_open(self, operator: Visitor) -> None:
        operator.opens("/console/incidents").reads("Open", "No incident is open.", "Over", "There are none here.")

    def test_shows_open_ones_first_and_marks_private_ones(self, site: Site, operator: Visitor) -> None:
        old = site.incident(
            {"labels": "major_outage"},
            title="Long over",
            occurred_at="2025-03-01T08:00:00Z",
            resolved_at="2025-03-01T09:00:00Z",
        )
        site.incident({"orders": "major_outage"}, title="Orders do not arrive")
        site.set_clock("08:05")
        detected(site)

        operator.opens("/console/incidents")

        operator.reads(
            "Open",
            "No title yet: Label printing",
            "Investigating Private: readers do not see it",
            "Label printing Partial outage",
            "Orders do not arrive",
            "Investigating Public",
            "Over",
            "Long over",
            "Resolved Public Entered afterwards",
        )
        assert old["title"] == {"en": "Long over"}
        assert any(
            line.startswith("It is published by itself, if a signal still fires then: March 4, 2025, 08:35 UTC, in")
            for line in operator.lines
        )

    def test_is_narrowed_by_its_address(self, site: Site, operator: Visitor) -> None:
        site.incident({"orders": "major_outage"}, title="Orders do not arrive")
        detected(site)

        operator.opens("/console/incidents?visibility=private").does_not_read("Orders do not arrive")
        operator.opens("/console/incidents?component=orders").does_not_read("No title yet")
        operator.opens("/console/incidents?state=identified").reads("Cause identified", "There are none here.")

    def test_has_older_ones_on_further_pages(self, site: Site, operator: Visitor) -> None:
        for number in range(31):
            site.incident(
                {"orders": "major_outage"},
                title=f"Number {number}",
                occurred_at="2025-03-01T08:00:00Z",
                resolved_at="2025-03-01T09:00:00Z",
            )

        first = {line for line in operator.opens("/console/incidents").lines if line.startswith("Number")}
        operator.opens(operator.link("Older")).reads("Over, earlier")

        second = {line for line in operator.lines if line.startswith("Number")}
        assert (len(first), len(second), len(first | second)) == (30, 1, 31)


class TestDeclaring:
    def test_publishes_what_was_typed(self, site: Site, operator: Visitor) -> None:
        operator.opens(NEW).sends(
            "declare",
            {
                "components.orders": "partial_outage",
                "title.en": "Orders come in late",
                "title.es": "Los pedidos llegan tarde",
                "message.en": "We look into it.",
                "markets": "ES, PL",
                "occurred_at": "2025-03-04T07:45",
            },
        )

        operator.reads("The incident is declared.", "Orders come in late", "Investigating Public")
        (found,) = site.operator.get("/v1/incidents").json()["data"]
        assert found["title"] == {"en": "Orders come in late", "es": "Los pedidos llegan tarde"}
        assert found["components"] == {"orders": "partial_outage"}
        assert (found["markets"], found["started_at"]) == (["ES", "PL"], "2025-03-04T07:45:00Z")
        assert found["visibility"] == "public"

    def test_keeps_what_was_typed_and_points_at_what_is_wrong(self, site: Site, operator: Visitor) -> None:
        typed = {"title.es": "Sin etiquetas", "markets": "Spain", "components.labels": "major_outage"}

        operator.opens(NEW).sends("declare", {**typed, "message.en": HOSTILE}, status=422)

        operator.reads("Nothing was changed: see what is wrong", "Nothing was changed. Look at what is marked.")
        form = operator.form("declare")
        assert {name: form.value(name) for name in typed} == typed
        assert form.value("message.en") == HOSTILE
        assert (
            'name="markets" type="text" value="Spain" aria-describedby="declare-markets-hint declare-markets-fault" '
            in (operator.answer.text)
        )
        assert HOSTILE not in operator.answer.text
        assert site.operator.get("/v1/incidents").json()["data"] == []

    def test_needs_a_component(self, operator: Visitor) -> None:
        operator.opens(NEW).sends("declare", {"title.en": "A", "message.en": "B"}, status=422)

        assert 'id="declare-components"' in operator.answer.text

    def test_shows_what_each_reader_would_see_and_who_is_notified(self, site: Site, operator: Visitor) -> None:
        subscribe(site, "es")
        subscribe(site, "en")
        before = site.last_position()

        operator.opens(NEW).sends(
            "declare",
            {
                "components.orders": "partial_outage",
                "components.vault": "major_outage",
                "title.en": "Orders come in late",
                "message.en": "**All** of them.",
                "message.es": "*Todos*.",
            },
            button="Preview",
        )

        operator.reads(
            "This is what would happen. Nothing is sent yet.",
            "2 subscribers will be notified:",
            "Webhook: 1 in English, 1 in Español",
            "English",
            "Orders come in late",
            "Investigating",
            "All of them.",
            "Order import: Partial outage",
            "Español",
            "Orders come in late",
            "En investigación",
            "Todos.",
            "Pedidos: Interrupción parcial",
            "Polski",
            "Not written in this language: these readers get the text in English.",
        )
        # Readers know nothing of it.
        operator.does_not_read("Vault:")
        assert "<strong>All</strong> of them." in operator.answer.text
        assert site.last_position() == before
        assert operator.form("declare").value("message.es") == "*Todos*."

    def test_can_keep_it_from_readers_and_from_subscribers(self, site: Site, operator: Visitor) -> None:
        subscribe(site, "es")
        typed = {"components.orders": "partial_outage", "title.en": "A", "message.en": "B"}

        operator.opens(NEW).sends("declare", {**typed, "publish": "false"}, button="Preview")
        operator.reads("Nobody will be notified.", "Readers would see nothing of it.")
        operator.sends("declare", {"publish": "true", "notify": "false"}, button="Preview")
        operator.reads("Nobody will be notified.", "English")
        operator.sends("declare", {"publish": "false"})

        operator.reads("Investigating Private: readers do not see it", "Nothing publishes it by itself: you decide.")
        assert site.reader.get("/v1/incidents").json()["data"] == []

    def test_can_be_done_afterwards(self, operator: Visitor) -> None:
        operator.opens(NEW).sends(
            "declare",
            {
                "components.orders": "partial_outage",
                "title.en": "A",
                "message.en": "B",
                "occurred_at": "2025-03-03T07:45",
                "resolved_at": "2025-03-03T08:45",
            },
        )

        operator.reads("Resolved Public Entered afterwards", "It is resolved")

    def test_of_a_signal_has_its_component_and_keeps_its_words_internal(self, site: Site, operator: Visitor) -> None:
        detected(site)
        (signal,) = site.operator.get("/v1/signals").json()["data"]

        operator.opens(f"{NEW}?signal={signal['id']}")

        operator.reads("From a signal", "What it says (stays internal)", "error rate above 20 %", "What is affected")
        form = operator.form("declare")
        assert form.value("components.labels") == "partial_outage"
        assert "error rate" not in " ".join(value for _, value in form.fields)
        assert any("open that one instead" in line for line in operator.lines)

    def test_of_a_template_gets_its_texts_filled_in(self, site: Site, operator: Visitor) -> None:
        texts = {"en": "{component} is slow in {market}.", "es": "{component}: lento en {market}."}
        template = {"key": "slow", "purpose": "incident", "title": texts, "message": texts}
        made(site.operator.post("/v1/templates", template))
        operator.opens(f"{NEW}?template=slow")
        assert operator.form("declare").value("template") == "slow"

        operator.sends("declare", {"components.orders": "partial_outage"}, button="Fill in its texts", status=422)
        operator.reads("What stands for {market}")
        operator.sends("declare", {"blanks.market": "the shops", "message.en": "Mine."}, button="Fill in its texts")

        form = operator.form("declare")
        assert form.value("title.en") == "Order import is slow in the shops."
        assert form.value("title.es") == "Pedidos: lento en the shops."
        assert (form.value("message.en"), form.value("message.es"), form.value("template")) == ("Mine.", "", "")
        operator.sends("declare").reads("The incident is declared.", "Order import is slow in the shops.")

    def test_asks_which_template(self, site: Site, operator: Visitor) -> None:
        made(site.operator.post("/v1/templates", {"key": "slow", "purpose": "incident", "title": "Slow"}))

        operator.opens(NEW).sends("declare", {}, button="Fill in its texts", status=422)

        operator.reads("Choose a template first.")

    def test_has_the_components_of_a_group_if_there_are_many(self, site: Site, operator: Visitor) -> None:
        for number in range(40):
            site.component(f"shop-{number}", group="shops")

        operator.opens(NEW)
        assert "components.shop-1" not in operator.form("declare").names
        operator.opens(f"{NEW}?group=shops")

        assert "components.shop-39" in operator.form("declare").names
        operator.sends("declare", {"components.shop-1": "major_outage"}, status=422)
        assert operator.form("declare").value("components.shop-1") == "major_outage"

    def test_keeps_what_was_typed_when_another_group_is_shown(self, site: Site, operator: Visitor) -> None:
        shops(site, 45)
        operator.opens(NEW)
        typed = {"title.en": "Down", "components.orders": "major_outage", "shown_group": "shops"}

        operator.sends("declare", typed, button=SHOW).reads("Shops (1 of 2)", "Of other groups")
        form = operator.form("declare")
        assert (form.value("title.en"), form.value("components.orders")) == ("Down", "major_outage")
        operator.sends("declare", {"components.shop-01": "partial_outage", "shown_group": "shops/2"}, button=SHOW)
        operator.sends("declare", {"components.shop-44": "major_outage", "message.en": "We look."})

        (incident,) = made(site.operator.get("/v1/incidents"))["data"]
        assert incident["components"] == {
            "orders": "major_outage",
            "shop-01": "partial_outage",
            "shop-44": "major_outage",
        }

    def test_keeps_it_in_an_update_too(self, site: Site, operator: Visitor) -> None:
        shops(site, 45)
        incident = site.incident({"vault": "major_outage"})
        site.tick()
        operator.opens(address(incident))

        operator.sends("update", {"message.en": "More is down.", "shown_group": "shops/2"}, button=SHOW)
        operator.sends("update", {"components.shop-44": "major_outage"}).reads("The update is posted.")

        assert document(site, incident)["components"] == {"vault": "major_outage", "shop-44": "major_outage"}


class TestRoles:
    def test_an_auditor_reads_everything_and_has_no_form(self, site: Site) -> None:
        incident, auditor = detected(site), signed_in(site, site.auditor)

        for path in ("", "/updates", "/postmortem", "/around"):
            auditor.opens(address(incident, path))
            assert [form.name for form in auditor.forms if form.name] == []
        auditor.opens("/console/incidents").does_not_read("Declare an incident")
        auditor.opens(NEW, status=403).reads("You cannot open this")
        auditor.opens(address(incident, "/correction"), status=403)

    def test_a_reviewer_sees_no_incident(self, site: Site) -> None:
        reviewer = signed_in(site, site.a(Role.REVIEWER))

        reviewer.opens("/console/incidents", status=403).does_not_read("Declare")

    def test_what_is_not_there_is_not_found(self, operator: Visitor) -> None:
        operator.opens("/console/incidents/019aced7-2e80-7000-b4f7-c436986935dd", status=404).reads("Not found")
