"""Held requests as lines: JSON, or a table for spreadsheets."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import IO, TYPE_CHECKING

from application.ledger.documents import parse_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from application.ledger.documents import HeldRequestDocument

CHUNK = 64 * 1024
SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
"""How a formula begins in a spreadsheet, in ASCII or full width (OWASP, CSV injection)."""
UNSEEN = r"[^\S\t\r\n]|[\"\x00-\x08\x0e-\x1b\u200b-\u200f\u2060\ufeff]"
"""What a spreadsheet may pass over before that, and what separates no cells; nothing is in both of the sets."""
FIRST = re.compile(rf"[\t\r\n]|(?:{UNSEEN})*{SIGNS}")
INNER = re.compile(rf"([,;|\t\r\n])((?:{UNSEEN})*)(?={SIGNS})|( )(?={SIGNS}\S)")
"""A cell that would begin within a text, if a spreadsheet split it there, by whichever separator it was told to."""

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
    "received_again_at": lambda it: it["received_again_at"],
    "opened_again_at": lambda it: it["opened_again_at"],
    "merged_into": lambda it: it["merged_into"],
}
"""The columns of the table, and where in a document their values are."""


def ndjson_lines(documents: Iterable[str]) -> Iterator[bytes]:
    """Write one document a line."""
    for document in documents:
        yield document.encode() + b"\n"


def csv_lines(documents: Iterable[str], *, separator: str = ",", mark: bool = False) -> Iterator[bytes]:
    """Write a table (RFC 4180, but for the ``separator``) with a head line, and with a byte order ``mark`` before it.

    Every cell is quoted. Whatever a spreadsheet takes for a separator, no cell begins as a formula does: a quote stands
    before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL)

    def line(values: Iterable[object]) -> bytes:
        writer.writerow(values)
        written = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return written

    yield (codecs.BOM_UTF8 if mark else b"") + line(COLUMNS)
    for row in rows(documents):
        yield line(map(_harmless, row))


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file piece by piece, and close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def rows(documents: Iterable[str]) -> Iterator[list[object]]:
    """Give the cells of each document, in the order of the columns; None where there is nothing."""
    for text in documents:
        document = parse_request(text)
        yield [value(document) for value in COLUMNS.values()]


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    inside = INNER.sub(r"\1\3'\2", value)
    return f"'{inside}" if FIRST.match(value) else inside
