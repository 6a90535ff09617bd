"""How often Python looks for objects that only refer to each other.

Nearly everything of ours goes as soon as nobody refers to it; the collector finds next to nothing, and looks at the
thousands of aggregates in memory again and again. Measured while requests are taken in, it took a quarter of the time.
"""

import gc

THRESHOLDS = (50_000, 20, 50)
"""After how many more objects the youngest are looked at; after how many looks the older ones, and all."""


def look_less_often() -> None:
    """Let the collector look at young objects by the fifty thousand."""
    gc.set_threshold(*THRESHOLDS)


def leave_alone_what_is_there() -> None:
    """Spare what the assembly made; it lives as long as the process."""
    gc.collect()
    gc.freeze()
