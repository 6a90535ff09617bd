"""Memory of what was written of parts that never change, such as the entries of a timeline."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Part = TypeVar("Part")
Context = ParamSpec("Context")
Made = TypeVar("Made")

KEPT = 5_000
"""How many parts are remembered, those that were asked for last; of a longer timeline, each is made anew each time."""


class Memo(Generic[Part, Context, Made]):
    """Gives again what was made of the very same part; whoever gets it must leave it as it is.

    Parts hold mappings and have no hash, so that they are known by their identity, and kept as long as it counts.
    What else it takes to make something of a part has to be the same each time: it is only looked at the first time.
    """

    def __init__(self, make: Callable[Concatenate[Part, Context], Made]) -> None:
        """Make things by ``make``."""
        self._make = make
        self._made: OrderedDict[int, tuple[Part, Made]] = OrderedDict()

    def __call__(self, part: Part, *args: Context.args, **kwargs: Context.kwargs) -> Made:
        """Give what is made of a part."""
        known = self._made.get(id(part))
        if known is not None:
            self._made.move_to_end(id(part))
        else:
            known = self._made[id(part)] = (part, self._make(part, *args, **kwargs))
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return known[1]
