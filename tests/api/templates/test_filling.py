"""Commands take their texts from a template: what is recorded is finished, and stays what it is."""

from typing import Any

import pytest

from tests.api.client import Site, made, problem
from tests.api.templates.steps import PATH, a_template, pointers

INCIDENTS, WINDOWS = "/v1/incidents", "/v1/maintenance-windows"
NAMES = {"en": "Imports", "es": "Importación", "pl": "Import"}
TITLE = {"en": "{component} is slow", "es": "{component} va lento"}
MESSAGE = {"en": "Orders from {market} are late.", "es": "Los pedidos de {market} llegan tarde.", "pl": "{market}!"}
BROKEN = {"imports": "partial_outage"}
PLAN: dict[str, Any] = {"zone": "Europe/Warsaw", "start": "2025-07-05T01:00", "duration": "1h", "components": BROKEN}


@pytest.fixture(autouse=True)
def components(site: Site) -> None:
    """Two components that readers see, and one that they do not."""
    site.component("imports", name=NAMES)
    site.component("labels", name={"en": "Labels"})
    site.component("engine", name={"en": "The engine"}, public=False)


def declared(site: Site, **more: object) -> dict[str, Any]:
    """Declare an incident by the template."""
    return made(site.operator.post(INCIDENTS, {"template": "slow", "components": BROKEN, **more}))


def messages(thing: dict[str, Any]) -> list[Any]:
    """Give the messages of a timeline."""
    return [update["message"] for update in thing["updates"]]


class TestIncident:
    def test_is_declared_in_every_language_of_the_template(self, site: Site) -> None:
        a_template(site, title=TITLE, message=MESSAGE)

        incident = declared(site, markets=["ES", "PT"])

        assert incident["title"] == {"en": "Imports is slow", "es": "Importación va lento"}
        assert messages(incident) == [
            {
                "en": "Orders from Spain and Portugal are late.",
                "es": "Los pedidos de España y Portugal llegan tarde.",
                "pl": "Hiszpania i Portugalia!",
            }
        ]

    def test_keeps_its_words_whatever_becomes_of_the_template(self, site: Site) -> None:
        a_template(site, title="{component} is slow", message="{{We}} look.")
        incident = declared(site)

        made(site.operator.patch(f"{PATH}/slow", {"title": "Something else"}))
        made(site.operator.post(f"{PATH}/slow/retirement"))

        site.tick()
        kept = made(site.reader.get(f"{INCIDENTS}/{incident['id']}"))
        assert (kept["title"], messages(kept)) == ({"en": "Imports is slow"}, [{"en": "{We} look."}])
        assert site.events(incident["id"]) == ["incident.declared"]

    def test_says_what_the_caller_says_of_a_blank(self, site: Site) -> None:
        a_template(site, title=TITLE, message={"en": "{market}, until {time}.", "es": "{market}, hasta {time}."})

        incident = declared(
            site,
            markets=["ES"],
            blanks={"market": "{time} shops", "time": {"en": "noon", "es": "mediodía"}, "component": "It"},
        )

        assert incident["title"] == {"en": "It is slow", "es": "It va lento"}
        assert messages(incident) == [{"en": "{time} shops, until noon.", "es": "{time} shops, hasta mediodía."}]

    def test_has_its_own_text_before_that_of_the_template(self, site: Site) -> None:
        a_template(site, title=TITLE, message=MESSAGE)

        incident = declared(site, message="We look.")

        assert (incident["title"]["en"], messages(incident)) == ("Imports is slow", [{"en": "We look."}])

    @pytest.mark.parametrize(
        ("affected", "title"),
        [
            (["imports", "labels"], "Imports and Labels is slow"),
            (["imports", "engine"], "Imports is slow"),
            (["engine"], "Internal system is slow"),
        ],
    )
    def test_names_components_as_readers_know_them(self, site: Site, affected: list[str], title: str) -> None:
        a_template(site, title="{component} is slow", message="We look.")

        assert declared(site, components=dict.fromkeys(affected, "partial_outage"))["title"] == {"en": title}

    def test_names_a_few_components_of_many(self, site: Site) -> None:
        a_template(site, title="{component} slow", message="We look.")
        keys = [str(site.component(f"part-{number}")["key"]) for number in range(6)]

        title = declared(site, components=dict.fromkeys(keys, "partial_outage"))["title"]["en"]

        assert title == "Part-0, Part-1, Part-2, Part-3, Part-4, … slow"

    @pytest.mark.parametrize(
        ("said", "code", "pointer"),
        [
            ({"template": "slow"}, "blank_without_value", "/blanks/market"),
            ({"template": "none"}, "invalid", "/template"),
            ({"template": "update"}, "invalid", "/template"),
            ({"template": "retired"}, "invalid", "/template"),
            ({"template": "titles"}, "invalid", "/message"),
            ({"template": "slow", "blanks": {"market": "Spain", "mraket": "Spain"}}, "invalid", "/blanks/mraket"),
            ({"template": "slow", "blanks": {"market": ""}}, "invalid", "/blanks/market"),
            ({"template": "slow", "blanks": {"market": "x" * 25_000}}, "invalid", "/template"),
            ({"blanks": {"market": "Spain"}}, "invalid", "/blanks"),
            ({"title": "Late"}, "invalid", "/message"),
            ({}, "invalid", "/title"),
        ],
    )
    def test_is_refused_without_a_text(self, site: Site, said: dict[str, Any], code: str, pointer: str) -> None:
        a_template(site, title=TITLE, message=MESSAGE)
        a_template(site, "update", "incident_update", message="Late.")
        a_template(site, "titles", title="Late")
        a_template(site, "retired", title="Late", message="Late.")
        made(site.operator.post(f"{PATH}/retired/retirement"))

        refusal = problem(site.operator.post(INCIDENTS, {"components": BROKEN, **said}), 422, code)

        site.tick()
        assert pointers(refusal) == [pointer]
        assert made(site.auditor.get(INCIDENTS))["data"] == []


class TestUpdate:
    def test_is_about_the_components_that_it_names(self, site: Site) -> None:
        a_template(site, "back", "incident_update", message="{component} is back")
        id = site.incident({**BROKEN, "labels": "partial_outage"})["id"]

        said = {"template": "back", "components": {"labels": "operational"}}

        assert messages(made(site.operator.post(f"{INCIDENTS}/{id}/updates", said)))[-1] == {"en": "Labels is back"}

    def test_ends_an_incident(self, site: Site) -> None:
        a_template(site, "over", "incident_update", message="{component} is back")
        id = site.incident(BROKEN)["id"]

        said = {"state": "resolved", "template": "over", "override_reason": "We saw it."}

        assert messages(made(site.operator.post(f"{INCIDENTS}/{id}/updates", said)))[-1] == {"en": "Imports is back"}

    @pytest.mark.parametrize(
        ("said", "code", "pointer"),
        [
            ({"template": "back"}, "blank_without_value", "/blanks/time"),
            ({"template": "none"}, "invalid", "/template"),
            ({"state": "identified"}, "invalid", "/message"),
        ],
    )
    def test_is_refused_without_a_message(self, site: Site, said: dict[str, Any], code: str, pointer: str) -> None:
        a_template(site, "back", "incident_update", message="Back by {time}")
        id = site.incident(BROKEN)["id"]

        assert pointers(problem(site.operator.post(f"{INCIDENTS}/{id}/updates", said), 422, code)) == [pointer]
        assert site.events(id) == ["incident.declared"]


class TestWindow:
    def test_is_planned_by_the_clocks_of_its_zone(self, site: Site) -> None:
        title = {"en": "{component}: upgrade at {time}", "pl": "{component}: aktualizacja {time}"}
        a_template(site, "upgrade", "maintenance_window", title=title, message="Not for {market}.")

        markets = [{"market": "MX", "zone": "America/Mexico_City"}]
        window = made(site.operator.post(WINDOWS, {**PLAN, "template": "upgrade", "markets": markets}))

        assert window["title"] == {
            "en": "Imports: upgrade at July 5, 2025, 01:00 UTC+2",
            "pl": "Import: aktualizacja 5 lipca 2025, 01:00 UTC+2",
        }
        assert window["description"] == {"en": "Not for Mexico."}

    def test_names_the_whole_product(self, site: Site) -> None:
        title = {"en": "Upgrade of {component}", "es": "Actualización de {component}"}
        a_template(site, "upgrade", "maintenance_window", title=title)

        plan = {**PLAN, "components": {}, "all": "major_outage", "template": "upgrade"}

        assert made(site.operator.post(WINDOWS, plan))["title"] == {
            "en": "Upgrade of all components",
            "es": "Actualización de todos los componentes",
        }

    def test_is_told_of_by_a_template(self, site: Site) -> None:
        a_template(site, "half", "maintenance_update", message="{component}: half of it is done, all by {time}.")
        path = site.operator.post(WINDOWS, {**PLAN, "title": "Upgrade"}).headers["Location"]
        made(site.operator.post(f"{path}/start"))

        said = {"template": "half", "expected_at": "2025-03-04T10:30:00Z"}

        assert messages(made(site.operator.post(f"{path}/updates", said)))[-1] == {
            "en": "Imports: half of it is done, all by March 4, 2025, 10:30 UTC."
        }
        problem(site.operator.post(f"{path}/updates", {"template": "half"}), 422, "blank_without_value")
        assert pointers(problem(site.operator.post(f"{path}/updates", {}), 422, "invalid")) == ["/message"]

    @pytest.mark.parametrize(
        ("said", "pointer"),
        [({}, "/title"), ({"template": "words"}, "/title"), ({"template": "none"}, "/template")],
    )
    def test_is_refused_without_a_title(self, site: Site, said: dict[str, Any], pointer: str) -> None:
        a_template(site, "words", "maintenance_window", message="We work.")

        assert pointers(problem(site.operator.post(WINDOWS, {**PLAN, **said}), 422, "invalid")) == [pointer]
