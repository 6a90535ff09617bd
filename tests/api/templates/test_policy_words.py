"""What a policy publishes is said in the words of an operator, where there is a template of that."""

from typing import Any

from tests.api.client import Site, made
from tests.api.templates.steps import PATH, a_template

TITLE = {"en": "{component} in trouble", "es": "{component} con problemas"}


def published(site: Site, **more: object) -> dict[str, Any]:
    """Let a signal fire for longer than half an hour, and give what readers see."""
    site.component("imports", name={"en": "Imports", "es": "Importación"})
    site.signal("f1", "imports", occurred_at="2025-03-04T08:00:00Z", **more)
    site.set_clock("08:31")
    (incident,) = made(site.reader.get("/v1/incidents"))["data"]
    return made(site.reader.get(f"/v1/incidents/{incident['id']}"))


class TestPolicy:
    def test_publishes_the_words_of_the_template_and_else_its_own(self, site: Site) -> None:
        a_template(site, "trouble", "policy_published", title=TITLE, message={"en": "We are on it: {component}."})

        incident = published(site)

        (first,) = incident["updates"]
        assert incident["title"] == {
            "en": "Imports in trouble",
            "es": "Importación con problemas",
            "pl": "Imports: poważna awaria",
            "pt": "Imports: interrupção grave",
        }
        assert first["message"]["en"] == "We are on it: Imports."
        assert first["message"]["es"].startswith("Importación: interrupción grave. ")

    def test_goes_on_in_the_words_of_each_purpose(self, site: Site) -> None:
        a_template(site, "quiet", "policy_monitoring", message="{component} looks fine.")
        a_template(site, "over", "policy_resolved", message="{component} is fine.")
        incident = published(site)
        site.signal("f1", "imports", state="clear", occurred_at="2025-03-04T08:31:00Z")

        site.set_clock("08:50")

        ended = made(site.reader.get(f"/v1/incidents/{incident['id']}"))
        assert [update["message"]["en"] for update in ended["updates"][1:]] == [
            "Imports looks fine.",
            "Imports is fine.",
        ]

    def test_falls_back_on_its_own_words_where_a_blank_has_no_value(self, site: Site) -> None:
        a_template(site, "trouble", "policy_published", title="{component} in {market}", message="We are on it.")

        incident = published(site)

        assert incident["title"]["en"] == "Imports: major outage"
        assert incident["updates"][0]["message"]["en"] == "We are on it."

    def test_names_the_markets_where_there_are_some(self, site: Site) -> None:
        a_template(site, "trouble", "policy_published", title="{component} in {market}")

        assert published(site, markets=["ES"])["title"]["en"] == "Imports in Spain"

    def test_names_no_component_that_readers_may_not_know_of(self, site: Site) -> None:
        a_template(site, "trouble", "policy_published", title="{component} in trouble")
        site.component("engine", name="The engine", public=False)
        site.signal("f1", "engine", occurred_at="2025-03-04T08:00:00Z")

        site.set_clock("08:31")

        (incident,) = made(site.operator.get("/v1/incidents"))["data"]
        assert incident["title"]["en"] == "Internal system in trouble"

    def test_has_its_own_words_again_once_the_template_is_retired(self, site: Site) -> None:
        a_template(site, "trouble", "policy_published", title=TITLE)
        made(site.operator.post(f"{PATH}/trouble/retirement"))

        assert published(site)["title"]["en"] == "Imports: major outage"
