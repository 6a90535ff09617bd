"""What a process counts by itself, as metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class ProcessCount:
    """What the processes count, each for itself: a metric, and how often it was by the values of its labels."""

    name: str
    what: str
    labels: Sequence[str]
    counts: dict[tuple[str, ...], int]


ProcessCounts = tuple[ProcessCount, ...]


def process_counts(
    appended: Mapping[str, int], asked: Mapping[tuple[str, str], int], attempts: Mapping[tuple[str, str], int]
) -> ProcessCounts:
    """Give what a process has counted: events by type, asked witnesses by outcome, messages by channel and outcome.

    They are copied: other threads go on to count.
    """
    return (
        ProcessCount(
            name="events_appended",
            what="Events appended, by type.",
            labels=("type",),
            counts={(each,): count for each, count in dict(appended).items()},
        ),
        ProcessCount(
            name="witness_requests",
            what="How often a witness was asked, by what came of it.",
            labels=("witness", "outcome"),
            counts={(*labels,): count for labels, count in dict(asked).items()},
        ),
        ProcessCount(
            name="delivery_attempts",
            what="How often a message was tried to be sent, by channel and outcome.",
            labels=("channel", "outcome"),
            counts={(*labels,): count for labels, count in dict(attempts).items()},
        ),
    )
