"""The metrics of several workers, added up by whichever of them is asked.

This is the multi-process mode of prometheus_client.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from api.http.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client import Counter, Metric

    from api.http.process_counts import ProcessCounts

TAKEN_SECONDS = 1.0
"""How often what a process counts by itself is added to what all share."""


class SharedMetrics(Metrics):
    """Metrics that each worker keeps in a file of its own in one folder.

    The files of a worker that has ended stay, so that no sum falls while the parent lives.
    """

    def __init__(self, folder: str, counts: Callable[[], ProcessCounts]) -> None:
        """Share ``folder``, which has to be named to prometheus_client before.

        ``counts`` gives what this process has counted since it began.
        """
        # It is chosen when the package is loaded, which it is before there is a folder.
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        super().__init__()
        self._folder = folder
        self._counts = counts
        self._lock = threading.Lock()
        self._counters: dict[str, Counter] = {
            each.name: self._counter(each.name, each.what, *each.labels) for each in counts()
        }
        self._taken: dict[tuple[str, tuple[str, ...]], int] = {}

    def start(self) -> None:
        """Add from now on what this process counts, as long as it lives."""
        threading.Thread(target=self._take_again, name="metrics", daemon=True).start()

    def take(self) -> None:
        """Add what this process has counted since the last time."""
        with self._lock:
            for each in self._counts():
                for labels, count in each.counts.items():
                    more = count - self._taken.get((each.name, labels), 0)
                    self._taken[each.name, labels] = count
                    self._counters[each.name].labels(*labels).inc(more)

    def _take_again(self) -> None:
        pause = threading.Event()
        while True:
            self.take()
            pause.wait(TAKEN_SECONDS)

    def _counted(self, counts: ProcessCounts) -> Iterable[Metric]:  # noqa: ARG002 - they are among what is shared
        self.take()
        return ()

    def _measured(self) -> bytes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=self._folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
