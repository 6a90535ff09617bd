"""The file of a spreadsheet: as many sheets as it takes, and nothing left behind by one that is given up."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from api.ledger.export_routes import AT_A_TIME
from api.ledger.exports import COLUMNS, FIRST, csv_lines
from api.ledger.spreadsheet import Spreadsheet
from application.ledger.documents import request_document
from domain.ledger.held_request import Reference
from tests.api.client import Site, problem
from tests.domain.request_builders import a_request

CREATED = datetime(2025, 3, 4, tzinfo=UTC)


def documents(number: int) -> list[str]:
    """Give so many requests."""
    references = [Reference(source="shop", kind="order", reference=f"{place:05}") for place in range(number)]
    return [json.dumps(request_document(a_request(reference=each))) for each in references]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where temporary files are made meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class TestTable:
    def test_is_written_in_a_time_that_grows_with_its_texts_alone(self) -> None:
        # All that a spreadsheet may pass over, and that is no separator, in one text without a formula.
        unseen = "".join(char for char in map(chr, range(0x3000)) if FIRST.match(f"{char}=") and not FIRST.match(char))
        assert {" ", '"', "\x1c", "\x1b", "\u200b"} <= {*unseen}

        for text in (unseen * 200, f";{unseen}" * 100, "; " * 5_000, "\t" * 5_000):
            (document,) = documents(1)
            _, line = csv_lines([json.dumps(json.loads(document) | {"summary": f"{text}a"})])
            assert line.decode().count(text.replace('"', '""')) == 1


class TestSpreadsheet:
    def test_goes_on_upon_another_sheet_with_a_head_of_its_own(self, folder: Path) -> None:
        with Spreadsheet(CREATED, most_rows=3) as spreadsheet:
            spreadsheet.add(documents(3))
            spreadsheet.add(documents(2))
            with spreadsheet.packed() as file:
                book = openpyxl.load_workbook(file)

        found = [[row[5].value for row in sheet.iter_rows()] for sheet in book.worksheets]
        assert found == [["reference", "00000", "00001"], ["reference", "00002", "00000"], ["reference", "00001"]]
        assert [cell.value for cell in book.worksheets[-1][1]] == list(COLUMNS)
        assert list(folder.iterdir()) == []

    def test_that_is_given_up_leaves_nothing_behind(self, folder: Path) -> None:
        with pytest.raises(KeyError), Spreadsheet(CREATED) as spreadsheet:
            spreadsheet.add(["{}"])

        assert list(folder.iterdir()) == []

    def test_waits_for_others_that_are_written(self, shared_site: Site) -> None:
        auditor, state = shared_site.auditor, shared_site.app.state
        state.spreadsheets = AT_A_TIME
        try:
            answer = auditor.get("/v1/held-requests.xlsx")
        finally:
            state.spreadsheets = 0

        problem(answer, 503, "busy")
        assert answer.headers["Retry-After"]
        for wrong in ({"kind": "No Kind"}, {}):
            assert auditor.get("/v1/held-requests.xlsx", params=wrong).status_code == (422 if wrong else 200)
        assert state.spreadsheets == 0
