"""The audit sheet of a held request: every event in a sentence, as JSON and as a page that is safe to print."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any

import pytest

from api.ledger.trail_page import PageWording
from application.ledger.audit_trail import PLAIN, SENTENCES
from domain.access.keyring import Role
from domain.ledger.held_request import HeldRequest
from domain.ledger.held_request.events import FoundTwice, RequestEvent
from tests.api.client import Site, at, made, written
from tests.api.ledger_steps import (
    LABELS,
    NOTES,
    RESENDS,
    RUNS,
    Held,
    a_cause,
    a_request,
    ended,
    handed_in,
    held_up,
    in_bulk,
    leased,
    reported,
    reprocessing,
    streamed,
)
from tests.api.page_text import assert_in_order, sentences

MARKUP = "<script>alert('x')</script> & \"quoted\""
FOUND = {"kind": "shipment_number", "source": MARKUP, "value": MARKUP, "suggests": "already_done"}
CANNOT_TELL = {"outcome": "cannot_tell", "note": MARKUP}
DOUBT = {"reason": MARKUP}
CHECKED = (
    "received",
    "repeated",
    "changed",
    "assigned",
    "disposed",
    "leased",
    "lease_lapsed",
    "leased",
    "reprocessed",
    "evidence_attached",
    "claimed",
    "claim_lapsed",
    "claimed",
    "released",
    "claimed",
    "decided",
    "returned",
    "claimed",
    "decided",
    "signed",
    "reopened",
)
AROUND = ("html", "head", "meta", "title", "style", "body", "main", "footer", "p")
TAGS = (*AROUND, "h1", "h2", "dl", "dt", "dd", "span", "nobr", "time", "table", "thead", "tbody", "tr", "th", "td")
LIVES = {
    "checked": CHECKED,
    "sent again": ("received", "disposed", "resent"),
    "not sent again": ("received", "disposed", "deadline_passed"),
    "came twice": ("received", "resend_kept", "assigned", "merged", "assignment_undone"),
    "stood for it": (
        *("received", "disposed", "resent", "twin_merged", "changed", "opened_again", "evidence_attached"),
        *("twin_parted", "changed"),
    ),
    "taken out": (
        "received",
        "disposed",
        "leased",
        "lease_released",
        "leased",
        "withdrawn_from_run",
        "evidence_attached",
        "claimed",
        "released",
    ),
    "held back": ("received", "disposed", "resend_kept", "held_back"),
    "of nothing": ("received", "cause_voided"),
    "marked": ("received", "labels_changed", "noted"),
}


@dataclass
class Day:
    """Requests to which everything has happened that can happen to one, and where the log stood after each step."""

    site: Site
    requests: dict[str, Held] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def day(shared_database: str) -> Iterator[Day]:
    """A day in which everything happens, once on each store."""
    with Site(shared_database) as site:
        day = Day(site)
        for _ in _checked(day):
            day.positions.append(site.tick())
        _others(day)
        yield day


def _checked(day: Day) -> Iterator[None]:
    site, bea = day.site, day.site.issue(Role.REVIEWER, "bea-token", "bea <b>")
    request = held_up(site, None, reference="checked", source=MARKUP, summary=MARKUP)
    day.requests["checked"] = request
    yield
    again = a_request(None, "checked", source=MARKUP, summary=MARKUP)
    handed_in(site, [again])
    yield
    handed_in(site, [again | {"digest": "0" * 64}])
    yield
    cause = a_cause(site, order="reprocess")
    request.done("cause", {**cause, "reason": MARKUP}, by=site.operator)
    yield
    ended(site, cause)
    yield
    (run,) = made(site.emitter.get(RUNS, params={"cause": cause["id"]}))["data"]
    leased(site, f"{RUNS}/{run['id']}")
    yield
    site.set_clock("08:30")
    yield
    leased(site, f"{RUNS}/{run['id']}")
    reported(site, f"{RUNS}/{run['id']}", {request.id: "failed"})
    yield
    request.done("evidence", FOUND)
    yield
    request.done("claim")
    site.set_clock("09:30")
    yield
    for action, body, by in (
        ("claim", None, None),
        ("release", None, None),
        ("claim", None, None),
        ("decision", CANNOT_TELL, None),
        ("return", DOUBT, bea),
        ("claim", None, None),
        ("decision", CANNOT_TELL, None),
        ("signature", {"note": MARKUP}, bea),
        ("reopening", DOUBT, bea),
    ):
        request.done(action, body, by=by)
        yield


def _others(day: Day) -> None:
    site = day.site
    cause = a_cause(site, order={"policy": "source_resends", "deadline": "1h"})
    for name in ("sent again", "not sent again"):
        day.requests[name] = held_up(site, cause, reference=name)
    ended(site, cause)
    resend = {"source": "shop", "kind": "order", "reference": "sent again", "received_at": written(at("09:00"))}
    assert streamed(site, [resend], RESENDS)["counts"]["settled"] == 1
    site.set_clock("11:00")
    day.requests["stood for it"] = held_up(site, cause, reference="twice")
    day.requests["came twice"] = twin = held_up(site, None, reference="twice", digest="0" * 64)
    assert streamed(site, [{**resend, "reference": "twice"}], RESENDS)["counts"]["settled"] == 1
    twin.done("cause", cause, by=site.operator)
    made(site.operator.delete(f"{twin.path}/cause", json=DOUBT))
    run = reprocessing(site, reference="taken out")
    (one,) = leased(site, run, by=site.issue(Role.EMITTER, "old-importer"))
    site.revoke("old-importer")
    leased(site, run)
    day.requests["taken out"] = taken = Held(site, one["id"])
    taken.done("withdrawal-from-run", DOUBT)
    reported(site, run, {taken.id: "done"})
    taken.done("claim")
    taken.done("release", DOUBT, by=site.operator)
    waits = a_cause(site, order="reprocess")
    ended(site, waits)
    day.requests["held back"] = held_up(site, waits, reference="back")
    assert streamed(site, [{**resend, "reference": "back"}], RESENDS)["counts"]["not_waiting"] == 1
    never = a_cause(site)
    day.requests["of nothing"] = held_up(site, never, reference="of nothing")
    made(site.operator.post(f"/v1/incidents/{never['id']}/dismissal", DOUBT))
    day.requests["marked"] = held_up(site, None, reference="marked")
    marked = {"filter": {"ids": [day.requests["marked"].id]}}
    in_bulk(site, {**marked, "add": ["told"], "remove": []}, LABELS)
    in_bulk(site, {**marked, "note": MARKUP}, NOTES)
    site.tick()


def trail(day: Day, name: str, **asked: str) -> dict[str, Any]:
    """Read the trail of a request."""
    return made(day.site.auditor.get(f"{day.requests[name].path}/trail", params=asked))


def page(day: Day, name: str, **asked: str) -> str:
    """Read it as a page."""
    answer = day.site.auditor.get(f"{day.requests[name].path}/trail", params={"format": "html", **asked})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return answer.text


class TestLives:
    def test_have_every_kind_of_event_that_there_is(self) -> None:
        kinds = {
            kind for kind in vars(HeldRequest).values() if isinstance(kind, type) and issubclass(kind, RequestEvent)
        }

        assert {kind.TOPIC for kind in kinds if "TOPIC" in vars(kind)} - {FoundTwice.TOPIC} == {
            f"held_request.{name}" for life in LIVES.values() for name in life
        }

    def test_of_old_logs_can_end_as_duplicates(self) -> None:
        assert SENTENCES[FoundTwice.TOPIC]({"other": "another"}, PLAIN) == "settled as a duplicate of another"


class TestTrail:
    @pytest.mark.parametrize("name", LIVES)
    def test_has_each_event_in_order_with_who_and_when(self, day: Day, name: str) -> None:
        told = trail(day, name)

        assert [each["type"].partition(".")[2] for each in told["entries"]] == list(LIVES[name])
        events = made(day.site.auditor.get(f"/v1/aggregates/{day.requests[name].id}/events"))["data"]
        same = ("position", "type", "occurred_at", "recorded_at", "actor", "source", "request_id", "causation", "data")
        for entry, event in zip(told["entries"], events, strict=True):
            assert {key: entry[key] for key in same} == {key: event[key] for key in same}
            assert entry["version"] == event["aggregate"]["version"]
        assert told["request"] == day.requests[name].inside

    @pytest.mark.parametrize("name", LIVES)
    def test_tells_each_event_in_a_sentence(self, day: Day, name: str) -> None:
        for entry in trail(day, name)["entries"]:
            assert entry["what"]
            assert "{" not in entry["what"]
            assert "None" not in entry["what"]

    def test_names_the_person_of_what_people_did(self, day: Day) -> None:
        people = [(each["type"].partition(".")[2], each["person"]) for each in trail(day, "checked")["entries"]]

        assert people[9:] == [
            ("evidence_attached", "the-reviewer"),
            ("claimed", "the-reviewer"),
            # The clock did that; the sentence says whose claim it was.
            ("claim_lapsed", None),
            ("claimed", "the-reviewer"),
            ("released", "the-reviewer"),
            ("claimed", "the-reviewer"),
            ("decided", "the-reviewer"),
            ("returned", "bea <b>"),
            ("claimed", "the-reviewer"),
            ("decided", "the-reviewer"),
            ("signed", "bea <b>"),
            ("reopened", "bea <b>"),
        ]

    def test_says_that_the_clock_let_a_claim_run_out(self, day: Day) -> None:
        (lapsed,) = [each for each in trail(day, "checked")["entries"] if each["type"].endswith("claim_lapsed")]

        assert lapsed["actor"] == "clock"
        assert "the-reviewer" in lapsed["what"]

    def test_ends_where_the_log_stood_then(self, day: Day) -> None:
        whole = trail(day, "checked")

        seen = []
        for position in day.positions:
            then = trail(day, "checked", as_of=str(position))
            assert then["position"] == position
            assert then["entries"] == [each for each in whole["entries"] if each["position"] <= position]
            assert then["request"]["version"] == len(then["entries"])
            seen.append(len(then["entries"]))
        assert seen == sorted(set(seen))
        assert seen[-1] == len(whole["entries"])

    def test_goes_on_however_long_it_is(self, site: Site) -> None:
        cause = a_cause(site)
        ended(site, cause)
        request = held_up(site, cause)
        reviewer = site.a(Role.REVIEWER)
        for _ in range(1_000):
            made(reviewer.post(f"{request.path}/claim"))
            made(reviewer.post(f"{request.path}/release"))
        site.tick()

        told = made(site.auditor.get(f"{request.path}/trail"))

        assert len(told["entries"]) == told["request"]["version"] == 2_002


class TestPage:
    @pytest.mark.parametrize(
        ("language", "name"), [*(("en", name) for name in LIVES), ("es", "checked"), ("pl", "taken out")]
    )
    def test_has_every_sentence_in_words(self, day: Day, language: str, name: str) -> None:
        shown = unescape(page(day, name, lang=language))
        words = PageWording(day.site.app.state.site.speech(language))

        for entry in trail(day, name)["entries"]:
            assert SENTENCES[entry["type"]](entry["data"], words) in shown
            assert f">{entry['position']}<" in shown
        assert day.requests[name].id in shown

    def test_says_the_sentences_of_the_json_in_english(self, day: Day) -> None:
        shown = unescape(page(day, "taken out"))

        for entry in trail(day, "taken out")["entries"]:
            if entry["type"].partition(".")[2] not in {"received", "disposed", "evidence_attached"}:
                assert entry["what"] in shown

    def test_is_in_the_language_that_is_asked_for_or_preferred(self, day: Day) -> None:
        path = f"{day.requests['sent again'].path}/trail"
        german_or_polish = {"Accept": "text/html", "Accept-Language": "de, pl;q=0.5"}

        for answer in (
            day.site.auditor.get(path, headers=german_or_polish),
            day.site.auditor.get(path, params={"format": "html", "lang": "pl"}, headers={"Accept-Language": "es"}),
        ):
            assert answer.headers["Content-Language"] == "pl"
            assert [line for line in sentences(answer) if line.startswith("jego źródło wysyła je ponownie, termin ")]
            assert_in_order(
                sentences(answer),
                "Żądanie",
                "Zasada",
                "Stan",
                "załatwione",
                "Co się działo",
            )

    def test_looks_as_the_pages_of_the_site_do_and_is_whole_in_one_file(self, day: Day) -> None:
        answer = day.site.auditor.get(f"{day.requests['checked'].path}/trail", params={"format": "html"})
        style = re.findall("<style>(.*)</style>", answer.text, re.DOTALL)[0]
        digest = b64encode(sha256(style.encode()).digest()).decode()
        shared = day.site.app.state.site.files.plain("page.css").body.decode()

        assert style.startswith(shared)
        assert "@media print" in style.removeprefix(shared)
        assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "<link" not in answer.text

    def test_has_no_markup_that_somebody_else_wrote(self, day: Day) -> None:
        shown = page(day, "checked")

        assert "<script" not in shown
        assert "bea <b>" not in shown
        assert shown.count("&lt;script&gt;") >= 8
        assert set(re.findall(r"</?([a-z0-9]+)", shown)) <= set(TAGS)

    def test_loads_nothing_and_is_kept_by_nobody(self, day: Day) -> None:
        path = f"{day.requests['checked'].path}/trail"
        answer = day.site.auditor.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.search(r"(src|href|url)\s*[=(]", answer.text) is None

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.1", ""])
    def test_is_given_to_whom_wants_one(self, day: Day, accept: str) -> None:
        path = f"{day.requests['checked'].path}/trail"

        assert made(day.site.auditor.get(path, headers={"Accept": accept}))["entries"]

    def test_shows_what_was_known_then(self, day: Day) -> None:
        shown = page(day, "checked", as_of=str(day.positions[0]))
        assert "not assigned yet" in shown
        assert f"position {day.positions[0]} of the log" in shown
        assert "signed by" not in shown
