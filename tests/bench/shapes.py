"""What a figure, a measure and a result are."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.environments import World
from tests.bench.measures import Sample


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of ours, against what it is set; ``ours`` and ``bare`` name values of a sample.

    More is better where the unit is a rate (``…/s``), less where it is a time or a size.
    """

    what: str
    ours: str
    against: str
    bare: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Takes samples; where ``once``, one is enough, if only of a log of more than so many events.

    What stands ``apart`` takes so long, or needs so much, that it is measured only where it is named.
    ``is_possible`` says of which worlds it can be taken on this machine.
    """

    take: Callable[[World], Sample]
    figures: tuple[Figure, ...]
    once: int | None = None
    apart: bool = False
    is_possible: Callable[[World], bool] = lambda _: True

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.take.__name__

    def is_wanted(self, world: World, number: int) -> bool:
        """Say whether to take a further sample of a world, after ``number`` of them."""
        return self.is_possible(world) and (number == 0 or self.once is None or world.size <= self.once)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A figure at one size: medians, and the ratio of each sample."""

    figure: Figure
    size: int
    ours: float
    bare: float
    ratios: Sequence[float]

    @property
    def ratio(self) -> float:
        """Ours to bare, the median of the samples."""
        return statistics.median(self.ratios)
