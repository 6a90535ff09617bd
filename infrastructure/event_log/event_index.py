"""An index of the log by what auditors ask for: type, actor, and both.

The log is indexed section by section, once a section is full: for each type, each actor and each pair of them one row
names the events of the section. So a page of a list needs no more rows than it has events, whatever else was recorded,
and an event costs next to nothing. The stream of one aggregate is indexed in the same way, by version, once it is that
long. What is not indexed yet is the end of the log, up to a section or two, through which readers go themselves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pydantic_core import from_json

from infrastructure.event_log import recorder
from infrastructure.store.base import inserting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infrastructure.store.base import Connection, Store, Value

SECTION = 500
"""How many events are indexed at once."""
WHOLE_LOG = ""
"""The stream of all events; the other streams are those of single aggregates, by their ids."""
ANY = ""
"""Stands for every type, or every actor."""

INDEX = "event_index"
COLUMNS = {"stream": "key", "type": "key", "actor": "key", "section": "number", "places": "text"}
INSERT = inserting(INDEX, COLUMNS, keys=("stream", "type", "actor", "section"))
EVENTS = """
    SELECT position, originator_id, originator_version, topic, state FROM stored_events
    WHERE position > :after ORDER BY position LIMIT :limit
"""
VERSIONS = """
    SELECT position, topic, state FROM stored_events
    WHERE originator_id = :id AND originator_version > :after AND originator_version <= :until
    ORDER BY originator_version
"""
FIND = f"""
    SELECT section, places FROM {INDEX}
    WHERE stream = :stream AND type = :type AND actor = :actor AND section >= :first AND section < :end
    ORDER BY section LIMIT :limit
"""
END = "SELECT value FROM meta WHERE name = 'indexed'"
ADVANCE = """
    INSERT INTO meta (name, value) VALUES ('indexed', :end) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


def indexed(connection: Connection) -> int:
    """Give the position up to which the log is indexed."""
    rows = connection.execute(END)
    return int(str(rows[0][0])) if rows else 0


def index_section(connection: Connection, after: int) -> int:
    """Index the section behind ``after``, if it is full, inside the transaction of the one writer.

    Returns:
        The position up to which the log is indexed now.
    """
    events = connection.execute(EVENTS, {"after": after, "limit": SECTION})
    if len(events) < SECTION:
        return after
    rows = _rows(WHOLE_LOG, after // SECTION, [(event[0], event[3], event[4]) for event in events])
    for _, id, version, _, _ in events:
        until = int(version or 0)
        if until % SECTION == 0:
            stream = connection.execute(VERSIONS, {"id": str(id), "after": until - SECTION, "until": until})
            rows += _rows(str(id), until // SECTION - 1, stream)
    connection.run(INSERT, rows)
    end = int(events[-1][0] or 0)
    connection.execute(ADVANCE, {"end": str(end)})
    return end


def advance(connection: Connection) -> int:
    """Index the next section, if it is full, in a transaction of its own, and give how far the index reaches then."""
    connection.begin()
    try:
        # Another process may have come further.
        end = index_section(connection, indexed(connection))
        connection.commit()
    finally:
        connection.rollback()
    return end


def index_log(store: Store, *, advanced: Callable[[int], None]) -> None:
    """Index every full section, each in a transaction of its own; ``advanced`` is told up to which position."""
    connection = store.connect_log()
    try:
        end, before = 0, -1
        while end > before:
            before, end = end, advance(connection)
            advanced(end)
    finally:
        connection.close()


def find(
    connection: Connection,
    stream: str,
    sections: range,
    *,
    topic: str | None,
    actor: str | None,
    after: int,
    until: int,
    limit: int,
) -> list[int]:
    """Give the first positions of events of a type, by an actor, or both, after a position and up to another.

    Only ``sections`` are searched, which have to be indexed.
    """
    found: list[int] = []
    first = sections.start
    wanted: dict[str, Value] = {"stream": stream, "type": topic or ANY, "actor": actor or ANY, "end": sections.stop}
    while len(found) < limit:
        rows = connection.execute(FIND, {**wanted, "first": first, "limit": limit - len(found)})
        if not rows:
            break
        first = int(rows[-1][0] or 0) + 1
        places = [place for row in rows for place in _places(str(row[1]))]
        found += [place for place in places if after < place <= until]
        if places[-1] > until:
            break
    return found[:limit]


def actor_of(state: bytes) -> str:
    """Give who is named by the state of an event as it is stored, whatever its version; empty if it is damaged."""
    try:
        return str(from_json(state)["provenance"]["actor"])
    except (ValueError, LookupError, TypeError):
        return ANY


def _rows(stream: str, section: int, events: Sequence[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    """Give the rows of a section, from position, type and state of each event of it."""
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, topic, state in events:
        actor = actor_of(recorder.state_of(state))
        for key in {(str(topic), ANY), (ANY, actor), (str(topic), actor)} - {(ANY, ANY)}:
            places[key].append(int(position or 0))
    return [(stream, topic, actor, section, _runs(numbers)) for (topic, actor), numbers in places.items()]


def _runs(places: Sequence[int]) -> str:
    """Write rising numbers, each run of them by its ends: ``3,7-9``."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1][1:] = [place]
        else:
            runs.append([place])
    return ",".join("-".join(map(str, run)) for run in runs)


def _places(runs: str) -> Iterator[int]:
    """Read what ``_runs`` wrote; before version 6 of the tables, each number stood for itself."""
    for run in runs.split(","):
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)
