"""The metrics of an instance that reads from a hot standby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import Metric

    from application.health import ReadLag


def standby_metrics(lag: ReadLag | None) -> Iterable[Metric]:
    """Give how far the standby is behind; 0 if there is none."""
    seconds, positions = (0, 0) if lag is None else lag
    yield GaugeMetricFamily(
        "bitacora_read_database_lag_seconds",
        "Seconds since the read database was last seen to have every event.",
        seconds,
    )
    yield GaugeMetricFamily(
        "bitacora_read_database_lag_positions",
        "Events that the read database does not have yet, as far as this process knows.",
        positions,
    )
