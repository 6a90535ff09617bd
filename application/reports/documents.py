"""Uptime as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from typing_extensions import TypedDict

from application.document import Day, Id, Instant, Key, Localized, Page, StatusName
from application.reports.periods import Basis
from application.schema import Described, Encodes, documented
from domain.policy import TICK
from domain.reports.uptime import WHOLE, GroupRule

if TYPE_CHECKING:
    from datetime import timedelta

    from domain.reports.uptime import Durations, UptimePolicy

Seconds = Annotated[float, Described(description="Seconds, with up to six decimals.", minimum=0, examples=[1800])]
Percentage = Annotated[
    str | None,
    Described(description="With two decimals, cut and never rounded up. Null if nothing is known.", examples=["99.95"]),
]
MICROSECONDS = 1_000_000


@documented
class SecondsPerStatus(TypedDict):
    """How long each status held."""

    operational: Seconds
    unknown: Seconds
    """The component was silent, or hidden from the board. It counts neither as up nor as down."""
    under_maintenance: Seconds
    degraded_performance: Seconds
    partial_outage: Seconds
    major_outage: Seconds


@documented
class StatusWeights(TypedDict):
    """Which part of the time of a status counts as down: from 0, nothing, to 1, all of it."""

    operational: float
    under_maintenance: float
    degraded_performance: float
    partial_outage: float
    major_outage: float


@documented
class UptimePolicyDocument(TypedDict):
    """A rule by which statuses become a percentage. It never changes: another rule has another name."""

    name: Annotated[str, Described(examples=["standard-1"])]
    weights: StatusWeights


@documented
class UptimePolicyPage(Page):
    """The policies, the default first."""

    data: list[UptimePolicyDocument]


@documented
class UptimeIncident(TypedDict):
    """An incident that gave a component a status in the period."""

    id: Id
    title: Localized
    seconds: Seconds
    """How long it did so in the period, beside others or alone."""


@documented
class UptimeFigures(TypedDict):
    """What a component showed in a period; the seconds of all statuses and those not vouched for make up the period."""

    seconds: SecondsPerStatus
    seconds_not_vouched: Seconds
    """Before its `since`, or after it was retired; as published also before it was registered. Nothing is said of that
    time."""
    seconds_counted: Seconds
    """Those of every status but `unknown`, on which the percentage rests."""
    percentage: Percentage


AskedUptime = TypedDict(
    "AskedUptime",
    {
        "from": Instant,
        "until": Instant,
        "as": Annotated[str, Encodes(Basis)],
        "policy": UptimePolicyDocument,
    },
)
"""What was asked."""


@documented
class UptimeDocument(AskedUptime, UptimeFigures):
    """The uptime of a component."""

    component: Key
    since: Day
    """The day from which its status is vouched for."""
    incidents: list[UptimeIncident]
    """Public incidents that gave it a status in the period; the newest 100, those that began last first."""
    incidents_count: int


@documented
class GroupMemberUptime(UptimeFigures):
    """The uptime of a component of a group."""

    component: Key


@documented
class GroupUptimeDocument(AskedUptime):
    """The uptime of a group of components."""

    group: str
    rule: Annotated[str, Encodes(GroupRule)]
    """`mean`: the mean of the percentages of its components before they are cut, without those of which nothing is
    known. `any`: it has at each moment the worst status that is known of its components."""
    seconds: SecondsPerStatus | None
    """With `any`, of the worst statuses; with `mean` null."""
    percentage: Percentage
    components: list[GroupMemberUptime]
    """In the order of the page. Those retired in the period are among them."""


class UptimeDay(TypedDict):
    """One civil day of a component."""

    day: Day
    status: StatusName
    """The worst of the day; `unknown` if nothing is worse and something is not known."""
    is_vouched: bool
    """Whether any part of the day is vouched for."""
    seconds: dict[StatusName, float]
    """Of the statuses that held at all; they make up the part that is vouched for and has passed."""


class ComponentDays(TypedDict):
    """The last civil days of a component, the oldest first."""

    component: Key
    since: Day
    days: list[UptimeDay]
    """As published."""
    restated_days: list[UptimeDay]
    """By what is known now, of the days that were published otherwise."""
    percentage: Percentage
    """As published."""
    restated_percentage: Percentage
    """By what is known now, also where it is the same."""


def policy_document(policy: UptimePolicy) -> UptimePolicyDocument:
    """Write a policy."""
    weights = {str(status): weight / WHOLE for status, weight in policy.weights.items()}
    return {"name": policy.name, "weights": cast("StatusWeights", weights)}


def seconds(span: timedelta) -> float:
    """Write a duration in seconds; as a whole number if it is one, else exactly, since it has 15 digits at most."""
    whole, rest = divmod(span // TICK, MICROSECONDS)
    return (span // TICK) / MICROSECONDS if rest else whole


def seconds_per_status(durations: Durations) -> SecondsPerStatus:
    """Write how long each status held; ``durations`` name every status."""
    return cast("SecondsPerStatus", {str(status): seconds(held) for status, held in durations.items()})
