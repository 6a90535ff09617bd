"""The audit: the search in the log, the trail of a thing, an event as recorded, the replay, and the export."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.console.audit.reading import read_event
from api.console.kernel.event_words import EVENTS, REASONS, THINGS
from domain.access.session import SessionEnd
from domain.incidents.values import Because
from domain.ledger.cause import Void
from domain.subscriptions.values import DisabledBy, EndReason
from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in
from tests.api.ledger_steps import a_request, handed_in
from tests.contracts.stored_types import STORED_TYPES

HOSTILE = '<script>alert("x")</script> & “long” ' + "w" * 500


def an_outage(site: Site) -> dict[str, Any]:
    """Let a signal fire, keep its incident from the public, and write an update."""
    site.component("labels")
    site.signal("fp-1", "labels")
    (incident,) = site.operator.get("/v1/incidents").json()["data"]
    site.set_clock("08:05")
    made(site.operator.post(f"/v1/incidents/{incident['id']}/publication-hold", {"reason": "We look first."}))
    site.set_clock("08:10")
    made(site.update(incident["id"], "identified"))
    site.tick()
    return dict(incident)


def lines_with(visitor: Visitor, part: str) -> list[str]:
    return [each for each in visitor.lines if part in each]


class TestWords:
    def test_are_there_for_every_type_of_event(self) -> None:
        assert STORED_TYPES - EVENTS.keys() == set()
        assert {each.partition(".")[0] for each in EVENTS} - THINGS.keys() == set()

    def test_are_there_for_every_reason_that_a_rule_names(self) -> None:
        reasons = (*Because, *Void, *SessionEnd, *EndReason, *DisabledBy)

        assert {str(each) for each in reasons} - REASONS.keys() == set()

    def test_of_a_type_that_has_none_are_its_name(self) -> None:
        event = {
            "type": "robot.walked_away",
            "aggregate": {"type": "robot"},
            "actor": "policy:walking",
            "data": {"because": "cleared", "speed": 3, "legs": ["a", "b"], "at": "2021-03-09T14:30:00Z", "inner": {}},
        }

        line = read_event(event)

        assert (line.what, line.thing, line.who, line.why) == (
            "Walked away",
            "Robot",
            "The policy “walking”",
            "the signals cleared",
        )
        assert [(each.name, each.value, each.is_instant) for each in line.facts] == [
            ("Speed", "3", False),
            ("Legs", "a, b", False),
            ("At", "2021-03-09T14:30:00Z", True),
        ]


class TestTheSearch:
    def test_begins_with_the_newest(self, site: Site) -> None:
        an_outage(site)

        visitor = signed_in(site, site.auditor).opens("/console/audit")

        assert lines_with(visitor, ": ")[0].startswith("Session: signed in its trail the-auditor (signed in)")
        visitor.reads("Newest first", "We look first.")

    def test_finds_by_what_happened_and_by_who_did_it(self, site: Site) -> None:
        an_outage(site)
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit?type=incident.publication_held&actor=token:the-operator")

        visitor.reads(
            "What was found, oldest first",
            "Incident: publication held its trail the-operator March 4, 2025, 08:05 UTC",
            "We look first.",
        )
        visitor.does_not_read("Nothing was found", "Signal: ")
        visitor.opens("/console/audit?actor=token:nobody").reads("Nothing was found.")

    def test_reads_times_by_the_clocks_of_the_person(self, site: Site) -> None:
        an_outage(site)
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit?type=incident.updated&since=2025-03-04T08:09&until=2025-03-04T08:11")
        assert len(lines_with(visitor, "Incident: update written")) == 1

        visitor.opens("/console/audit?type=incident.updated&since=2025-03-04T08:11").reads("Nothing was found.")

    def test_points_at_what_cannot_be_searched_for(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit?since=yesterday&aggregate=x&type=incident.publised&actor=token:ana", status=422)

        visitor.reads(
            "Choose one of the list.",
            "Enter an id, as in 0178198a-5740-7000-9d67-d7fe5ded8278.",
            "Enter a day and a time, as in 2021-03-09T14:30.",
        )
        assert 'value="yesterday"' in visitor.answer.text
        assert 'value="token:ana"' in visitor.answer.text

    def test_goes_to_an_event_and_to_a_thing(self, site: Site) -> None:
        incident = an_outage(site)
        visitor = signed_in(site, site.auditor)

        assert visitor.opens("/console/audit?go=1").path == "/console/audit/events/1"
        assert visitor.opens(f"/console/audit?go={incident['id'].upper()}").path == f"/console/audit/{incident['id']}"
        visitor.opens("/console/audit?go=what").reads("This is neither an id nor a number.")

    def test_pages_through_the_log(self, site: Site) -> None:
        for number in range(60):
            site.component(f"component-{number}")
        visitor = signed_in(site, site.auditor).opens("/console/audit")
        first = lines_with(visitor, "Component: registered")

        visitor.opens(link(visitor, "Older"))
        rest = lines_with(visitor, "Component: registered")

        assert (len(first) + len(rest), visitor.lines.count("Older")) == (60, 0)
        assert lines_with(visitor.opens(link(visitor, "Newer")), "Component: registered") == first
        visitor.opens("/console/audit?type=component.registered")
        assert len(lines_with(visitor, "Component: registered")) == 50
        assert len(lines_with(visitor.opens(link(visitor, "Next")), "Component: registered")) == 10

    def test_is_for_auditors(self, site: Site) -> None:
        for caller in (site.operator,):
            signed_in(site, caller).opens("/console/audit", status=403).reads("You cannot open this")


class TestTheTrail:
    def test_says_who_when_why_and_what_changed_on_the_board(self, site: Site) -> None:
        incident = an_outage(site)

        visitor = signed_in(site, site.auditor).opens(f"/console/audit/{incident['id']}")

        visitor.reads(
            "Detected by a signal",
            "March 4, 2025, 08:00 UTC · the-emitter · through tests",
            "Publication held",
            "March 4, 2025, 08:05 UTC · the-operator",
            "We look first.",
            "Update written",
            "March 4, 2025, 08:10 UTC · the-operator",
        )
        assert f"/console/incidents/{incident['id']}" in visitor.answer.text

    def test_leads_from_cause_to_effect(self, site: Site) -> None:
        incident = an_outage(site)
        events = site.auditor.get(f"/v1/aggregates/{incident['id']}/events").json()["data"]
        caused = next(each for each in events if each["causation"])
        visitor = signed_in(site, site.auditor)

        visitor.opens(f"/console/audit/events/{caused['position']}")
        assert f'href="/console/audit/events/{caused["causation"]}"' in visitor.answer.text

        visitor.opens(f"/console/audit/events/{caused['causation']}")
        visitor.reads("What it led to", "As recorded")
        assert f'href="/console/audit/events/{caused["position"]}"' in visitor.answer.text

    def test_says_of_an_event_whether_it_may_have_led_to_more_than_is_listed(self, site: Site) -> None:
        incident = an_outage(site)
        events = site.auditor.get(f"/v1/aggregates/{incident['id']}/events").json()["data"]
        caused = next(each for each in events if each["causation"])
        visitor = signed_in(site, site.auditor)
        nothing, more = "Nothing, up to the last event of the log.", "There may be later ones: look for them in the"

        visitor.opens(f"/console/audit/events/{caused['position']}").reads(nothing)
        visitor.opens(f"/console/audit/events/{caused['causation']}").does_not_read(nothing, more)
        handed_in(site, [a_request(None) for _ in range(200)])
        site.tick()

        visitor.opens(f"/console/audit/events/{caused['position']}").reads(
            "Nothing among the next 200 events, nor among the next 200 of the same thing."
        )
        visitor.opens(f"/console/audit/events/{caused['causation']}")
        assert [each for each in visitor.lines if more in each]

    def test_of_nothing_is_not_found(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit/0178198a-5740-7000-9d67-d7fe5ded8278", status=404).reads("Not found")
        visitor.opens("/console/audit/what", status=404).reads("Not found")

    def test_shows_what_people_wrote_as_text(self, site: Site) -> None:
        site.component("labels")
        incident = site.incident({"labels": "major_outage"}, title=HOSTILE[:200], message=HOSTILE)

        visitor = signed_in(site, site.auditor).opens(f"/console/audit/{incident['id']}")

        assert "<script>alert" not in visitor.answer.text
        assert lines_with(visitor, '<script>alert("x")</script>')


class TestAnEvent:
    def test_is_shown_as_it_was_recorded(self, site: Site) -> None:
        an_outage(site)
        position = next(
            each["position"] for each in site.auditor.get("/v1/events?type=incident.publication_held").json()["data"]
        )
        entry = site.auditor.get(f"/v1/events?after={position - 1}&limit=1&entries=true").json()["data"][0]["entry"]

        visitor = signed_in(site, site.auditor).opens(f"/console/audit/events/{position}")

        visitor.reads(
            "Incident: publication held", "We look first.", "the-operator", "All data", "The text as it is stored"
        )
        assert entry in visitor.lines
        visitor.reads("Proof that it is in the log", "Hash")

    def test_is_not_there_beyond_the_end(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit/events/999999", status=404)

        assert lines_with(visitor, "There is no event 999999.")
        for wrong in ("0", "-1", "x", "9" * 40):
            visitor.opens(f"/console/audit/events/{wrong}", status=404).reads("Not found")


class TestTheExport:
    def test_has_what_was_searched_for(self, site: Site) -> None:
        an_outage(site)
        visitor = signed_in(site, site.auditor)

        answer = visitor.request("GET", "/console/audit/export.ndjson?actor=token:the-operator")

        events = [json.loads(line) for line in answer.text.splitlines()]
        assert answer.headers["Content-Disposition"] == 'attachment; filename="events.ndjson"'
        assert answer.headers["Content-Type"].startswith("application/x-ndjson")
        assert events == site.auditor.get("/v1/events?actor=token:the-operator").json()["data"]

    def test_goes_on_behind_the_first_page(self, site: Site) -> None:
        for number in range(205):
            site.component(f"component-{number}")
        visitor = signed_in(site, site.auditor)

        answer = visitor.request("GET", "/console/audit/export.ndjson?type=component.registered")

        assert len(answer.text.splitlines()) == 205

    def test_of_the_whole_log_has_what_verifies_it(self, site: Site) -> None:
        an_outage(site)
        visitor = signed_in(site, site.auditor)

        lines = visitor.request("GET", "/console/audit/export.ndjson").text.splitlines()

        assert "entry" in json.loads(lines[0])
        assert "checkpoint" in json.loads(lines[-1])

    def test_is_refused_to_others_and_without_a_session(self, site: Site) -> None:
        assert signed_in(site, site.operator).request("GET", "/console/audit/export.ndjson").status_code == 403
        assert Visitor(site).request("GET", "/console/audit/export.ndjson").status_code == 303

    def test_of_a_search_that_is_none_is_refused(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit/export.ndjson?since=yesterday", status=422)


class TestTheReplay:
    SPAN = "from=2025-03-04T07:00&until=2025-03-04T09:00"

    def test_begins_before_the_first_change(self, site: Site) -> None:
        an_outage(site)
        site.set_clock("08:30")
        visitor = signed_in(site, site.auditor).opens(f"/console/audit/replay?{self.SPAN}")

        visitor.reads("At the beginning of the span, March 4, 2025, 07:00 UTC", "There was nothing on the board yet.")

    def test_goes_from_change_to_change(self, site: Site) -> None:
        an_outage(site)
        site.set_clock("08:30")
        visitor = signed_in(site, site.auditor).opens(f"/console/audit/replay?{self.SPAN}")

        visitor.opens(link(visitor, "Next change"))
        visitor.reads(
            "Labels is now on this page: operational.",
            "By the-operator. The event as recorded",
            "All 1 worked normally. What readers saw then",
        )
        visitor.opens(link(visitor, "Next change"))
        visitor.reads("1 of 1 did not work normally. What readers saw then", "Labels Major outage changed")
        visitor.opens(link(visitor, "Change before"))
        visitor.reads("Labels Operational changed")

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("step=1", "Change 1 of"),
            ("step=999", "Change 4 of 4"),
            ("at=2025-03-04T08:07", "Change 3 of 4"),
            ("at=nonsense", "At the beginning"),
        ],
    )
    def test_is_at_a_step_or_at_a_moment(self, site: Site, asked: str, expected: str) -> None:
        an_outage(site)
        site.set_clock("08:30")

        visitor = signed_in(site, site.auditor).opens(f"/console/audit/replay?{self.SPAN}&{asked}")

        assert [each for each in visitor.lines if each.startswith(expected)]

    def test_answers_with_the_part_that_moves(self, site: Site) -> None:
        an_outage(site)
        site.set_clock("08:30")
        visitor = signed_in(site, site.auditor)

        part = visitor.request("GET", f"/console/audit/replay/step?{self.SPAN}&step=2")

        assert part.text.lstrip().startswith('<section id="now"')
        assert "<html" not in part.text

    def test_of_a_span_without_changes_says_so(self, site: Site) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens("/console/audit/replay").reads("Nothing changed in this span. The board stood as below.")

    @pytest.mark.parametrize(
        ("query", "fault"),
        [
            ("from=yesterday", "Enter a day and a time, as in 2021-03-09T14:30."),
            ("until=soon", "Enter a day and a time, as in 2021-03-09T14:30."),
            ("from=2025-03-04T07:00&until=2025-03-03T07:00", "Enter a moment before the end."),
            ("from=9&until=3", "Enter a moment before the end."),
            ("from=2031-01-01T00:00", "Enter a moment that is not in the future."),
        ],
    )
    def test_points_at_a_span_that_is_none(self, site: Site, query: str, fault: str) -> None:
        visitor = signed_in(site, site.auditor)

        visitor.opens(f"/console/audit/replay?{query}", status=422).reads(fault)
        assert visitor.request("GET", f"/console/audit/replay/step?{query}").status_code == 422

    def test_is_for_auditors(self, site: Site) -> None:
        signed_in(site, site.operator).opens("/console/audit/replay", status=403)


def link(visitor: Visitor, words: str) -> str:
    """Give where a link leads that has these words alone."""
    before = visitor.answer.text.split(f">{words}</a>")
    assert len(before) > 1, visitor.lines
    return before[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
