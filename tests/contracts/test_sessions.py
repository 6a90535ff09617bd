"""What is kept of sessions beside their events, on both stores: in old stores, in copies, in other processes."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from application.access.sessions import identity_of_session
from application.digests import digest_of
from domain.access.keyring import Role
from infrastructure.backup import back_up
from infrastructure.bootstrap import Bitacora
from infrastructure.restore import AFTER_RESTORE, RestoreOptions, restore
from infrastructure.settings import Settings
from infrastructure.store.base import Store
from infrastructure.store.sqlite import SQLiteStore
from infrastructure.stored_sessions import end_all_sessions
from tests.application.program import ANA, FrozenClock, Program, at, running
from tests.contracts.copies import SILENT

pytestmark = pytest.mark.both_stores


def signed_in(program: Program, name: str = "ana-laptop") -> str:
    """Let Ana sign in with a token, and give the secret of the session."""
    tokens, sessions = program.facade.commands.tokens, program.facade.commands.sessions
    program.do(lambda log: tokens.issue(log, name=name, role=Role.OPERATOR, person="ana", caller=ANA))
    session, secret = program.do(lambda log: sessions.begin_with_token(log, name, caller=ANA))
    program.facade.sessions.add(session.id, session.digest, zone="Europe/Warsaw")
    return secret


def is_good(program: Program, secret: str) -> bool:
    """Tell whether the secret of a session identifies somebody."""
    found = program.facade.sessions.find(digest_of(secret))
    if found is None:
        return False
    tokens = {token.name: token for token in program.bitacora.keys.by_digest().values()}
    idle = program.facade.commands.sessions.idle
    return identity_of_session(*found, tokens, issuer=None, idle=idle, now=program.clock.now()) is not None


class TestSession:
    def test_is_found_by_another_process(self, database: str) -> None:
        with running(database, FrozenClock(at("10:00"))) as program:
            secret = signed_in(program)

            with running(database, FrozenClock(at("10:00"))) as other:
                assert is_good(other, secret)
                found = other.facade.sessions.find(digest_of(secret))
                assert found is not None
                assert found[1].zone == "Europe/Warsaw"

    def test_that_another_process_has_ended_is_good_no_longer(self, database: str) -> None:
        with (
            running(database, FrozenClock(at("10:00"))) as program,
            running(database, FrozenClock(at("10:00"))) as other,
        ):
            secret = signed_in(program)
            assert is_good(other, secret)

            program.do(lambda log: program.facade.commands.tokens.revoke(log, name="ana-laptop", caller=ANA))

            assert not is_good(other, secret)

    def test_is_forgotten_long_after_it_was_used(self, database: str) -> None:
        with running(database, FrozenClock(at("10:00"))) as program:
            signed_in(program)
            program.let_time_pass(at("10:00") + timedelta(days=31))

            signed_in(program, "ana-phone")

            with program.bitacora.store.reading_log() as connection:
                assert connection.execute("SELECT count(*) FROM sessions") == [(1,)]

    def test_expires_by_itself(self, database: str) -> None:
        with running(database, FrozenClock(at("10:00"))) as program:
            signed_in(program)

            program.let_time_pass(at("22:00"))

            assert program.recorded()[-2:] == ["session.began", "session.ended"]
            assert program.facade.sessions.find_open(None) == []

    def test_notes_when_it_is_used_and_never_that_it_was_earlier(self, database: str) -> None:
        with running(database, FrozenClock(at("10:00"))) as program:
            secret = signed_in(program)
            session = program.facade.sessions.find(digest_of(secret))
            assert session is not None
            for clock in ("10:10", "10:05"):
                program.clock.show(at(clock))
                program.facade.sessions.note_use(session[0].id)

            found = program.facade.sessions.find(digest_of(secret))

            assert found is not None
            assert found[1].last_used_at == at("10:10")


class TestStore:
    def test_of_the_version_before_opens_and_has_room_for_sessions(self, database: str) -> None:
        with running(database) as program:
            program.register()
            recorded = program.recorded()
            without_sessions(program.bitacora.store)

        with running(database, FrozenClock(at("10:00"))) as program:
            assert program.recorded() == recorded
            assert is_good(program, signed_in(program))

    def test_that_was_put_back_has_no_session_that_is_good(self, database: str) -> None:
        with running(database, FrozenClock(at("10:00"))) as program:
            secret = signed_in(program)

            end_all_sessions(program.bitacora.store, program.bitacora.store)

            assert not is_good(program, secret)
        assert end_all_sessions in AFTER_RESTORE


def test_session_of_a_backup_is_not_revived_by_a_restore(sqlite_url: str, tmp_path: Path) -> None:
    with running(sqlite_url, FrozenClock(at("10:00"))) as program:
        secret = signed_in(program)
    bitacora = Bitacora(Settings(database=sqlite_url))
    store, options = bitacora.store, RestoreOptions(settings=bitacora.settings, force=True)
    assert isinstance(store, SQLiteStore)
    back_up(store, tmp_path / "backup", bitacora.mapper, SILENT)

    restore(store, tmp_path / "backup", bitacora.mapper, at("10:05"), SILENT, options=options)
    bitacora.stop()

    with running(sqlite_url, FrozenClock(at("10:10"))) as program:
        assert not is_good(program, secret)


def without_sessions(store: Store) -> None:
    """Make of a store one that the version before sessions wrote."""
    with closing(store.connect_outbox()) as connection:
        connection.begin()
        connection.execute("DROP TABLE sessions")
        connection.execute("UPDATE meta SET value = '4' WHERE name = 'schema'")
        connection.commit()
