"""How often and how long the soak does what it does."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often the servers are killed, and how many seconds each store is under load.

    ``rounds`` is how many causes hold requests up, one after the other; the servers are killed four times in each.
    ``filling`` is by how many MiB the caches, whose size is bounded, may still grow: a short run does not fill them.
    ``promotions`` is how often a standby is promoted.
    ``lines`` is how long a body of lines is, and ``bodies`` how many are made up for each route.
    """

    kills: int
    rounds: int
    seconds: float
    filling: float
    lines: int
    bodies: int
    promotions: int


FULL = Pace(kills=50, rounds=20, seconds=600, filling=0, lines=1_000_000, bodies=1_000, promotions=20)
SHORT = Pace(kills=5, rounds=2, seconds=10, filling=32, lines=100_000, bodies=10, promotions=2)
