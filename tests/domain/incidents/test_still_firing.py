"""What began before a person ended the incident begins nothing until it has cleared and fires anew."""

from datetime import timedelta

import pytest

from tests.domain.assertions import recorded
from tests.domain.builders import TRACKING, a_firing, a_public_incident, at, clear, fire, let_time_pass, reopen, resolve


class TestSignalThatStillFires:
    def test_has_no_relapse_after_an_override(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="a probe that nobody can reach")

        let_time_pass(incident, until=at("11:00") + timedelta(hours=48))

        assert recorded(incident)[-1] == "incident.resolved"

    def test_relapses_when_it_fires_anew(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="a probe that nobody can reach")
        clear(incident, at("11:10"))

        fire(incident, at("11:20"))

        assert incident.next_due == at("11:50:00.000001")

    def test_is_not_waited_for_by_a_relapse_of_another(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="a probe that nobody can reach")
        fire(incident, at("11:20"), a_firing(TRACKING))

        clear(incident, at("11:21"), TRACKING)

        assert incident.next_due == at("11:23")

    @pytest.mark.parametrize("cleared", ["10:55", "11:10"])
    def test_lets_no_policy_undo_a_reopening_by_hand(self, cleared: str) -> None:
        incident = a_public_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="a probe that nobody can reach")
        clear(incident, at(cleared), recorded=at("11:10"))

        reopen(incident, at("12:00"))

        assert incident.next_due is None
        assert incident.is_open
