"""Held requests by the command line: files go in, files come out, and wrong ones are said to be so in a line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.databases import migrate
from tests.e2e.server import PROGRAM, ROOT, bitacora, bitacora_here, complained

RECEIVED = "2025-03-04T07:30:00Z"
NOBODY = "00000000-0000-7000-8000-000000000000"


def a_line(number: int, **more: object) -> str:
    """Write a request without a cause."""
    said: dict[str, Any] = {"source": "shop", "kind": "order", "reference": f"order-{number}", "received_at": RECEIVED}
    return json.dumps({**said, "digest": f"{number:064x}", **more})


@pytest.fixture
def database(database: str) -> str:
    """The URL of a database that is migrated: nothing else creates it."""
    migrate(database)
    return database


class TestImport:
    def test_takes_a_file_and_the_same_again_as_repeats(self, database: str, tmp_path: Path) -> None:
        file = tmp_path / "requests.ndjson"
        file.write_text("\n".join(a_line(number) for number in range(1_500)), encoding="utf-8-sig")
        command = ("held", "import", str(file), "--database", database)

        first, again = bitacora(*command), bitacora(*command)

        assert (first.returncode, again.returncode) == (0, 0), first.stderr
        assert "1500 unassigned" in first.stdout
        assert "1500 repeat" in again.stdout
        assert "0 refused" in first.stdout
        assert first.stderr.splitlines() == [f"store: {database}"]

    def test_names_each_bad_line_and_keeps_the_good_ones(self, database: str, tmp_path: Path) -> None:
        file = tmp_path / "requests.ndjson"
        lines = [
            a_line(1).encode(),
            b"bad",
            b"",
            b'{"source": "\xff"}',
            a_line(2, digest="0").encode(),
            a_line(3).encode(),
        ]
        file.write_bytes(b"\n".join(lines))

        outcome = bitacora("held", "import", str(file), "--database", database)

        assert outcome.returncode == 1
        named = [line for line in outcome.stderr.splitlines() if line.startswith(f"{file}:")]
        assert [line.removeprefix(f"{file}:").split(":")[:2] for line in named] == [
            ["2", " malformed"],
            ["4", " malformed"],
            ["5", " invalid"],
        ]
        assert "2 unassigned" in outcome.stdout
        assert "3 refused" in outcome.stdout
        assert "Traceback" not in outcome.stderr

    def test_of_a_file_that_there_is_not_is_wrong_use(self, sqlite_url: str, tmp_path: Path) -> None:
        outcome = bitacora_here("held", "import", str(tmp_path / "nothing"), "--database", sqlite_url)

        complained(outcome, 2)


class TestExport:
    def test_gives_what_came_in_as_lines_and_as_a_table(self, database: str, tmp_path: Path) -> None:
        file = tmp_path / "requests.ndjson"
        file.write_text("\n".join([*(a_line(number) for number in range(600)), a_line(600, summary="=1+1")]))
        assert bitacora("held", "import", str(file), "--database", database).returncode == 0

        lines = bitacora("held", "export", "--database", database)
        table = bitacora("held", "export", "--format", "csv", "--cause", "unassigned", "--database", database)
        nothing = bitacora("held", "export", "--cause", f"incident:{NOBODY}", "--database", database)
        sheet = tmp_path / "requests.xlsx"
        with sheet.open("wb") as out:
            command = (*PROGRAM, "held", "export", "--format", "xlsx", "--database", database)
            subprocess.run(command, cwd=ROOT, stdout=out, check=True)

        documents = [json.loads(line) for line in lines.stdout.splitlines()]
        assert {each["reference"] for each in documents} == {f"order-{number}" for number in range(601)}
        assert {each["received_at"] for each in documents} == {RECEIVED}
        rows = list(csv.DictReader(io.StringIO(table.stdout, newline="")))
        assert [row["id"] for row in rows] == [each["id"] for each in documents]
        assert {row["summary"] for row in rows} == {"", "'=1+1"}
        assert (nothing.returncode, nothing.stdout) == (0, "")
        _, *cells = openpyxl.load_workbook(sheet).worksheets[0]["A"]
        assert [cell.value for cell in cells] == [each["id"] for each in documents]

    def test_of_what_is_no_cause_is_wrong_use(self, sqlite_url: str) -> None:
        for wrong in ("nobody", f"flood:{NOBODY}", "-" * 36):
            assert "cause" in complained(
                bitacora_here("held", "export", f"--cause={wrong}", "--database", sqlite_url), 2
            )
