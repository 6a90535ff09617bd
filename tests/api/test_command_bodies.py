"""Bodies become commands field by field, and every field fits the one that it becomes."""

import ast
import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest

from api.http.command_bodies import NOTIFYING, CommandBody, command_of, declared_type
from api.http.values import TEXT, TEXT_CHANGES, TEXT_OR_EMPTY, Body, Localized
from api.main import create_app
from application.merging import Amendment, TextChanges
from domain.text import Text

INTERFACE = create_app.__module__.partition(".")[0]
"""The package of the bodies; what puts it together has imported them all."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    text: Text
    count: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Whole:
    title: Text
    subtitle: Text | None
    items: tuple[Part, ...]
    named: Mapping[str, Part]
    further: Part | None = None
    start: int | None = None


class PartBody(CommandBody[Part]):
    text: Localized
    count: int = 0


class WholeBody(CommandBody[Whole]):
    APART = frozenset({"from_"})

    title: Localized
    items: list[PartBody]
    named: dict[str, PartBody]
    subtitle: Localized | None = None
    further: PartBody | None = None
    from_: int = 1


class StrayBody(CommandBody[Part]):
    text: Localized
    stray: int = 0


class UnclearBody(CommandBody[Part]):
    text: Localized | int


class TestConversion:
    def test_fills_in_the_language_that_nobody_said_wherever_a_text_is(self) -> None:
        body = WholeBody.model_validate(
            {
                "title": "Hello",
                "items": [{"text": {"es": "Hola"}}, {"text": "Bye", "count": 2}],
                "named": {"one": {"text": "One"}},
                "further": {"text": "More"},
            }
        )

        assert body.converted("en", start=body.from_) == Whole(
            title={"en": "Hello"},
            subtitle=None,
            items=(Part(text={"es": "Hola"}), Part(text={"en": "Bye"}, count=2)),
            named={"one": Part(text={"en": "One"})},
            further=Part(text={"en": "More"}),
            start=1,
        )

    def test_is_refused_without_a_language_for_a_text(self) -> None:
        with pytest.raises(TypeError, match="language"):
            PartBody(text={"": "Hello"}).to_command()

    def test_is_refused_if_a_field_would_get_lost(self) -> None:
        with pytest.raises(TypeError, match="stray"):
            StrayBody(text={"": "Hello"}).to_command("en")

    def test_is_refused_if_it_depends_on_the_value(self) -> None:
        with pytest.raises(TypeError, match="APART"):
            UnclearBody(text=1).to_command("en")


def command_bodies(kind: type[Body] = CommandBody) -> Iterator[type[CommandBody[Any]]]:
    """Give every kind of body of the interface that becomes a command."""
    for body in kind.__subclasses__():
        # Those of any command, and of one, are not bodies themselves.
        is_whole = "[" not in body.__name__ and not body.__pydantic_generic_metadata__["parameters"]
        if issubclass(body, CommandBody) and is_whole and body.__module__.startswith(f"{INTERFACE}."):
            yield body
        yield from command_bodies(body)


class TestBodies:
    @pytest.mark.parametrize("body", list(command_bodies()), ids=lambda body: body.__name__)
    def test_fit_the_commands_that_they_become(self, body: type[CommandBody[Any]]) -> None:
        expected = hints_of(command_of(body))
        apart = body.APART | NOTIFYING
        converted = {
            name: becomes(declared_type(field)) for name, field in body.model_fields.items() if name not in apart
        }

        # A change within a change is applied to what is there in turn.
        fitting = {
            name: {*arms(kind), *(amended(each) for each in arms(kind) if body.IS_CHANGE)}
            for name, kind in expected.items()
        }

        assert {name: kinds - fitting[name] for name, kinds in converted.items()} == {name: set() for name in converted}


def hints_of(command: type) -> dict[str, Any]:
    """Read the types of a dataclass, whose module may import some of them for the type checker only."""
    module = sys.modules[command.__module__]
    names = dict(vars(module))
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(compile(ast.Module(node.body, []), module.__name__, "exec"), names)  # noqa: S102 - imports of our own
    return get_type_hints(command, globalns=names)


def becomes(declared: Any) -> set[Any]:  # noqa: ANN401 - any type form
    """Tell what types the values of a declared one have after the conversion."""
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is Annotated:
        texts = {TEXT: Text, TEXT_OR_EMPTY: Text, TEXT_CHANGES: TextChanges}
        return next(({texts[mark]} for mark in texts if mark in arguments), None) or becomes(arguments[0])
    if origin in {Union, UnionType}:
        return {kind for each in arguments for kind in becomes(each)}
    if origin is list:
        (item,) = becomes(arguments[0])
        return {GenericAlias(tuple, (item, ...))}
    if origin is dict:
        return {GenericAlias(Mapping, (str, reduce(or_, becomes(arguments[1]))))}
    if isinstance(declared, type) and issubclass(declared, CommandBody):
        command = command_of(declared)
        return {amended(command) if declared.IS_CHANGE else command}
    return {declared}


def amended(command: Any) -> Any:  # noqa: ANN401 - any type form
    """Give the type of an amendment of a dataclass."""
    return Amendment[command]


def arms(hint: Any) -> set[Any]:  # noqa: ANN401 - any type form
    """Give what a value of a type may be."""
    return set(get_args(hint)) if get_origin(hint) in {Union, UnionType} else {hint}
