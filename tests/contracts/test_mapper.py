"""What is written of an event is read as the same event, and what does not fit its type is refused both ways."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from application.errors import CorruptEvent
from application.registry import AGGREGATES, event_types
from domain.aggregate import Event
from domain.components import Component
from domain.components.events import ComponentEvent
from domain.impact import Status, StatusSpan
from domain.incidents import Incident
from domain.incidents.values import Correction
from domain.panels.account import AccountRecovery, Collision
from domain.panels.panel import Panel
from domain.panels.restoration import Count, Deadline, Inventory, PanelRestoration, Stage
from domain.provenance import Provenance
from infrastructure.event_log import event_codec as mapper
from infrastructure.event_log.event_codec import TypedMapper
from tests.contracts.stored_types import STORED_TYPES
from tests.contracts.values import MOMENT, events_of, same, sample_of, values_of

TYPES = event_types()
MAPPER = TypedMapper(TYPES)
SOMEWHEN = datetime(2025, 3, 4, 10, 0)  # noqa: DTZ001 - naive on purpose
PROVENANCE = Provenance(
    actor="token:ana", source="tests", request_id="request-1", occurred_at=MOMENT, recorded_at=MOMENT
)
REORDERED = Component.Reordered.TOPIC
REPORTED = {"inventory": Inventory(revision=1, accounts=9, note={}, said_at=MOMENT), "note": {}}


class TestStoredTypes:
    def test_never_change_their_names(self) -> None:
        assert set(TYPES) == STORED_TYPES

    def test_begin_with_the_name_of_their_aggregate(self) -> None:
        assert {topic.partition(".")[0] for topic in TYPES} == {aggregate.TOPIC for aggregate in AGGREGATES}

    def test_leave_out_no_event_class(self) -> None:
        assert {kind.TOPIC for kind in concrete(Event)} == STORED_TYPES


class TestMapper:
    @pytest.mark.parametrize("topic", sorted(TYPES))
    @settings(max_examples=25)
    @given(data=st.data())
    def test_reads_the_event_that_it_wrote(self, topic: str, data: st.DataObject) -> None:
        event = data.draw(events_of(TYPES[topic]))

        stored = MAPPER.to_stored_event(event)

        assert stored.topic == topic
        assert same(MAPPER.to_domain_event(stored), event)

    @settings(max_examples=50)
    @given(moment=values_of(datetime))
    def test_writes_every_instant_in_utc(self, moment: datetime) -> None:
        event = happened(Component.SinceChanged, since=moment.date(), vouched_from=moment)

        written = json.loads(MAPPER.to_stored_event(event).state)["vouched_from"]

        assert written.endswith("Z")
        assert datetime.fromisoformat(written) == moment

    def test_compiles_the_codec_of_a_type_when_its_first_event_comes_and_once_for_all_programs(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compiled: list[type] = []

        def compiling(kind: type) -> TypeAdapter[Any]:
            compiled.append(kind)
            return TypeAdapter(kind)

        monkeypatch.setattr(mapper, "TypeAdapter", compiling)

        class Weighed(Measured):
            TOPIC = "test.weighed"

        mappers = [TypedMapper({**TYPES, Weighed.TOPIC: Weighed}) for _ in range(2)]
        before = list(compiled)
        for each in mappers * 2:
            each.to_stored_event(happened(Weighed, meters=3))

        assert (before, compiled) == ([], [Weighed])

    def test_keeps_the_row_out_of_the_state(self) -> None:
        state = json.loads(MAPPER.to_stored_event(sample_of(Component.Registered)).state)

        assert sorted(state) == ["profile", "provenance"]

    @pytest.mark.parametrize(
        ("event_class", "facts"),
        [
            (Component.Reordered, {"position": "5"}),
            (Component.Reordered, {"position": 5.0}),
            (Component.Reordered, {"position": float("nan")}),
            (Component.Reordered, {"position": float("inf")}),
            (Component.Reordered, {"position": None}),
            (Component.Regrouped, {"group": 5}),
            (Component.Regrouped, {"group": None}),
            (Component.Regrouped, {"group": "\ud800"}),
            (Component.Renamed, {"name": {"en": 5}}),
            (Component.Renamed, {"name": {"en": None}}),
            (Component.Renamed, {"name": {5: "Labels"}}),
            (Component.Renamed, {"name": [("en", "Labels")]}),
            (Component.MarketsChanged, {"markets": ["PL"]}),
            (Component.MarketsChanged, {"markets": {"PL"}}),
            (Component.HeartbeatChanged, {"heartbeat": 90}),
            (Component.SinceChanged, {"since": date(2025, 3, 4), "vouched_from": SOMEWHEN}),
            (Component.SinceChanged, {"since": date(2025, 3, 4), "vouched_from": "2025-03-04T10:00:00Z"}),
            (Component.SinceChanged, {"since": SOMEWHEN.replace(tzinfo=UTC), "vouched_from": None}),
            (Component.Pinned, {"pin_id": UUID(int=5), "status": "major_outage", "reason": "seen"}),
            (Component.Pinned, {"pin_id": str(UUID(int=5)), "status": Status.MAJOR_OUTAGE, "reason": "seen"}),
            (Incident.Corrected, {"correction": {"title": None}, "reason": "wrong"}),
            (Incident.Corrected, {"correction": Correction(occurred_at=SOMEWHEN), "reason": "wrong"}),
            (
                Incident.Corrected,
                {
                    "correction": Correction(
                        impact={"labels": (StatusSpan(status=Status.MAJOR_OUTAGE, start=SOMEWHEN),)}
                    ),
                    "reason": "wrong",
                },
            ),
            (Panel.Closed, {"last": SOMEWHEN.replace(tzinfo=UTC), "successor": "d"}),
            (Panel.Closed, {"last": "2021-03-10", "successor": "d"}),
            (PanelRestoration.ProgressReported, {**REPORTED, "stages": {"restored": Count(accounts=1, grades={})}}),
            (PanelRestoration.ProgressReported, {**REPORTED, "stages": {Stage.RESTORED: 1}}),
            (
                PanelRestoration.ExpectationLapsed,
                {"capability": "orders", "expected": Deadline(said="2021-03-22", passes_at=SOMEWHEN)},
            ),
            (AccountRecovery.BackfillDelivered, {"number": 1, "counts": {"orders": 1.0}}),
            (AccountRecovery.Linked, {"collisions": [Collision(kind="order", number="7")]}),
        ],
    )
    def test_writes_nothing_that_does_not_fit_its_type(
        self, event_class: type[Event], facts: Mapping[str, Any]
    ) -> None:
        with pytest.raises(CorruptEvent, match=event_class.TOPIC.replace(".", r"\.")):
            MAPPER.to_stored_event(happened(event_class, **facts))

    @pytest.mark.parametrize(
        "naive", [replace(PROVENANCE, occurred_at=SOMEWHEN), replace(PROVENANCE, recorded_at=SOMEWHEN)]
    )
    def test_writes_no_naive_time_of_an_event(self, naive: Provenance) -> None:
        event = happened(Component.Shown, provenance=naive)

        with pytest.raises(CorruptEvent, match="no offset"):
            MAPPER.to_stored_event(event)

    def test_writes_no_event_of_a_type_that_is_not_registered(self) -> None:
        class Unheard(ComponentEvent):
            TOPIC = "component.unheard"

        with pytest.raises(CorruptEvent, match=r"no event type 'component\.unheard' is registered"):
            MAPPER.to_stored_event(happened(Unheard))

    @pytest.mark.parametrize("topic", ["component.unheard", "", "json", "tests.contracts.planted:Planted"])
    def test_reads_no_type_that_is_not_registered(self, topic: str) -> None:
        with pytest.raises(CorruptEvent, match=f"no event type {topic!r} is registered"):
            MAPPER.to_domain_event(stored(b"{}", topic))

    def test_imports_nothing_for_a_stored_name(self) -> None:
        before = set(sys.modules)

        with pytest.raises(CorruptEvent):
            MAPPER.to_domain_event(stored(b"{}", "this:Zen"))

        assert "this" not in set(sys.modules) - before

    @pytest.mark.parametrize(
        ("part", "replacement"),
        [
            (b'"position":5', b'"position":"5"'),
            (b'"position":5', b'"position":5.0'),
            (b'"position":5', b'"position":true'),
            (b'"position":5', b'"position":null'),
            (b'"position":5', b'"position":NaN'),
            (b'"position":5', b'"place":5'),
            (b'"position":5', b'"position":5,"more":1'),
            (b'"position":5', b'"position":5,"version":2'),
            (b'"causation":null', b'"causation":null,"more":1'),
            (b'"actor":"token:ana",', b""),
            (b"10:00:00.123456Z", b"10:00:00.123456"),
            (b'"2025-03-04T10:00:00.123456Z"', b"1741082400"),
            (b'"provenance":{', b'"provenance":[{'),
            (b'{"provenance"', b'[{"provenance"'),
            (b"}}", b"}"),
            (b'"token:ana"', b'"\xff"'),
        ],
    )
    def test_reads_no_state_that_does_not_fit_its_type(self, part: bytes, replacement: bytes) -> None:
        state = MAPPER.to_stored_event(happened(Component.Reordered, position=5)).state
        broken = state.replace(part, replacement) if part != b"}}" else state[:-1]
        assert broken != state

        with pytest.raises(CorruptEvent, match=r"component\.reordered"):
            MAPPER.to_domain_event(stored(broken, REORDERED))

    @pytest.mark.parametrize("state", [b"", b"[]", b"5", b"null", b"{}", b"\x80", b'{"provenance":{}}'])
    def test_reads_no_state_that_is_none(self, state: bytes) -> None:
        with pytest.raises(CorruptEvent, match=r"component\.reordered"):
            MAPPER.to_domain_event(stored(state, REORDERED))

    @pytest.mark.parametrize(
        "said", [b'"originator_version":9', b'"originator_id":"x"', b'"timestamp":"2026-01-01T00:00:00Z"']
    )
    def test_reads_no_state_that_speaks_of_its_row(self, said: bytes) -> None:
        state = MAPPER.to_stored_event(happened(Component.Reordered, position=5)).state

        with pytest.raises(CorruptEvent, match=r"component\.reordered"):
            MAPPER.to_domain_event(stored(b"{" + said + b"," + state[1:], REORDERED))


class Measured(ComponentEvent):
    """An event whose type has changed once: a length in feet, then in meters."""

    TOPIC = "component.measured"
    VERSION = 2
    meters: int

    @staticmethod
    def from_version_1(data: dict[str, Any]) -> dict[str, Any]:
        return {**{name: value for name, value in data.items() if name != "feet"}, "meters": data["feet"] * 3 // 10}


class TestUpcasting:
    mapper = TypedMapper({Measured.TOPIC: Measured})

    def test_writes_the_present_version(self) -> None:
        event = happened(Measured, meters=3)

        state = self.mapper.to_stored_event(event).state

        assert json.loads(state)["version"] == 2
        assert same(self.mapper.to_domain_event(stored(state, Measured.TOPIC)), event)

    @pytest.mark.parametrize("version", [{}, {"version": 1}])
    def test_reads_an_old_version_as_the_present_one(self, version: dict[str, int]) -> None:
        old = self.state(version, feet=10)

        assert self.mapper.to_domain_event(stored(old, Measured.TOPIC)) == happened(Measured, meters=3)
        assert json.loads(self.mapper.present_state(stored(old, Measured.TOPIC))[1])["meters"] == 3

    @pytest.mark.parametrize("version", [3, 0, -1, "2", None, 1.5])
    def test_reads_no_version_that_it_does_not_know(self, version: object) -> None:
        with pytest.raises(CorruptEvent, match=r"component\.measured"):
            self.mapper.to_domain_event(stored(self.state({"version": version}, meters=3), Measured.TOPIC))

    def test_reads_no_old_version_that_lacks_what_it_declared(self) -> None:
        with pytest.raises(CorruptEvent, match="feet"):
            self.mapper.to_domain_event(stored(self.state({"version": 1}, meters=3), Measured.TOPIC))

    def state(self, version: Mapping[str, object], **facts: object) -> bytes:
        written = json.loads(self.mapper.to_stored_event(happened(Measured, meters=3)).state)
        return json.dumps({"provenance": written["provenance"], **facts, **version}).encode()


def concrete(kind: type[Event]) -> set[type[Event]]:
    """Give the classes of the domain beneath ``kind`` that have a stored name."""
    found: set[type[Event]] = set()
    for below in kind.__subclasses__():
        found |= concrete(below)
        if below.__module__.startswith("domain.") and "TOPIC" in vars(below):
            found.add(below)
    return found


def happened(event_class: type[Event], **facts: object) -> Event:
    """Give the second event of a stream."""
    envelope: dict[str, Any] = {"originator_id": UUID(int=1), "originator_version": 2, "timestamp": MOMENT}
    return event_class(**envelope | {"provenance": PROVENANCE} | facts)


def stored(state: bytes, topic: str) -> StoredEvent:
    """Give a row of the log."""
    return StoredEvent(UUID(int=1), 2, topic, state)
