"""Templates of texts in the console, with forms alone."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at, made
from tests.api.console.visitor import Visitor, signed_in

TEMPLATES = "/console/settings/templates"
SLOW = {"key": "slow", "purpose": "incident", "title.en": "{component} is slow", "message.en": "We look."}


@pytest.fixture
def operator(site: Site) -> Visitor:
    return signed_in(site, site.operator)


def written(site: Site, key: str = "slow", **more: object) -> None:
    body = {"key": key, "purpose": "incident", "title": {"en": "Slow", "es": "Lento"}, "message": "We look.", **more}
    made(site.operator.post("/v1/templates", body))


class TestTemplates:
    def test_are_none_at_first(self, operator: Visitor) -> None:
        operator.opens(TEMPLATES)

        operator.reads(
            "There are no templates. Without them, policies use their built-in words, and forms begin empty."
        )

    def test_are_written_and_listed_by_what_they_are_for(self, site: Site, operator: Visitor) -> None:
        written(site, "resolved", purpose="policy_resolved", title=None)

        operator.opens(f"{TEMPLATES}/new").sends("create", SLOW)

        operator.reads("The template is written.", "slow", "Declaring an incident")
        operator.opens(TEMPLATES).reads(
            "Declaring an incident", "slow", "{component} is slow", "What policies say when they resolve", "resolved"
        )

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"key": "Not a key"}, "key"),
            ({"message.en": "{nobody} is slow"}, "message.en"),
            ({"title.en": "{component"}, "title.en"),
            ({"purpose": "incident_update"}, "title."),
        ],
    )
    def test_that_cannot_be_are_refused_at_the_field(
        self, operator: Visitor, wrong: dict[str, str], field: str
    ) -> None:
        operator.opens(f"{TEMPLATES}/new").sends("create", {**SLOW, **wrong}, status=422)

        form = operator.form("create")
        assert {name: form.value(name) for name in (SLOW | wrong)} == SLOW | wrong
        assert f'href="#create-{field}' in operator.answer.text

    def test_whose_key_is_taken_are_refused(self, site: Site, operator: Visitor) -> None:
        written(site)

        operator.opens(f"{TEMPLATES}/new").sends("create", SLOW, status=409)

        assert any("keys are never reused" in line for line in operator.lines)

    def test_are_changed_language_by_language(self, site: Site, operator: Visitor) -> None:
        written(site)

        operator.opens(f"{TEMPLATES}/slow").sends("change", {"title.es": "", "message.pl": "Patrzymy."})

        operator.reads("The template is changed. What was made of it stays as it was.")
        found = site.operator.get("/v1/templates/slow").json()
        assert (found["title"], found["message"]) == ({"en": "Slow"}, {"en": "We look.", "pl": "Patrzymy."})

    def test_lose_a_text_that_is_emptied_in_all_languages(self, site: Site, operator: Visitor) -> None:
        written(site)

        operator.opens(f"{TEMPLATES}/slow").sends("change", {"message.en": ""})

        assert site.operator.get("/v1/templates/slow").json()["message"] == {}

    def test_that_somebody_else_changed_stand_beside_what_was_typed(self, site: Site, operator: Visitor) -> None:
        written(site)
        operator.opens(f"{TEMPLATES}/slow")
        made(site.operator.patch("/v1/templates/slow", {"message": "They look."}))

        operator.sends("change", {"message.en": "I look."}, status=412)

        operator.reads("As it is now", "They look.", "This happened meanwhile:", "Changed, by the-operator")
        assert operator.form("change").value("message.en") == "I look."
        operator.sends("change").reads("The template is changed. What was made of it stays as it was.")

    def test_are_retired_and_stay_readable(self, site: Site, operator: Visitor) -> None:
        written(site)

        operator.opens(f"{TEMPLATES}/slow").sends("retire")

        operator.reads("The template is retired. What was made of it stays.", "Templates")
        operator.does_not_read("Slow")
        operator.opens(f"{TEMPLATES}/slow").reads("slow", "Slow")
        assert [form.name for form in operator.forms if form.name] == []

    def test_show_operators_and_auditors_who_changed_them_when_and_from_what(self, site: Site) -> None:
        written(site)
        site.set_clock(at("09:00"))
        made(site.operator.patch("/v1/templates/slow", {"message": "They look."}))

        for caller in (site.operator, site.auditor):
            visitor = signed_in(site, caller).opens(f"{TEMPLATES}/slow")

            visitor.reads(
                "Its versions",
                "Changed Now",
                "March 4, 2025, 09:00 UTC, by the-operator",
                "They look.",
                "Written",
                "March 4, 2025, 08:00 UTC, by the-operator",
                "We look.",
            )
            visitor.opens(visitor.link("All that version 1 said"))
            visitor.reads("As version 1 was. See it as it is now", "What it said", "Lento", "We look.")
            visitor.does_not_read("They look.")
            assert [form.name for form in visitor.forms if form.name] == []

    def test_of_many_versions_show_the_newest_first_and_go_back(self, site: Site, operator: Visitor) -> None:
        written(site)
        for number in range(2, 24):
            made(site.operator.patch("/v1/templates/slow", {"message": f"Version {number}."}))

        operator.opens(f"{TEMPLATES}/slow").reads("Version 23.", "Version 4.", "Older").does_not_read("Version 3.")
        operator.opens(operator.link("Older")).reads("Version 3.", "Version 2.", "We look.")
        operator.opens(operator.link("Newest")).reads("Version 23.")

    def test_are_not_written_by_others(self, site: Site) -> None:
        signed_in(site, site.auditor).opens(f"{TEMPLATES}/new", status=403)
        signed_in(site, site.a(Role.REVIEWER)).opens(TEMPLATES, status=403)

    def test_that_are_not_there_are_not_found(self, operator: Visitor) -> None:
        operator.opens(f"{TEMPLATES}/nothing", status=404).reads("Not found")
