"""What a partner is expected to send again: its own references, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem, written
from tests.api.commands import a_key
from tests.api.ledger_steps import (
    BY_HAND,
    EXPECTED,
    RECEIVED,
    RESENDS,
    a_cause,
    a_request,
    ended,
    handed_in,
)
from tests.api.pages import pages

if TYPE_CHECKING:
    from tests.api.client import Caller

pytestmark = pytest.mark.both_stores

LINES = {"Accept": "application/x-ndjson"}


def a_partner(site: Site) -> tuple[Caller, str]:
    """Give a partner, and the one source that its token is bound to."""
    source = a_key()
    return site.issue(Role.EMITTER, a_key(), sources=(source,)), source


def waiting(site: Site, source: str, number: int = 1, policy: object = "source_resends") -> list[dict[str, Any]]:
    """Let requests wait for their source."""
    cause = a_cause(site, order=policy)
    ended(site, cause)
    requests = [a_request(cause, source=source) for _ in range(number)]
    handed_in(site, requests)
    site.tick()
    return requests


def expected(partner: Caller) -> list[dict[str, Any]]:
    """Give what is expected, as lines."""
    answer = partner.get(EXPECTED, headers=LINES)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


class TestExpected:
    def test_is_what_its_sources_are_to_send_again(self, site: Site) -> None:
        partner, source = a_partner(site)
        (own,) = waiting(site, source)
        (retried,) = waiting(site, source, policy="source_retries")
        waiting(site, "another")
        waiting(site, source, policy="reprocess")
        waiting(site, source, policy=BY_HAND)
        handed_in(site, [a_request(a_cause(site, order="source_resends"), source=source)])
        site.tick()

        listed = made(partner.get(EXPECTED))["data"]

        due = written(site.clock.moment + timedelta(hours=72))
        assert sorted(each["reference"] for each in listed) == sorted([own["reference"], retried["reference"]])
        assert listed[0].keys() == {"source", "kind", "reference", "received_at", "due"}
        assert {(each["source"], each["kind"], each["received_at"]) for each in listed} == {(source, "order", RECEIVED)}
        assert all(each["due"] <= due for each in listed)
        assert sorted(expected(partner), key=str) == sorted(listed, key=str)

    def test_gets_shorter_as_requests_are_sent_again(self, site: Site) -> None:
        partner, source = a_partner(site)
        first, second = waiting(site, source, 2)
        told = {name: first[name] for name in ("source", "kind", "reference")}

        assert made(partner.post(RESENDS, [told]))["counts"]["settled"] == 1
        site.tick()

        assert [each["reference"] for each in expected(partner)] == [second["reference"]]

    def test_ends_when_its_time_is_over(self, site: Site) -> None:
        partner, source = a_partner(site)
        waiting(site, source, policy={"policy": "source_resends", "deadline": "1h"})
        assert len(expected(partner)) == 1

        site.set_clock(site.clock.moment + timedelta(hours=1))

        assert expected(partner) == []
        assert made(partner.get(EXPECTED)) == {"data": [], "has_more": False, "next_cursor": None}

    def test_goes_on_page_by_page_and_is_whole_in_lines(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("api.ledger.intake_routes.SECTION", 2)
        partner, source = a_partner(site)
        requests = waiting(site, source, 5)

        listed = [each for page in pages(partner, EXPECTED, limit=2) for each in page]

        assert sorted(each["reference"] for each in listed) == sorted(each["reference"] for each in requests)
        assert expected(partner) == listed

    def test_is_of_all_sources_of_a_token(self, site: Site) -> None:
        sources = (a_key(), a_key(), a_key())
        partner = site.issue(Role.EMITTER, a_key(), sources=sources[:2])
        for source in sources:
            waiting(site, source)

        assert {each["source"] for each in expected(partner)} == set(sources[:2])

    def test_is_told_to_no_token_without_sources(self, shared_site: Site) -> None:
        for caller in (shared_site.emitter, shared_site.a(Role.ADMIN)):
            problem(caller.get(EXPECTED), 403, "token_not_bound")
        problem(shared_site.operator.get(EXPECTED), 403, "forbidden")
        problem(shared_site.reader.get(EXPECTED), 401, "not_authenticated")

    @pytest.mark.parametrize(
        ("accept", "lines"),
        [
            ("application/x-ndjson", True),
            ("application/x-ndjson, application/json;q=0.5", True),
            ("application/json, application/x-ndjson", False),
            ("*/*", False),
            ("", False),
        ],
    )
    def test_comes_as_it_is_accepted(self, shared_site: Site, accept: str, lines: bool) -> None:
        partner, _ = a_partner(shared_site)

        answer = partner.get(EXPECTED, headers={"Accept": accept})

        assert answer.headers["Content-Type"] == ("application/x-ndjson" if lines else "application/json")
        assert answer.headers["Vary"] == "Authorization, Accept"
