"""A cache of what is made of values that never change, such as the entries of a timeline."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Part = TypeVar("Part")
Context = ParamSpec("Context")
Made = TypeVar("Made")

KEPT = 5_000
"""How many values are cached, those that were used last."""


class Memo(Generic[Part, Context, Made]):
    """Caches the results of ``make`` by the identity of its first argument; callers must not change a result.

    Such arguments hold mappings and have no hash; each is kept as long as its result, so that its identity stays its
    own. The other arguments have to be the same in each call for the same first one.
    """

    def __init__(self, make: Callable[Concatenate[Part, Context], Made]) -> None:
        """Cache the results of ``make``."""
        self._make = make
        self._made: OrderedDict[int, tuple[Part, Made]] = OrderedDict()

    def __call__(self, part: Part, *args: Context.args, **kwargs: Context.kwargs) -> Made:
        """Give ``make(part, …)``, from the cache if it is there."""
        known = self._made.get(id(part))
        if known is not None:
            self._made.move_to_end(id(part))
        else:
            known = self._made[id(part)] = (part, self._make(part, *args, **kwargs))
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return known[1]
