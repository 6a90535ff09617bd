"""A component: what is said of it, its pins, its silences, and its retirement."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.components import Component
from domain.components.errors import CauseStillOpen, HeartbeatNotExpected, NoSuchPin, Retired
from domain.components.events import Changes
from domain.errors import NoImpact
from domain.impact import Status
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, PROFILE, ana, at, in_english, span, the_alerts, the_clock

PIN, ANOTHER = UUID(int=1), UUID(int=2)


def a_component(*, heartbeat: timedelta | None = timedelta(minutes=5), is_public: bool = True) -> Component:
    profile = replace(PROFILE, heartbeat=heartbeat, is_public=is_public)
    return Component.register(profile=profile, provenance=ana(at("09:00")))


def a_pinned_component(*, since: datetime) -> Component:
    component = a_component()
    component.pin(pin_id=PIN, status=Status.PARTIAL_OUTAGE, reason="a strike", provenance=ana(since))
    return component


def a_silent_component(*, since: datetime) -> Component:
    component = a_component()
    component.fall_silent(provenance=the_clock(since))
    return component


def a_retired_component() -> Component:
    component = a_component()
    component.retire(open_causes=0, provenance=ana(at("10:00")))
    return component


class TestComponent:
    def test_is_what_its_profile_says(self) -> None:
        component = a_component()

        assert {name: getattr(component, name) for name in vars(PROFILE)} == vars(PROFILE)
        assert recorded(component) == ["component.registered"]

    def test_is_known_by_its_key(self) -> None:
        assert a_component().id == Component.id_of(CARRIER)
        assert Component.id_of(CARRIER) != Component.id_of("carrier-b")

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            (Changes(name=in_english("Carrier B")), "component.renamed"),
            (Changes(group="platform"), "component.regrouped"),
            (Changes(description=in_english("Labels.")), "component.described"),
            (Changes(position=0), "component.reordered"),
            (Changes(markets=()), "component.markets_changed"),
            (Changes(since=date(2025, 2, 1), vouched_from=at("00:00")), "component.since_changed"),
            (Changes(sets_heartbeat=True, heartbeat=None), "component.heartbeat_changed"),
            (Changes(sets_heartbeat=True, heartbeat=timedelta(hours=1)), "component.heartbeat_changed"),
            (Changes(is_public=False), "component.hidden"),
        ],
    )
    def test_is_revised_one_thing_at_a_time(self, changes: Changes, expected: str) -> None:
        component = a_component()

        component.revise(changes=changes, provenance=ana(at("10:00")))

        assert recorded(component) == ["component.registered", expected]
        said = {name: value for name, value in vars(changes).items() if value is not None and name != "sets_heartbeat"}
        assert {name: getattr(component, name) for name in said} == said

    def test_is_revised_in_many_things_at_once(self) -> None:
        component = a_component()

        component.revise(changes=Changes(group="platform", position=0, is_public=False), provenance=ana(at("10:00")))

        assert recorded(component)[1:] == ["component.regrouped", "component.reordered", "component.hidden"]

    def test_is_shown_again(self) -> None:
        component = a_component(is_public=False)

        component.revise(changes=Changes(is_public=True), provenance=ana(at("10:00")))

        assert recorded(component)[-1] == "component.shown"
        assert component.is_public

    def test_loses_its_heartbeat_only_if_told_so(self) -> None:
        component = a_component()

        component.revise(changes=Changes(group="platform"), provenance=ana(at("10:00")))

        assert component.heartbeat == timedelta(minutes=5)

    @pytest.mark.parametrize(
        "changes",
        [
            Changes(),
            Changes(name=PROFILE.name, group=PROFILE.group, description=PROFILE.description),
            Changes(markets=PROFILE.markets, position=PROFILE.position, is_public=PROFILE.is_public),
            Changes(since=PROFILE.since, vouched_from=PROFILE.vouched_from),
            Changes(sets_heartbeat=True, heartbeat=PROFILE.heartbeat),
        ],
    )
    def test_records_no_second_time_what_already_holds(self, changes: Changes) -> None:
        component = a_component()

        component.revise(changes=changes, provenance=ana(at("10:00")))

        assert recorded(component) == ["component.registered"]


class TestPin:
    def test_is_a_cause_until_it_is_removed(self) -> None:
        component = a_pinned_component(since=at("10:00"))
        assert component.pins[PIN].span == span(Status.PARTIAL_OUTAGE, "10:00")
        assert component.pins[PIN].reason == "a strike"

        component.unpin(pin_id=PIN, provenance=ana(at("11:00")))

        assert component.pins[PIN].span == span(Status.PARTIAL_OUTAGE, "10:00", "11:00")
        assert recorded(component)[1:] == ["component.pinned", "component.unpinned"]

    def test_leaves_other_pins(self) -> None:
        component = a_pinned_component(since=at("10:00"))
        component.pin(pin_id=ANOTHER, status=Status.MAJOR_OUTAGE, reason="a flood", provenance=ana(at("10:30")))

        component.unpin(pin_id=PIN, provenance=ana(at("11:00")))

        assert component.pins[ANOTHER].span == span(Status.MAJOR_OUTAGE, "10:30")

    def test_ends_no_earlier_than_it_began(self) -> None:
        component = a_pinned_component(since=at("10:00"))

        component.unpin(pin_id=PIN, provenance=ana(at("09:30"), at("11:00")))

        assert component.pins[PIN].span == span(Status.PARTIAL_OUTAGE, "10:00", "10:00")

    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_the_status_is_no_impact(self, status: Status) -> None:
        with refused(component := a_component(), NoImpact, match=CARRIER):
            component.pin(pin_id=PIN, status=status, reason="all is well", provenance=ana(at("10:00")))

    def test_is_not_removed_if_there_is_none(self) -> None:
        with refused(component := a_component(), NoSuchPin):
            component.unpin(pin_id=PIN, provenance=ana(at("10:00")))

    def test_is_not_removed_twice(self) -> None:
        component = a_pinned_component(since=at("10:00"))
        component.unpin(pin_id=PIN, provenance=ana(at("11:00")))

        with refused(component, NoSuchPin):
            component.unpin(pin_id=PIN, provenance=ana(at("11:01")))


class TestSilence:
    def test_begins_when_nothing_was_heard_for_longer_than_the_heartbeat(self) -> None:
        assert a_component().silent_from(at("10:00")) == at("10:05:00.000001")

    def test_never_begins_without_a_heartbeat(self) -> None:
        component = a_component(heartbeat=None)

        assert component.silent_from(at("10:00")) is None
        component.fall_silent(provenance=the_clock(at("10:05")))
        assert recorded(component) == ["component.registered"]

    def test_never_begins_after_retirement(self) -> None:
        component = a_retired_component()

        assert component.silent_from(at("10:00")) is None
        component.fall_silent(provenance=the_clock(at("10:05")))
        assert recorded(component)[-1] == "component.retired"

    def test_shows_as_unknown(self) -> None:
        component = a_silent_component(since=at("10:05:00.000001"))

        assert recorded(component)[-1] == "component.fell_silent"
        assert component.is_silent
        assert component.silences == (span(Status.UNKNOWN, "10:05:00.000001"),)

    def test_begins_once(self) -> None:
        component = a_silent_component(since=at("10:05"))

        component.fall_silent(provenance=the_clock(at("10:06")))

        assert recorded(component) == ["component.registered", "component.fell_silent"]

    def test_ends_with_a_sign_of_life(self) -> None:
        component = a_silent_component(since=at("10:05"))

        component.hear(provenance=the_alerts(at("10:20")))

        assert recorded(component)[-1] == "component.heard"
        assert not component.is_silent
        assert component.silences == (span(Status.UNKNOWN, "10:05", "10:20"),)

    def test_may_come_again(self) -> None:
        component = a_silent_component(since=at("10:05"))
        component.hear(provenance=the_alerts(at("10:20")))

        component.fall_silent(provenance=the_clock(at("10:30")))

        assert component.silences == (span(Status.UNKNOWN, "10:05", "10:20"), span(Status.UNKNOWN, "10:30"))

    @pytest.mark.parametrize("heartbeat", [None, timedelta(hours=1)])
    def test_ends_when_the_heartbeat_changes(self, heartbeat: timedelta | None) -> None:
        component = a_silent_component(since=at("10:05"))

        component.revise(changes=Changes(sets_heartbeat=True, heartbeat=heartbeat), provenance=ana(at("10:20")))

        assert component.silences == (span(Status.UNKNOWN, "10:05", "10:20"),)

    def test_ends_with_retirement(self) -> None:
        component = a_silent_component(since=at("10:05"))

        component.retire(open_causes=0, provenance=ana(at("10:20")))

        assert not component.is_silent


class TestSignOfLife:
    def test_is_not_recorded_unless_it_ends_a_silence(self) -> None:
        component = a_component()

        component.hear(provenance=the_alerts(at("10:00")))

        assert recorded(component) == ["component.registered"]

    def test_is_refused_without_a_heartbeat(self) -> None:
        with refused(component := a_component(heartbeat=None), HeartbeatNotExpected):
            component.hear(provenance=the_alerts(at("10:00")))


class TestRetirement:
    def test_keeps_the_history(self) -> None:
        component = a_retired_component()

        assert recorded(component)[-1] == "component.retired"
        assert component.retired_at == at("10:00")
        assert component.name == in_english("Carrier A")

    def test_is_refused_while_a_cause_is_open(self) -> None:
        with refused(component := a_component(), CauseStillOpen, match="2 open"):
            component.retire(open_causes=2, provenance=ana(at("10:00")))

    def test_is_refused_while_a_pin_is_open(self) -> None:
        component = a_pinned_component(since=at("10:00"))

        with refused(component, CauseStillOpen, match="1 open"):
            component.retire(open_causes=0, provenance=ana(at("10:05")))

    def test_is_possible_once_the_pin_is_removed(self) -> None:
        component = a_pinned_component(since=at("10:00"))
        component.unpin(pin_id=PIN, provenance=ana(at("11:00")))

        component.retire(open_causes=0, provenance=ana(at("11:01")))

        assert component.retired_at == at("11:01")

    def test_ends_all_that_an_operator_may_do(self) -> None:
        component, by = a_retired_component(), ana(at("11:00"))

        with refused(component, Retired, match="10:00:00"):
            component.revise(changes=Changes(group="platform"), provenance=by)
        with refused(component, Retired):
            component.revise(changes=Changes(), provenance=by)
        with refused(component, Retired):
            component.pin(pin_id=PIN, status=Status.MAJOR_OUTAGE, reason="a flood", provenance=by)
        with refused(component, Retired):
            component.hear(provenance=by)
        with refused(component, Retired):
            component.retire(open_causes=0, provenance=by)
