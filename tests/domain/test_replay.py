"""The recorded facts alone rebuild every aggregate, and their stored names never change."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from domain.aggregate import Aggregate, Event
from domain.component import Component
from domain.component.events import Changes
from domain.impact import Status
from domain.incident import Incident, Progress
from domain.incident.facts import Correction
from domain.keyring import Keyring, Role
from domain.signal import Report, Signal
from tests.domain.given import (
    CARRIER,
    IMPORT,
    POLICY,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_firing,
    a_relapse,
    ana,
    at,
    clear,
    come_due,
    dismiss,
    fire,
    hold,
    in_english,
    let_time_pass,
    publish,
    release,
    reopen,
    span,
    the_alerts,
    the_clock,
    update,
    withdraw,
)
from tests.domain.test_component import PROFILE
from tests.domain.then import happened, recorded, replayed, state

PIN = UUID(int=7)

INCIDENT_TYPES = {
    "incident.corrected",
    "incident.declared",
    "incident.detected",
    "incident.dismissed",
    "incident.fired_again",
    "incident.monitoring_began",
    "incident.postmortem_drafted",
    "incident.postmortem_published",
    "incident.publication_held",
    "incident.publication_released",
    "incident.published",
    "incident.relapse_ended",
    "incident.relapsed",
    "incident.reopened",
    "incident.resolved",
    "incident.signal_cleared",
    "incident.signal_fired",
    "incident.updated",
    "incident.withdrawn",
}
COMPONENT_TYPES = {
    "component.described",
    "component.fell_silent",
    "component.heard",
    "component.heartbeat_changed",
    "component.hidden",
    "component.markets_changed",
    "component.pinned",
    "component.registered",
    "component.regrouped",
    "component.renamed",
    "component.reordered",
    "component.retired",
    "component.shown",
    "component.since_changed",
    "component.unpinned",
}
SIGNAL_TYPES = {"signal.cleared", "signal.fired", "signal.fired_first", "signal.routed"}
KEYRING_TYPES = {"keyring.opened", "keyring.token_issued", "keyring.token_revoked"}


def a_long_incident() -> Incident:
    """Give an incident to which everything has happened that can happen to one that was detected."""
    incident = a_relapse(since=at("12:00"))
    clear(incident, at("12:05"))
    let_time_pass(incident, until=at("12:10"))
    fire(incident, at("12:20"))
    hold(incident, at("12:21"))
    release(incident, at("12:22"))
    let_time_pass(incident, until=at("13:00"))
    fire(incident, at("13:01"), a_firing(TRACKING, component=IMPORT))
    clear(incident, at("13:02"))
    clear(incident, at("13:03"), TRACKING)
    let_time_pass(incident, until=at("13:05"))
    fire(incident, at("13:06"))
    clear(incident, at("13:07"))
    let_time_pass(incident, until=at("13:30"))
    reopen(incident, at("13:31"))
    update(incident, at("13:32"), Progress.MONITORING, components={IMPORT: Status.OPERATIONAL})
    let_time_pass(incident, until=at("14:00"))
    incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:01")))
    incident.publish_postmortem(provenance=ana(at("14:02")))
    corrected = Correction(
        update=1,
        message=in_english("No labels."),
        impact={CARRIER: (span(Status.PARTIAL_OUTAGE, "10:00", "11:00"),)},
    )
    incident.correct(correction=corrected, reason="a slip", provenance=ana(at("14:03")))
    withdraw(incident, at("14:04"))
    return incident


def a_dismissed_declaration() -> Incident:
    incident = a_declared_incident(since=at("10:00"), public=False)
    dismiss(incident, at("10:05"))
    return incident


def a_published_detection() -> Incident:
    incident = a_detection(since=at("10:00"))
    publish(incident, at("10:05"))
    return incident


def a_long_component() -> Component:
    component = Component.register(profile=PROFILE, provenance=ana(at("09:00")))
    everything = Changes(
        name=in_english("Carrier B"),
        group="platform",
        description={},
        markets=(),
        is_public=False,
        since=PROFILE.since + timedelta(days=1),
        vouched_from=at("00:00"),
        position=9,
        sets_heartbeat=True,
        heartbeat=timedelta(hours=1),
    )
    component.revise(changes=everything, provenance=ana(at("09:01")))
    component.revise(changes=Changes(is_public=True), provenance=ana(at("09:02")))
    component.pin(pin_id=PIN, status=Status.MAJOR_OUTAGE, reason="a flood", provenance=ana(at("09:03")))
    component.unpin(pin_id=PIN, provenance=ana(at("09:04")))
    component.fall_silent(provenance=the_clock(at("10:00")))
    component.hear(provenance=the_alerts(at("10:05")))
    component.retire(open_causes=0, provenance=ana(at("11:00")))
    return component


def a_long_signal() -> Signal:
    report = Report(component=None, status=Status.MAJOR_OUTAGE, reported_at="2025-03-04T10:00:00.000000001Z")
    signal = Signal.begin(
        system="alertmanager",
        fingerprint="f1",
        report=report,
        routed=False,
        incident=None,
        provenance=the_alerts(at("10:00")),
    )
    signal.route(component=CARRIER, incident=UUID(int=1), provenance=ana(at("10:01")))
    signal.clear(reason="lost", reported_at=None, provenance=ana(at("10:02")))
    signal.fire(report=report, routed=True, incident=UUID(int=1), provenance=the_alerts(at("10:03")))
    return signal


def a_long_keyring() -> Keyring:
    keyring = Keyring.open(provenance=ana(at("10:00")))
    keyring.issue(name="ana", role=Role.ADMIN, person="ana", digest="ab" * 32, provenance=ana(at("10:01")))
    keyring.revoke(name="ana", provenance=ana(at("10:02")))
    return keyring


HISTORIES = [
    a_long_incident,
    a_dismissed_declaration,
    a_published_detection,
    a_long_component,
    a_long_signal,
    a_long_keyring,
]


class TestReplay:
    @pytest.mark.parametrize("given", HISTORIES)
    def test_rebuilds_the_aggregate(self, given: object) -> None:
        assert callable(given)
        aggregate = given()

        assert state(replayed(aggregate)) == state(aggregate)

    def test_gives_equal_aggregates_twice(self) -> None:
        incident = a_long_incident()

        assert replayed(incident) == replayed(incident)

    def test_is_of_histories_in_which_everything_happens(self) -> None:
        types = {name for given in HISTORIES for name in recorded(given())}

        assert types == INCIDENT_TYPES | COMPONENT_TYPES | SIGNAL_TYPES | KEYRING_TYPES

    def test_leaves_nothing_to_be_stored(self) -> None:
        assert recorded(replayed(a_long_incident())) == []

    def test_counts_every_event_as_a_version(self) -> None:
        incident = a_long_incident()

        assert [event.originator_version for event in happened(incident)] == list(range(1, incident.version + 1))

    def test_asks_no_policy_of_today(self) -> None:
        incident = a_detection(since=at("10:00"))

        copy = replayed(incident)

        assert copy.next_due == at("10:30:00.000001")
        assert POLICY.publish_after == timedelta(minutes=30)

    def test_goes_on_where_it_was(self) -> None:
        copy = replayed(a_detection(since=at("10:00")))

        come_due(copy, at("10:30:00.000001"))

        assert recorded(copy) == ["incident.published"]


class TestStoredTypes:
    @pytest.mark.parametrize(
        ("aggregate", "expected"),
        [
            (Incident, INCIDENT_TYPES),
            (Component, COMPONENT_TYPES),
            (Signal, SIGNAL_TYPES),
            (Keyring, KEYRING_TYPES),
        ],
    )
    def test_are_these_and_no_others(self, aggregate: type[Aggregate], expected: set[str]) -> None:
        assert {event.TOPIC for event in events_of(aggregate)} == expected

    @pytest.mark.parametrize("aggregate", [Incident, Component, Signal, Keyring])
    def test_begin_with_the_name_of_the_aggregate(self, aggregate: type[Aggregate]) -> None:
        assert all(event.TOPIC.startswith(f"{aggregate.TOPIC}.") for event in events_of(aggregate))

    @pytest.mark.parametrize("aggregate", [Incident, Component, Signal, Keyring])
    def test_are_all_named_by_the_aggregate(self, aggregate: type[Aggregate]) -> None:
        assert set(events_of(aggregate)) <= set(vars(aggregate).values())


def events_of(aggregate: type[Aggregate]) -> Iterator[type[Event]]:
    """Walk the event classes of an aggregate that are stored under a name of their own."""
    waiting: list[type[Event]] = [aggregate.Event]
    while waiting:
        event = waiting.pop()
        waiting.extend(event.__subclasses__())
        # Other tests may have events of their own.
        if "TOPIC" in vars(event) and event.__module__.startswith("domain."):
            yield event
