"""One day of a carrier and of the order import, microsecond by microsecond, on the aggregates alone."""

import pytest

from domain.impact import Level, Status
from domain.incidents import Because, Incident, Progress, Standing
from domain.incidents.errors import NotStableYet
from domain.incidents.signal import SignalCause
from tests.domain.assertions import happened, recorded, refused, replayed, shown, state
from tests.domain.builders import (
    CARRIER,
    DEPLOY,
    IMPORT,
    TICK,
    a_detection,
    a_firing,
    at,
    clear,
    fire,
    let_time_pass,
    resolve,
    span,
    update,
)

ROLLOUT = a_firing(DEPLOY, component=IMPORT, status=Status.PARTIAL_OUTAGE, cause=SignalCause.CODE_CHANGE)


class TestCarrier:
    def test_goes_through_its_day(self) -> None:
        incident = a_detection(since=at("10:00"))

        let_time_pass(incident, until=at("10:20"))
        assert recorded(incident) == ["incident.detected"]
        let_time_pass(incident, until=at("10:30:00"))
        assert recorded(incident) == ["incident.detected"]
        let_time_pass(incident, until=at("10:30:00.000001"))
        assert recorded(incident) == ["incident.detected", "incident.published"]
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00"),)}

        update(incident, at("10:50"), Progress.IDENTIFIED)
        clear(incident, at("11:04"))
        let_time_pass(incident, until=at("11:05"))
        update(incident, at("11:05"), Progress.MONITORING)
        let_time_pass(incident, until=at("11:10"))
        assert incident.statuses == {CARRIER: Status.MAJOR_OUTAGE}

        let_time_pass(incident, until=at("11:12"))
        with refused(incident, NotStableYet) as caught:
            resolve(incident, at("11:12"))
        assert caught.value.facts == {"possible_after": at("11:15")}

        fire(incident, at("11:13"))
        assert incident.timeline[-1].progress is Progress.IDENTIFIED
        let_time_pass(incident, until=at("11:19"))
        clear(incident, at("11:19"))
        let_time_pass(incident, until=at("11:20"))
        update(incident, at("11:20"), Progress.MONITORING)

        let_time_pass(incident, until=at("11:30"))
        assert recorded(incident)[-1] == "incident.updated"
        let_time_pass(incident, until=at("11:30:00.000001"))
        assert recorded(incident)[-1] == "incident.resolved"
        assert incident.ended_because == Because.STABLE
        assert incident.statuses == {}
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "11:30:00.000001"),)}

        readers_see = (incident.timeline, incident.impact, incident.standing, incident.progress, incident.level)
        fire(incident, at("12:00"))
        let_time_pass(incident, until=at("12:05"))
        clear(incident, at("12:05"))
        let_time_pass(incident, until=at("13:00"))
        assert recorded(incident)[-3:] == ["incident.relapsed", "incident.signal_cleared", "incident.relapse_ended"]
        assert incident.relapses[0].ended_at == at("12:07")
        assert readers_see == (
            incident.timeline,
            incident.impact,
            incident.standing,
            incident.progress,
            incident.level,
        )

        assert incident.next_due is None
        assert state(replayed(incident)) == state(incident)
        assert [(entry.progress, entry.occurred_at, entry.by_policy) for entry in incident.timeline] == [
            (Progress.INVESTIGATING, at("10:30:00.000001"), True),
            (Progress.IDENTIFIED, at("10:50"), False),
            (Progress.MONITORING, at("11:05"), False),
            (Progress.IDENTIFIED, at("11:13"), True),
            (Progress.MONITORING, at("11:20"), False),
            (Progress.RESOLVED, at("11:30:00.000001"), True),
        ]
        assert all(entry.is_public for entry in incident.timeline)


class TestOrderImport:
    def test_goes_through_its_day(self) -> None:
        incident = a_detection(since=at("10:35"), firing=ROLLOUT)
        let_time_pass(incident, until=at("10:35"))
        assert incident.published_at == at("10:35")
        assert incident.statuses == {IMPORT: Status.PARTIAL_OUTAGE}

        clear(incident, at("11:40"), DEPLOY)
        let_time_pass(incident, until=at("11:42") - TICK)
        assert recorded(incident)[-1] == "incident.signal_cleared"
        let_time_pass(incident, until=at("11:42"))
        assert recorded(incident)[-1] == "incident.monitoring_began"
        assert incident.progress is Progress.MONITORING
        assert incident.statuses == {IMPORT: Status.PARTIAL_OUTAGE}

        let_time_pass(incident, until=at("11:52"))
        assert recorded(incident)[-1] == "incident.monitoring_began"
        let_time_pass(incident, until=at("11:52:00.000001"))
        assert recorded(incident)[-1] == "incident.resolved"
        assert incident.standing is Standing.RESOLVED
        assert incident.level is Level.MAJOR
        assert incident.impact == {IMPORT: (span(Status.PARTIAL_OUTAGE, "10:35", "11:52:00.000001"),)}
        assert state(replayed(incident)) == state(incident)


class TestKnowledge:
    def known_at(self, moment: str) -> Incident:
        """Rebuild what was known of a carrier that fired at 10:00 and was published half an hour later."""
        incident = a_detection(since=at("10:00"))
        let_time_pass(incident, until=at("11:00"))
        known: Incident | None = None
        for event in happened(incident):
            if event.provenance.occurred_at <= at(moment):
                known = event.mutate(known)
        assert known is not None
        return known

    @pytest.mark.parametrize("moment", ["10:25", "10:30"])
    def test_shows_readers_nothing_before_publication(self, moment: str) -> None:
        assert not self.known_at(moment).is_public

    def test_has_it_red_at_a_moment_at_which_readers_saw_it_green(self) -> None:
        known = self.known_at("11:00")

        assert known.is_public
        assert shown(known.impact[CARRIER], at("10:25")) is Status.MAJOR_OUTAGE
        assert shown(known.impact[CARRIER], at("10:00") - TICK) is Status.OPERATIONAL
