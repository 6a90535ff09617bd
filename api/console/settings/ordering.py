"""The order of things on the page, changed without dragging: one place up or down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import LEFT_OUT, FieldFault, Filled, Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UP, DOWN = "up", "down"
STEP = 10
"""How far the places are apart when all are given anew, so that something can be put between."""
FARTHEST = 1_000_000


def place(name: str) -> Member:
    """Read a place on the page, which can be negative."""
    return Member(name, _place)


def moved(places: Sequence[tuple[str, int]], key: str, direction: str) -> dict[str, int]:
    """Give the places that change if the thing of a key goes one up or down; none if it cannot.

    ``places`` are in the order of the page: by place, those of one place by key.
    """
    keys = [each for each, _ in places]
    if key not in keys:
        return {}
    index = keys.index(key)
    other = index + (-1 if direction == UP else 1)
    if not 0 <= other < len(keys):
        return {}
    before = dict(places)
    wanted = list(keys)
    wanted[index], wanted[other] = wanted[other], wanted[index]
    swapped = {**before, keys[index]: before[keys[other]], keys[other]: before[keys[index]]}
    if sorted(keys, key=lambda each: (swapped[each], each)) != wanted:
        swapped = {each: STEP * (number + 1) for number, each in enumerate(wanted)}
    return {each: new for each, new in swapped.items() if new != before[each]}


def wanted_move(values: Mapping[str, str]) -> tuple[str, str]:
    """Read what a button wants: the direction, and the key of what moves."""
    direction, _, key = values.get("move", "").partition("/")
    return direction, key


def _place(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    text = filled.form.text(at)
    if not text:
        return LEFT_OUT
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(FARTHEST)) and int(digits) <= FARTHEST):
        raise FieldFault(at, f"Enter a whole number between -{FARTHEST} and {FARTHEST}.")
    return int(text)
