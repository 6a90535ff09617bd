"""Signed notes and keys: what is written is read, and what was changed is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.transparency.checkpoint import Checkpoint, origin_of
from infrastructure.transparency.notes import (
    COSIGNATURE,
    BadNote,
    NoteSignature,
    SignedNote,
    VerifierKey,
    require_signed,
    sign,
    verifier_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NAME = "status.example.com/log"
VERIFIER = verifier_of(KEY, NAME)
TEXT = Checkpoint(NAME, 300, b"\x07" * 32).text

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The key and the note in the documentation of Go's package of signed notes."""
PETERS_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


class TestSignedNote:
    def test_of_go_is_read(self) -> None:
        note = require_signed(PETERS_NOTE, [VerifierKey.parse(PETER)])

        assert str(note) == PETERS_NOTE
        assert str(VerifierKey.parse(PETER)) == PETER

    def test_is_read_as_it_was_signed(self) -> None:
        note = sign(TEXT, KEY, NAME)

        assert require_signed(str(note), [VERIFIER]) == note
        assert note.signed_by([verifier_of(OTHER, NAME), VERIFIER]) == [VERIFIER]

    def test_of_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(BadNote, match="none of the known keys"):
            require_signed(str(sign(TEXT, OTHER, NAME)), [VERIFIER])

    @given(data=st.data())
    def test_with_a_byte_changed_is_refused(self, data: st.DataObject) -> None:
        note = str(sign(TEXT, KEY, NAME)).encode()
        place = data.draw(st.integers(0, len(note) - 1))
        bit = data.draw(st.integers(0, 7))
        changed = bytearray(note)
        changed[place] ^= 1 << bit

        with pytest.raises((BadNote, UnicodeDecodeError)):
            require_signed(changed.decode(), [VERIFIER])

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n",
            "text\n",
            "text\n\n",
            "text\n\nno signature\n",
            f"text\n\n— {NAME} AAAA\n",
            f"text\n\n— {NAME} ////////=\n",
            f"text\n\n— {NAME} YtjdZpfVcL51",
            "x" * 1_000_000 + f"\n\n— {NAME} YtjdZpfVcL51\n",
        ],
    )
    def test_is_no_other_text(self, text: str) -> None:
        with pytest.raises(BadNote):
            SignedNote.parse(text)

    def test_has_a_bound_of_signatures(self) -> None:
        with pytest.raises(BadNote, match="too many"):
            SignedNote.parse("text\n\n" + "— a YtjdZpfVcL51\n" * 101)

    def test_with_the_signature_of_a_witness_is_read(self) -> None:
        witness = VerifierKey(
            name="witness.example/w1", public=OTHER.public_key().public_bytes_raw(), algorithm=COSIGNATURE
        )
        stamp = (1_700_000_000).to_bytes(8)
        signature = OTHER.sign(f"cosignature/v1\ntime 1700000000\n{TEXT}".encode())
        line = NoteSignature(witness.name, witness.id, stamp + signature).line

        note = SignedNote.parse(str(sign(TEXT, KEY, NAME)) + line)

        assert note.signed_by([VERIFIER, witness]) == [VERIFIER, witness]
        forged = SignedNote.parse(str(note).replace(TEXT, Checkpoint(NAME, 301, b"\x07" * 32).text))
        with pytest.raises(BadNote, match="witness"):
            forged.signed_by([witness])


class TestVerifierKey:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            "name+12345678",
            "name+12345678+AAAA",
            str(VERIFIER).replace("+", "+0", 1),
            str(VERIFIER).replace(NAME, "other.example.com/log"),
            str(VERIFIER)[:-4],
            f"na me{str(VERIFIER).removeprefix(NAME)}",
        ],
    )
    def test_is_no_other_text(self, text: str) -> None:
        with pytest.raises(BadNote):
            VerifierKey.parse(text)

    def test_says_what_was_not_copied(self) -> None:
        with pytest.raises(BadNote, match=r"should be [0-9a-f]{8}: it was not copied whole"):
            VerifierKey.parse(str(VERIFIER).replace(VERIFIER.id.hex(), "00000000"))


class TestCheckpoint:
    def test_is_read_as_it_was_written(self) -> None:
        assert Checkpoint.parse(TEXT) == Checkpoint(NAME, 300, b"\x07" * 32)
        assert Checkpoint.parse(f"{TEXT}another line\n") == Checkpoint.parse(TEXT)

    @pytest.mark.parametrize("size", ["", "-1", "01", "1.0", "x", "9" * 40, "\u0663"])
    def test_has_a_plain_number(self, size: str) -> None:
        with pytest.raises(BadNote):
            Checkpoint.parse(TEXT.replace("300", size))

    @pytest.mark.parametrize("text", ["", "\n\n\n", "a\n1\n", "a\n1\nAAAA\n", "a\n1\n?\n"])
    def test_is_no_other_text(self, text: str) -> None:
        with pytest.raises(BadNote):
            Checkpoint.parse(text)


class TestOrigin:
    def test_has_the_next_number_after_a_restore(self) -> None:
        assert [origin_of(NAME, generation) for generation in (1, 2, 3)] == [NAME, f"{NAME}/2", f"{NAME}/3"]
