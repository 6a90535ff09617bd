"""Entries: canonical JSON of a row as it is stored, and never longer than a bundle can say."""

import json
from hashlib import sha256
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.transparency.entries import LONGEST, SALT_SIZE, LogRow, new_salts, to_entry

ID = str(UUID(int=7))
SALT = bytes(range(SALT_SIZE))


def a_row(state: bytes) -> LogRow:
    return LogRow(7, ID, 3, "incident.updated", state, "2025-03-04T10:00:00.000000Z")


def canonical(document: dict[str, object]) -> bytes:
    """Write what has only texts and small integers as RFC 8785 does; its names are ASCII."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class TestEntry:
    @given(text=st.text())
    def test_is_canonical_json_of_the_row(self, text: str) -> None:
        state = json.dumps({"text": text}, ensure_ascii=False).encode(errors="surrogatepass")
        try:
            decoded = state.decode()
        except UnicodeDecodeError:
            return

        assert to_entry(a_row(state), SALT) == canonical(
            {
                "aggregate_id": ID,
                "aggregate_version": 3,
                "position": 7,
                "recorded_at": "2025-03-04T10:00:00.000000Z",
                "salt": SALT.hex(),
                "state": decoded,
                "topic": "incident.updated",
            }
        )

    @given(text=st.text(st.characters(max_codepoint=0x7F)))
    def test_escapes_what_the_standard_escapes(self, text: str) -> None:
        assert json.loads(to_entry(a_row(text.encode()), SALT))["state"] == text
        assert canonical(json.loads(to_entry(a_row(text.encode()), SALT))) == to_entry(a_row(text.encode()), SALT)

    def test_has_a_digest_in_place_of_a_state_that_is_too_long(self) -> None:
        fits = b'"' * ((LONGEST - len(to_entry(a_row(b""), SALT))) // 2)
        too_long = b'"' * 59_999

        assert json.loads(to_entry(a_row(fits), SALT))["state"] == fits.decode()
        assert len(to_entry(a_row(fits), SALT)) <= LONGEST
        assert json.loads(to_entry(a_row(too_long), SALT))["state_sha256"] == sha256(too_long).hexdigest()

    def test_has_a_digest_in_place_of_a_state_that_is_no_text(self) -> None:
        entry = json.loads(to_entry(a_row(b"\xff"), SALT))

        assert entry["state_sha256"] == sha256(b"\xff").hexdigest()
        assert "state" not in entry


class TestSalts:
    def test_are_all_different(self) -> None:
        salts = new_salts(100)

        assert len(set(salts)) == 100
        assert {len(salt) for salt in salts} == {SALT_SIZE}
