"""Labels of one's own and notes on many requests at once: rehearsed first, recorded one by one, found again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem
from tests.api.commands import a_key
from tests.api.ledger_steps import (
    DECISIONS,
    LABELS,
    NOTES,
    REQUESTS,
    SEARCH,
    SIGNATURES,
    WITHDRAWALS,
    Held,
    a_request,
    bulk,
    carried_out,
    exported,
    handed_in,
    held_up,
    in_bulk,
    listed,
    rehearsed,
    to_check,
)
from tests.api.panel_steps import refused

SAID: dict[str, dict[str, Any]] = {
    DECISIONS: {"outcome": "rejected", "note": "All."},
    SIGNATURES: {},
    LABELS: {"add": [a_key()]},
    NOTES: {"note": "All."},
    WITHDRAWALS: {"reason": "All."},
}
"""What is said of many, beside which."""
pytestmark = pytest.mark.both_stores


def labels(wanted: dict[str, object], *add: str, remove: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give the body that labels many."""
    return {"filter": wanted, "add": list(add), "remove": list(remove)}


def some(site: Site, number: int) -> tuple[str, list[Held]]:
    """Hand requests of a kind of their own in."""
    kind = a_key()
    handed_in(site, [a_request(None, kind=kind) for _ in range(number)])
    return kind, [Held(site, each["id"]) for each in listed(site, kind=kind)]


class TestLabels:
    def test_are_set_on_all_that_a_filter_finds_each_with_an_event_of_its_own(self, shared_site: Site) -> None:
        kind, requests = some(shared_site, 3)
        label = a_key()
        rehearsal = rehearsed(shared_site, labels({"kind": kind}, label), LABELS)
        assert (rehearsal["count"], rehearsal["dry_run"], len(rehearsal["sample"])) == (3, True, 3)
        assert listed(shared_site, label=label) == []

        done = made(carried_out(shared_site, labels({"kind": kind}, label), rehearsal["token"], LABELS))

        assert (done["count"], done["done"], done["left_out"]) == (3, 3, 0)
        assert [each["id"] for each in listed(shared_site, label=label)] == sorted(each.id for each in requests)
        assert all(each.events == ["received", "labels_changed"] for each in requests)
        assert requests[0].inside["labels"] == [label]

    def test_are_set_by_ids_references_state_and_label(self, shared_site: Site) -> None:
        kind, requests = some(shared_site, 4)
        names = [request.inside["reference"] for request in requests]
        first, second, third, fourth = a_key(), a_key(), a_key(), a_key()
        in_bulk(shared_site, labels({"ids": [requests[0].id, requests[1].id]}, first), LABELS)
        in_bulk(shared_site, labels({"references": [names[1], names[2]], "kind": kind}, second), LABELS)
        in_bulk(shared_site, labels({"label": first, "references": names[1:]}, third), LABELS)
        in_bulk(shared_site, labels({"kind": kind, "state": "held", "label": second}, fourth), LABELS)

        assert [request.inside["labels"] for request in requests] == [
            [first],
            sorted([first, second, third, fourth]),
            sorted([second, fourth]),
            [],
        ]

    def test_are_taken_off_by_the_label_itself(self, shared_site: Site) -> None:
        _, requests = some(shared_site, 2)
        label, other = a_key(), a_key()
        ids = [request.id for request in requests]
        in_bulk(shared_site, labels({"ids": ids}, label), LABELS)
        body = labels({"label": label}, other, remove=(label,))
        token = rehearsed(shared_site, body, LABELS)["token"]

        first = made(carried_out(shared_site, body, token, LABELS))
        again = made(carried_out(shared_site, body, token, LABELS))

        assert (first["done"], again["done"]) == (2, 2)
        assert [request.inside["labels"] for request in requests] == [[other]] * 2
        assert requests[0].events.count("labels_changed") == 2

    def test_that_would_be_too_many_leave_a_request_out(self, shared_site: Site) -> None:
        _, requests = some(shared_site, 2)
        ids = [request.id for request in requests]
        in_bulk(shared_site, labels({"ids": ids[:1]}, *(f"l{number}" for number in range(20))), LABELS)

        done = in_bulk(shared_site, labels({"ids": ids}, "more"), LABELS)

        assert (done["count"], done["done"], done["left_out"]) == (2, 1, 1)
        assert [len(request.inside["labels"]) for request in requests] == [20, 1]

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"add": []}, "/add"),
            ({"add": ["Two Words"]}, "/add/0"),
            ({"add": ["x" * 65]}, "/add/0"),
            ({"add": [f"l{number}" for number in range(21)]}, "/add"),
            ({"add": ["told"], "remove": ["told"]}, "/remove"),
            ({"add": ["told"], "filter": {"ids": []}}, "/filter/ids"),
            ({"add": ["told"], "filter": {"references": []}}, "/filter/references"),
            ({"add": ["told"], "filter": {"references": ["x"] * 1001}}, "/filter/references"),
            ({"add": ["told"], "filter": {"reference_prefix": "ab"}}, "/filter/reference_prefix"),
            ({"add": ["told"], "filter": {"zone": "Europe/Warsaw"}}, "/filter/zone"),
            ({"add": ["told"], "filter": {"received_on": "2021-03-09", "zone": "Mars/Olympus"}}, "/filter/zone"),
            ({"add": ["told"], "filter": {"label": "Two Words"}}, "/filter/label"),
            ({"add": ["told"], "filter": {"state": "broken"}}, "/filter/state"),
        ],
        ids=str,
    )
    def test_refuse_what_cannot_be(self, shared_site: Site, wrong: dict[str, object], pointer: str) -> None:
        reviewer = shared_site.a(Role.REVIEWER)

        refusal = refused(shared_site, lambda: reviewer.post(LABELS, {"filter": {}, **wrong}), 422, "invalid")

        assert refusal["errors"][0]["pointer"].startswith(pointer)

    def test_stand_in_exports_and_in_the_trail(self, shared_site: Site) -> None:
        _, (request,) = some(shared_site, 1)
        label = a_key()
        in_bulk(shared_site, labels({"ids": [request.id]}, label, "vip"), LABELS)
        in_bulk(shared_site, {"filter": {"ids": [request.id]}, "note": "The buyer was told."}, NOTES)

        assert [each["labels"] for each in exported(shared_site, label=label)] == [sorted([label, "vip"])]
        table = shared_site.auditor.get(f"{REQUESTS}.csv", params={"label": label}).text
        (row,) = csv.DictReader(io.StringIO(table))
        assert (row["labels"], row["notes"]) == (" ".join(sorted([label, "vip"])), "1")
        told = made(shared_site.auditor.get(f"{request.path}/trail"))["entries"]
        assert [each["person"] for each in told[-2:]] == ["the-reviewer"] * 2
        assert f"set {', '.join(sorted([label, 'vip']))}" in told[-2]["what"]
        assert told[-1]["what"].endswith("The buyer was told.")


class TestNotes:
    def test_are_written_on_many_and_decide_nothing(self, shared_site: Site) -> None:
        kind, requests = some(shared_site, 2)

        done = in_bulk(shared_site, {"filter": {"kind": kind}, "note": "It was sent."}, NOTES)

        assert done["done"] == 2
        shown = requests[0].inside
        assert shown["state"] == "held"
        assert [(each["person"], each["note"]) for each in shown["notes"]] == [("the-reviewer", "It was sent.")]
        assert requests[1].events == ["received", "noted"]

    def test_are_written_once_however_often_a_bulk_is_sent(self, shared_site: Site) -> None:
        kind, (request,) = some(shared_site, 1)
        body = {"filter": {"kind": kind}, "note": "Once."}
        token = rehearsed(shared_site, body, NOTES)["token"]
        for _ in range(3):
            assert made(carried_out(shared_site, body, token, NOTES))["done"] == 1

        assert request.inside["notes_count"] == 1

    def test_are_shown_the_newest_twenty(self, shared_site: Site) -> None:
        _, (request,) = some(shared_site, 1)
        for number in range(21):
            in_bulk(shared_site, {"filter": {"ids": [request.id]}, "note": f"Number {number}."}, NOTES)

        shown = request.inside

        assert shown["notes_count"] == 21
        assert [each["note"] for each in shown["notes"]] == [f"Number {number}." for number in range(1, 21)]

    def test_are_about_what_the_dry_run_showed(self, shared_site: Site) -> None:
        kind, (request,) = some(shared_site, 1)
        body = {"filter": {"kind": kind}, "note": "Once."}
        token = rehearsed(shared_site, body, NOTES)["token"]
        held_up(shared_site, None, kind=kind)

        answer = carried_out(shared_site, body, token, NOTES)

        assert (answer.status_code, answer.json()["code"]) == (409, "set_changed")
        assert request.inside["notes"] == []


class TestDecisions:
    def test_are_narrowed_down_by_label_and_reference(self, shared_site: Site) -> None:
        requests = [to_check(shared_site) for _ in range(3)]
        label = a_key()
        in_bulk(shared_site, labels({"ids": [each.id for each in requests[:2]]}, label), LABELS)
        name = requests[0].inside["reference"]

        done = in_bulk(shared_site, bulk(label=label, references=[name]), DECISIONS)
        settled = shared_site.a(Role.REVIEWER).post(DECISIONS, bulk(label=label, state="settled"))

        assert done["done"] == 1
        assert problem(settled, 422, "invalid")["errors"][0]["pointer"] == "/filter/state"
        assert [each.inside["state"] for each in requests] == ["settled", "to_check", "to_check"]
        found = made(shared_site.auditor.post(SEARCH, {"label": label, "state": "settled"}))["data"]
        assert [each["reference"] for each in found] == [name]


class TestEmptyFilter:
    @pytest.mark.parametrize("path", [DECISIONS, SIGNATURES, LABELS, NOTES, WITHDRAWALS])
    def test_deals_with_all_requests_only_if_that_is_said(self, shared_site: Site, path: str) -> None:
        said = SAID[path]
        empty = {"filter": {}, **said}
        token = rehearsed(shared_site, empty, path)["token"]

        refusal = problem(carried_out(shared_site, empty, token, path), 422, "invalid")

        assert refusal["errors"] == [
            {"pointer": "/filter", "detail": 'the filter is empty; name what you mean, or "all": true'}
        ]
        both = problem(
            shared_site.a(Role.REVIEWER).post(path, {"filter": {"all": True, "kind": "order"}, **said}), 422, "invalid"
        )
        assert both["errors"][0]["pointer"] == "/filter/all"

    def test_is_meant_by_all(self, site: Site) -> None:
        _, requests = some(site, 3)

        done = in_bulk(site, {"filter": {"all": True}, "note": "The buyers were told."}, NOTES)

        assert (done["count"], done["done"]) == (3, 3)
        assert [each.inside["notes_count"] for each in requests] == [1, 1, 1]
