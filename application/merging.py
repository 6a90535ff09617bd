"""How a PATCH changes what is there: by key. What is left out stays, and null takes a key away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from domain.errors import Invalid
from domain.text import MOST_LANGUAGES

if TYPE_CHECKING:
    from domain.text import Text

T = TypeVar("T")
TextChanges = Mapping[str, str | None]
"""What changes of a localized text, by language; None takes a language away."""


@dataclass(frozen=True)
class Amendment(Generic[T]):
    """What changes of a dataclass: those of its fields that are ``named``, as ``whole`` has them.

    A field that is a change itself is applied to what is there in turn.
    """

    whole: T
    named: frozenset[str]

    def apply_to(self, known: T | None) -> T:
        """Give ``known`` with the changes; without it, ``whole``, whose other fields have their defaults."""
        whole = cast("Any", self.whole)
        base = whole if known is None else cast("Any", known)
        changes: dict[str, object] = {}
        for field in fields(whole):
            value = getattr(whole, field.name)
            if isinstance(value, Amendment):
                changes[field.name] = value.apply_to(None if known is None else getattr(known, field.name))
            elif field.name in self.named:
                changes[field.name] = value
        return cast("T", replace(base, **changes))


def merge(
    known: Mapping[str, T], changes: Mapping[str, T | Amendment[T] | None], *, what: str, most: int
) -> dict[str, T]:
    """Give ``known`` with the changes of some keys; None takes a key away.

    Raises:
        Invalid: if it would have more than ``most`` keys, naming the member ``what``.
    """
    merged = dict(known)
    for key, change in changes.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = change.apply_to(known.get(key)) if isinstance(change, Amendment) else change
    if len(merged) > max(most, len(known)):
        raise Invalid(f"with what is there already, {what} would name more than {most}", pointer=f"/{what}")
    return merged


def merge_text(known: Text, changes: TextChanges, *, what: str, is_needed: bool = True) -> Text:
    """Give a localized text with the changes of some languages.

    Raises:
        Invalid: if no language would be left of one that ``is_needed``, naming the member ``what``.
    """
    merged: Text = merge(known, changes, what=what, most=MOST_LANGUAGES)
    if is_needed and not merged:
        raise Invalid(f"{what} needs a text in one language at least", pointer=f"/{what}")
    return merged
