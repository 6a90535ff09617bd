"""How often and how long the soak does what it does."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often the servers are killed, and how many seconds each store is under load."""

    kills: int
    seconds: float


FULL = Pace(kills=50, seconds=600)
SHORT = Pace(kills=5, seconds=10)
