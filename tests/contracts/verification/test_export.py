"""An export with entries is verified without a database: by its checkpoint, and a key that somebody trusts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infrastructure.event_log import recorder
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.notes import VerifierKey
from infrastructure.verification.exported_log import verify_export
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from tests.contracts.tampering import rows_of
from tests.contracts.verification.standing_log import StandingLog

Lines = list[dict[str, Any]]


def swapped(lines: Lines) -> None:
    lines[4], lines[5] = lines[5], lines[4]


def deleted(lines: Lines) -> None:
    del lines[7]


def cut(lines: Lines) -> None:
    del lines[-4:-1]


def said_otherwise(lines: Lines) -> None:
    lines[2]["actor"] = "token:eve"


def version_otherwise(lines: Lines) -> None:
    lines[2] |= {"version": 99, "data": {"anything": 1}}


def said_more(lines: Lines) -> None:
    lines[2]["comment"] = "and more"


def said_less(lines: Lines) -> None:
    del lines[2]["actor"]


def id_otherwise(lines: Lines) -> None:
    lines[2]["id"] = lines[3]["id"]


def data_otherwise(lines: Lines) -> None:
    lines[2]["data"]["more"] = True


def entry_otherwise(lines: Lines) -> None:
    lines[2]["entry"] = lines[2]["entry"].replace("labels", "lables")
    del lines[2]["data"]


def salt_otherwise(lines: Lines) -> None:
    entry = json.loads(lines[2]["entry"])
    entry["salt"] = f"{int(entry['salt'], 16) ^ 1:032x}"
    lines[2]["entry"] = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)


def written_otherwise(lines: Lines) -> None:
    lines[2]["entry"] = lines[2]["entry"].replace('{"aggregate_id":', '{ "aggregate_id":')


def appended(lines: Lines) -> None:
    lines.append(lines[0])


CHANGES: list[tuple[Callable[[Lines], None], str]] = [
    (swapped, "line 5: position 6 follows 4"),
    (deleted, "line 8: position 9 follows 7"),
    (cut, "the last ones are gone"),
    (said_otherwise, "line 3 of .*: its actor is not what its entry says"),
    (version_otherwise, "line 3 of .*: its version is not what its entry says"),
    (said_more, "line 3 of .*: it says comment, and its entry does not"),
    (said_less, "line 3 of .*: its actor is not what its entry says"),
    (id_otherwise, "line 3 of .*: its id is not what its entry says"),
    (data_otherwise, "line 3 of .*: its data is not what its entry says"),
    (entry_otherwise, "line 3 of .*: its data is not what its entry says"),
    (salt_otherwise, "at least one entry was changed"),
    (written_otherwise, "line 3 of .*: its entry is no entry of a log"),
    (appended, "something follows the checkpoint"),
]


class TestExport:
    def test_that_is_whole_is_said_so(self, standing_log: StandingLog, tmp_path: Path) -> None:
        sentence = verify_export(written(exported(standing_log), tmp_path), [key_of(standing_log)], advanced=ignore)

        assert f"has all {standing_log.size} events of the log {standing_log.older.checkpoint.origin}" in sentence

    @pytest.mark.parametrize(("change", "sentence"), CHANGES)
    def test_that_was_changed_is_found(
        self, change: Callable[[Lines], None], sentence: str, standing_log: StandingLog, tmp_path: Path
    ) -> None:
        lines = exported(standing_log)
        change(lines)

        with pytest.raises(LogMismatch, match=sentence):
            verify_export(written(lines, tmp_path), [key_of(standing_log)], advanced=ignore)

    def test_that_names_a_member_twice_is_found(self, standing_log: StandingLog, tmp_path: Path) -> None:
        file = written(exported(standing_log), tmp_path)
        file.write_bytes(file.read_bytes().replace(b'{"position": 3,', b'{"actor": "token:eve", "position": 3,', 1))

        with pytest.raises(LogMismatch, match=r"line 3 of .*: a member is named twice"):
            verify_export(file, [key_of(standing_log)], advanced=ignore)

    def test_is_trusted_by_no_other_key(self, standing_log: StandingLog, tmp_path: Path) -> None:
        key = VerifierKey(name=standing_log.older.checkpoint.origin, public=bytes(32))

        with pytest.raises(LogMismatch, match="not signed by the key that you gave"):
            verify_export(written(exported(standing_log), tmp_path), [key], advanced=ignore)

    def test_that_begins_later_is_refused(self, standing_log: StandingLog, tmp_path: Path) -> None:
        with pytest.raises(CannotVerify, match="it begins at position 3"):
            verify_export(written(exported(standing_log)[2:], tmp_path), [key_of(standing_log)], advanced=ignore)

    def test_without_entries_is_refused(self, standing_log: StandingLog, tmp_path: Path) -> None:
        lines = [{name: each[name] for name in each if name != "entry"} for each in exported(standing_log)]

        with pytest.raises(CannotVerify, match="export it with entries"):
            verify_export(written(lines, tmp_path), [key_of(standing_log)], advanced=ignore)

    def test_of_a_format_that_is_not_known_is_refused(self, standing_log: StandingLog, tmp_path: Path) -> None:
        with pytest.raises(CannotVerify, match="has the format other/9"):
            verify_export(written([{"format": "other/9"}], tmp_path), [key_of(standing_log)], advanced=ignore)

    @pytest.mark.parametrize("content", [b"\xff\xfe", b"\n", b"a letter\nof two lines\n", b"[]", b"[" * 5_000])
    def test_of_something_else_is_refused(self, content: bytes, standing_log: StandingLog, tmp_path: Path) -> None:
        file = tmp_path / "export"
        file.write_bytes(content)

        with pytest.raises(CannotVerify, match="is neither an export of a log nor a sealed page: it is no JSON"):
            verify_export(file, [key_of(standing_log)], advanced=ignore)

    def test_whose_first_line_was_spoiled_does_not_fit(self, standing_log: StandingLog, tmp_path: Path) -> None:
        file = written(exported(standing_log), tmp_path)
        file.write_bytes(file.read_bytes()[1:])

        with pytest.raises(LogMismatch, match=r"line 1 of .* is no JSON"):
            verify_export(file, [key_of(standing_log)], advanced=ignore)


def exported(log: StandingLog) -> Lines:
    """Export a log with its entries."""
    events = log.program.facade.queries.events.all(0, log.size)
    salts = [leaf[1] for leaf in rows_of(log.store, "event_leaves")]
    with log.store.reading_log() as connection:
        rows = recorder.rows(connection, after=0, limit=log.size)
    lines: Lines = [
        {**event, "entry": to_entry(row, bytes(salt)).decode()}  # type: ignore[arg-type]
        for event, row, salt in zip(events, rows, salts, strict=True)
    ]
    return [*lines, {"checkpoint": str(log.older.note)}]


def written(lines: Lines, folder: Path) -> Path:
    """Write lines into a file."""
    file = folder / "export.ndjson"
    file.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    return file


def key_of(log: StandingLog) -> VerifierKey:
    """Give the key of a log."""
    key = log.program.bitacora.signer.verifier_key()
    assert key is not None
    return key


def ignore(_count: int) -> None:
    """Show no progress."""
