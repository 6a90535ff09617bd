"""Witnesses sign what readers get, whatever becomes of them; one that lies or is away never counts, nor holds up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infrastructure.checkpoints.witnesses import COSIGNED, FORGED, REFUSED, UNREACHABLE
from tests.contracts.faults import eventually
from tests.contracts.transparency.log_alone import LogAlone, append, opened
from tests.plain_tree import Untrue, cosign, head_of, open_note, signed_lines
from tests.witness import Answer, PeerWitness, listening

NAME = "witness.example/w1"
AWAY = f"{PeerWitness('away.example').vkey} http://127.0.0.1:9/"


@pytest.fixture
def witness() -> PeerWitness:
    """One that signs for whom it is told to."""
    return PeerWitness(NAME)


@pytest.fixture
def address(witness: PeerWitness) -> Iterator[str]:
    """The setting that names it; it listens."""
    with listening(witness) as address:
        yield address


def introduce(log: LogAlone, witness: PeerWitness) -> None:
    """Tell the witness the key of the log."""
    witness.log_keys = [str(log.signer.verifier_key())]


def come_back(log: LogAlone, outcome: str, count: int, name: str = NAME) -> None:
    """Wait until so many questions have come to an end in this way."""
    eventually(lambda: log.witnesses.asked[name, outcome] == count)


class TestWitness:
    def test_signs_what_readers_get_through_ten_thousand_events_and_a_restart(
        self, database: str, witness: PeerWitness, address: str
    ) -> None:
        sizes = []
        for part in range(2):
            with opened(database, address) as log:
                introduce(log, witness)
                for turn in range(5):
                    append(log.store, 1_000)
                    log.turn()
                    come_back(log, COSIGNED, turn + 1)
                    note = log.proofs.checkpoint(is_auditor=False).note
                    assert open_note(note, witness.vkey) == open_note(note, witness.log_keys[0])
                    sizes.append(head_of(note).size)
                assert part == 0 or log.witnesses.asked[NAME, REFUSED] == 0

        assert sizes == [count * 1_000 // 256 * 256 for count in range(1, 11)]
        assert [(old, new) for old, new, _ in witness.asked] == list(zip([0, *sizes], sizes, strict=False))
        assert {status for *_, status in witness.asked} == {200}

    def test_that_knows_more_than_we_remember_is_asked_once_more(
        self, database: str, witness: PeerWitness, address: str
    ) -> None:
        with opened(database, address) as log:
            introduce(log, witness)
            witness.answers_with = lambda _note, _answer: (500, "text/plain", "lost on the way back\n")
            append(log.store, 300)
            log.turn()
            come_back(log, REFUSED, 1)
            witness.answers_with = lambda _note, answer: answer

            append(log.store, 300)
            log.turn()
            come_back(log, COSIGNED, 1)

            assert witness.asked == [(0, 256, 500), (0, 512, 409), (256, 512, 200)]
            assert open_note(log.proofs.checkpoint(is_auditor=False).note, witness.vkey).size == 512
            assert open_note(log.proofs.at(512).note, witness.vkey).size == 512

    def test_is_not_asked_again_while_nothing_has_come(self, database: str, witness: PeerWitness, address: str) -> None:
        with opened(database, address) as log:
            introduce(log, witness)
            append(log.store, 256)
            log.turn()
            come_back(log, COSIGNED, 1)
            before = log.proofs.checkpoint(is_auditor=False).note
            append(log.store, 255)
            log.turn()
            append(log.store, 1)
            log.turn()
            come_back(log, COSIGNED, 2)

            assert len(witness.asked) == 2
            assert len(signed_lines(before)) == 2


class TestWitnessThatIsAway:
    def test_is_asked_again_at_the_next_turn_and_holds_up_nobody(
        self, database: str, witness: PeerWitness, address: str
    ) -> None:
        with opened(database, f"{AWAY}, {address}") as log:
            introduce(log, witness)
            append(log.store, 256)
            log.turn()
            come_back(log, UNREACHABLE, 1, "away.example")
            come_back(log, COSIGNED, 1)
            log.turn()
            come_back(log, UNREACHABLE, 2, "away.example")

            assert open_note(log.proofs.checkpoint(is_auditor=False).note, witness.vkey).size == 256

    def test_is_asked_again_after_a_restart(self, database: str, witness: PeerWitness, address: str) -> None:
        with opened(database, AWAY) as log:
            append(log.store, 256)
            log.turn()
            come_back(log, UNREACHABLE, 1, "away.example")
            introduce(log, witness)
        with opened(database, address) as log:
            come_back(log, COSIGNED, 1)

            assert open_note(log.proofs.checkpoint(is_auditor=False).note, witness.vkey).size == 256


def signed_by_another(note: str, _: Answer) -> Answer:
    return 200, "text/plain", cosign(note, PeerWitness(NAME).key, NAME, 1)


def with_a_flipped_bit(_: str, answer: Answer) -> Answer:
    status, media, line = answer
    place = len(line) - 10
    return status, media, line[:place] + ("A" if line[place] != "A" else "B") + line[place + 1 :]


LIES = {
    "a signature of another key": (signed_by_another, FORGED),
    "a signature that does not fit": (with_a_flipped_bit, FORGED),
    "no signature": (lambda _note, _answer: (200, "text/plain", "thank you\n"), FORGED),
    "nothing": (lambda _note, _answer: (200, "text/plain", ""), FORGED),
    "a redirect": (lambda _note, _answer: (307, "text/plain", "http://127.0.0.1:9/"), REFUSED),
    "a size that is too large": (lambda _note, _answer: (409, "text/x.tlog.size", "9999999\n"), REFUSED),
    "a size that is none": (lambda _note, _answer: (409, "text/x.tlog.size", "-1\n"), REFUSED),
    "more than anybody reads": (lambda _note, _answer: (200, "text/plain", "x" * 100_000), UNREACHABLE),
}


class TestWitnessThatLies:
    @pytest.mark.parametrize("lie", LIES)
    def test_is_not_believed(self, sqlite_url: str, witness: PeerWitness, address: str, lie: str) -> None:
        witness.answers_with, outcome = LIES[lie]
        with opened(sqlite_url, address) as log:
            introduce(log, witness)
            append(log.store, 256)
            log.turn()
            come_back(log, outcome, 1)
            note = log.proofs.checkpoint(is_auditor=False).note

            assert len(signed_lines(note)) == 1
            with pytest.raises(Untrue):
                open_note(note, witness.vkey)

            # It comes to its senses.
            witness.answers_with = lambda _note, answer: answer
            log.turn()
            come_back(log, COSIGNED, 1)
            assert open_note(log.proofs.checkpoint(is_auditor=False).note, witness.vkey).size == 256
