"""The ledger as files: lines of JSON, and a table that no spreadsheet takes for anything but texts."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at, problem, written
from tests.api.ledger_commands import FOUND
from tests.api.ledger_steps import (
    REQUESTS,
    SEEN,
    a_cause,
    a_request,
    ended,
    exported,
    handed_in,
    held_up,
    listed,
    to_check,
)

pytestmark = pytest.mark.both_stores

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\uff1d1+1", "\u200b=1")
AWKWARD = ("a,b", 'said "no"', "ends with \\", "zażółć 😀", " spaced ", "'quoted'", "a - b", "2021-03-09", "a=b")
HIDDEN = {
    "a;=1+1;": "a;'=1+1;",
    "a, +1": "a,' +1",
    'a;"=1+1': "a;'\"=1+1",
    "a|-1|b": "a|'-1|b",
    "a =1+1": "a '=1+1",
    "=1;@x": "'=1;'@x",
    "; - 1": ";' - 1",
}
"""Formulas that begin after what a spreadsheet may take for a separator, and how they are written."""
KEPT = ("00123", "1234567890123456789", "=1+1", "zażółć 😀", "2021-03-09", "<r>&</r>", " spaced ", "1e5")
"""What a spreadsheet makes something else of, unless it is a text."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEPARATORS = ",;|\t\r\n"


def table(site: Site, delimiter: str = ",", **asked: str) -> list[dict[str, str]]:
    """Read the table, as strictly as RFC 4180 has it."""
    site.tick()
    answer = site.auditor.get(f"{REQUESTS}.csv", params=asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf") == ("bom" in asked)
    text = answer.content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    assert text.startswith(delimiter.join(f'"{name}"' for name in head) + "\r\n")
    assert text.endswith("\r\n")
    assert len(set(head)) == len(head)
    return [dict(zip(head, row, strict=True)) for row in rows]


def spreadsheet(site: Site, **asked: str) -> list[dict[str, str | None]]:
    """Read the spreadsheet by another program than the one that wrote it; every cell of it is a text."""
    site.tick()
    answer = site.auditor.get(f"{REQUESTS}.xlsx", params=asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, XLSX), answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    head, *rows = ([cell for cell in row if cell.value is None or cell.data_type == "s"] for row in sheet.iter_rows())
    assert {len(row) for row in rows} <= {len(head)}
    assert {cell.number_format for row in rows for cell in row if cell.value is not None} <= {"@"}
    names = [str(cell.value) for cell in head]
    return [{name: cell.value for name, cell in zip(names, row, strict=True)} for row in rows]  # type: ignore[misc]


def of(documents: list[dict[str, Any]]) -> list[str]:
    """Give their ids, in the order of an export."""
    return sorted(str(each["id"]) for each in documents)


class TestTable:
    @pytest.mark.parametrize("text", [*FORMULAS, *AWKWARD])
    def test_keeps_every_text_and_no_formula(self, shared_site: Site, text: str) -> None:
        cause = a_cause(shared_site)
        ended(shared_site, cause)
        held = held_up(shared_site, cause, source=text, reference=text, summary=text)
        held.done("claim")
        held.done("decision", {**SEEN, "note": f"{text}\nand\r\nmore"})

        (row,) = table(shared_site, cause=cause["id"])

        kept = f"'{text}" if text in FORMULAS else text
        assert [row[name] for name in ("source", "reference", "summary")] == [kept] * 3
        assert row["decision_note"] == f"{kept.lstrip()}\nand\r\nmore"
        assert (row["id"], row["state"], row["decided_by"]) == (held.id, "settled", "the-reviewer")
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())

    @pytest.mark.parametrize("text", HIDDEN)
    def test_hides_no_formula_behind_any_separator(self, shared_site: Site, text: str) -> None:
        cause = a_cause(shared_site)
        held_up(shared_site, cause, summary=text)

        for separator, delimiter in (("\t", "\t"), ("tab", "\t"), (";", ";"), (",", ",")):
            (row,) = table(shared_site, delimiter, cause=cause["id"], separator=separator, bom="true")
            assert row["summary"] == HIDDEN[text]
            parts = re.split(f"[{SEPARATORS}]", row["summary"])
            assert not any(part.strip(' "').startswith(("=", "+", "-", "@")) for part in parts)

    @pytest.mark.parametrize("wrong", [{"separator": "|"}, {"separator": ""}, {"separator": ";;"}, {"bom": "perhaps"}])
    def test_in_another_form_is_refused(self, shared_site: Site, wrong: dict[str, str]) -> None:
        problem(shared_site.auditor.get(f"{REQUESTS}.csv", params=wrong), 422, "invalid")

    def test_says_what_the_lines_say(self, shared_site: Site) -> None:
        request = to_check(shared_site)
        request.done("evidence", FOUND)
        request.done("claim")
        cause = request.inside["cause"]["id"]

        (row,), (line,) = table(shared_site, cause=cause), exported(shared_site, cause=cause)

        assert line == request.inside
        same = ("id", "source", "kind", "reference", "received_at", "handed_in_at", "digest", "state")
        assert {name: row[name] for name in same} == {name: line[name] for name in same}
        assert (row["cause_type"], row["cause_id"]) == ("incident", cause)
        assert (row["policy"], row["suggested"], row["evidence"]) == ("check_by_hand", "already_done", "1")
        assert (row["claimed_by"], row["decided_by"], row["outcome"]) == ("the-reviewer", "", "")

    def test_of_nothing_has_its_head_alone(self, shared_site: Site) -> None:
        assert table(shared_site, kind="no-such-kind") == []
        assert exported(shared_site, kind="no-such-kind") == []


class TestSpreadsheet:
    def test_keeps_what_a_spreadsheet_would_make_something_else_of(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        handed_in(shared_site, [a_request(cause, text, source=text, summary=text) for text in KEPT])

        rows = spreadsheet(shared_site, cause=cause["id"])

        for name in ("reference", "source", "summary"):
            assert sorted(str(row[name]) for row in rows) == sorted(KEPT)

    def test_says_what_the_table_says(self, shared_site: Site) -> None:
        request = to_check(shared_site)
        request.done("evidence", FOUND)
        request.done("claim")
        cause = request.inside["cause"]["id"]

        (row,), (line,) = spreadsheet(shared_site, cause=cause), table(shared_site, cause=cause)

        assert {name: value or "" for name, value in row.items()} == line

    def test_of_nothing_has_its_head_alone(self, shared_site: Site) -> None:
        assert spreadsheet(shared_site, kind="no-such-kind") == []


class TestFilters:
    def test_narrow_the_list_and_all_files_alike(self, shared_site: Site) -> None:
        site, cause = shared_site, a_cause(shared_site, invoice="reprocess")
        moments = [written(at(f"07:{minute:02}")) for minute in range(0, 60, 10)]
        handed_in(site, [a_request(cause, received_at=moment, source=f"shop-{moment[14]}") for moment in moments])
        handed_in(site, [a_request(cause, kind="invoice", received_at=moment) for moment in moments])
        ended(site, cause)
        claimed, found, done = (each["id"] for each in listed(site, cause=cause["id"], kind="order")[:3])
        reviewer = site.a(Role.REVIEWER)
        reviewer.post(f"{REQUESTS}/{claimed}/claim")
        reviewer.post(f"{REQUESTS}/{found}/evidence", FOUND)
        reviewer.post(f"{REQUESTS}/{done}/claim")
        reviewer.post(f"{REQUESTS}/{done}/decision", SEEN)
        expected = {
            "": 12,
            "kind=order": 6,
            "source=shop-0": 1,
            "state=reprocessing": 6,
            "state=open": 11,
            "state=settled": 1,
            "claimed_by=the-reviewer": 1,
            "evidence=any": 1,
            "evidence=already_done": 1,
            "evidence=none": 11,
            "evidence=done_now": 0,
            f"received_from={moments[3]}": 6,
            f"received_until={moments[3]}": 6,
            f"received_from={moments[1]}&received_until={moments[3]}": 4,
            "older_than=31m": 6,
            "older_than=2h": 0,
            "kind=order&state=open&evidence=none": 4,
        }

        for query, number in expected.items():
            asked = {"cause": cause["id"], **dict(pair.split("=") for pair in query.split("&") if pair)}
            found_ids = of(listed(site, **asked))
            assert len(found_ids) == number, query
            assert [each["id"] for each in exported(site, **asked)] == found_ids, query
            assert [row["id"] for row in table(site, **asked)] == found_ids, query
            assert [row["id"] for row in spreadsheet(site, **asked)] == found_ids, query

    def test_by_cause_take_its_name_and_what_has_none(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        held, lonely = held_up(shared_site, cause), held_up(shared_site, None)

        for name in (cause["id"], f"incident:{cause['id']}", cause["id"].upper()):
            assert [each["id"] for each in exported(shared_site, cause=name)] == [held.id]
        assert lonely.id in [each["id"] for each in exported(shared_site, cause="unassigned")]
        assert held.id not in [each["id"] for each in exported(shared_site, cause="unassigned")]

    def test_by_a_person_find_what_he_has_claimed_and_not_what_he_decided(self, shared_site: Site) -> None:
        cleo = shared_site.issue(Role.REVIEWER, "cleo")
        claimed, decided = to_check(shared_site), to_check(shared_site)
        for request in (claimed, decided):
            request.done("claim", by=cleo)
        decided.done("decision", SEEN, by=cleo)

        assert [each["id"] for each in listed(shared_site, claimed_by="cleo")] == [claimed.id]


class TestLines:
    def test_are_as_of_then(self, shared_site: Site) -> None:
        request = to_check(shared_site)
        cause, before = request.inside["cause"]["id"], str(shared_site.tick())
        then = shared_site.auditor.get(f"{REQUESTS}.ndjson", params={"cause": cause}).content

        request.done("claim")
        shared_site.tick()

        answer = shared_site.auditor.get(f"{REQUESTS}.ndjson", params={"cause": cause, "as_of": before})
        assert answer.content == then
        assert answer.headers["Bitacora-Position"] == before
        assert json.loads(answer.content)["claim"] is None

    def test_are_by_id_and_more_than_are_read_at_once(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        handed_in(shared_site, [a_request(cause) for _ in range(1_100)])

        ids = [each["id"] for each in exported(shared_site, cause=cause["id"])]

        assert len(ids) == 1_100
        assert ids == sorted(set(ids))
