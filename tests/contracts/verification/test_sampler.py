"""A running service looks at the end of its log when it starts, and then goes round it, section by section."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from application.caller import BY_CONSOLE
from application.health import LogSample
from infrastructure.store.base import Connection
from infrastructure.verification.log_sections import LogEnds, read_ends
from infrastructure.verification.sampler import PACE, LogSampler
from tests.application.program import FrozenClock, at, running
from tests.contracts import tampering
from tests.contracts.tampering import put_back_afterwards
from tests.contracts.verification.standing_log import StandingLog

TILE = 256


class TestSampler:
    def test_finds_nothing_in_a_log_that_is_whole(self, standing_log: StandingLog) -> None:
        sampler, _ = sampler_of(standing_log)

        for _ in range(4):
            sampler.sample_next()

        assert sampler.found == []
        assert sampler.sample == LogSample(position=TILE, mismatches=0)

    def test_finds_at_the_start_what_was_changed_at_the_end(self, standing_log: StandingLog) -> None:
        sampler, _ = sampler_of(standing_log)
        place = standing_log.size - 3
        with put_back_afterwards(standing_log.store), capture_logs() as lines:
            tampering.delete(standing_log.store, place)
            sampler.start()
            sampler.stop()

        assert [mismatch.position for mismatch in sampler.found] == [place]
        assert [(line["event"], line["position"]) for line in lines] == [("log_mismatch", place)]

    def test_finds_what_was_cut_off_by_the_checkpoint_outside(self, standing_log: StandingLog) -> None:
        sampler, _ = sampler_of(standing_log)
        with put_back_afterwards(standing_log.store):
            tampering.cut(standing_log.store, standing_log.size - 3)
            tampering.tamper(standing_log.store, "DELETE FROM checkpoints")
            sampler.start()
            sampler.stop()

        [mismatch] = sampler.found
        assert str(mismatch).startswith(f"the log has {standing_log.size - 3} events, and the checkpoint in ")

    def test_takes_a_checkpoint_that_comes_meanwhile_for_one_of_later_events(
        self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with running(database) as program:
            program.register()
            bitacora = program.bitacora
            bitacora.start_to_sign(BY_CONSOLE)
            bitacora.signer.stop()
            names = count(1)

            def while_looking(connection: Connection) -> LogEnds:
                ends = read_ends(connection)
                program.revise(name={"en": f"Labels {next(names)}"})
                bitacora.signer.for_auditor()
                return ends

            monkeypatch.setattr("infrastructure.verification.sampler.read_ends", while_looking)
            sampling = LogSampler(bitacora.store, bitacora.settings.log_folder, bitacora.clock)
            sampling.sample_next()
            sampling.sample_next()

            assert sampling.found == []

    def test_finds_a_node_of_the_tree_that_was_changed(self, standing_log: StandingLog) -> None:
        sampler, _ = sampler_of(standing_log)
        with put_back_afterwards(standing_log.store):
            tampering.tamper(standing_log.store, "UPDATE tree_nodes SET hash = :hash", hash=bytes(32))
            sampler.sample_next()

        [mismatch] = sampler.found
        assert f"positions 1 to {TILE} of {standing_log.size}: the node of the tree" in str(mismatch)

    def test_says_once_what_it_finds_in_each_round_and_forgets_it_when_it_fits_again(
        self, standing_log: StandingLog
    ) -> None:
        sampler, _ = sampler_of(standing_log)
        with put_back_afterwards(standing_log.store), capture_logs() as lines:
            tampering.swap_states(standing_log.store, 5, 6)
            for _ in range(6):
                sampler.sample_next()
        assert [line["event"] for line in lines] == ["log_mismatch"]
        assert sampler.sample.mismatches == 1

        for _ in range(3):
            sampler.sample_next()
        assert sampler.found == []

    def test_looks_as_often_as_the_clock_says(self, standing_log: StandingLog) -> None:
        sampler, clock = sampler_of(standing_log)
        sampler.sample_if_due()
        assert sampler.sample.position == TILE

        clock.advance(PACE - timedelta(microseconds=1))
        sampler.sample_if_due()
        assert sampler.sample.position == TILE

        clock.advance(timedelta(microseconds=1))
        sampler.sample_if_due()
        assert sampler.sample.position == 2 * TILE


def sampler_of(log: StandingLog) -> tuple[LogSampler, FrozenClock]:
    """Make a sampler of a log, and its clock."""
    clock = FrozenClock(at("10:00"))
    return LogSampler(log.store, log.program.bitacora.settings.log_folder, clock), clock
