"""Held requests as lines: JSON, or a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from application.ledger.documents import parse_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from application.ledger.documents import HeldRequestDocument

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula begins in a spreadsheet; a quote before it makes it a text (OWASP, CSV injection)."""

COLUMNS: dict[str, Callable[[HeldRequestDocument], object]] = {
    "id": lambda it: it["id"],
    "cause_type": lambda it: it["cause"] and it["cause"]["type"],
    "cause_id": lambda it: it["cause"] and it["cause"]["id"],
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
    "policy": lambda it: it["policy"] and it["policy"]["policy"],
    "due": lambda it: it["due"],
    "attempts": lambda it: it["attempts"],
    "last_result": lambda it: it["attempt"] and it["attempt"]["result"],
    "evidence": lambda it: len(it["evidence"]),
    "suggested": lambda it: " ".join(it["suggested"]),
    "claimed_by": lambda it: it["claim"] and it["claim"]["person"],
    "decided_by": lambda it: it["decision"] and it["decision"]["person"],
    "decision_note": lambda it: it["decision"] and it["decision"]["note"],
    "signed_by": lambda it: it["decision"] and it["decision"]["signature"] and it["decision"]["signature"]["person"],
    "outcome": lambda it: it["settlement"] and it["settlement"]["outcome"],
    "settled_by": lambda it: it["settlement"] and it["settlement"]["by"],
    "settled_at": lambda it: it["settlement"] and it["settlement"]["settled_at"],
    "reopenings": lambda it: it["reopenings"],
    "labels": lambda it: " ".join(it["labels"]),
    "notes": lambda it: it["notes_count"],
}
"""The columns of the table, and where in a document their values are."""


def ndjson_lines(documents: Iterable[str]) -> Iterator[bytes]:
    """Write one document a line."""
    for document in documents:
        yield document.encode() + b"\n"


def csv_lines(documents: Iterable[str]) -> Iterator[bytes]:
    """Write a table (RFC 4180) with a head line; every value is quoted, whatever separates them for a reader."""
    yield _line(list(COLUMNS))
    for text in documents:
        document = parse_request(text)
        yield _line([value(document) for value in COLUMNS.values()])


def _line(values: Iterable[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([_harmless(value) for value in values])
    return buffer.getvalue().encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value
