"""Any byte of any column that is changed, and any row that is deleted, swapped or inserted, is found and named."""

from __future__ import annotations

from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from infrastructure.store.base import Value
from tests.contracts import tampering
from tests.contracts.tampering import COLUMNS, put_back_afterwards, rows_of
from tests.contracts.verification.standing_log import StandingLog

EXAMPLES = {"sqlite": 60, "postgres": 20}
KEYS = {
    "stored_events": ("position",),
    "event_leaves": ("position",),
    "tree_nodes": ("level", "place"),
    "checkpoints": ("origin", "size", "for_readers"),
}
FREE = {("checkpoints", "signed_at")}
"""What nobody signs: a checkpoint says how many events there were, not when."""
BITS = {"number": 62, "flag": 14}
PROVING = [(table, column) for table in KEYS for column in COLUMNS[table] if (table, column) not in FREE]


class TestAnyChange:
    @pytest.mark.parametrize(("table", "column"), PROVING)
    def test_of_one_bit_is_found_and_named(self, table: str, column: str, standing_log: StandingLog) -> None:
        how = settings(max_examples=share(standing_log, 6), suppress_health_check=[HealthCheck.function_scoped_fixture])
        how(given(data=st.data())(flip_and_look))(standing_log, table, column)

    def test_of_the_order_or_number_of_rows_is_found_and_named(self, standing_log: StandingLog) -> None:
        how = settings(max_examples=share(standing_log, 1), suppress_health_check=list(HealthCheck))
        how(given(data=st.data())(reorder_and_look))(standing_log)


def share(log: StandingLog, of: int) -> int:
    """Give how many examples are tried on its store."""
    is_fast = log.program.bitacora.settings.database.startswith("sqlite")
    return EXAMPLES["sqlite" if is_fast else "postgres"] // of


def flip_and_look(log: StandingLog, table: str, column: str, data: st.DataObject) -> None:
    """Flip a bit of a column of some row, and expect that verifying names the place."""
    rows = rows_of(log.store, table)
    row = dict(zip(COLUMNS[table], data.draw(st.sampled_from(rows), "row"), strict=True))
    kind = COLUMNS[table][column]
    value = data.draw(flipped(row[column], kind, is_sqlite(log)), "new value")
    # A checkpoint of whole tiles may stand among those for auditors, too: nothing is said by that.
    assume(not (column == "for_readers" and value == 0 and row["for_readers"] == 1))
    with put_back_afterwards(log.store):
        try:
            tampering.set_column(log.store, table, column, {key: row[key] for key in KEYS[table]}, value)
        except IntegrityError:
            reject()
        mismatch = log.mismatch()
    if table in {"stored_events", "event_leaves"}:
        assert mismatch.position is not None
        assert mismatch.position <= int(row["position"] or 0)
        assert column == "position" or mismatch.position == row["position"]
        assert str(mismatch.position) in str(mismatch)
    else:
        assert "node" in str(mismatch) if table == "tree_nodes" else "checkpoint" in str(mismatch)


def is_sqlite(log: StandingLog) -> bool:
    """Tell which store it is."""
    return not log.store.for_update


def flipped(value: Value, kind: str, is_sqlite: bool) -> st.SearchStrategy[Value]:
    """Give a value in which one bit is another one."""
    if isinstance(value, int):
        return st.integers(0, BITS[kind]).map(lambda bit: value ^ 1 << bit)
    if isinstance(value, bytes):
        return st.integers(0, len(value) * 8 - 1).map(lambda bit: flip_bit(value, bit))
    if kind == "id" and not is_sqlite:
        return st.integers(0, 127).map(lambda bit: str(UUID(int=UUID(str(value)).int ^ 1 << bit)))
    # PostgreSQL has no text with other bytes than UTF-8.
    text = str(value).encode()
    bits = st.integers(0, len(text) * 8 - 1).map(lambda bit: flip_bit(text, bit))
    return bits.filter(is_text).map(bytes.decode)


def flip_bit(value: bytes, bit: int) -> bytes:
    """Flip one bit."""
    return value[: bit // 8] + bytes([value[bit // 8] ^ 1 << bit % 8]) + value[bit // 8 + 1 :]


def is_text(value: bytes) -> bool:
    """Tell whether bytes are a text that both stores take."""
    try:
        return "\x00" not in value.decode()
    except UnicodeDecodeError:
        return False


def reorder_and_look(log: StandingLog, data: st.DataObject) -> None:
    """Delete, swap, insert or move rows, and expect that verifying names the first place."""
    first = data.draw(st.integers(1, log.size - 1), "first")
    second = data.draw(st.integers(first + 1, log.size), "second")
    with put_back_afterwards(log.store):
        match data.draw(st.sampled_from(["delete", "close up", "swap states", "insert", "append", "cut"]), "what"):
            case "delete":
                tampering.delete(log.store, first)
            case "close up":
                tampering.delete(log.store, first)
                tampering.move_rows(log.store, first + 1, -1)
            case "swap states":
                states = {row[0]: row[4] for row in rows_of(log.store, "stored_events")}
                assume(states[first] != states[second])
                tampering.swap_states(log.store, first, second)
            case "insert":
                tampering.move_rows(log.store, first, 1)
                tampering.insert_copy(log.store, second, first)
            case "append":
                tampering.insert_copy(log.store, first, log.size + 1)
                first = log.size + 1
            case _:
                tampering.cut(log.store, first)
                first += 1
        mismatch = log.mismatch()
    assert mismatch.position == first, mismatch
    assert str(first) in str(mismatch) or "gone" in str(mismatch)
