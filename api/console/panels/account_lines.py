"""Accounts as people have them, a table (CSV) or JSON, as lines that the route takes."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence

from api.http.answers import JSON
from api.http.ndjson import NDJSON

COLUMNS = ("account", "created_on", "note")
"""The columns of a table; one without a row of headings has them in this order."""
SEPARATORS = (";", "\t", ",")


def to_lines(text: str, head: str = "") -> tuple[bytes, str]:
    """Give the body for the route, and its media type.

    A line of the body is the line of ``text`` of the same number, so that what is said of one can be found. ``head`` is
    the first line of the file of which ``text`` is a piece; empty if it begins with it.
    """
    beginning = text.lstrip("\ufeff").lstrip()
    if beginning.startswith("["):
        return beginning.encode(), JSON
    if beginning.startswith("{"):
        return text.lstrip("\ufeff").encode(), NDJSON
    return "\n".join(_table(text.lstrip("\ufeff"), head.lstrip("\ufeff"))).encode(), NDJSON


def _table(text: str, head: str) -> list[str]:
    """Read a table: a row becomes the last of its lines, and the others are left blank."""
    first = (head or text.lstrip("\n")).split("\n", 1)[0]
    separator = next((each for each in SEPARATORS if each in first), ",")
    headings = [each.strip().lower() for each in next(csv.reader([first], delimiter=separator), [])]
    has_headings = COLUMNS[0] in headings
    columns = headings if has_headings else COLUMNS
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    found: list[str] = []
    for row in reader:
        found += [""] * (reader.line_num - len(found))
        is_heading = has_headings and [each.strip().lower() for each in row] == headings
        if any(each.strip() for each in row) and not is_heading:
            found[-1] = json.dumps(_object(columns, row), ensure_ascii=False)
    return found


def _object(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Name the cells of a row that are filled in; one beyond the columns has a name that the route refuses."""
    names = [*columns, *(f"column {place}" for place in range(len(columns) + 1, len(row) + 1))]
    return {name: value.strip() for name, value in zip(names, row, strict=False) if value.strip()}
