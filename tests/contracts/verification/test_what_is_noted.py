"""What the store notes of its log, and the signatures of witnesses: whoever changes them is found, and stops nobody."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.audit.commands import LogNotices
from application.caller import BY_CONSOLE
from application.errors import ApplicationError, SchemaMismatch
from infrastructure.checkpoints.restored_log import record_restored
from infrastructure.store.base import LogDamaged, StoreDown
from infrastructure.verification.heads import to_head
from infrastructure.verification.log_verification import LogComparison
from infrastructure.verification.mismatch import LogCut, LogMismatch
from infrastructure.verification.sampler import LogSampler
from tests.application.program import running
from tests.contracts import tampering
from tests.contracts.tampering import put_back_afterwards
from tests.contracts.verification.standing_log import StandingLog, verified
from tests.plain_tree import WITNESS, cosign, vkey_of

FOUND = (LogMismatch, LogDamaged, SchemaMismatch)
ODD = ["", "x", "²", "0", "-1", "02", "99999999999", "9" * 5_000, "eA==", "../../x", "a/b\nc"]
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "witness.example/w1"


class TestWhatTheStoreNotes:
    @pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value[:12]))
    @pytest.mark.parametrize("name", ["log_origin", "log_generation", "log_key", "first_log_key", "log", "schema"])
    def test_is_found_where_it_was_changed_and_leads_to_no_fault(
        self, name: str, value: str, standing_log: StandingLog
    ) -> None:
        with put_back_afterwards(standing_log.store):
            note(standing_log, name, value)
            with pytest.raises(FOUND):
                standing_log.verified(outside=standing_log.outside())
            ask_for_everything(standing_log)

    def test_of_a_restore_that_cannot_be_read_is_damage(self, standing_log: StandingLog) -> None:
        bitacora = standing_log.program.bitacora
        for value in ("x", "[]", "{}", '{"generation": 2, "log": {"origin": 1}}'):
            with put_back_afterwards(standing_log.store):
                tampering.tamper(standing_log.store, "INSERT INTO meta VALUES ('restored_from', :value)", value=value)
                with pytest.raises(LogDamaged, match="what the store notes of its last restore"):
                    record_restored(standing_log.store, bitacora.mapper, bitacora.clock, LogNotices())

    def test_of_a_tree_that_no_event_tells_of_hides_no_cut(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            tampering.cut(standing_log.store, standing_log.size - 5)
            tampering.tamper(
                standing_log.store,
                "DELETE FROM checkpoints",
                "UPDATE meta SET value = '2' WHERE name = 'log_generation'",
            )
            plain, compared = standing_log.mismatch(), standing_log.mismatch(older=standing_log.older)
            tampering.tamper(standing_log.store, "UPDATE meta SET value = '1' WHERE name = 'log_generation'")
            named = standing_log.mismatch(older=standing_log.older)

        assert str(plain) == "the store notes that the log has had 2 trees, and by its events it has had 1"
        assert str(compared) == str(plain)
        assert isinstance(named, LogCut)


class TestRowsThatNobodyWrites:
    @pytest.mark.parametrize("size", [-1, -5, -(2**62), 2**63 - 1])
    @pytest.mark.parametrize("for_readers", [0, 1, -1, 2])
    def test_are_found_among_checkpoints(self, size: int, for_readers: int, standing_log: StandingLog) -> None:
        signed = standing_log.older.checkpoint
        with put_back_afterwards(standing_log.store):
            tampering.tamper(
                standing_log.store,
                "INSERT INTO checkpoints VALUES (:origin, :size, :flag, 'never', :note)",
                origin=signed.origin,
                size=size,
                flag=for_readers,
                note=str(standing_log.older.note),
            )
            assert "checkpoint" in str(standing_log.mismatch())
            ask_for_everything(standing_log)

    @pytest.mark.parametrize("position", [2**63 - 1, 2**53 + 1, 0, -(2**62)])
    def test_are_found_among_leaves(self, position: int, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            tampering.tamper(
                standing_log.store, "INSERT INTO event_leaves VALUES (:p, :hash, :hash)", p=position, hash=bytes(32)
            )
            assert str(position) in str(standing_log.mismatch())
            ask_for_everything(standing_log)


class TestCosignatures:
    def test_of_checkpoints_are_part_of_what_fits(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            cosigned(standing_log)
            assert standing_log.verified().size == standing_log.size

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("origin", "other/log"),
            ("size", 255),
            ("size", -256),
            ("witness", vkey_of(Ed25519PrivateKey.from_private_bytes(bytes(32)), NAME, WITNESS)),
            ("witness", "w"),
            ("signature", "garbage"),
            ("signature", "\n\nanother note\n"),
            ("signature", "— witness.example/w1 AAAAAAAAAAAA\n"),
        ],
    )
    def test_that_were_changed_are_found_and_spoil_no_checkpoint(
        self, column: str, value: str | int, standing_log: StandingLog
    ) -> None:
        with put_back_afterwards(standing_log.store):
            cosigned(standing_log)
            tampering.set_column(standing_log.store, "cosignatures", column, {}, value)
            mismatch = standing_log.mismatch()
            checkpoint = standing_log.program.facade.queries.proofs.checkpoint(is_auditor=False)

        assert "what a witness has signed beneath the checkpoint" in str(mismatch)
        assert checkpoint.size == 256


class TestKeyOfToday:
    def test_signs_earlier_sizes_for_whoever_asks(self, database: str, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        monkeypatch.chdir(tmp_path)
        with running(database) as program:
            program.bitacora.start_to_sign(BY_CONSOLE)
            program.register()
            folder = program.bitacora.settings.log_folder
        (folder / "log.key").unlink()
        with running(database) as program:
            program.bitacora.start_to_sign(BY_CONSOLE)
            program.register("orders")
            asked = to_head(program.facade.queries.proofs.at(1).note, "the checkpoint that was asked for")

            found = verified(program.bitacora, LogComparison(older=asked))

        assert found.prefix == "The log begins with the 1 events of the checkpoint that was asked for."


def note(log: StandingLog, name: str, value: str) -> None:
    """Let the store note something else."""
    tampering.tamper(log.store, "UPDATE meta SET value = :value WHERE name = :name", name=name, value=value)


def ask_for_everything(log: StandingLog) -> None:
    """Ask for all that is read of the tree, and expect an answer, or a refusal that says why."""
    bitacora, proofs = log.program.bitacora, log.program.facade.queries.proofs
    sampler = LogSampler(log.store, bitacora.settings.log_folder, bitacora.clock)
    for ask in (
        bitacora.signer.for_auditor,
        bitacora.signer.for_reader,
        bitacora.signer.sign_for_readers,
        bitacora.signer.sign_if_due,
        lambda: proofs.checkpoint(is_auditor=True),
        lambda: proofs.inclusion(3, None),
        lambda: proofs.consistency(3, 7),
        proofs.keys,
        proofs.figures,
        sampler.sample_next,
        sampler.sample_next,
        sampler.sample_next,
    ):
        with suppress(ApplicationError, StoreDown):
            ask()


def cosigned(log: StandingLog) -> None:
    """Keep the signature of a witness beneath the checkpoint of readers."""
    checkpoint = log.program.facade.queries.proofs.checkpoint(is_auditor=False)
    head = to_head(checkpoint.note, "it")
    tampering.tamper(
        log.store,
        "INSERT INTO cosignatures VALUES (:origin, :size, :witness, :line)",
        origin=head.checkpoint.origin,
        size=head.size,
        witness=vkey_of(WITNESS_KEY, NAME, WITNESS),
        line=cosign(checkpoint.note, WITNESS_KEY, NAME, 1_741_075_200),
    )
