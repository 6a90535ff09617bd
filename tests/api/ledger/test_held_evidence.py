"""Evidence as lines, by source, kind and reference: attached to every request that matches, and counted."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.commands import a_key
from tests.api.ledger_steps import EVIDENCE, Held, a_cause, a_request, handed_in, listed, streamed
from tests.api.panel_steps import NDJSON, written_lines

pytestmark = pytest.mark.both_stores


def a_line(reference: str, value: str = "RR1", **more: object) -> dict[str, Any]:
    """Say what the courier knows of an order."""
    evidence = {"kind": "tracking_number", "source": "courier", "value": value, "suggests": "already_done"}
    return {"source": "shop", "kind": "order", "reference": reference, "evidence": evidence, **more}


def requests(site: Site, name: str) -> list[Held]:
    """Give the requests of a reference."""
    return [Held(site, each["id"]) for each in listed(site, reference=name)]


class TestEvidence:
    def test_is_attached_to_every_request_that_matches(self, shared_site: Site) -> None:
        twice, once = a_key(), a_key()
        handed_in(shared_site, [a_request(cause, twice) for cause in (None, a_cause(shared_site))])
        handed_in(shared_site, [a_request(None, once), a_request(None, once, source="erp")])

        report = streamed(shared_site, [a_line(twice), a_line(once), a_line("nothing")], EVIDENCE)

        assert report["counts"] == {"attached": 2, "repeat": 0, "unmatched": 1, "refused": 0}
        assert report["matches"] == [{"line": 1, "matches": 2}, {"line": 2, "matches": 1}, {"line": 3, "matches": 0}]
        assert [len(each.inside["evidence"]) for each in requests(shared_site, twice)] == [1, 1]
        assert sorted(len(each.inside["evidence"]) for each in requests(shared_site, once)) == [0, 1]
        (found,) = requests(shared_site, twice)[0].inside["evidence"]
        assert (found["attached_by"], found["suggests"]) == ("the-emitter", "already_done")

    def test_is_a_repeat_if_it_is_there_already_and_decides_nothing(self, shared_site: Site) -> None:
        name, reviewer = a_key(), shared_site.a(Role.REVIEWER)
        handed_in(shared_site, [a_request(None, name)])
        streamed(shared_site, [a_line(name)], EVIDENCE)
        position = shared_site.last_position()

        report = made(reviewer.post(EVIDENCE, [a_line(name)]))

        assert report["counts"] == {"attached": 0, "repeat": 1, "unmatched": 0, "refused": 0}
        assert report["matches"] == [{"line": 1, "matches": 1}]
        assert shared_site.last_position() == position
        (request,) = requests(shared_site, name)
        assert (request.inside["state"], request.events) == ("held", ["received", "evidence_attached"])

    def test_counts_what_is_new_to_some_as_attached(self, shared_site: Site) -> None:
        name = a_key()
        handed_in(shared_site, [a_request(None, name)])
        streamed(shared_site, [a_line(name)], EVIDENCE)
        handed_in(shared_site, [a_request(a_cause(shared_site), name)])

        report = streamed(shared_site, [a_line(name)], EVIDENCE)

        assert (report["counts"]["attached"], report["matches"]) == (1, [{"line": 1, "matches": 2}])

    def test_that_is_bad_loses_no_good_one(self, shared_site: Site) -> None:
        name = a_key()
        handed_in(shared_site, [a_request(None, name)])
        future = a_line(name)
        future["evidence"] = {**future["evidence"], "occurred_at": "2999-01-01T00:00:00Z"}
        lines = [b"{", a_line(name, kind="No Kind"), future, {**a_line(name), "evidence": None}, a_line(name)]

        report = streamed(shared_site, lines, EVIDENCE)

        assert [(each["line"], each["code"]) for each in report["refused"]] == [
            (1, "malformed"),
            (2, "invalid"),
            (3, "in_the_future"),
            (4, "invalid"),
        ]
        assert report["matches"] == [{"line": 5, "matches": 1}]

    def test_is_refused_where_there_is_no_room(self, shared_site: Site) -> None:
        name = a_key()
        handed_in(shared_site, [a_request(None, name)])
        streamed(shared_site, [a_line(name, f"RR{number}") for number in range(100)], EVIDENCE)

        report = streamed(shared_site, [a_line(name, "RR-more")], EVIDENCE)

        assert [each["code"] for each in report["refused"]] == ["too_many_entries"]

    def test_names_a_thousand_lines_and_counts_all(self, shared_site: Site) -> None:
        lines = written_lines(a_line(f"nothing-{number}") for number in range(1_003))

        answer = shared_site.a(Role.REVIEWER).post(EVIDENCE, content=lines, headers={"Content-Type": NDJSON})

        report = made(answer)
        assert (report["lines"], report["counts"]["unmatched"], len(report["matches"])) == (1_003, 1_003, 1_000)
