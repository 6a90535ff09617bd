"""Held requests as lines: JSON, or a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from application.document import Document

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for a formula; a quote before it lets it be a text (OWASP, CSV injection)."""

COLUMNS: dict[str, Callable[[Document], Any]] = {
    "id": lambda it: it["id"],
    "cause_type": lambda it: _of(it["cause"], "type"),
    "cause_id": lambda it: _of(it["cause"], "id"),
    "source": lambda it: it["source"],
    "kind": lambda it: it["kind"],
    "reference": lambda it: it["reference"],
    "received_at": lambda it: it["received_at"],
    "handed_in_at": lambda it: it["handed_in_at"],
    "digest": lambda it: it["digest"],
    "summary": lambda it: it["summary"],
    "repeats": lambda it: it["repeats"],
    "changes": lambda it: it["changes"],
    "state": lambda it: it["state"],
    "policy": lambda it: _of(it["policy"], "policy"),
    "due": lambda it: it["due"],
    "attempts": lambda it: it["attempts"],
    "last_result": lambda it: _of(it["attempt"], "result"),
    "evidence": lambda it: len(it["evidence"]),
    "suggested": lambda it: " ".join(it["suggested"]),
    "claimed_by": lambda it: _of(it["claim"], "person"),
    "decided_by": lambda it: _of(it["decision"], "person"),
    "decision_note": lambda it: _of(it["decision"], "note"),
    "signed_by": lambda it: _of(_of(it["decision"], "signature"), "person"),
    "outcome": lambda it: _of(it["settlement"], "outcome"),
    "settled_by": lambda it: _of(it["settlement"], "by"),
    "settled_at": lambda it: _of(it["settlement"], "settled_at"),
    "reopenings": lambda it: it["reopenings"],
}
"""The columns of the table, and where their values come from."""


def ndjson_lines(documents: Iterable[str]) -> Iterator[bytes]:
    """Write one document a line."""
    for document in documents:
        yield document.encode() + b"\n"


def csv_lines(documents: Iterable[str]) -> Iterator[bytes]:
    """Write a table (RFC 4180) with a head line; every value is quoted, whatever separates them for a reader."""
    yield _line(list(COLUMNS))
    for text in documents:
        document = json.loads(text)
        yield _line([value(document) for value in COLUMNS.values()])


def _line(values: list[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([_harmless(value) for value in values])
    return buffer.getvalue().encode()


def _harmless(value: Any) -> Any:  # noqa: ANN401 - any value of a document
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value


def _of(part: Document | None, name: str) -> Any:  # noqa: ANN401 - any value of a document
    return None if part is None else part[name]
