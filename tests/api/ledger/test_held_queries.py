"""What can be asked of the ledger, and what cannot; nothing that is asked breaks it."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.http.answers import cursor_of
from tests.api.client import Site, made, problem
from tests.api.ledger_steps import BY_HAND, REQUESTS, SUMMARY, a_cause, a_request, held_up, to_check
from tests.api.panel_steps import NOBODY, written_lines

pytestmark = pytest.mark.both_stores


class TestQuery:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"cause": "nobody"},
            {"cause": "flood:0195602b-3800-7000-ae2c-b8c1d5224798"},
            {"cause": "0195602b-3800-7000-ae2c-b8c1d522479"},
            {"cause": "-" * 36},
            {"cause": "\x00"},
            {"kind": "No Kind"},
            {"kind": "\x00"},
            {"source": "\x00"},
            {"source": ""},
            {"source": "x" * 256},
            {"state": "broken"},
            {"claimed_by": "a\x00"},
            {"received_from": "2025-03-04T07:00:00"},
            {"received_from": "yesterday"},
            {"received_until": "2025-03-04"},
            {"older_than": "long"},
            {"older_than": "-1h"},
            {"older_than": "99999d"},
            {"evidence": "perhaps"},
            {"evidence": "%"},
            {"cursor": "?"},
            {"cursor": "bm9uZQ"},
            {"cursor": cursor_of(f"2026-02-30T10:00:00.000000Z|{UUID(int=7)}")},
            {"cursor": cursor_of(f"2026-02-20T10:00:00.000000|{UUID(int=7)}")},
            {"cursor": "\x00"},
            {"limit": "0"},
            {"limit": "201"},
            {"as_of": "2999-01-01T00:00:00Z"},
            {"as_of": "2025-03-04T07:00:00"},
            {"min_position": "-1"},
        ],
        ids=str,
    )
    def test_that_cannot_be_is_refused(self, shared_site: Site, wrong: dict[str, str]) -> None:
        problem(shared_site.auditor.get(REQUESTS, params=wrong), 422, "invalid")
        if wrong.keys().isdisjoint({"cursor", "limit"}):
            for form in ("csv", "ndjson"):
                problem(shared_site.auditor.get(f"{REQUESTS}.{form}", params=wrong), 422, "invalid")

    def test_of_a_cause_that_there_is_not_is_refused_by_the_summary_alone(self, shared_site: Site) -> None:
        problem(shared_site.auditor.get(SUMMARY, params={"cause": NOBODY}), 404, "not_found")
        assert made(shared_site.auditor.get(REQUESTS, params={"cause": NOBODY}))["data"] == []

    @pytest.mark.parametrize("written_as", ["pdf", "", "\x00"])
    def test_of_another_format_of_the_trail_is_refused(self, shared_site: Site, written_as: str) -> None:
        request = to_check(shared_site, BY_HAND)

        problem(shared_site.auditor.get(f"{request.path}/trail", params={"format": written_as}), 422, "invalid")

    def test_of_what_was_not_there_yet_is_404_and_empty(self, shared_site: Site) -> None:
        before = str(shared_site.tick())
        cause = a_cause(shared_site)
        request = held_up(shared_site, cause)

        for path in (request.path, f"{request.path}/trail", f"{SUMMARY}?cause={cause['id']}"):
            problem(shared_site.auditor.get(path + ("&" if "?" in path else "?") + f"as_of={before}"), 404, "not_found")
        assert made(shared_site.auditor.get(REQUESTS, params={"cause": cause["id"], "as_of": before}))["data"] == []


class TestLines:
    @pytest.mark.parametrize("media", ["text/csv", "application/x-ndjson; charset=latin-1", "multipart/form-data", ""])
    def test_of_another_type_are_refused_or_read_as_lines(self, shared_site: Site, media: str) -> None:
        content = written_lines([a_request(a_cause(shared_site))])
        emitter = shared_site.emitter

        answer = emitter.post(REQUESTS, content=content, headers={"Content-Type": media})

        if "ndjson" in media:
            assert made(answer)["counts"]["held"] == 1
        else:
            problem(answer, 415, "unsupported_media")
