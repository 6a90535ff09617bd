"""A log is compared with checkpoints that were kept elsewhere, and with a key that somebody trusts."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.caller import BY_CONSOLE
from domain.audit.log_notice import LogNotice
from infrastructure.checkpoints.signing_key import public_text
from infrastructure.event_log import store_facts
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import VerifierKey, sign, verifier_of
from infrastructure.verification.heads import to_head
from infrastructure.verification.log_verification import LogComparison
from infrastructure.verification.mismatch import CannotVerify, LogCut, LogMismatch
from tests.application.program import running
from tests.contracts import tampering
from tests.contracts.tampering import put_back_afterwards
from tests.contracts.verification.standing_log import StandingLog, verified, verify_grown

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class TestOlderCheckpoint:
    def test_is_of_a_prefix(self, standing_log: StandingLog) -> None:
        found = standing_log.verified(older=standing_log.older)

        assert found.prefix == f"The log begins with the {standing_log.size:,} events of the checkpoint that was kept."

    def test_tells_that_the_end_is_gone(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            tampering.cut(standing_log.store, standing_log.size - 5)
            tampering.tamper(standing_log.store, "DELETE FROM checkpoints")
            mismatch = standing_log.mismatch(older=standing_log.older)

        assert isinstance(mismatch, LogCut)
        assert str(mismatch) == (
            f"the log has {standing_log.size - 5} events, and the checkpoint that was kept has {standing_log.size}: "
            "the last 5 are gone"
        )

    def test_tells_that_everything_was_rewritten(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            rewrite(standing_log, "the checkpoints as well")
            found = verify_grown(standing_log.program.bitacora)
            mismatch = standing_log.mismatch(older=standing_log.older)

        assert found.size == standing_log.size
        assert mismatch.position == 1
        assert "are not what was signed" in str(mismatch)

    def test_of_another_log_is_refused(self, standing_log: StandingLog) -> None:
        other = to_head(str(sign(Checkpoint("other/log", 1, bytes(32)).text, OTHER_KEY, "other/log")), "it")

        with pytest.raises(CannotVerify, match="it is of the log other/log, and this one is "):
            standing_log.verified(older=other)

    def test_that_nobody_signed_is_found(self, standing_log: StandingLog) -> None:
        signed = standing_log.older.checkpoint
        forged = to_head(str(sign(signed.text, OTHER_KEY, signed.origin)), "it")

        assert str(standing_log.mismatch(older=forged)) == "it is not signed by any key of this log"
        assert str(standing_log.mismatch(older=forged, keys=[standing_log.verified().key])) == (
            "it is not signed by the key that you gave"
        )


class TestCheckpointKeptOutside:
    def test_tells_that_tree_and_checkpoints_were_rewritten(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            rewrite(standing_log, "the checkpoints as well")
            verify_grown(standing_log.program.bitacora)
            mismatch = standing_log.mismatch(outside=standing_log.outside())

        assert "are not what was signed" in str(mismatch)


class TestCheckpointsInTheStore:
    def test_tell_that_the_tree_was_rewritten(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            rewrite(standing_log)
            with pytest.raises(LogMismatch, match="rows and tree fit one another, and are not what was signed"):
                verify_grown(standing_log.program.bitacora)


class TestKey:
    def test_that_is_trusted_has_signed_the_log(self, standing_log: StandingLog) -> None:
        key = standing_log.program.bitacora.signer.verifier_key()

        assert standing_log.verified(keys=[key]).key == key

    def test_that_never_signed_it_is_told(self, standing_log: StandingLog) -> None:
        key = verifier_of(OTHER_KEY, standing_log.older.checkpoint.origin)

        assert "none by which this log was ever signed" in str(standing_log.mismatch(keys=[key]))

    def test_of_another_log_is_refused(self, standing_log: StandingLog) -> None:
        with pytest.raises(CannotVerify, match="the key is of the log other/log"):
            standing_log.verified(keys=[VerifierKey(name="other/log", public=bytes(32))])

    def test_that_the_store_notes_is_the_one_of_its_events(self, standing_log: StandingLog) -> None:
        with put_back_afterwards(standing_log.store):
            tampering.tamper(
                standing_log.store,
                "UPDATE meta SET value = :key WHERE name = 'log_key'",
                key=public_text(OTHER_KEY),
            )
            mismatch = standing_log.mismatch()

        assert "the store notes that the key" in str(mismatch)

    def test_that_was_replaced_stays_valid_for_what_it_signed(self, database: str, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        monkeypatch.chdir(tmp_path)
        with running(database) as program:
            program.bitacora.start_to_sign(BY_CONSOLE)
            program.register()
            program.bitacora.signer.sign_for_readers()
            folder = program.bitacora.settings.log_folder
        (folder / "log.key").unlink()
        with running(database) as program:
            program.bitacora.start_to_sign(BY_CONSOLE)
            assert program.recorded()[-1] == "log.key_rotated"
            program.bitacora.signer.sign_for_readers()
            assert verified(program.bitacora).checkpoints == 3

            tampering.tamper(program.bitacora.store, "UPDATE meta SET value = 'x' WHERE name = 'first_log_key'")
            with pytest.raises(LogMismatch, match=r"log.key_rotated\): it says that .* signed before"):
                verified(program.bitacora)


class TestRestore:
    def test_is_told_from_a_cut(self, database: str, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        monkeypatch.chdir(tmp_path)
        with running(database) as program:
            signer, store = program.bitacora.signer, program.bitacora.store
            program.bitacora.start_to_sign(BY_CONSOLE)
            program.register("first")
            kept = to_head(signer.for_auditor(), "the first one")
            program.register("second")
            program.register("third")
            lost = to_head(signer.for_auditor(), "the last one")
            origin = lost.checkpoint.origin
            tampering.cut(store, 2)
            tampering.tamper(
                store,
                "DELETE FROM checkpoints WHERE size > 2",
                "UPDATE meta SET value = '2' WHERE name = 'log_generation'",
            )

            program.do(
                lambda log: log.save(
                    LogNotice.restore(
                        id=LogNotice.id_of_key("restore"),
                        origin=f"{origin}/2",
                        kept=2,
                        previous_origin=origin,
                        previous_size=lost.size,
                        checkpoint=str(lost.note),
                        provenance=BY_CONSOLE.says(log),
                    )
                )
            )
            signer.for_auditor()

            assert verified(program.bitacora).origin == f"{origin}/2"
            assert "are a prefix of what was restored" in str(
                verified(program.bitacora, LogComparison(older=kept)).prefix
            )
            with pytest.raises(LogMismatch, match="restored, 1 event lost: the last one has 3 events"):
                verified(program.bitacora, LogComparison(older=lost))


def rewrite(log: StandingLog, what: str = "") -> None:
    """Change an event, and let the tree be made anew over all of them; say what else is made as the log has it now."""
    tampering.tamper(
        log.store,
        "UPDATE stored_events SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 1",
        "DELETE FROM event_leaves",
        "DELETE FROM tree_nodes",
        *(["DELETE FROM checkpoints"] if what else []),
    )
    with log.store.reading_log() as connection:
        assert store_facts.find(connection, store_facts.LOG_ORIGIN)
