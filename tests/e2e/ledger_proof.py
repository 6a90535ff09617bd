"""What the ledger of held requests has to show after whatever went wrong, judged by facts, rows and counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.proof import instant

Document = Mapping[str, Any]
Name = tuple[str, str, str, str]
"""The id of the cause that a request was handed in for, or nothing, and what its source calls it."""

POLICIES = {
    "reprocess": "reprocessing",
    "source_resends": "awaiting_source",
    "source_retries": "awaiting_source",
    "check_by_hand": "to_check",
}
RESULTS = {"done": "done_now", "already_there": "already_done"}
BY_CHANCE = ("leased", "lease_lapsed", "evidence_attached")
"""How often a request is leased, and whether a result comes too late, depends on who was killed when.

The story below says what it may be.
"""


@dataclass
class Expected:
    """What one request must have come to: its state, its outcome, and how many events of each type it has."""

    state: str = "held"
    outcome: str | None = None
    events: Counter[str] = field(default_factory=Counter)

    def happen(self, fact: str, state: str | None = None, outcome: str | None = None) -> None:
        """Have one event more, and be in another state if that follows."""
        self.events[fact] += 1
        if state is not None:
            self.state, self.outcome = state, outcome


class Story:
    """One request, as its events tell it; decided anew, so that the domain does not judge itself."""

    def __init__(self, received: Document) -> None:
        data = received["data"]
        self.cause: str | None = data["cause"]["id"] if data["cause"] else None
        self.name: Name = (self.cause or "", *(data["reference"][part] for part in ("source", "kind", "reference")))
        self.is_unassigned = self.cause is None
        self.state = "held"
        self.outcome: str | None = None
        self.events = Counter({"received": 1})
        self._due: str | None = None
        self._lease: str | None = None
        self._claimant: str | None = None
        self._decided: tuple[str, str] | None = None

    def take(self, event: Document, *, has_ended: bool) -> None:
        """Go on to the next event, which has to be one that may follow."""
        data, fact = event["data"], event["type"].removeprefix("held_request.")
        self.events[fact] += 1
        match fact:
            case "repeated" | "changed" | "evidence_attached" | "twin_merged":
                pass
            case "assigned":
                assert self.is_unassigned, event
                self.cause, self.is_unassigned = data["cause"]["id"], False
            case "merged":
                self._go("merged", {"held"}, event)
            case "disposed":
                assert has_ended, event
                self._go(POLICIES[data["policy"]["policy"]], {"held"}, event)
                self._due = data["due"]
            case "resent":
                assert self._claimant is None, event
                self._go("settled", {"awaiting_source", "to_check"}, event, "resent")
            case "deadline_passed":
                assert instant(event["occurred_at"]) == instant(self._due or ""), event
                self._go("to_check", {"awaiting_source"}, event)
            case "leased" | "lease_lapsed" | "reprocessed":
                self._take_from_worker(fact, data, event)
            case _:
                self._take_from_people(fact, data, event)

    def _take_from_worker(self, fact: str, data: Document, event: Document) -> None:
        assert self.state == "reprocessing", event
        if fact == "leased":
            assert self._lease is None, event
            self._lease = data["until"]
        elif fact == "lease_lapsed":
            assert instant(event["occurred_at"]) == instant(self._lease or ""), event
            self._lease = None
        else:
            assert self._lease is not None, event
            outcome = RESULTS.get(data["result"])
            self._go("settled" if outcome else "to_check", {"reprocessing"}, event, outcome)

    def _take_from_people(self, fact: str, data: Document, event: Document) -> None:
        person = data["person"]
        if fact == "claimed":
            assert self.state == "to_check", event
            assert self._claimant in {None, person}, event
            self._claimant = person
        elif fact == "decided":
            assert self._claimant in {None, person} if data["bulk"] else self._claimant == person, event
            self._decided = person, data["outcome"]
            if data["needs_signature"]:
                self._go("awaiting_signature", {"to_check"}, event)
            else:
                self._go("settled", {"to_check"}, event, data["outcome"])
        elif fact == "signed":
            assert self._decided, event
            assert self._decided[0] != person, event
            self._go("settled", {"awaiting_signature"}, event, self._decided[1])
        else:
            raise AssertionError(f"nobody asked for {fact}: {event}")

    def _go(self, state: str, before: set[str], event: Document, outcome: str | None = None) -> None:
        assert self.state in before, (self.state, event)
        self.state, self.outcome, self._lease, self._claimant = state, outcome, None, None


@dataclass
class Held:
    """What a cause holds up, as the log tells it: whether it has ended, and whether it knows of open requests."""

    open: set[str] = field(default_factory=set)
    has_ended: bool = False
    is_disposing: bool = False
    has_open: bool = False
    turns: int = 0
    """How often it came to have open requests, or to have none any more."""

    @property
    def is_reconciled(self) -> bool:
        """Whether it has to be."""
        return self.has_ended and not self.open and not self.is_disposing

    def follow(self, event: Document) -> None:
        """Take notice of what its ledger tells."""
        match event["type"]:
            case "ledger.opened":
                self.has_ended = event["data"]["ended_at"] is not None
            case "ledger.cause_ended":
                assert not self.has_ended, event
                self.has_ended = self.is_disposing = True
            case "ledger.disposed":
                assert self.is_disposing, event
                self.is_disposing = False

    def turn(self, event: Document, *, has_open: bool) -> None:
        """Take notice of what the cause says of itself."""
        assert self.has_open is not has_open, event
        assert self.is_reconciled is not has_open, (self, event)
        self.has_open, self.turns = has_open, self.turns + 1


class Told:
    """Everything that a log tells of the ledger."""

    def __init__(self) -> None:
        self.stories: dict[str, Story] = {}
        self.held: dict[str, Held] = {}
        self.results: Counter[tuple[str, str]] = Counter()
        self.reported: Counter[tuple[str, str]] = Counter()
        """By run and result, as the requests tell it, and as the runs do."""
        self._ledgers: dict[str, str] = {}

    def take(self, events: Iterable[Document]) -> None:
        """Go on to the next events."""
        for event in events:
            kind, fact = event["type"].split(".", 1)
            if kind == "held_request":
                self._take_request(event, fact)
            elif kind == "ledger":
                if fact == "opened":
                    self._ledgers[event["aggregate"]["id"]] = event["data"]["cause"]["id"]
                self._held(self._ledgers[event["aggregate"]["id"]]).follow(event)
            elif fact in {"requests_came", "reconciled"}:
                self._held(event["aggregate"]["id"]).turn(event, has_open=fact == "requests_came")
            elif event["type"] == "reprocessing_run.reported":
                run = event["aggregate"]["id"]
                self.reported.update({(run, result): number for result, number in event["data"]["results"].items()})

    def of(self, cause: str) -> dict[str, Story]:
        """Give the requests of one cause."""
        return {id: story for id, story in self.stories.items() if story.cause == cause}

    def _take_request(self, event: Document, fact: str) -> None:
        id = event["aggregate"]["id"]
        if fact == "received":
            assert id not in self.stories, event
            story = self.stories[id] = Story(event)
        else:
            story = self.stories[id]
            story.take(event, has_ended=story.cause is not None and self._held(story.cause).has_ended)
        if fact == "reprocessed":
            self.results[event["data"]["run"], event["data"]["result"]] += 1
        if story.cause is not None:
            held = self._held(story.cause)
            (held.open.discard if story.state in {"settled", "merged"} else held.open.add)(id)

    def _held(self, cause: str) -> Held:
        return self.held.setdefault(cause, Held())


def assert_told(told: Told) -> None:
    """Everything holds that has to hold after each transaction, whatever is still to be done."""
    names = Counter(story.name for story in told.stories.values())
    assert names.total() == len(names), names.most_common(3)
    for cause, held in told.held.items():
        if held.has_ended:
            assert held.has_open is not held.is_reconciled, (cause, held)
    assert +told.results == +told.reported


def assert_as_expected(told: Told, expected: Mapping[Name, Expected]) -> None:
    """Each request is there, once, and has come to what it must have: none is lost, and nothing was done twice."""
    found = {story.name: story for story in told.stories.values()}
    assert found.keys() == expected.keys(), (found.keys() ^ expected.keys(), len(found), len(expected))
    for name, one in expected.items():
        story = found[name]
        events = Counter({fact: number for fact, number in story.events.items() if fact not in BY_CHANCE})
        came_to, must = (story.state, story.outcome, events), (one.state, one.outcome, +one.events)
        assert came_to == must, (name, came_to, must)


def assert_shown(rows: Sequence[Document], stories: Mapping[str, Story]) -> None:
    """The view shows each request once, as its events tell it."""
    shown = {row["id"]: row for row in rows}
    assert len(shown) == len(rows)
    assert shown.keys() == stories.keys(), shown.keys() ^ stories.keys()
    for id, story in stories.items():
        row = shown[id]
        settlement = row["settlement"] or {"outcome": None}
        seen = row["state"], settlement["outcome"], row["version"], row["repeats"], row["changes"], row["attempts"]
        counts = (story.events[fact] for fact in ("repeated", "changed", "leased"))
        assert seen == (story.state, story.outcome, story.events.total(), *counts), (row, story.events)
        assert (row["cause"] or {"id": None})["id"] == story.cause


def assert_counted(summary: Document, rows: Sequence[Document], *, at_rest: bool = False) -> None:
    """What a summary of one cause counts is what the rows of the same position are.

    ``at_rest``, it is reconciled if it has ended and none is open; in the midst of a transaction that is yet to come.
    """
    rows = [row for row in rows if row["state"] != "merged"]
    states = Counter(row["state"] for row in rows)
    outcomes = Counter(row["settlement"]["outcome"] for row in rows if row["settlement"])
    groups = Counter((row["kind"], row["source"], row["settlement"] is None) for row in rows)
    still_open = [row for row in rows if row["settlement"] is None]
    oldest = min((instant(row["received_at"]) for row in still_open), default=None)
    assert Counter(summary["states"]) == states
    assert Counter(summary["outcomes"]) == outcomes
    assert (summary["total"], summary["open"], summary["settled"]) == (
        len(rows),
        len(still_open),
        len(rows) - len(still_open),
    )
    assert (
        +Counter(
            {
                (group["kind"], group["source"], is_open): group["open" if is_open else "settled"]
                for group in summary["groups"]
                for is_open in (True, False)
            }
        )
        == groups
    )
    assert oldest == (instant(summary["oldest"]) if summary["oldest"] else None)
    if at_rest:
        assert summary["reconciled"] is (summary["ended_at"] is not None and not still_open), summary
