"""Rewrites documents by their declared shape: the texts in one language, and without what readers may not see.

Where in a document such values are follows from the types of its members, and is found out once per shape.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin

from typing_extensions import get_type_hints, is_typeddict

from application.document import COMPONENT, LOCALIZED_TEXT, chosen


@dataclass(frozen=True)
class Here:
    """The value itself is one of those that are looked for."""


@dataclass(frozen=True)
class Each:
    """Each item of a list, or each value of an object whose keys are no members."""

    place: Place


@dataclass(frozen=True)
class Members:
    """Some members of an object; a shape that holds itself is its own part."""

    places: dict[str, Place] = field(default_factory=dict)


Place = Here | Each | Members
"""Where in a document values are."""
HERE = Here()


class Places:
    """Where the values are that a predicate on declared types picks; known for each shape that was asked for."""

    def __init__(self, picks: Callable[[Any], bool]) -> None:
        """Look for the values whose type ``picks`` picks."""
        self._picks = picks
        self._known: dict[object, Place | None] = {}

    def within(self, shape: object) -> Place | None:
        """Find the values in documents of a shape: a ``TypedDict``, or anything made from some; None if it has none.

        Raises:
            TypeError: if shapes of one union disagree about a member.
        """
        if shape not in self._known:
            self._known[shape] = self._find(shape)
        return self._known[shape]

    def _find(self, shape: Any) -> Place | None:  # noqa: ANN401 - any type form
        if self._picks(shape):
            return HERE
        if is_typeddict(shape):
            return self._members(shape)
        origin, arguments = get_origin(shape), get_args(shape)
        if origin in {Annotated, NotRequired}:
            return self.within(arguments[0])
        if origin in {Union, UnionType}:
            return self._either(arguments)
        if origin in {list, dict}:
            place = self.within(arguments[-1])
            return None if place is None else Each(place)
        return None

    def _members(self, shape: type) -> Place | None:
        members = Members()
        # A shape may hold itself: an entry that was corrected holds the one that stood there before.
        self._known[shape] = members
        for name, member in get_type_hints(shape, include_extras=True).items():
            place = self.within(member)
            if place is not None:
                members.places[name] = place
        return members if members.places else None

    def _either(self, shapes: Collection[object]) -> Place | None:
        found: Place | None = None
        for shape in shapes:
            place = self.within(shape)
            found = _both(found, place) if found and place else found or place
        return found


def _both(one: Place, other: Place) -> Place:
    match one, other:
        case _ if one is other or one == HERE == other:
            return one
        case Each(inner), Each(outer):
            return Each(_both(inner, outer))
        case Members(places), Members(more):
            shared = {name: _both(places[name], more[name]) for name in places.keys() & more.keys()}
            return Members({**places, **more, **shared})
        case _:
            raise TypeError(f"shapes of one union disagree: {one} and {other}")


def _is_localized(shape: object) -> bool:
    return get_origin(shape) is Annotated and LOCALIZED_TEXT in get_args(shape)


def _is_by_component(shape: object) -> bool:
    return get_origin(shape) is dict and COMPONENT in get_args(get_args(shape)[0])


TEXTS = Places(_is_localized)
BY_COMPONENT = Places(_is_by_component)


def localize(document: Any, shape: object, language: str, default: str) -> Any:  # noqa: ANN401 - any piece of JSON
    """Replace each localized text of a document by the one in ``language``, else in ``default``, else in any."""
    return _rewritten(document, TEXTS.within(shape), lambda text: chosen(text, language, default))


def redact(document: Any, shape: object, hidden: Collection[str]) -> Any:  # noqa: ANN401 - any piece of JSON
    """Leave hidden components out of everything that a document says component by component."""

    def visible(said: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in said.items() if key not in hidden}

    return _rewritten(document, BY_COMPONENT.within(shape), visible)


def _rewritten(value: Any, place: Place | None, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any piece of JSON
    """Change the values at a place; null has none, and what lies elsewhere stays the very same."""
    if value is None:
        return None
    match place:
        case None:
            return value
        case Here():
            return change(value)
        case Each(inner) if isinstance(value, list):
            return [_rewritten(item, inner, change) for item in value]
        case Each(inner):
            return {key: _rewritten(item, inner, change) for key, item in value.items()}
        case Members(places):
            return {
                key: _rewritten(item, places[key], change) if key in places else item for key, item in value.items()
            }
