"""Maintenance windows and their series, as answers show them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.http.answer_values import Page, PublicReconciliation, Reconciliation, Shown
from application.document import Duration, ImpactSpan, Key, LocalizedText, Market, Visibility
from application.document import RequestPolicyDocument as RequestPolicy
from domain.impact import Status
from domain.maintenance import What, WindowOutcome, WindowState
from domain.maintenance.civil_time import Choice


class LocalTime(Shown):
    """Start and end as the clocks of a market show them; with `zone` those of that zone alone."""

    market: Market | None
    zone: str
    start: str
    """With the offset of the zone, as in `2024-07-27T22:00-06:00`."""
    end: str


class Guidance(Shown):
    """What an audience should do."""

    before: list[LocalizedText]
    during: list[LocalizedText]
    after: list[LocalizedText]


class Audience(Shown):
    """What an audience cannot do meanwhile, and what it should do."""

    restrictions: list[LocalizedText]
    guidance: Guidance


class Freeze(Shown):
    """Data that stands still until the end: old is not broken."""

    data: str
    note: LocalizedText | None


class Contact(Shown):
    """Where to ask."""

    audience: str | None
    """Null if it is for everybody."""
    channel: str
    address: str
    note: LocalizedText | None


class Transition(Shown):
    """A state, and since when."""

    state: WindowState
    since: datetime


class PublicWindowUpdate(Shown):
    """An entry of the timeline, as readers see it."""

    what: What
    state: WindowState
    message: LocalizedText | None
    """Empty, or with `lang` null, where nothing was said beside the fact."""
    occurred_at: datetime
    starts_at: datetime
    """As planned from then on; so too `ends_at`."""
    ends_at: datetime
    components: dict[Key, Status]
    """The statuses that it changed."""
    all: Status | None
    """The status that it gave to the whole product."""
    expected_at: datetime | None


class WindowUpdate(PublicWindowUpdate):
    """An entry of the timeline, as operators, auditors and admins see it."""

    number: int
    recorded_at: datetime
    internal: bool
    public: bool
    """Whether readers see it; what was written before the announcement, they never do."""
    by_clock: bool
    because: str | None
    """The reason that an operator gave."""


class Reminded(Shown):
    """A reminder that was recorded."""

    due: datetime
    recorded_at: datetime
    before: Duration


class Hold(Shown):
    """That a person completes the window, and why."""

    reason: str | None


class Planned(Shown):
    """What is planned."""

    announced: bool
    title: LocalizedText
    reason: LocalizedText | None
    description: LocalizedText | None
    zone: str
    start: str
    """A civil time of `zone`; so too `end`."""
    end: str | None
    duration: Duration | None
    """Elapsed time; null if the plan names an end."""
    ambiguous: Choice | None
    components: dict[Key, Status]
    all: Status | None
    """The status of every component that there is at each moment, if the whole product is affected."""
    audiences: dict[str, Audience]
    freezes: list[Freeze]
    contacts: list[Contact]


class WindowParts(Planned):
    """What everybody sees of an announced window."""

    id: UUID
    state: WindowState
    outcome: WindowOutcome | None
    overrun: bool
    """Whether it is past its end and not completed."""
    revision: int
    """From 1; rises when it is rescheduled. Readers count from the announcement."""
    starts_at: datetime
    ends_at: datetime
    local_times: list[LocalTime]
    impact_spans: dict[str, list[ImpactSpan]]
    """What components really carried; under `*` what every component did."""
    announced_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    """When it was completed, or cancelled."""
    transitions: list[Transition]
    expected_at: datetime | None
    """When the end is expected, by the last update that says so."""


class PublicWindow(WindowParts, PublicReconciliation):
    """An announced window, as readers see it."""

    updates: list[PublicWindowUpdate]


class PrivatePlan(Planned):
    """What operators, auditors and admins see of a plan."""

    version: int
    covers: list[Key]
    request_policies: dict[str, RequestPolicy]
    remind_before: list[Duration]


class Window(WindowParts, PrivatePlan, Reconciliation):
    """A window, as operators, auditors and admins see it."""

    visibility: Visibility
    updates: list[WindowUpdate]
    reminders: list[datetime]
    """When it will remind."""
    reminded: list[Reminded]
    hold: Hold | None
    next_due: datetime | None
    """When the clock acts next, if nothing happens before."""
    series: UUID | None
    """The series that made it."""
    tzdata: str
    """The version of the time zones by which its instants were computed."""


class MarketZone(Shown):
    """A market, and the zone by whose clocks it lives."""

    market: Market
    zone: str


class LeftOut(Shown):
    """An occurrence of which no window was made."""

    occurrence: str
    because: str


class Series(PrivatePlan):
    """Windows that recur by a rule."""

    id: UUID
    rule: str
    markets: list[MarketZone]
    windows_made: int
    last_occurrence: str | None
    looks_at: datetime | None
    """When the next window comes within the horizon; null if there is no next."""
    left_out: list[LeftOut]
    """The last twenty."""
    ended_at: datetime | None
    ended_because: str | None


class WindowPage(Page[Window | PublicWindow]):
    """Windows: upcoming and active ones from the first start on, the others from the last one back."""


class SeriesPage(Page[Series]):
    """Series, the newest first."""
