"""Bodies that become what the application is asked to do: commands, and parts of them, converted field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar, Union, cast, get_args, get_origin

from api.http.values import TEXT, TEXT_CHANGES, TEXT_OR_EMPTY, Body, Flag, Reason, localized
from application.merging import Amendment
from domain.errors import Invalid

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

    from application.caller import Caller

C = TypeVar("C")
NOTIFYING = frozenset({"notify", "notify_reason"})
"""What a body says of who is notified, and not to its command."""
NULL = {"type": "null"}
Conversion = Callable[[Any, str | None], Any]
"""Converts a value of a body, given the language of the texts whose language nobody said."""


class NotifyingBody(Body):
    """A body of a command that subscribers are notified of.

    ``notify`` says whether they are; left out, or null, they are, but for what is entered afterwards.
    """

    notify: Flag | None = None
    notify_reason: Reason | None = None

    @property
    def notifies_by_default(self) -> bool:
        """Whether subscribers are notified if nobody says so."""
        return True

    def of(self, caller: Caller) -> Caller:
        """Give the caller who wants subscribers to be notified, or not."""
        return caller.notifying(notify=self.notify, reason=self.notify_reason, by_default=self.notifies_by_default)


class CommandBody(Body, Generic[C]):
    """A body that becomes the dataclass ``C``, whose fields have the same names.

    A localized text gets the default language, a list becomes a tuple, and a part that is a body of this kind becomes
    its own dataclass; null stays null. Whatever is converted in another way is named by ``APART``.
    """

    APART: ClassVar[frozenset[str]] = frozenset()
    """The fields that are not converted by their name: an overridden ``to_command`` or the route reads them."""
    IS_CHANGE: ClassVar[bool] = False
    """Whether it changes what is there, as a part of another body: then it becomes an ``Amendment``."""

    def to_command(self, language: str | None = None) -> C:
        """Convert it to the dataclass; texts without a language are in ``language``.

        Raises:
            TypeError: if it has a text, and ``language`` is None.
        """
        return self.converted(language)

    def converted(self, language: str | None = None, **apart: object) -> C:
        """Convert the fields by their names, and add what was converted ``apart``."""
        command, conversions = _plan_of(type(self))
        values = {name: convert(getattr(self, name), language) for name, convert in conversions.items()}
        return cast("C", command(**values, **apart))

    def to_change(self, language: str | None = None) -> Amendment[C]:
        """Convert it to a change of its dataclass: of what it names alone."""
        return Amendment(self.to_command(language), frozenset(self.model_fields_set))


class ChangeBody(CommandBody[C]):
    """The body of a PATCH: what is left out stays, and null takes away what a thing can be without.

    Null for any other member is refused. A member that null takes away says so by ``APART`` or by its own conversion.
    """

    THING: ClassVar[str]
    """What it changes, as a refusal calls it."""
    CAN_BE_NULL: ClassVar[frozenset[str]] = frozenset()
    """The members that a thing can be without."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe null where it can stand, and nowhere else."""
        described = handler(schema)
        for name, member in handler.resolve_ref_schema(described)["properties"].items():
            kinds = [kind for kind in member.get("anyOf", ()) if kind != NULL]
            if name in cls.CAN_BE_NULL or not kinds:
                continue
            del member["anyOf"]
            member.pop("default", None)
            member.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
        return described

    @property
    def nulls(self) -> frozenset[str]:
        """The members that are null, and not left out."""
        return frozenset(name for name in self.model_fields_set if getattr(self, name) is None)

    def converted(self, language: str | None = None, **apart: object) -> C:
        """Convert the fields as for any command.

        Raises:
            Invalid: if it takes away what the thing is not without.
        """
        for name in sorted(self.nulls - self.CAN_BE_NULL):
            raise Invalid(f"{self.THING} is not without {name}; leave it out to keep it", pointer=f"/{name}")
        return super().converted(language, **apart)


@cache
def _plan_of(body: type[CommandBody[Any]]) -> tuple[type, dict[str, Conversion]]:
    """Find out once what a kind of body becomes, and how each of its fields is converted."""
    command = command_of(body)
    names = {field.name for field in dataclasses.fields(command)}
    fields = {name: field for name, field in body.model_fields.items() if name not in body.APART | NOTIFYING}
    if unknown := fields.keys() - names:
        raise TypeError(f"{command.__name__} has no {sorted(unknown)}, as {body.__name__} has: name them in APART")
    return command, {name: _conversion_of(declared_type(field)) or _same for name, field in fields.items()}


def command_of(body: type[CommandBody[Any]]) -> type[Any]:
    """Give the dataclass that a kind of body becomes."""
    arguments = (base.__pydantic_generic_metadata__["args"] for base in body.__mro__ if issubclass(base, Body))
    command: type[Any] = next(found[0] for found in arguments if found)
    return command


def declared_type(field: FieldInfo) -> Any:  # noqa: ANN401 - any type form
    """Give the type of a field as it was declared; pydantic keeps what stands in ``Annotated`` beside it."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _conversion_of(declared: Any) -> Conversion | None:  # noqa: ANN401 - any type form
    """Find how values of a type are converted; None if they stay as they are."""
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is Annotated:
        marked = {TEXT: _text, TEXT_OR_EMPTY: _text_or_empty, TEXT_CHANGES: _text}
        return next((marked[mark] for mark in marked if mark in arguments), None) or _conversion_of(arguments[0])
    if origin in {Union, UnionType}:
        return _conversion_of_one(arguments)
    if origin is list:
        return _each(_conversion_of(arguments[0]) or _same)
    if origin is dict:
        inner = _conversion_of(arguments[1])
        return inner and _values(inner)
    if isinstance(declared, type) and issubclass(declared, CommandBody):
        conversion: Conversion = _change if declared.IS_CHANGE else _part
        return conversion
    return None


def _conversion_of_one(kinds: Sequence[Any]) -> Conversion | None:
    found = [conversion for kind in kinds if (conversion := _conversion_of(kind))]
    if not found:
        return None
    if len(kinds) - (type(None) in kinds) > 1:
        raise TypeError(f"how one of {kinds} is converted depends on the value: name the field in APART")
    return _unless_null(found[0])


def _same(value: Any, _language: str | None) -> Any:  # noqa: ANN401 - any value
    return value


def _text(value: Mapping[str, str | None], language: str | None) -> Any:  # noqa: ANN401 - as each conversion
    if language is None:
        raise TypeError("a text needs a language to fall back on")
    return localized(value, language)


def _text_or_empty(value: dict[str, str] | None, language: str | None) -> Any:  # noqa: ANN401 - as each conversion
    return _text(value, language) if value else {}


def _part(value: CommandBody[Any], language: str | None) -> Any:  # noqa: ANN401 - any dataclass
    return value.to_command(language)


def _change(value: CommandBody[Any], language: str | None) -> Any:  # noqa: ANN401 - a change of any dataclass
    return value.to_change(language)


def _unless_null(convert: Conversion) -> Conversion:
    return lambda value, language: None if value is None else convert(value, language)


def _each(convert: Conversion) -> Conversion:
    return lambda value, language: tuple(convert(item, language) for item in value)


def _values(convert: Conversion) -> Conversion:
    return lambda value, language: {key: convert(item, language) for key, item in value.items()}
