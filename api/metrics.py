"""The metrics, in the format of Prometheus; readers see those of public things only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from domain.impact import Status
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client import Metric

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Measures requests, and writes what a scrape asks for."""

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self._registry = CollectorRegistry()
        self._children: dict[tuple[str, str, int], Histogram] = {}
        self._durations = Histogram(
            "bitacora_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=BUCKETS,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Take the duration of one request."""
        child = self._children.get((method, route, status))
        if child is None:
            child = self._children[method, route, status] = self._durations.labels(method, route, str(status))
        child.observe(seconds)

    def public_page(self, board: Mapping[str, Any]) -> bytes:
        """Write what readers may know: the public status of public components."""
        return _written(_component_statuses(board))

    def page(
        self,
        board: Mapping[str, Any],
        *,
        appended: Mapping[str, int],
        windows: Mapping[str, int],
        last: int,
        position: int,
        overdue: int,
    ) -> bytes:
        """Write everything."""
        events = CounterMetricFamily(
            "bitacora_events_appended", "Events appended by this process, by type.", labels=("type",)
        )
        for event_type, count in sorted(appended.items()):
            events.add_metric((event_type,), count)
        lag = GaugeMetricFamily(
            "bitacora_view_lag_events", "Events that the views do not reflect yet.", last - position
        )
        at = GaugeMetricFamily("bitacora_position", "Position of the last event.", last)
        timers = GaugeMetricFamily(
            "bitacora_overdue_timers", "Due times that have passed and were not acted on.", overdue
        )
        planned = GaugeMetricFamily("bitacora_maintenance_windows", "Maintenance windows, by state.", labels=("state",))
        for state in WindowState:
            planned.add_metric((str(state),), windows.get(state, 0))
        own = _written((events, lag, at, timers, planned, *_component_statuses(board)))
        return own + generate_latest(self._registry)


class _Fixed:
    """A collector of metrics that are known already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _written(families: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(families))
    return generate_latest(registry)


def _component_statuses(board: Mapping[str, Any]) -> tuple[Metric, ...]:
    family = GaugeMetricFamily(
        "bitacora_component_status",
        "1 for the status that a component shows: " + ", ".join(Status) + ".",
        labels=("component", "status"),
    )
    for component in board["components"]:
        for status in Status:
            family.add_metric((component["key"], str(status)), 1.0 if component["status"] == status else 0.0)
    return (family,)
