"""How often and how long the soak does what it does."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often the servers are killed, and how many seconds each store is under load.

    ``filling`` is by how many MiB the caches, whose size is bounded, may still grow: a short run does not fill them.
    """

    kills: int
    seconds: float
    filling: float


FULL = Pace(kills=50, seconds=600, filling=0)
SHORT = Pace(kills=5, seconds=10, filling=32)
