"""Texts and components are found in documents by the declared types of the members, whatever these are called."""

from typing import Annotated, Any, NotRequired

import pytest
from typing_extensions import TypedDict

from application.document import Key, Localized
from application.incidents.documents import IncidentPage, PublicIncidentDocument
from application.shapes import localize, redact

GREETING = {"en": "Hello", "es": "Hola"}


class Leaf(TypedDict):
    message: str
    words: Localized
    maybe: NotRequired[Localized | None]


class Tree(TypedDict):
    number: int
    by_name: dict[str, Leaf]
    lists: Annotated[list[list[Leaf]], "a note"]
    inner: "Tree | None"
    by_component: dict[Key, int]
    by_kind: dict[str, int]


class Other(TypedDict):
    message: Localized
    words: Localized


class Bare(TypedDict):
    message: dict[str, str]


def a_leaf(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    return {"message": "Hola", "words": GREETING, **more}


def a_tree(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    tree = {"number": 1, "by_name": {}, "lists": [], "inner": None, "by_component": {}, "by_kind": {}}
    return {**tree, **more}


class TestLocalization:
    def test_chooses_the_language_that_is_asked_for(self) -> None:
        assert localize(a_leaf(maybe=GREETING), Leaf, "es", "en") == {
            "message": "Hola",
            "words": "Hola",
            "maybe": "Hola",
        }

    def test_falls_back_to_the_default_language_and_then_to_any(self) -> None:
        assert localize(GREETING, Localized, "pl", "en") == "Hello"
        assert localize(GREETING, Localized, "pl", "de") == "Hello"
        assert localize({}, Localized, "pl", "de") is None

    def test_leaves_null_and_what_is_left_out(self) -> None:
        assert localize(a_leaf(maybe=None), Leaf, "es", "en")["maybe"] is None
        assert "maybe" not in localize(a_leaf(), Leaf, "es", "en")

    def test_leaves_an_object_that_is_no_text_whatever_it_is_called(self) -> None:
        assert localize({"message": GREETING}, Bare, "es", "en") == {"message": GREETING}

    def test_reaches_lists_of_lists_named_values_and_a_shape_inside_itself(self) -> None:
        document = a_tree(inner=a_tree(by_name={"message": a_leaf()}, lists=[[a_leaf()], []]))

        inner = localize([document], list[Tree], "es", "en")[0]["inner"]

        assert inner["by_name"]["message"]["words"] == inner["lists"][0][0]["words"] == "Hola"

    def test_keeps_the_order_of_the_members(self) -> None:
        assert list(localize(a_tree(), Tree, "es", "en")) == list(a_tree())

    def test_reaches_whichever_shape_of_a_union_it_is(self) -> None:
        page = {"data": [{"title": GREETING, "updates": [{"message": GREETING, "original": {"message": GREETING}}]}]}

        found = localize(page, IncidentPage, "es", "en")["data"][0]

        assert found == {"title": "Hola", "updates": [{"message": "Hola", "original": {"message": "Hola"}}]}

    def test_is_refused_for_shapes_of_a_union_that_disagree(self) -> None:
        with pytest.raises(TypeError, match="disagree"):
            localize({}, Other | list[Leaf], "es", "en")


class TestRedaction:
    def test_leaves_hidden_components_out_of_what_is_by_component(self) -> None:
        said = {"seen": 1, "hidden": 2}
        document = a_tree(by_component=said, by_kind=said, inner=a_tree(by_component=said))

        seen = redact(document, Tree, {"hidden"})

        assert (seen["by_component"], seen["by_kind"]) == ({"seen": 1}, said)
        assert seen["inner"]["by_component"] == {"seen": 1}

    def test_reaches_the_timeline_of_an_incident(self) -> None:
        said = {"seen": "operational", "hidden": "operational"}
        document = {"components": said, "impact_spans": {"hidden": []}, "updates": [{"components": said}]}

        assert redact(document, PublicIncidentDocument, {"hidden"}) == {
            "components": {"seen": "operational"},
            "impact_spans": {},
            "updates": [{"components": {"seen": "operational"}}],
        }
