"""A naive model of an incident's life, written from the rules alone: it knows nothing of the program beside it.

Everything happens at the moment at which it is told. What policies do is found out by asking, again and again, what
would be next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TICK = timedelta(microseconds=1)
PERSISTS = timedelta(minutes=30) + TICK
GRACE = timedelta(minutes=2)
STABLE = timedelta(minutes=10)
LATELY = timedelta(hours=24)
WORSE = ("operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage")
INDICATORS = dict(zip(WORSE, ("none", "maintenance", "minor", "major", "critical"), strict=True))
OPEN = {"investigating", "identified", "monitoring"}

Shown = dict[str, str]
Act = tuple[datetime, Callable[[datetime], None]]


def worst(statuses: list[str]) -> str:
    """Give the worst of some statuses."""
    return max(statuses, key=WORSE.index, default="operational")


@dataclass(frozen=True)
class Signal:
    """A signal: the incident that it is of, what it says while it fires, and when it was last cleared."""

    incident: str | None
    fires: bool
    cleared: datetime | None = None
    component: str = ""
    status: str = ""
    code: bool = False

    def begins(self, at: datetime) -> bool:
        """Tell whether a firing at this moment is a new one."""
        return not self.fires and (self.cleared is None or at > self.cleared)

    def is_worsened_by(self, status: str) -> bool:
        """Tell whether it fires, and this would be worse than what it says."""
        return self.fires and WORSE.index(status) > WORSE.index(self.status)


@dataclass
class Life:
    """An incident: what is known of it, and what the rules say comes next."""

    automatic: bool
    began: datetime
    public: bool
    state: str = "investigating"
    shows: Shown = field(default_factory=dict)
    showed: Shown = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    relapse: Shown | None = None
    held: bool = False
    firing: set[str] = field(default_factory=set)
    fires_since: datetime | None = None
    problem_since: datetime | None = None
    changed_code_at: datetime | None = None
    gap_ends: datetime | None = None
    last_clear: datetime | None = None
    released: datetime | None = None
    watched_since: datetime | None = None
    ended: datetime | None = None
    touched: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state in OPEN

    @property
    def is_over(self) -> bool:
        """Whether it will never be anything else."""
        return self.state in {"dismissed", "withdrawn"}

    @property
    def is_hidden_run(self) -> bool:
        """Whether something goes on that policies publish or let go."""
        return self.relapse is not None or (self.is_open and self.automatic and not self.public)

    def takes(self, component: str, at: datetime) -> bool:
        """Tell whether a firing on a component belongs to it, though it is resolved."""
        if self.state != "resolved" or component not in self.named or self.ended is None:
            return False
        return self.relapse is not None or at - self.ended < LATELY

    # What the clock does

    def let_happen(self, now: datetime) -> None:
        """Do everything that is due by now, one after the other."""
        while (act := self._next()) is not None and act[0] <= now:
            act[1](act[0])

    def next_due(self) -> datetime | None:
        """Tell when a policy acts next."""
        act = self._next()
        return act and act[0]

    def _next(self) -> Act | None:
        if self.is_hidden_run:
            return None if self.held else self._next_of_hidden_run()
        if not (self.is_open and self.automatic) or self.firing:
            return None
        if self.state != "monitoring":
            return None if self.gap_ends is None else (self.gap_ends, self._watch)
        return max(filter(None, (self.watched_since, self.last_clear))) + STABLE + TICK, self._resolve

    def _next_of_hidden_run(self) -> Act | None:
        if not self.firing:
            return None if self.gap_ends is None else (self.gap_ends, self.let_go)
        if self.problem_since is None:
            # What fired before a resolution and a reopening by hand begins nothing until it has cleared.
            return None
        persisted = self.changed_code_at or self.problem_since + PERSISTS
        return max(filter(None, (persisted, self.fires_since, self.released))), self._show

    def _show(self, at: datetime) -> None:
        if self.relapse is not None:
            self._go_on(at, self.relapse)
        if self.automatic:
            self.public = True

    def let_go(self, at: datetime) -> None:
        """Dismiss it, or end its relapse."""
        if self.relapse is None:
            self._end("dismissed", at)
        self._forget_problem()
        self.relapse, self.held = None, False

    def _watch(self, at: datetime) -> None:
        self.state, self.watched_since, self.gap_ends = "monitoring", at, None

    def _resolve(self, at: datetime) -> None:
        self.showed = self.shows
        self._end("resolved", at)

    def _end(self, state: str, at: datetime) -> None:
        self.state, self.ended, self.shows, self.held, self.watched_since = state, at, {}, False, None
        self._forget_problem()

    def _forget_problem(self) -> None:
        self.problem_since = self.changed_code_at = self.gap_ends = None

    def _go_on(self, at: datetime, shows: Shown) -> None:
        self.state, self.watched_since, self.ended = "investigating", None, None
        self.shows, self.relapse, self.held = dict(shows), None, False
        self._no_earlier(at)

    def _no_earlier(self, at: datetime) -> None:
        self.gap_ends = self.gap_ends and max(self.gap_ends, at)

    # What signals do

    def fire(self, signal: str, component: str, status: str, at: datetime, *, code: bool) -> None:
        """Let a signal fire on it."""
        if self.state == "resolved" and self.relapse is None:
            self.firing, self.last_clear, self.relapse = set(), None, {}
            self._forget_problem()
        if self.problem_since is None or (self.gap_ends is not None and at >= self.gap_ends):
            self._forget_problem()
            self.problem_since = at
        self.fires_since = self.fires_since if self.firing else at
        self.firing.add(signal)
        self.gap_ends = None
        self.changed_code_at = self.changed_code_at or (at if code else None)
        shown = self.shows if self.relapse is None else self.relapse
        shown[component] = worst([status, shown.get(component, "operational")])
        self.named.add(component)
        self.touched = at
        if self.state == "monitoring":
            self.state, self.watched_since = "identified", None

    def listens_to(self, signal: str) -> bool:
        """Tell whether a signal that fires still counts."""
        return signal in self.firing and (self.is_open or self.relapse is not None)

    def clear(self, signal: str, at: datetime) -> None:
        """Let a signal clear."""
        if signal in self.firing:
            self.firing.remove(signal)
            self.last_clear = at
            self.gap_ends = None if self.firing else at + GRACE

    # What people do, and whether they may

    def may_update(self) -> bool:
        """Tell whether an update can be written."""
        return self.is_open

    def update(self, state: str | None, components: Shown, at: datetime) -> None:
        """Write an update."""
        goes_to = state or self.state
        if goes_to != "monitoring" or self.state != "monitoring":
            self.watched_since = at if goes_to == "monitoring" else None
        self.state = goes_to
        self.shows = {**self.shows, **components}
        self.named |= components.keys()
        self.touched = at if components else self.touched
        if self.public and self.gap_ends is not None and self.gap_ends <= at:
            self.gap_ends = None

    def may_resolve(self, at: datetime) -> bool:
        """Tell whether the fix has held for long enough."""
        if self.state != "monitoring" or self.firing or self.watched_since is None:
            return False
        return at > max(self.watched_since, self.last_clear or self.watched_since) + STABLE

    def resolve(self, at: datetime) -> None:
        """Resolve it."""
        self._resolve(at)

    def may_publish(self) -> bool:
        """Tell whether it can be published by hand."""
        return self.relapse is not None or not (self.public or self.is_over)

    def publish(self, at: datetime) -> None:
        """Publish it, or reopen it if it relapses."""
        if self.relapse is not None:
            self._go_on(at, self.relapse)
        if not self.public:
            self.public, self.held = True, False
            self._no_earlier(at)

    def may_hold(self) -> bool:
        """Tell whether publication can be held."""
        return not self.held and (self.relapse is not None or not (self.public or self.is_over))

    def hold(self, _at: datetime) -> None:
        """Hold publication."""
        self.held = True

    def release(self, at: datetime) -> None:
        """Let policies act again."""
        self.held, self.released = False, at
        self._no_earlier(at)

    def may_dismiss(self) -> bool:
        """Tell whether it, or its relapse, can be let go by hand."""
        return self.relapse is not None or (self.is_open and not self.public)

    def may_withdraw(self) -> bool:
        """Tell whether it can be taken back."""
        return self.public and not self.is_over

    def withdraw(self, at: datetime) -> None:
        """Take it back."""
        self.relapse = None
        self._end("withdrawn", at)

    def may_reopen(self) -> bool:
        """Tell whether it can be reopened."""
        return self.state == "resolved"

    def reopen(self, components: Shown, at: datetime) -> None:
        """Go on by hand."""
        if self.relapse is None:
            self._forget_problem()
            self._go_on(at, components or self.showed)
        else:
            self._go_on(at, {**self.relapse, **components})
        self.named |= components.keys()
        self.touched = at

    # What is seen of it

    def seen(self, components: Iterable[str]) -> Shown:
        """Give state, visibility and those components as the program is to show them."""
        shown = {key: self.shows.get(key, "operational") for key in self.named & set(components)}
        return {"state": self.state, "visibility": "public" if self.public else "private", **shown}


def board(lives: list[Life], components: Mapping[str, bool], *, everything: bool) -> Shown:
    """Give the indicator and the status of each component, to readers or to those who see everything."""
    said = [life.shows for life in lives if life.public or everything]
    said += [life.relapse for life in lives if life.relapse is not None and everything]
    statuses = {
        key: worst([shows[key] for shows in said if key in shows])
        for key, public in components.items()
        if public or everything
    }
    return {"indicator": INDICATORS[worst(list(statuses.values()))], **statuses}
