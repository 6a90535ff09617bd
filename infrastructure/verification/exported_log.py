"""Verifies an export of a whole log, without a database: lines of JSON, each with the entry that was hashed.

The last line is ``{"checkpoint": "…"}``, of exactly as many events.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any
from uuid import UUID

from application.audit.sealing import FORMAT
from application.errors import CorruptEvent
from application.registry import event_types
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.merkle import Frontier, leaf_hash
from infrastructure.transparency.notes import BadNote, require_signed
from infrastructure.verification.entry_checks import BadEntry, StoredEntry, parse_entry, read_once, require_said
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from infrastructure.verification.sealed_pages import verify_sealed_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from infrastructure.transparency.notes import VerifierKey

LARGEST = 64 * 1024 * 1024
"""How many bytes of a document that is laid out over many lines are read."""
MEMBERS = (b'"entry"', b'"checkpoint"', b'"position"')
"""By which a line of an export is known, even where it was changed."""
LOGGED_EVENTS = 500
"""After how many lines it is told how many there were."""


def verify_export(file: Path, keys: Sequence[VerifierKey], *, advanced: Callable[[int], None]) -> str:
    """Verify what was exported, by keys that are trusted, and say in words what it is.

    ``advanced`` gets the number of lines of each part.

    Raises:
        LogMismatch: naming the first line that does not fit.
        CannotVerify: if it is no such file.
    """
    try:
        with file.open("rb") as lines:
            first = lines.readline()
            # A document may have been laid out over many lines.
            document = _document_of(first if len(first.strip()) > 1 else first + lines.read(LARGEST))
            if document is not None and document["format"] != FORMAT:
                raise CannotVerify(f"{file} has the format {document['format']}, which this program does not know")
            if document is not None:
                return verify_sealed_page(document, keys, str(file))
            lines.seek(0)
            return _verify_lines(file, lines, keys, advanced)
    except OSError as error:
        raise CannotVerify(f"{file} cannot be read: {error.strerror or error}") from error


def _document_of(text: bytes) -> dict[str, Any] | None:
    """Read a file that is one document which says its format, as a sealed page does; None if it is none."""
    try:
        found = read_once(text)
    except BadEntry:
        return None
    return found if "format" in found else None


def _verify_lines(
    file: Path, lines: Iterable[bytes], keys: Sequence[VerifierKey], advanced: Callable[[int], None]
) -> str:
    mapper = TypedMapper(event_types())
    tree, versions, time, note = Frontier(), dict[bytes, int](), "", None
    for number, line in enumerate(lines, 1):
        if note is not None:
            raise LogMismatch(f"line {number}: something follows the checkpoint, which is the last line")
        document = _document(number, line, file)
        if "checkpoint" in document:
            note = str(document["checkpoint"])
            continue
        entry = _entry(number, document, file, mapper)
        _require_next(number, entry, versions, time)
        tree.append(leaf_hash(str(document["entry"]).encode()))
        time = entry.recorded_at
        if number % LOGGED_EVENTS == 0:
            advanced(LOGGED_EVENTS)
    if note is None:
        raise CannotVerify(f"{file} has no checkpoint at its end: it was cut off, or was exported without entries")
    checkpoint = _signed(note, keys)
    if checkpoint.size != tree.size:
        what = "the last ones are gone" if checkpoint.size > tree.size else "some were added"
        raise LogMismatch(f"{file} has {tree.size} events, and its checkpoint {checkpoint.size}: {what}")
    if checkpoint.root != tree.root:
        raise LogMismatch(
            f"the {tree.size} events of {file} are not those that were signed: their root is another one than that of "
            "the checkpoint, so that at least one entry was changed"
        )
    return (
        f"{file} has all {tree.size:,} events of the log {checkpoint.origin} up to its checkpoint, each as it was "
        f"recorded, signed by the key that you gave. Root: {b64encode(tree.root).decode()}"
    )


def _document(number: int, line: bytes, file: Path) -> dict[str, Any]:
    try:
        return read_once(line)
    except BadEntry as error:
        if number == 1 and not any(member in line for member in MEMBERS):
            raise CannotVerify(f"{file} is neither an export of a log nor a sealed page: {error}") from None
        raise LogMismatch(f"line {number} of {file}: {error}", position=number) from None


def _entry(number: int, document: dict[str, Any], file: Path, mapper: TypedMapper) -> StoredEntry:
    if not isinstance(document.get("entry"), str):
        raise CannotVerify(f"line {number} of {file} has no entry: export it with entries, as in ?entries=true")
    try:
        entry = parse_entry(document["entry"])
        require_said(entry, document, mapper)
    except BadEntry as error:
        raise LogMismatch(f"line {number} of {file}: {error}", position=number) from None
    except CorruptEvent as error:
        raise CannotVerify(f"line {number} of {file} was written by a newer program: {error}") from None
    return entry


def _require_next(number: int, entry: StoredEntry, versions: dict[bytes, int], time: str) -> None:
    if entry.position != number:
        if number == 1:
            raise CannotVerify(
                f"it begins at position {entry.position}: only an export from the first event on is whole"
            )
        raise LogMismatch(
            f"line {number}: position {entry.position} follows {number - 1}: events are missing, or were moved",
            position=number,
        )
    id = UUID(entry.aggregate_id).bytes
    before = versions.get(id, 0)
    if entry.aggregate_version != before + 1:
        raise LogMismatch(
            f"position {number}: it is version {entry.aggregate_version} of {entry.aggregate_id}, and version "
            f"{before} comes before it",
            position=number,
        )
    if entry.recorded_at < time:
        raise LogMismatch(
            f"position {number}: its time is {entry.recorded_at}, before that of the event before it, {time}",
            position=number,
        )
    versions[id] = entry.aggregate_version


def _signed(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    try:
        checkpoint = Checkpoint.parse(require_signed(note, keys).text)
    except BadNote as error:
        raise LogMismatch(f"the checkpoint is not signed by the key that you gave: {error}") from None
    names = {key.name for key in keys}
    if checkpoint.origin not in names:
        raise LogMismatch(f"the checkpoint is of the log {checkpoint.origin}, and the key of {', '.join(names)}")
    return checkpoint
