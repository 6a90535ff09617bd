"""What is exported, opened in LibreOffice: it makes no formula of a text, and no number of a reference."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.databases import migrate
from tests.e2e.server import DEADLINE_SECONDS, PROGRAM, ROOT, bitacora

KEPT = ("00123", "1234567890123456789", "zażółć 😀", "2021-03-09", "1e5", "=1+1", "<r>&</r>")
"""What a spreadsheet makes something else of, unless it is a text."""
HIDDEN = ("=1+1", "a;=1+1;", "a\t=1+1\tb", "a|=1+1|", "a =1+1 b", "a,=1+1,b", 'a;"=1+1', "a\n=1+1\nb")
EVERY_SEPARATOR = "44/59/9/124/32"
"""Comma, semicolon, tabulator, vertical bar and blank, as LibreOffice names them."""
QUOTED, UNQUOTED = 34, 0
UTF_8, FROM_LINE = 76, 1
ONE_SHEET = f"44,{QUOTED},{UTF_8},{FROM_LINE},,0,false,true,false"


@pytest.fixture
def database(sqlite_url: str) -> str:
    """The URL of a database that is migrated: nothing else creates it."""
    migrate(sqlite_url)
    return sqlite_url


def converted(program: str, folder: Path, to: str, *files: Path, read_as: str | None = None) -> list[Path]:
    """Let LibreOffice read files, and write what it took them for."""
    out = folder / "out"
    subprocess.run(
        [
            program,
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *([] if read_as is None else [f"--infilter={read_as}"]),
            "--convert-to",
            to,
            "--outdir",
            str(out),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
    )
    return [out / f"{file.stem}.{to.partition(':')[0]}" for file in files]


def exported(database: str, file: Path, *how: str) -> Path:
    """Export all held requests into a file."""
    with file.open("wb") as out:
        command = [*PROGRAM, "held", "export", "--database", database, *how]
        subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, check=True, timeout=DEADLINE_SECONDS)
    return file


def test_are_read_by_libreoffice_as_they_are(database: str, office_program: str, tmp_path: Path) -> None:
    lines = tmp_path / "requests.ndjson"
    requests = [*((text, None) for text in KEPT), *((f"hidden-{n}", text) for n, text in enumerate(HIDDEN))]
    said = {"source": "shop", "kind": "order", "received_at": "2025-03-04T07:30:00Z", "digest": "0" * 64}
    lines.write_text("\n".join(json.dumps(said | {"reference": name, "summary": text}) for name, text in requests))
    imported = bitacora("held", "import", str(lines), "--database", database)
    assert imported.returncode == 0, imported.stderr

    (sheet,) = converted(
        office_program,
        tmp_path,
        f"csv:Text - txt - csv (StarCalc):{ONE_SHEET}",
        exported(database, tmp_path / "sheet.xlsx", "--format", "xlsx"),
    )
    rows = list(csv.DictReader(sheet.open(encoding="utf-8", newline="")))
    assert {row["reference"] for row in rows} == {name for name, _ in requests}
    assert {row["summary"] for row in rows} == {"", *HIDDEN}

    planted = tmp_path / "planted.csv"
    planted.write_text('"a;=1+1;b"\n')
    tables = [
        exported(database, tmp_path / f"{separator}.csv", "--format", "csv", "--separator", separator, "--bom")
        for separator in ("comma", "semicolon", "tab")
    ]
    for quote in (QUOTED, UNQUOTED):
        read_as = f"CSV:{EVERY_SEPARATOR},{quote},{UTF_8},{FROM_LINE}"
        *read, found = converted(office_program, tmp_path, "fods", *tables, planted, read_as=read_as)
        assert [file.stem for file in read if "table:formula" in file.read_text(encoding="utf-8")] == []
    assert "table:formula" in found.read_text(encoding="utf-8")
