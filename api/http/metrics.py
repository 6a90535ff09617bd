"""The metrics, in the format of Prometheus; readers see those of public things only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client import Counter as Counted
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from api.http.process_counts import process_counts
from api.http.standby_metrics import standby_metrics
from application.notifications.deliveries import DeliveryState
from domain.impact import Level, Status
from domain.incidents import Progress
from domain.ledger.held_request import RequestState
from domain.maintenance import WindowState
from domain.panels.account import RecoveryState
from domain.panels.restoration import CapabilityState, RestorationState
from domain.subscriptions.values import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prometheus_client import Metric

    from api.http.process_counts import ProcessCounts
    from application.audit.proofs import LogFigures
    from application.health import LogSample, ReadLag
    from application.incidents.documents import PublicIncidentDocument
    from application.notifications.deliveries import DeliveryFigures
    from application.status.documents import Board

OPEN_STATES = tuple(each for each in Progress if each is not Progress.RESOLVED)
MOST_NAMED = 50
"""Of how many incidents of one state the page says when they began, the newest."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Measures requests, and writes the page that Prometheus scrapes."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self._registry = CollectorRegistry()
        self._children: dict[tuple[str, str, int], Histogram] = {}
        self._durations = Histogram(
            "bitacora_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=BUCKETS,
        )
        self.signals_unrouted = self._counter("signals_unrouted", "Signals that came and named no known component.")
        self.alerts_refused = self._counter("alerts_refused", "Alerts that could not be read.")
        self.sign_ins = self._counter("sign_ins", "Who tried to sign in, by how and result.", "how", "result")
        self.alerts_truncated = self._counter("alerts_truncated", "Alerts that Alertmanager left out of its bodies.")

    def _counter(self, name: str, what: str, *labels: str) -> Counted:
        return Counted(f"bitacora_{name}", what, labels, registry=self._registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Record the duration of one request, in seconds."""
        child = self._children.get((method, route, status))
        if child is None:
            child = self._children[method, route, status] = self._durations.labels(method, route, str(status))
        child.observe(seconds)

    def public_page(
        self,
        board: Board,
        panels: Sequence[Mapping[str, Any]],
        incidents: Sequence[PublicIncidentDocument],
        readers_size: int,
    ) -> bytes:
        """Write the page for readers: components, panels, and the published ``incidents`` that go on.

        ``readers_size`` is how many events the checkpoint has that they get.
        """
        return _exposition(
            (*_statuses(board), *_availability(panels), *_incidents(incidents), _readers_size(readers_size))
        )

    def page(
        self,
        board: Board,
        panels: Sequence[Mapping[str, Any]],
        incidents: Sequence[PublicIncidentDocument],
        *,
        appended: Mapping[str, int],
        windows: Mapping[str, int],
        restorations: Mapping[str, int],
        accounts: Mapping[str, int],
        held: Mapping[str, int],
        oldest_held_seconds: float,
        last: int,
        position: int,
        overdue: int,
        clock_behind_seconds: float,
        log_sample: LogSample,
        log: LogFigures,
        deliveries: DeliveryFigures,
        read_lag: ReadLag | None,
    ) -> bytes:
        """Write the page for callers with a token: everything.

        ``appended`` counts events by type, the other mappings count things by state; ``last`` is the position of the
        last event, ``position`` the one that the views reflect.
        """
        lag = GaugeMetricFamily(
            "bitacora_view_lag_events", "Events that the views do not reflect yet.", last - position
        )
        at = GaugeMetricFamily("bitacora_position", "Position of the last event.", last)
        timers = GaugeMetricFamily(
            "bitacora_overdue_timers", "Due times that have passed and were not acted on.", overdue
        )
        clock = GaugeMetricFamily(
            "bitacora_clock_behind_log_seconds",
            "Seconds that the clock is behind the last event; above 0, nothing becomes due.",
            clock_behind_seconds,
        )
        sampled = GaugeMetricFamily(
            "bitacora_log_sampled_position",
            "Position up to which this process has compared the log with its tree, in this round.",
            log_sample.position,
        )
        mismatches = GaugeMetricFamily(
            "bitacora_log_mismatches",
            "Sections of the log that are not what was recorded, as far as this process has seen.",
            log_sample.mismatches,
        )
        counts = (
            _by_state("bitacora_maintenance_windows", "Maintenance windows, by state.", WindowState, windows),
            _by_state("bitacora_restorations", "Restorations of panels, by state.", RestorationState, restorations),
            _by_state("bitacora_held_requests", "Held requests, by state.", RequestState, held),
            _by_state("bitacora_account_recoveries", "Accounts in restorations, by state.", RecoveryState, accounts),
        )
        oldest = GaugeMetricFamily(
            "bitacora_held_request_oldest_seconds",
            "How long ago the oldest open held request was received; 0 if none is open.",
            oldest_held_seconds,
        )
        public = (*_statuses(board), *_availability(panels), *_incidents(incidents), _readers_size(log.readers_size))
        own = _exposition(
            (
                *self._counted(process_counts(appended, log.asked_witnesses, deliveries.attempts)),
                lag,
                at,
                timers,
                clock,
                sampled,
                mismatches,
                oldest,
                *counts,
                *_tree(log),
                *_sent(deliveries),
                *standby_metrics(read_lag),
                *public,
            )
        )
        return own + self._measured()

    def _counted(self, counts: ProcessCounts) -> Iterable[Metric]:
        for each in counts:
            family = CounterMetricFamily(f"bitacora_{each.name}", each.what, labels=each.labels)
            for labels, count in sorted(each.counts.items()):
                family.add_metric(labels, count)
            yield family

    def _measured(self) -> bytes:
        return generate_latest(self._registry)


def _readers_size(size: int) -> Metric:
    return GaugeMetricFamily(
        "bitacora_log_readers_size_events", "Events in the checkpoint of the log that readers get.", size
    )


def _tree(log: LogFigures) -> Iterable[Metric]:
    yield GaugeMetricFamily("bitacora_log_tree_size_events", "Events in the tree of the log.", log.tree_size)
    if log.checkpoint_age is not None:
        yield GaugeMetricFamily(
            "bitacora_log_checkpoint_age_seconds",
            "How long ago a checkpoint of the log was signed for readers.",
            log.checkpoint_age.total_seconds(),
        )


def _sent(deliveries: DeliveryFigures) -> Iterable[Metric]:
    waiting = GaugeMetricFamily(
        "bitacora_deliveries_waiting",
        "Messages that wait to be sent, by channel and state.",
        labels=("channel", "state"),
    )
    for channel, state in product(Channel, (DeliveryState.DUE, DeliveryState.WAITING)):
        waiting.add_metric((str(channel), str(state)), deliveries.waiting.get((str(channel), str(state)), 0))
    yield waiting
    yield GaugeMetricFamily(
        "bitacora_delivery_oldest_due_seconds",
        "How long the oldest message that is due is late; 0 if none is.",
        deliveries.oldest_due.total_seconds(),
    )


class _Fixed:
    """A collector of metrics that are known already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _exposition(families: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(families))
    return generate_latest(registry)


def _statuses(board: Board) -> tuple[Metric, Metric]:
    components = {each["key"]: each["status"] for each in board["components"]}
    panels = {each["key"]: each["status"] for each in board["panels"]}
    return _status("component", components), _status("panel", panels)


def _status(what: str, shown: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily(
        f"bitacora_{what}_status",
        f"1 for the status that a {what} shows: " + ", ".join(Status) + ".",
        labels=(what, "status"),
    )
    for key, current in shown.items():
        for status in Status:
            family.add_metric((key, str(status)), 1.0 if current == status else 0.0)
    return family


def _incidents(incidents: Iterable[PublicIncidentDocument]) -> tuple[Metric, Metric]:
    # The same for every caller: who sees private incidents, too, counts the published ones here.
    counts = GaugeMetricFamily(
        "bitacora_public_incidents", "Published incidents that go on, by state and impact.", labels=("state", "impact")
    )
    started = GaugeMetricFamily(
        "bitacora_public_incident_started_timestamp_seconds",
        "When each published incident that goes on began, in seconds since 1970.",
        labels=("incident", "state", "impact"),
    )
    found, named = Counter[tuple[str, str]](), Counter[str]()
    for each in incidents:
        state, impact = each["state"], each["impact"]
        found[state, impact] += 1
        named[state] += 1
        if named[state] > MOST_NAMED:
            continue
        started.add_metric((each["id"], state, impact), datetime.fromisoformat(each["started_at"]).timestamp())
    for state, impact in product(OPEN_STATES, Level):
        counts.add_metric((str(state), str(impact)), found[str(state), str(impact)])
    return counts, started


def _by_state(name: str, what: str, states: Iterable[str], counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=("state",))
    for state in states:
        family.add_metric((str(state),), counts.get(state, 0))
    return family


def _availability(panels: Iterable[Mapping[str, Any]]) -> tuple[Metric, ...]:
    # Capabilities are counted by state: a series for each would be thousands.
    access = GaugeMetricFamily("bitacora_panel_access", "1 if there is access to the panel, else 0.", labels=("panel",))
    overdue = GaugeMetricFamily(
        "bitacora_panel_promise_overdue", "1 if the time of the newest promise of access has passed.", labels=("panel",)
    )
    capabilities = GaugeMetricFamily(
        "bitacora_panel_capabilities", "Capabilities of the panel, by state.", labels=("panel", "state")
    )
    for panel in panels:
        access.add_metric((panel["key"],), float(panel["access"] == "available"))
        overdue.add_metric((panel["key"],), float(panel["promise"] is not None and panel["promise"]["overdue"]))
        states = Counter(each["state"] for each in panel["capabilities"].values())
        for state in CapabilityState:
            capabilities.add_metric((panel["key"], str(state)), states[state])
    return access, overdue, capabilities
