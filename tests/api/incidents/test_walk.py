"""A day of incidents at a carrier hub: what readers and what operators see, side by side and step by step."""

from itertools import pairwise

import pytest

from tests.api.client import Site, at, problem, written
from tests.api.walk import CARRIER, IMPORT, Day, View, live_through, look, the_incident_on

pytestmark = pytest.mark.both_stores

RED, ORANGE, GREEN = "major_outage", "partial_outage", "operational"
ALL_GREEN = ("none", GREEN, GREEN)
IN_THE_EVENING = "12:35"


@pytest.fixture(scope="module")
def day(shared_site: Site) -> Day:
    """The day as it was seen, and the service in its evening."""
    return live_through(shared_site)


def colors(view: View) -> tuple[str, str, str]:
    """Give the indicator, and the statuses of carrier and import."""
    return view.indicator, view.statuses[CARRIER][0], view.statuses[IMPORT][0]


class TestDay:
    @pytest.mark.parametrize(
        ("moment", "outside", "inside"),
        [
            ("09:59", ALL_GREEN, ALL_GREEN),
            ("10:00", ALL_GREEN, ("critical", RED, GREEN)),
            ("10:20", ALL_GREEN, ("critical", RED, GREEN)),
            ("10:30", ALL_GREEN, ("critical", RED, GREEN)),
            ("10:30:00.000001", ("critical", RED, GREEN), ("critical", RED, GREEN)),
            ("10:35", ("critical", RED, ORANGE), ("critical", RED, ORANGE)),
            ("10:50", ("critical", RED, ORANGE), ("critical", RED, ORANGE)),
            ("11:04", ("critical", RED, ORANGE), ("critical", RED, ORANGE)),
            ("11:10", ("critical", RED, ORANGE), ("critical", RED, ORANGE)),
            ("11:30", ("critical", RED, ORANGE), ("critical", RED, ORANGE)),
            ("11:30:00.000001", ("major", GREEN, ORANGE), ("major", GREEN, ORANGE)),
            ("11:52", ("major", GREEN, ORANGE), ("major", GREEN, ORANGE)),
            ("11:52:00.000001", ALL_GREEN, ALL_GREEN),
            ("12:00", ALL_GREEN, ("critical", RED, GREEN)),
            ("12:06:59.999999", ALL_GREEN, ("critical", RED, GREEN)),
            ("12:07", ALL_GREEN, ALL_GREEN),
        ],
    )
    def test_shows_each_side_its_colors(
        self, day: Day, moment: str, outside: tuple[str, str, str], inside: tuple[str, str, str]
    ) -> None:
        assert (colors(day.reader[moment]), colors(day.operator[moment])) == (outside, inside)

    @pytest.mark.parametrize(
        ("moment", "outside", "inside"),
        [
            ("10:30", {}, {CARRIER: "investigating"}),
            ("10:30:00.000001", {CARRIER: "investigating"}, {CARRIER: "investigating"}),
            ("10:35", {CARRIER: "investigating", IMPORT: "investigating"}, None),
            ("10:50", {CARRIER: "identified", IMPORT: "investigating"}, None),
            ("11:04", {CARRIER: "identified", IMPORT: "investigating"}, None),
            ("11:05", {CARRIER: "monitoring", IMPORT: "investigating"}, None),
            ("11:12", {CARRIER: "monitoring", IMPORT: "investigating"}, None),
            ("11:13", {CARRIER: "identified", IMPORT: "investigating"}, None),
            ("11:20", {CARRIER: "monitoring", IMPORT: "investigating"}, None),
            ("11:30", {CARRIER: "monitoring", IMPORT: "investigating"}, None),
            ("11:30:00.000001", {CARRIER: "resolved", IMPORT: "investigating"}, None),
            ("11:41:59.999999", {CARRIER: "resolved", IMPORT: "investigating"}, None),
            ("11:42", {CARRIER: "resolved", IMPORT: "monitoring"}, None),
            ("11:52", {CARRIER: "resolved", IMPORT: "monitoring"}, None),
            ("11:52:00.000001", {CARRIER: "resolved", IMPORT: "resolved"}, None),
            ("12:00", {CARRIER: "resolved", IMPORT: "resolved"}, None),
            ("12:35", {CARRIER: "resolved", IMPORT: "resolved"}, None),
        ],
    )
    def test_tells_each_side_its_states(
        self, day: Day, moment: str, outside: dict[str, str], inside: dict[str, str] | None
    ) -> None:
        assert day.reader[moment].states == outside
        assert day.operator[moment].states == (outside if inside is None else inside)

    def test_says_what_became_of_each_signal(self, day: Day) -> None:
        outcomes = {
            moment: day.answers[moment].json()["outcome"]
            for moment in ("10:00", "10:35", "11:04", "11:13", "11:19", "11:40", "12:00", "12:05")
        }

        assert outcomes == {
            "10:00": "detected",
            "10:35": "detected",
            "11:04": "cleared",
            "11:13": "joined",
            "11:19": "cleared",
            "11:40": "cleared",
            "12:00": "relapsed",
            "12:05": "cleared",
        }

    def test_tells_that_the_carrier_is_red_since_it_fired_and_not_since_it_was_told(self, day: Day) -> None:
        assert day.reader["10:30:00.000001"].statuses[CARRIER] == (RED, "10:00:00Z")
        assert day.reader["10:35"].statuses[IMPORT] == (ORANGE, "10:35:00Z")

    def test_refuses_a_resolution_before_ten_minutes_of_stability(self, day: Day) -> None:
        refusal = problem(day.answers["11:12"], 409, "not_stable_yet")

        assert refusal["possible_after"] == "2025-03-04T11:15:00Z"
        assert "Bitacora-Position" in day.answers["11:12"].headers

    def test_moves_nothing_outside_while_nothing_happens_outside(self, day: Day) -> None:
        still = [
            ("09:59", "10:30"),
            ("10:30:00.000001", "10:30:00.000001"),
            ("10:50", "11:04"),
            ("11:05", "11:12"),
            ("11:13", "11:19"),
            ("11:20", "11:30"),
            ("11:30:00.000001", "11:41:59.999999"),
            ("11:42", "11:52"),
            ("11:52:00.000001", "12:35"),
        ]
        moments = list(day.reader)

        for first, last in still:
            for moment in moments[moments.index(first) : moments.index(last) + 1]:
                assert day.reader[moment].bytes_and_tags == day.reader[first].bytes_and_tags, moment

    def test_moves_the_tag_outside_whenever_something_happens_outside(self, day: Day) -> None:
        turns = ["10:30", "10:30:00.000001", "10:35", "10:50", "11:05", "11:13", "11:20", "11:30:00.000001", "11:42"]

        for before, after in pairwise([*turns, "11:52:00.000001"]):
            assert day.reader[before].incidents.headers["ETag"] != day.reader[after].incidents.headers["ETag"], after

    def test_keeps_the_relapse_for_operators(self, shared_site: Site, day: Day) -> None:
        incident = the_incident_on(day.operator[IN_THE_EVENING], CARRIER)

        inside = shared_site.operator.get(f"/v1/incidents/{incident}").json()
        outside = shared_site.reader.get(f"/v1/incidents/{incident}")

        assert [(relapse["began_at"], relapse["ended_at"]) for relapse in inside["relapses"]] == [
            (written(at("12:00")), written(at("12:07")))
        ]
        assert "relapse" not in outside.text


@pytest.mark.usefixtures("day")
class TestEvening:
    def test_reads_every_moment_of_the_day_as_it_was_shown_then(self, shared_site: Site, day: Day) -> None:
        for moment in day.reader:
            for caller, seen in ((shared_site.reader, day.reader), (shared_site.operator, day.operator)):
                assert look(caller, as_of=written(at(moment))).bytes_and_tags == seen[moment].bytes_and_tags, moment

    def test_reads_every_position_of_the_day_as_it_was_shown_then(self, shared_site: Site, day: Day) -> None:
        for moment, position in day.positions.items():
            for caller, seen in ((shared_site.reader, day.reader), (shared_site.operator, day.operator)):
                assert look(caller, as_of=str(position)).bytes_and_tags == seen[moment].bytes_and_tags, moment

    def test_knows_of_the_morning_what_nobody_outside_knew_then(self, shared_site: Site) -> None:
        moment = written(at("10:25"))

        assert colors(look(shared_site.reader, as_of=moment)) == ALL_GREEN
        assert colors(look(shared_site.operator, as_of=moment)) == ("critical", RED, GREEN)
        assert colors(look(shared_site.reader, at=moment)) == ("critical", RED, GREEN)
        assert colors(look(shared_site.reader, at=moment, as_of=written(at("10:30")))) == ALL_GREEN
        assert colors(look(shared_site.reader, at=moment, as_of=written(at("10:30:00.000001")))) == (
            "critical",
            RED,
            GREEN,
        )

    def test_counts_the_start_of_a_span_in_and_its_end_out(self, shared_site: Site) -> None:
        for moment, expected in [
            ("09:59:59.999999", GREEN),
            ("10:00", RED),
            ("11:30", RED),
            ("11:30:00.000001", GREEN),
            ("12:03", GREEN),
        ]:
            assert look(shared_site.reader, at=written(at(moment))).statuses[CARRIER][0] == expected, moment

    def test_has_a_history_of_spans_for_each_side(self, shared_site: Site) -> None:
        asked = {"from": written(at("09:00")), "until": written(at("12:10"))}

        def spans(site: Site, *, inside: bool) -> list[tuple[str, str, str]]:
            caller = site.operator if inside else site.reader
            answer = caller.get(f"/v1/components/{CARRIER}/history", params=asked).json()
            assert answer["has_more"] is False
            return [(span["status"], span["from"][11:], span["until"][11:]) for span in answer["data"]]

        morning = [
            (GREEN, "09:00:00Z", "10:00:00Z"),
            (RED, "10:00:00Z", "11:30:00.000001Z"),
            (GREEN, "11:30:00.000001Z", "12:10:00Z"),
        ]
        assert spans(shared_site, inside=False) == morning
        # A relapse that was let go is void, for operators too: it is kept with the incident.
        assert spans(shared_site, inside=True) == morning

    def test_has_the_history_as_it_was_told_then(self, shared_site: Site) -> None:
        asked = {"from": written(at("09:00")), "as_of": written(at("10:25"))}

        outside = shared_site.reader.get(f"/v1/components/{CARRIER}/history", params=asked).json()["data"]
        inside = shared_site.operator.get(f"/v1/components/{CARRIER}/history", params=asked).json()["data"]

        assert [span["status"] for span in outside] == [GREEN]
        assert [span["status"] for span in inside] == [GREEN, RED]

    def test_has_a_public_document_of_the_carrier(self, shared_site: Site, day: Day) -> None:
        incident = the_incident_on(day.reader[IN_THE_EVENING], CARRIER)

        document = shared_site.reader.get(f"/v1/incidents/{incident}", params={"lang": "en"}).json()

        assert document["title"] == "Carrier A: major outage"
        assert (document["state"], document["impact"]) == ("resolved", "critical")
        assert document["components"] == {CARRIER: GREEN}
        assert document["impact_spans"] == {
            CARRIER: [{"status": RED, "from": written(at("10:00")), "until": written(at("11:30:00.000001"))}]
        }
        assert (document["started_at"], document["published_at"], document["resolved_at"]) == (
            written(at("10:00")),
            written(at("10:30:00.000001")),
            written(at("11:30:00.000001")),
        )
        assert [(entry["state"], entry["occurred_at"][11:]) for entry in document["updates"]] == [
            ("investigating", "10:30:00.000001Z"),
            ("identified", "10:50:00Z"),
            ("monitoring", "11:05:00Z"),
            ("identified", "11:13:00Z"),
            ("monitoring", "11:20:00Z"),
            ("resolved", "11:30:00.000001Z"),
        ]

    def test_has_a_public_document_of_the_deploy(self, shared_site: Site, day: Day) -> None:
        incident = the_incident_on(day.reader[IN_THE_EVENING], IMPORT)

        document = shared_site.reader.get(f"/v1/incidents/{incident}").json()

        assert set(document["title"]) == {"en", "es", "pl", "pt"}
        assert [(entry["state"], entry["occurred_at"][11:]) for entry in document["updates"]] == [
            ("investigating", "10:35:00Z"),
            ("monitoring", "11:42:00Z"),
            ("resolved", "11:52:00.000001Z"),
        ]
        assert "error rate" not in shared_site.reader.get("/v1/incidents").text

    def test_tells_operators_who_did_what(self, shared_site: Site, day: Day) -> None:
        incident = the_incident_on(day.operator[IN_THE_EVENING], CARRIER)

        events = shared_site.auditor.get(f"/v1/aggregates/{incident}/events").json()["data"]

        assert [(event["type"], event["actor"]) for event in events] == [
            ("incident.detected", "token:the-emitter"),
            ("incident.published", "policy:publication"),
            ("incident.updated", "token:the-operator"),
            ("incident.signal_cleared", "token:the-emitter"),
            ("incident.updated", "token:the-operator"),
            ("incident.signal_fired", "token:the-emitter"),
            ("incident.fired_again", "token:the-emitter"),
            ("incident.signal_cleared", "token:the-emitter"),
            ("incident.updated", "token:the-operator"),
            ("incident.resolved", "policy:resolution"),
            ("incident.relapsed", "token:the-emitter"),
            ("incident.signal_cleared", "token:the-emitter"),
            ("incident.relapse_ended", "policy:dismissal"),
        ]
        assert [event["position"] for event in events] == sorted(event["position"] for event in events)
