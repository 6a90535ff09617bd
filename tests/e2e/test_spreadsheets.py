"""What is exported, opened in LibreOffice: it makes no formula of a text, and no number of a reference."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from api.ledger.exports import chunks_of, csv_lines
from api.ledger.spreadsheet import Spreadsheet
from application.ledger.documents import request_document
from domain.ledger.held_request import Reference
from tests.domain.request_builders import a_request
from tests.e2e.server import DEADLINE_SECONDS

TEXTS = (
    *("00123", "1234567890123456789", "zażółć 😀", "2021-03-09", "1e5", "<r>&</r>", " spaced "),
    *("=1+1", "a;=1+1;", "a\t=1+1\tb", "a|=1+1|", "a =1+1 b", "a,=1+1,b", 'a;"=1+1', "a\n=1+1\nb"),
)
"""What a spreadsheet makes something else of, unless it is a text, and formulas behind each separator."""
EVERY_SEPARATOR, UNQUOTED, QUOTED, UTF_8 = "44/59/9/124/32", 0, 34, 76
"""As LibreOffice names them: comma, semicolon, tabulator, vertical bar and blank, each of which separates cells."""


def documents() -> Iterator[str]:
    """Give requests with these references."""
    for text in TEXTS:
        yield json.dumps(request_document(a_request(reference=Reference(source="shop", kind="order", reference=text))))


def converted(program: str, folder: Path, to: str, *files: Path, read_as: str = "") -> list[str]:
    """Let LibreOffice read files, and write what it took them for."""
    options = [f"-env:UserInstallation={(folder / 'profile').as_uri()}", f"--infilter={read_as}"]
    subprocess.run(
        [
            program,
            "--headless",
            *options[: 2 if read_as else 1],
            "--convert-to",
            to,
            "--outdir",
            folder / "out",
            *files,
        ],
        check=True,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
    )
    found = [folder / "out" / f"{file.stem}.{to.partition(':')[0]}" for file in files]
    return [file.read_bytes().decode() for file in found]


def test_the_spreadsheet_keeps_every_text(office_program: str, tmp_path: Path) -> None:
    file = tmp_path / "sheet.xlsx"
    with Spreadsheet(datetime(2025, 3, 4, tzinfo=UTC)) as spreadsheet:
        spreadsheet.add(documents())
        file.write_bytes(b"".join(chunks_of(spreadsheet.packed())))

    (sheet,) = converted(office_program, tmp_path, f"csv:Text - txt - csv (StarCalc):44,{QUOTED},{UTF_8}", file)

    assert [row["reference"] for row in csv.DictReader(io.StringIO(sheet, newline=""))] == list(TEXTS)


def test_the_table_has_no_formula_wherever_it_is_split(office_program: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.csv" for name in ("comma", "semicolon", "tab", "planted")]
    for file, separator in zip(files, (",", ";", "\t"), strict=False):
        file.write_bytes(b"".join(csv_lines(documents(), separator=separator, mark=True)))
    files[-1].write_text('"a;=1+1;b"\n')

    *tables, planted = converted(
        office_program, tmp_path, "fods", *files, read_as=f"CSV:{EVERY_SEPARATOR},{UNQUOTED},{UTF_8}"
    )

    assert ["table:formula" in table for table in tables] == [False] * 3
    assert "table:formula" in planted
