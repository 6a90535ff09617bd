"""Held requests as a spreadsheet (Office Open XML) whose every cell is a text, so that all stays what it is."""

from __future__ import annotations

from contextlib import ExitStack
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Self, cast

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from api.ledger.exports import COLUMNS, rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MOST_ROWS = 1_048_576
"""How many rows a sheet has, its head included; what does not fit stands on the next sheet."""
WIDTH = 20
TEXT = {"num_format": "@"}


class Spreadsheet:
    """One that is being written: row by row into files, so that it takes no more memory the longer it gets.

    It is a context manager, which lets go of the files that it is put together from.
    """

    def __init__(self, created: datetime, *, most_rows: int = MOST_ROWS) -> None:
        """Begin one as of then, with so many rows on a sheet."""
        self._most_rows = most_rows
        self._files = ExitStack()
        self._packed: IO[bytes] = TemporaryFile()  # noqa: SIM115 - whoever is handed the file closes it
        folder = self._files.enter_context(TemporaryDirectory(prefix="bitacora-xlsx-"))
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        self._book = Workbook(self._packed, options)
        self._book.set_properties({"created": created})
        self._text = self._book.add_format(TEXT)
        self._sheets: list[TextSheet] = []
        self._row = 0
        self._begin_sheet()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        for sheet in self._sheets:
            sheet.let_go()
        self._files.close()
        if failure is not None:
            self._packed.close()

    def add(self, documents: Iterable[str]) -> None:
        """Write a row for each document; what is empty has no cell."""
        for row in rows(documents):
            self._row += 1
            if self._row == self._most_rows:
                self._begin_sheet()
                self._row = 1
            self._write(row)

    def packed(self) -> IO[bytes]:
        """End it, and give it as a file, to be read and closed."""
        self._book.close()
        self._packed.seek(0)
        return self._packed

    def _begin_sheet(self) -> None:
        name = f"held requests {len(self._sheets) + 1}"
        sheet = cast("TextSheet", self._book.add_worksheet(name, TextSheet))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, WIDTH, self._text)
        # Whoever opens it is not asked whether the numbers should be numbers.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        self._sheets.append(sheet)
        self._row = 0
        self._write(COLUMNS)

    def _write(self, values: Iterable[object]) -> None:
        sheet = self._sheets[-1]
        for column, value in enumerate(values):
            if value is not None and value != "":
                sheet.write_string(self._row, column, str(value))


class TextSheet(Worksheet):
    """A sheet without formatted text: the library takes every text that looks like its own markup for that."""

    def let_go(self) -> None:
        """Close the file that its rows are written into, unless it is closed."""
        self._opt_close()

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:  # noqa: ANN401 - as the library has it
        self._xml_inline_string(string, preserve=True, attributes=attributes)
