"""A cover is over as soon as something joins that does not wait for the window."""

from datetime import datetime
from uuid import UUID

import pytest

from domain.incidents import Cover, Incident
from tests.domain.builders import CARRIER, POLICY, TICK, TRACKING, a_firing, at, the_alerts, worded
from tests.domain.cover_builders import DUE, a_covered_detection


def join(incident: Incident, moment: datetime, *, is_covered: bool) -> None:
    incident.take(
        firing=a_firing(TRACKING),
        is_covered=is_covered,
        policy=POLICY,
        wording=worded,
        provenance=the_alerts(moment),
    )


class TestWhatIsNotCovered:
    @pytest.mark.parametrize("until", [at("04:00"), None])
    def test_counts_by_itself_and_ends_the_cover(self, until: datetime | None) -> None:
        incident = a_covered_detection(until=until)

        join(incident, at("02:20"), is_covered=False)

        assert incident.next_due == at("02:50:00.000001")
        assert incident.signals.cover is None
        assert set(incident.handles) == {f"open:{CARRIER}"}

    def test_leaves_the_cover_if_the_window_ends_first(self) -> None:
        incident = a_covered_detection()

        join(incident, at("04:00") + TICK, is_covered=False)

        assert incident.next_due == DUE
        assert incident.signals.cover == Cover(window=UUID(int=1), until=at("04:00"))


class TestWhatIsCovered:
    def test_waits_for_the_window_and_keeps_the_cover(self) -> None:
        incident = a_covered_detection()

        join(incident, at("02:20"), is_covered=True)

        assert incident.next_due == DUE
        assert incident.signals.cover == Cover(window=UUID(int=1), until=at("04:00"))
