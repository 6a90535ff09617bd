"""The key that signs the log: made once, kept private, and replaced for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from application.caller import BY_CONSOLE
from application.errors import BadSetting
from infrastructure.checkpoints.signing_key import find_key, find_or_make_key, public_text
from infrastructure.settings import Settings
from infrastructure.transparency.notes import VerifierKey, require_signed
from tests.application.program import Program, running

PEM = {"encoding": Encoding.PEM, "format": PrivateFormat.PKCS8, "encryption_algorithm": NoEncryption()}
OTHER_KIND = X25519PrivateKey.generate().private_bytes(**PEM)  # type: ignore[arg-type]


class TestKey:
    def test_is_made_once_by_programs_that_start_at_the_same_moment(self, tmp_path: Path) -> None:
        settings = Settings(database=f"sqlite:///{tmp_path / 'log.sqlite3'}")

        with ThreadPoolExecutor(8) as pool:
            keys = set(map(public_text, pool.map(lambda _: find_or_make_key(settings), range(8))))

        assert len(keys) == 1
        assert [each.name for each in tmp_path.iterdir()] == ["log.key"]
        assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600

    def test_may_be_given_itself(self, tmp_path: Path) -> None:
        key = Ed25519PrivateKey.generate()
        text = key.private_bytes(**PEM).decode()  # type: ignore[arg-type]

        found = find_key(Settings(database=f"sqlite:///{tmp_path / 'log.sqlite3'}", log_key=text))

        assert found is not None
        assert public_text(found) == public_text(key)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", OTHER_KIND, OTHER_KIND[:40]])
    def test_that_is_none_is_named_and_not_shown(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "other.key").write_bytes(content)

        with pytest.raises(BadSetting, match="key has no Ed25519 key in it") as refused:
            find_key(Settings(log_key=str(tmp_path / "other.key")))

        assert "BEGIN" not in str(refused.value)

    @pytest.mark.parametrize(("name", "word"), [("missing", "no such file"), (".", "cannot be read")])
    def test_that_cannot_be_read_is_named(self, tmp_path: Path, name: str, word: str) -> None:
        with pytest.raises(BadSetting, match=word):
            find_key(Settings(log_key=f"{tmp_path}/{name}"))


class TestSigning:
    def test_goes_on_with_another_key_which_the_log_records(self, sqlite_url: str, tmp_path: Path) -> None:
        first, second = (made(tmp_path / name) for name in ("first", "second"))
        with running(sqlite_url, log_key=first) as program:
            program.register()
            older, old_key = signed(program)

        with running(sqlite_url, log_key=second) as program:
            newer, new_key = signed(program)

            assert program.recorded() == ["component.registered", "log.key_rotated"]
            assert new_key.public != old_key.public
            require_signed(older, [old_key])
            require_signed(newer, [new_key])

    def test_ends_for_a_key_that_was_replaced(self, sqlite_url: str, tmp_path: Path) -> None:
        first, second = (made(tmp_path / name) for name in ("first", "second"))
        with running(sqlite_url, log_key=first) as old, running(sqlite_url, log_key=second) as new:
            signed(old)
            newer, key = signed(new)
            new.bitacora.signer.sign_for_readers()
            old.register()

            assert old.bitacora.signer.for_auditor() == newer
            assert old.bitacora.signer.sign_for_readers() == ""
            require_signed(new.bitacora.signer.for_auditor(), [key])
        with running(sqlite_url, log_key=first) as old:
            old.bitacora.start_to_sign(BY_CONSOLE)

            assert "was replaced by another one" in str(old.bitacora.signer.problem)
            assert old.recorded() == ["log.key_rotated", "component.registered"]

    def test_is_left_out_where_no_key_can_be_written(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "log.key").symlink_to(tmp_path / "not-mounted" / "log.key")
        with running(sqlite_url) as program:
            program.bitacora.start_to_sign(BY_CONSOLE)
            program.register()

            assert "leads nowhere" in str(program.bitacora.signer.problem)
            assert program.bitacora.signer.for_auditor() == ""
            assert program.recorded() == ["component.registered"]


class TestName:
    def test_of_a_log_stays_what_it_is(self, sqlite_url: str) -> None:
        with pytest.raises(BadSetting, match="a log keeps its name"), running(sqlite_url, log_origin="other/log"):
            pass


def made(file: Path) -> str:
    """Make a key in a folder of its own, and name its file."""
    file.mkdir()
    find_or_make_key(Settings(database=f"sqlite:///{file / 'any'}"))
    return str(file / "log.key")


def signed(program: Program) -> tuple[str, VerifierKey]:
    """Begin to sign, and give a checkpoint of all events and the key of it."""
    program.bitacora.start_to_sign(BY_CONSOLE)
    note, key = program.bitacora.signer.for_auditor(), program.bitacora.signer.verifier_key()
    assert key is not None
    return note, key
