"""A template is known by its key, keeps its texts in the default language at least, and says how they changed."""

import pytest

from domain.errors import Invalid
from domain.templates.errors import BadBraces, TemplateRetired, UnknownBlank
from domain.templates.template import Purpose, TextTemplate
from domain.text import Text
from tests.domain.assertions import recorded, refused
from tests.domain.builders import ana, at, in_english
from tests.domain.template_builders import SLOW, WE_LOOK, a_policy_template, a_retired_template, a_template, change

WITH_TITLE = {Purpose.INCIDENT, Purpose.MAINTENANCE_WINDOW, Purpose.POLICY_PUBLISHED}
BAD_TEXTS = [
    ({"en": "{componnent} is slow"}, UnknownBlank, "did you mean {component}"),
    ({"en": "Fine", "es": "Va {lento"}, BadBraces, "character 4 is not closed"),
    ({"es": "Va lento"}, Invalid, "not in en"),
]


class TestCreation:
    def test_is_known_by_its_key(self) -> None:
        template = a_template()

        assert template.id == TextTemplate.id_of("slow")
        assert (template.key, template.purpose) == ("slow", Purpose.INCIDENT)
        assert (template.title, template.message) == (SLOW, WE_LOOK)
        assert recorded(template) == ["template.created"]

    @pytest.mark.parametrize("template", [a_template(title={}), a_template(message={})])
    def test_takes_one_text_alone(self, template: TextTemplate) -> None:
        assert recorded(template) == ["template.created"]

    def test_needs_a_text(self) -> None:
        with pytest.raises(Invalid, match="a text at least"):
            a_template(title={}, message={})

    @pytest.mark.parametrize("purpose", sorted(set(Purpose) - WITH_TITLE))
    def test_takes_no_title_where_there_is_none(self, purpose: Purpose) -> None:
        with pytest.raises(Invalid, match="message alone"):
            a_template(purpose, message=in_english("We look into it."))

    @pytest.mark.parametrize("purpose", sorted(WITH_TITLE))
    def test_takes_a_title_where_there_is_one(self, purpose: Purpose) -> None:
        assert a_template(purpose, message={}).title == SLOW

    @pytest.mark.parametrize(("text", "kind", "match"), BAD_TEXTS)
    @pytest.mark.parametrize("name", ["title", "message"])
    def test_refuses_a_text_that_cannot_be_filled(self, name: str, text: Text, kind: type[Invalid], match: str) -> None:
        with pytest.raises(kind, match=match) as refusal:
            a_template(title=text) if name == "title" else a_template(message=text)

        assert str(refusal.value.facts["pointer"]).startswith(f"/{name}")

    def test_names_the_language_of_what_it_refuses(self) -> None:
        with pytest.raises(UnknownBlank) as refusal:
            a_template(message={"en": "At {time}", "es": "A las {tiempo}"})

        assert refusal.value.facts["pointer"] == "/message/es"

    @pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose.is_of_policies])
    def test_leaves_no_time_open_that_a_policy_does_not_know(self, purpose: Purpose) -> None:
        with pytest.raises(UnknownBlank, match=r"no blank \{time\}"):
            a_template(purpose, title={})


class TestChange:
    def test_replaces_the_texts(self) -> None:
        template = a_template()

        change(template, at("11:00"), message=in_english("We look."))

        assert (template.title, template.message) == (SLOW, in_english("We look."))
        assert recorded(template) == ["template.created", "template.changed"]

    def test_is_none_if_the_texts_are_the_same(self) -> None:
        template = a_template()

        change(template, at("11:00"))

        assert recorded(template) == ["template.created"]

    @pytest.mark.parametrize(("text", "kind", "match"), BAD_TEXTS)
    def test_is_refused_with_a_text_that_cannot_be_filled(self, text: Text, kind: type[Invalid], match: str) -> None:
        template = a_template()

        with refused(template, kind, match=match):
            change(template, at("11:00"), message=text)

    def test_is_refused_of_what_is_retired(self) -> None:
        template = a_retired_template()

        with refused(template, TemplateRetired, match="retired at 2025-03-04T12:00:00Z"):
            change(template, at("13:00"))


class TestRetirement:
    def test_ends_its_use(self) -> None:
        assert a_retired_template().retired_at == at("12:00")

    def test_is_refused_twice(self) -> None:
        template = a_retired_template()

        with refused(template, TemplateRetired):
            template.retire(provenance=ana(at("13:00")))


class TestHandles:
    def test_are_of_what_policies_use(self) -> None:
        assert list(a_policy_template().handles) == ["template:policy_resolved"]
        assert list(a_template().handles) == []

    def test_go_with_its_use(self) -> None:
        template = a_policy_template()

        template.retire(provenance=ana(at("11:00")))

        assert list(template.handles) == []
