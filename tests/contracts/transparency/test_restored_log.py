"""Restored is not forged: a log that lost events begins a new tree, and says so before anything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.caller import BY_CONSOLE
from domain.audit.log_notice import Restored
from infrastructure.backup import back_up
from infrastructure.bootstrap import Bitacora
from infrastructure.checkpoints.kept_outside import CheckpointFile
from infrastructure.checkpoints.signing_key import find_or_make_key
from infrastructure.event_log.schema import log_identity
from infrastructure.restore import RestoredStore, RestoreOptions, adopt, restore
from infrastructure.settings import Settings
from infrastructure.store.base import StoreNotRestored
from infrastructure.store.sqlite import SQLiteStore
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import sign
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import read_hashes
from infrastructure.verification.heads import Head
from infrastructure.verification.heads import kept_outside as read_outside
from infrastructure.verification.log_verification import LogComparison, verify_log
from infrastructure.verification.mismatch import LogMismatch
from tests.application.program import FrozenClock, Program, at, running
from tests.contracts.copies import SILENT
from tests.contracts.older_logs import back_up as copied
from tests.contracts.older_logs import put_back
from tests.contracts.tampering import edit

ORIGIN = "127.0.0.1:8080/log"


class TestBackupOfAShorterLog:
    def test_begins_a_new_tree_and_its_next_event_says_so(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "backup")
            register(program, 3)
            note = signed(program)
            leaves = leaves_of(program)

        done = restored(sqlite_url, tmp_path / "backup", force=True)

        assert done.continuation.said[0].startswith("3 events were lost: the newest checkpoint (")
        assert "has 4 of 127.0.0.1:8080/log, the backup has 1" in done.continuation.said[0]
        assert done.continuation.origin == f"{ORIGIN}/2"
        with signing(sqlite_url) as program:
            assert program.recorded() == ["component.registered", "log.restored"]
            event = program.events()[1]
            assert isinstance(event, Restored)
            assert (event.origin, event.kept, event.previous_origin) == (f"{ORIGIN}/2", 1, ORIGIN)
            assert (event.previous_size, event.checkpoint) == (4, note)
            assert leaves_of(program)[:1] == leaves[:1]
            register(program, 1)
            assert Checkpoint.parse(signed(program)).origin == f"{ORIGIN}/2"
            assert Checkpoint.parse(signed(program)).size == 3

    def test_records_it_before_what_the_clock_does(self, sqlite_url: str, tmp_path: Path) -> None:
        clock = FrozenClock(at("10:00"))
        with signing(sqlite_url, clock) as program:
            program.register()
            program.fire()
            kept = saved(sqlite_url, tmp_path / "backup")
            register(program, 1)
            signed(program)
        restored(sqlite_url, tmp_path / "backup", force=True)

        clock.show(at("11:00"))
        with signing(sqlite_url, clock) as program:
            program.do(lambda log: log.position)

            assert program.recorded()[kept] == "log.restored"
            assert "incident.published" in program.recorded()[kept:]

    def test_after_another_one_begins_the_third_tree(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "backup")
            register(program, 1)
            signed(program)
        for number in (2, 3):
            restored(sqlite_url, tmp_path / "backup", force=True)
            with signing(sqlite_url) as program:
                register(program, number)
                assert Checkpoint.parse(signed(program)).origin == f"{ORIGIN}/{number}"
                assert program.recorded()[1] == "log.restored"

    def test_never_begins_a_tree_that_a_restore_before_it_has_begun(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "backup")
            register(program, 1)
            signed(program)
            outside = kept_outside(program)
        restored(sqlite_url, tmp_path / "backup", force=True)
        with signing(sqlite_url) as program:
            register(program, 2)
            assert Checkpoint.parse(signed(program)).origin == f"{ORIGIN}/2"
        outside.unlink()

        # Nobody opens the log in between.
        origins = [restored(sqlite_url, tmp_path / "backup", force=True).continuation.origin for _ in range(2)]
        origins.append(adopted(sqlite_url).continuation.origin)

        assert origins == [f"{ORIGIN}/{number}" for number in (3, 4, 5)]
        with signing(sqlite_url) as program:
            assert Checkpoint.parse(signed(program)).origin == f"{ORIGIN}/5"

    def test_is_verified_as_such_also_before_it_is_opened(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "backup")
            register(program, 2)
            signed(program)
        restored(sqlite_url, tmp_path / "backup", force=True)

        with closing(assembled(sqlite_url)) as store:
            comparison, mapper = LogComparison(outside=kept(store)), mapper_of(sqlite_url)
            with pytest.raises(LogMismatch, match="the last 2 are gone") as found:
                verify_log(store, mapper, comparison, advanced=lambda _count, _total: None)

        assert found.value.__notes__ == [
            "a backup took its place, which the next program that opens it records; verify it then"
        ]

    def test_from_before_there_was_a_tree_begins_a_new_one(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            register(program, 3)
            saved(sqlite_url, tmp_path / "backup")
            signed(program)
        without_tree(f"sqlite:///{tmp_path / 'backup'}")

        done = restored(sqlite_url, tmp_path / "backup")

        assert "from before the log had a tree" in done.continuation.said[0]
        with signing(sqlite_url) as program:
            assert program.recorded()[3:] == ["log.restored"]
            assert Checkpoint.parse(signed(program)) == Checkpoint(f"{ORIGIN}/2", 4, root_of(program))


class TestBackupThatLacksNothing:
    def test_goes_on_under_its_name(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            register(program, 2)
            signed(program)
            register(program, 1, begin=2)
            saved(sqlite_url, tmp_path / "backup")
            register(program, 1, begin=3)

        done = restored(sqlite_url, tmp_path / "backup", force=True)

        assert done.continuation.said[0].startswith("nothing was lost that a checkpoint tells of")
        assert "1 event more" in done.continuation.said[1]
        with signing(sqlite_url) as program:
            assert program.recorded() == ["component.registered"] * 3
            assert Checkpoint.parse(signed(program)).origin == ORIGIN

    def test_goes_on_though_no_checkpoint_is_known(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            register(program, 2)
            saved(sqlite_url, tmp_path / "backup")

        done = restored(sqlite_url, tmp_path / "backup")

        assert done.continuation.said[0] == "nothing was lost: it has every event of the log that was there"
        with signing(sqlite_url) as program:
            assert program.recorded() == ["component.registered"] * 2


class TestBackupOfWhichNothingIsKnown:
    def test_begins_a_new_tree_in_an_empty_place(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            register(program, 2)
            saved(sqlite_url, tmp_path / "backup")
        place = f"sqlite:///{tmp_path / 'elsewhere' / 'place.sqlite3'}"

        done = restored(place, tmp_path / "backup")

        assert done.continuation.said[0].startswith("it cannot be told how much was lost: no checkpoint")
        with signing(place) as program:
            event = program.events()[2]
            assert isinstance(event, Restored)
            assert (event.origin, event.previous_size, event.checkpoint) == (f"{ORIGIN}/2", None, None)

    def test_is_compared_with_a_checkpoint_that_is_given(self, sqlite_url: str, tmp_path: Path) -> None:
        given, place = tmp_path / "given", f"sqlite:///{tmp_path / 'elsewhere' / 'place.sqlite3'}"
        with signing(sqlite_url) as program:
            register(program, 2)
            given.write_text(signed(program))
            saved(sqlite_url, tmp_path / "backup")

        done = restored(place, tmp_path / "backup", checkpoint=given)

        assert done.continuation.origin == ORIGIN
        with signing(place) as program:
            # It has a key of its own.
            assert program.recorded() == [*["component.registered"] * 2, "log.key_rotated"]

    def test_does_not_trust_a_kept_checkpoint_that_no_known_key_has_signed(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        with signing(sqlite_url) as program:
            register(program, 2)
            signed(program)
            saved(sqlite_url, tmp_path / "backup")
            kept = kept_outside(program)
        kept.write_text(forged(Checkpoint(ORIGIN, 1, bytes(32))))

        done = restored(sqlite_url, tmp_path / "backup")

        assert f"the checkpoint of {kept} does not count" in done.continuation.said[0]
        assert done.continuation.origin == f"{ORIGIN}/2"


class TestBackupOfAnotherHistory:
    def test_is_refused_unless_forced(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            program.register()
            saved(sqlite_url, tmp_path / "before")
            register(program, 4)
            saved(sqlite_url, tmp_path / "one")
        restored(sqlite_url, tmp_path / "before", force=True)
        with signing(sqlite_url) as program:
            signed(program)
            count = len(program.recorded())

        with pytest.raises(StoreNotRestored, match="of another history"):
            restored_beside(tmp_path, tmp_path / "one")
        done = restored(sqlite_url, tmp_path / "one", force=True)

        assert count == 2
        assert done.continuation.origin == f"{ORIGIN}/3"
        with signing(sqlite_url) as program:
            assert program.recorded()[5:] == ["log.restored"]

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            ("no note", "no checkpoint"),
            (None, "none of the known keys has signed it"),
        ],
    )
    def test_is_not_told_by_a_file_that_nobody_known_has_signed(
        self, sqlite_url: str, tmp_path: Path, content: str | None, word: str
    ) -> None:
        given = tmp_path / "given"
        given.write_text(content or forged(Checkpoint(ORIGIN, 1, bytes(32))))
        with signing(sqlite_url) as program:
            register(program, 1)
            saved(sqlite_url, tmp_path / "backup")

        with pytest.raises(StoreNotRestored, match=word):
            restored(sqlite_url, tmp_path / "backup", checkpoint=given, force=True)

    def test_may_have_been_made_from_the_same_events(self, sqlite_url: str, tmp_path: Path) -> None:
        with signing(sqlite_url) as program:
            register(program, 3)
            signed(program)
            saved(sqlite_url, tmp_path / "backup")
        # Whoever rewrites a log and its tree cannot make its old checkpoints fit.
        without_tree(f"sqlite:///{tmp_path / 'backup'}")
        with running(f"sqlite:///{tmp_path / 'backup'}"):
            pass

        with pytest.raises(StoreNotRestored, match="of another history"):
            restored(sqlite_url, tmp_path / "backup")


class TestBackupThatWasEdited:
    @pytest.mark.parametrize(
        ("statement", "word"),
        [
            ("UPDATE stored_events SET recorded_at = '2025-03-04T09:00:00.000000Z' WHERE position = 2", "position 2"),
            ("UPDATE event_leaves SET salt = zeroblob(16) WHERE position = 3", "position 3"),
            ("DELETE FROM event_leaves WHERE position = 2", "lacks"),
            ("DELETE FROM stored_events WHERE position = 4", "the tree has 4"),
            ("INSERT INTO event_leaves VALUES (5, zeroblob(16), zeroblob(32))", "the tree has 5"),
        ],
    )
    def test_is_refused(self, sqlite_url: str, tmp_path: Path, statement: str, word: str) -> None:
        with signing(sqlite_url) as program:
            register(program, 4)
            saved(sqlite_url, tmp_path / "backup")
        edit(f"sqlite:///{tmp_path / 'backup'}", statement)

        with pytest.raises(StoreNotRestored, match=word):
            restored(sqlite_url, tmp_path / "backup", force=True)


class TestLogThatWasPutInItsPlace:
    def test_begins_a_new_tree_once_it_is_adopted(self, database: str, tmp_path: Path) -> None:
        key = tmp_path / "log.key"
        with signing(database, log_key=made(key)) as program:
            register(program, 2)
            older = copied(program.bitacora.store)
            register(program, 2, begin=2)
            note = signed(program)
            put_back(program.bitacora.store, older)

        done = adopted(database, log_key=str(key))

        assert done.continuation.said[0].startswith("2 events were lost")
        with signing(database, log_key=str(key)) as program:
            event = program.events()[2]
            assert isinstance(event, Restored)
            assert event.checkpoint == note
            assert Checkpoint.parse(signed(program)) == Checkpoint(f"{ORIGIN}/2", 3, root_of(program))

    def test_is_not_signed_until_it_is_adopted(self, database: str, tmp_path: Path) -> None:
        key = tmp_path / "log.key"
        with signing(database, log_key=made(key)) as program:
            register(program, 2)
            older = copied(program.bitacora.store)
            register(program, 2, begin=2)
            note = signed(program)
            put_back(program.bitacora.store, older)

        with signing(database, log_key=str(key)) as program:
            register(program, 3, begin=4)

            assert "bitacora restore --adopt" in str(program.bitacora.signer.problem)
            assert program.bitacora.signer.for_auditor() in {"", note}

    def test_is_not_signed_by_a_program_that_runs_meanwhile(self, database: str, tmp_path: Path) -> None:
        with signing(database, log_key=made(tmp_path / "log.key")) as program:
            register(program, 2)
            older = copied(program.bitacora.store)
            before = signed(program)
            register(program, 2, begin=2)
            lost = signed(program)
            put_back(program.bitacora.store, older)
            forget(program, lost)
            register(program, 3, begin=4)

            assert program.bitacora.signer.for_auditor() == before
            assert program.bitacora.signer.sign_for_readers() == program.bitacora.signer.at(4) == ""
            problem = program.bitacora.signer.problem
            assert problem is not None
            assert problem["code"] == "log_not_signed"
            assert "the log has 5 events, and is not the one that has the checkpoint in" in problem["message"]

    def test_is_told_of_once_by_two_programs(self, database: str) -> None:
        with signing(database) as program:
            register(program, 2)
        adopted(database)
        programs = [Bitacora(Settings(database=database)) for _ in range(2)]
        threads = [threading.Thread(target=program.migrate) for program in programs]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in programs:
            each.stop()

        with signing(database) as program:
            assert program.recorded() == [*["component.registered"] * 2, "log.restored"]


def register(program: Program, count: int, *, begin: int = 0) -> None:
    """Record some events."""
    for number in range(begin, begin + count):
        program.register(f"component-{number}")


@contextmanager
def signing(database: str, clock: FrozenClock | None = None, **settings: Any) -> Iterator[Program]:  # noqa: ANN401 - settings
    """Run a program that signs its log."""
    with running(database, clock, **settings) as program:
        program.bitacora.start_to_sign(BY_CONSOLE)
        yield program


def signed(program: Program) -> str:
    """Sign a checkpoint of all events, and give the note."""
    return program.bitacora.signer.for_auditor()


def leaves_of(program: Program) -> list[bytes]:
    """Read the hashes of all events."""
    with program.bitacora.store.reading_log() as connection:
        return read_hashes(connection, 0, 0, 1_000)


def root_of(program: Program) -> bytes:
    """Give the root of all events."""
    with program.bitacora.store.reading_log() as connection:
        return TreeReader(connection).root(len(leaves_of(program)))


def kept_outside(program: Program) -> Path:
    """Name the file with the newest checkpoint."""
    with program.bitacora.store.reading_log() as connection:
        return CheckpointFile(program.bitacora.settings.log_folder, log_identity(connection)).path


def kept(store: SQLiteStore) -> Head | None:
    """Read the newest checkpoint that is kept beside a store."""
    with store.reading_log() as connection:
        return read_outside(connection, store.path.parent)


def saved(database: str, file: Path) -> int:
    """Back up a store, and give its last position."""
    with closing(assembled(database)) as store:
        return back_up(store, file, mapper_of(database), SILENT).position


def restored(database: str, file: Path, *, force: bool = False, checkpoint: Path | None = None) -> RestoredStore:
    """Restore a file."""
    options = RestoreOptions(settings=Settings(database=database), force=force, checkpoint=checkpoint)
    with closing(assembled(database)) as store:
        return restore(store, file, mapper_of(database), at("12:00"), SILENT, options=options)


def restored_beside(folder: Path, file: Path) -> RestoredStore:
    """Restore a file where there is no log, and a checkpoint is kept all the same."""
    return restored(f"sqlite:///{folder / 'beside.sqlite3'}", file)


def adopted(database: str, **settings: Any) -> RestoredStore:  # noqa: ANN401 - settings
    """Adopt what is in the place of a store."""
    bitacora = Bitacora(Settings(database=database, **settings))
    options = RestoreOptions(settings=bitacora.settings)
    try:
        return adopt(bitacora.owner_store, bitacora.store, bitacora.mapper, SILENT, options=options)
    finally:
        bitacora.stop()


def assembled(database: str) -> SQLiteStore:
    """Open a store as another process would."""
    return SQLiteStore(database.removeprefix("sqlite:///"))


def mapper_of(database: str) -> Any:  # noqa: ANN401 - that of the program
    """Give what reads events."""
    return Bitacora(Settings(database=database)).mapper


def without_tree(database: str) -> None:
    """Let a log be as it was before there was a tree."""
    tables = ("event_leaves", "tree_nodes", "checkpoints", "cosignatures")
    facts = "('log_origin', 'log_generation', 'log_key', 'first_log_key')"
    edit(
        database,
        *(f"DROP TABLE {table}" for table in tables),
        "UPDATE meta SET value = '2' WHERE name = 'schema'",
        f"DELETE FROM meta WHERE name IN {facts}",  # noqa: S608 - our own words
    )


def forged(checkpoint: Checkpoint) -> str:
    """Sign a checkpoint with a key that nobody knows."""
    return str(sign(checkpoint.text, Ed25519PrivateKey.generate(), checkpoint.origin))


def made(file: Path) -> str:
    """Make a key in a file, as the program does, and name it."""
    find_or_make_key(Settings(database=f"sqlite:///{file.parent / 'any'}"))
    return str(file)


def forget(program: Program, note: str) -> None:
    """Let the store lose a checkpoint, as one does that lost the events of it."""
    connection = program.bitacora.store.connect_log()
    try:
        connection.begin()
        connection.execute("DELETE FROM checkpoints WHERE note = :note", {"note": note})
        connection.commit()
    finally:
        connection.rollback()
        connection.close()
