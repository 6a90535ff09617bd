"""What the log has to show after whatever went wrong, judged by the recorded facts alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.e2e.clients import Acknowledged

Document = Mapping[str, Any]

ENDS = {"resolved", "dismissed"}


def assert_sound(events: Sequence[Document], acknowledged: Sequence[Acknowledged], *, at_rest: bool = False) -> None:
    """Everything holds that has to hold at any moment; ``at_rest``, nothing is left to be done, either."""
    assert_gap_free(events)
    assert_recorded_once(events, acknowledged)
    assert_nothing_twice(events)
    assert_due_times_kept(events, at_rest=at_rest)


def assert_gap_free(events: Sequence[Document]) -> None:
    """The positions begin at one and leave none out, and time never runs backwards along them."""
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    recorded = [instant(event["recorded_at"]) for event in events]
    assert recorded == sorted(recorded)
    versions: defaultdict[str, int] = defaultdict(int)
    for event in events:
        versions[event["aggregate"]["id"]] += 1
        assert event["aggregate"]["version"] == versions[event["aggregate"]["id"]], event


def assert_recorded_once(events: Sequence[Document], acknowledged: Sequence[Acknowledged]) -> None:
    """Every command that was acknowledged is in the log, once, where its answer said, with the version it said."""
    by_request: defaultdict[str, list[Document]] = defaultdict(list)
    for event in events:
        by_request[event["request_id"]].append(event)
    for done in acknowledged:
        own = by_request[done.key]
        assert len([event for event in own if event["type"] in done.command.records]) == 1, (done, own)
        assert own[-1]["position"] <= done.position <= len(events), (done, own)
        between = events[own[0]["position"] - 1 : done.position]
        # What was due because of it is recorded with it, by the policy.
        assert all(event in own or event["actor"].startswith("policy:") for event in between), (done, between)
        if done.version is not None:
            id = done.document["id"]
            assert done.version == max(
                event["aggregate"]["version"] for event in between if event["aggregate"]["id"] == id
            )


def assert_nothing_twice(events: Sequence[Document]) -> None:
    """No request has recorded the same fact of the same thing twice, whether it was answered or not."""
    seen: dict[tuple[str, str, str], Document] = {}
    for event in events:
        if event["actor"].startswith("token:"):
            fact = (event["request_id"], event["type"], event["aggregate"]["id"])
            assert fact not in seen, (seen[fact], event)
            seen[fact] = event


def assert_due_times_kept(events: Sequence[Document], *, at_rest: bool = False) -> None:
    """Each policy acted exactly when it was due, once, and before any command that came later."""
    runs: dict[str, Run] = {}
    for event in events:
        id, recorded = event["aggregate"]["id"], instant(event["recorded_at"])
        if event["actor"].startswith("token:"):
            passed = {key: run.due for key, run in runs.items() if run.due is not None and run.due <= recorded}
            assert not passed, (passed, event)
        if event["type"] == "incident.detected":
            runs[id] = Run(event)
        elif id in runs:
            runs[id].take(event)
    if at_rest:
        assert {run.phase for run in runs.values()} <= ENDS, [run for run in runs.values() if run.phase not in ENDS]


class Run:
    """An incident born of signals, as its events tell it; decided anew, so that the domain does not judge itself."""

    def __init__(self, detected: Document) -> None:
        self.phase = "private"
        self._firing: set[str] = set()
        self._persists_at: datetime | None = None
        self._clear_at: datetime | None = None
        self._stable_at: datetime | None = None
        self._fires(detected)

    @property
    def due(self) -> datetime | None:
        """When a policy has to act next."""
        if self.phase in ENDS:
            return None
        if self.phase in {"private", "relapse"} and self._firing:
            return self._persists_at
        if self._firing:
            return None
        return self._stable_at if self.phase == "monitoring" else self._clear_at

    def take(self, event: Document) -> None:
        """Go on to the next event."""
        data, fact = event["data"], event["type"].removeprefix("incident.")
        if event["actor"].startswith("policy:") and fact not in {"fired_again", "signal_cleared"}:
            assert instant(event["occurred_at"]) == self.due, (self.due, event)
        match fact:
            case "signal_fired":
                self._fires(event)
            case "relapsed":
                self._go("relapse", {"resolved"})
                self._firing.clear()
                self._fires(event)
            case "signal_cleared":
                self._firing.remove(data["signal"])
                self._clear_at, self._stable_at = instant_or_none(data["clear_at"]), instant_or_none(data["stable_at"])
            case "published":
                self._go("public", {"private"})
            case "reopened":
                self._go("public", {"relapse"})
            case "dismissed":
                self._go("dismissed", {"private"})
            case "relapse_ended":
                self._go("resolved", {"relapse"})
            case "monitoring_began":
                self._go("monitoring", {"public"})
                self._stable_at = instant(data["stable_at"])
            case "fired_again":
                self._go("public", {"monitoring"})
            case "resolved":
                self._go("resolved", {"monitoring"})
            case other:
                raise AssertionError(f"nobody asked for {other}: {event}")

    def _go(self, phase: str, before: set[str]) -> None:
        assert self.phase in before, (self.phase, phase)
        self.phase = phase

    def _fires(self, event: Document) -> None:
        self._firing.add(event["data"]["firing"]["signal"])
        self._persists_at = instant(event["data"]["persists_at"])
        self._clear_at = self._stable_at = None


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
