"""Filters of held requests in SQL: which rows are read, by which index, and in which order.

Few references, ids, a label or a trait are found first, by an index of their own, and then sifted; whatever else is
wanted is read in order, state by state, until there is enough. That is so, too, of a prefix with which very many begin.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.ledger.projection import COUNTS, FILTERED, HELD_REQUESTS, LABELS, NOW, RUNS
from application.ledger.traits import trait_label
from domain.comparison import comparable
from infrastructure.projections.tallies import has_any
from infrastructure.projections.temporal_tables import HELD, begun, branches, holding
from infrastructure.store.base import Value
from infrastructure.store.instants import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ledger.queries import RequestFilter

WILD = re.compile(r"[!%_]")
"""What stands for something else in a pattern of LIKE."""
MANY = 1_000
"""So many requests with the same beginning of their reference are no longer found by it."""
SUGGESTED = "evidence LIKE :evidence ESCAPE '!'"
HIGHEST, SURROGATES, BEHIND_SURROGATES = 0x10FFFF, range(0xD800, 0xE000), 0xE000
"""Code points: the last one, those that no text can have, and the first behind them."""

Conditions = tuple[str, dict[str, Value]]
"""A condition in SQL, and the values that it names."""


def conditions(wanted: RequestFilter) -> Conditions:
    """Write all that is wanted, but for the states."""
    found, values = ["1 = 1"], dict[str, "Value"]()
    if wanted.unassigned or wanted.cause is not None:
        found.append("cause = :cause")
        values["cause"] = "" if wanted.cause is None else str(wanted.cause)
    wanted_source = None if wanted.source is None else comparable(wanted.source)
    for name, value in (
        ("cause_type", wanted.cause_type),
        ("kind", wanted.kind),
        ("source", wanted_source),
        ("holder", wanted.holder),
    ):
        if value is not None:
            found.append(f"{name} = :{name}")
            values[name] = value
    if wanted.holders:
        condition, named = among("holder", wanted.holders)
        found.append(condition)
        values |= named
    if wanted.holder or wanted.holders:
        # So that the index of the few that somebody has can be used.
        found.append("holder <> ''")
    for name, compared, when in (
        ("received_from", ">=", wanted.received_from),
        ("received_until", "<", wanted.received_until),
    ):
        if when is not None:
            found.append(f"received_at {compared} :{name}")
            values[name] = number_of(when)
    if wanted.evidence is not None:
        found.append({"any": "evidence <> ''", "none": "evidence = ''"}.get(wanted.evidence, SUGGESTED))
        if wanted.evidence not in {"any", "none"}:
            values["evidence"] = _pattern(wanted.evidence)
    for number, label in enumerate(_labels(wanted)):
        found.append(f"labels LIKE :labels_{number} ESCAPE '!'")
        values |= {f"labels_{number}": _pattern(label), "label": label}
    for condition, named in _keys(wanted, "reference || ''"):
        # As an expression, it leads no planner away from the order: ``_named`` uses the index.
        found.append(condition)
        values |= named
    if wanted.sources:
        condition, named = among("source", [comparable(each) for each in wanted.sources])
        found.append(condition)
        values |= named
    return " AND ".join(found), values


def beginning(wanted: RequestFilter) -> Conditions:
    """Write the statement that counts what begins with the wanted prefix, up to ``MANY``."""
    condition, values = _prefixed(comparable(wanted.prefix or ""))
    # In order, so that its index is read: a planner that has seen many old rows of a few would read them all.
    found = f"SELECT 1 FROM {HELD_REQUESTS.name} WHERE {NOW} AND {condition} ORDER BY reference LIMIT {MANY}"
    return f"SELECT count(*) FROM ({found}) AS found", values


def ordered(wanted: RequestFilter, columns: str, where: str, *, named: bool, newest_first: bool = False) -> str:
    """Write the statement that gives the first rows, ``:limit`` of them, in the order in which they were received.

    ``named`` ones are few, and found first.
    What has ended since the wanted position is sifted and sorted as a whole: of now that is next to nothing.
    """
    way = " DESC" if newest_first else ""
    order = f"ORDER BY received_at{way}, request{way} LIMIT :limit"
    states = ", ".join(f"'{state}'" for state in wanted.states)
    if named:
        # Materialized, so that no other index than that of the key is taken for the order.
        return (
            f"WITH named AS MATERIALIZED ({_named(wanted, ROW)})"
            f" SELECT {columns} FROM named WHERE state IN ({states}) AND {where} {order}"
        )
    table = LABELS if _labels(wanted) else HELD_REQUESTS
    if table is LABELS:
        where = f"label = :label AND {where}"
    parts = [
        f"state = '{state}' AND {of_source} AND {where}" for state in wanted.states for of_source in _by_source(wanted)
    ]
    now = [
        f"SELECT * FROM ({branches(table, columns, part)[0]} {order}) AS now_{number}"
        for number, part in enumerate(parts)
    ]
    then = branches(table, columns, f"state IN ({states}) AND {where}")[1:]
    return f"SELECT * FROM ({' UNION ALL '.join((*now, *then))}) AS every {order}"


def by_id(wanted: RequestFilter, where: str, section: int, *, named: bool) -> str:
    """Write the statement that gives id and document of the next rows behind the id ``:after``."""
    states = ", ".join(f"'{state}'" for state in wanted.states)
    further = f"request > :after AND state IN ({states}) AND {where}"
    if named:
        return (
            f"WITH named AS MATERIALIZED ({_named(wanted, f'{ROW}, document')})"
            f" SELECT request, document FROM named WHERE {further} ORDER BY request LIMIT {section}"
        )
    if _labels(wanted):
        found = (
            f"SELECT request FROM {LABELS.name} WHERE label = :label AND {HELD} AND {further}"
            f" ORDER BY request LIMIT {section}"
        )
        return f"SELECT found.request, {DOCUMENT} FROM ({found}) AS found ORDER BY found.request"
    return (
        f"SELECT request, document FROM {HELD_REQUESTS.name} WHERE {HELD} AND {further}"
        f" ORDER BY request LIMIT {section}"
    )


ROW = ", ".join((*FILTERED, "from_position"))
"""What is read of a request before it is known to be wanted."""
DOCUMENT = (
    f"(SELECT document FROM {HELD_REQUESTS.name} AS held WHERE held.request = found.request"
    " AND held.from_position <= :at ORDER BY held.from_position DESC LIMIT 1) AS document"
)
"""The document of a request that was ``found``, as of then; for a join, PostgreSQL read the whole of a small table."""


def among(column: str, wanted: Sequence[str], name: str = "") -> Conditions:
    """Write that a column has one of some values."""
    values: dict[str, Value] = {f"{name or column}_{number}": value for number, value in enumerate(wanted)}
    return f"{column} IN ({', '.join(f':{each}' for each in values)})", values


def runs_for(sources: Sequence[str]) -> Conditions:
    """Write which runs are for some sources: those of one of them, or of any if the cause holds up theirs."""
    if not sources:
        return "1 = 1", {}
    own, values = among(f"{RUNS.name}.source", [comparable(each) for each in sources], "source")
    theirs, _ = among("source", sources)
    of_cause = has_any(COUNTS, f"cause = {RUNS.name}.cause AND {theirs}")
    return f"({own} OR ({RUNS.name}.source = '' AND {of_cause}))", values


def _named(wanted: RequestFilter, columns: str) -> str:
    """Write the statement that finds the rows which are named, each by an index."""
    if not wanted.ids:
        return holding(HELD_REQUESTS, columns, _keys(wanted)[0][0])
    # One by one, so that none of the earlier versions of each is looked at.
    ids = ", ".join(f"(:request_{number})" for number in range(len(wanted.ids)))
    began = begun(HELD_REQUESTS, "version.request = ids.id")
    return (
        f"WITH ids (id) AS (VALUES {ids}) SELECT {columns} FROM ids"
        f" JOIN {HELD_REQUESTS.name} ON request = ids.id AND from_position = {began}"
        " WHERE to_position IS NULL OR to_position > :at"
    )


def _keys(wanted: RequestFilter, reference: str = "reference") -> list[Conditions]:
    """Write the conditions by which few rows are found, each with an index of its own."""
    found: list[Conditions] = []
    if wanted.ids:
        found.append(among("request", [str(id) for id in wanted.ids]))
    if wanted.references:
        found.append(among("reference", [comparable(each) for each in wanted.references]))
    if wanted.prefix:
        found.append(_prefixed(comparable(wanted.prefix), reference))
    return found


def _prefixed(prefix: str, reference: str = "reference") -> Conditions:
    beyond = _beyond(prefix)
    upper = "" if beyond is None else f" AND {reference} < :beyond"
    return f"{reference} >= :prefix{upper}", {"prefix": prefix, **({} if beyond is None else {"beyond": beyond})}


def _beyond(prefix: str) -> str | None:
    """Give the first text behind all that begin with a prefix, in the order of code points; None if there is none."""
    for place in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[place]) + 1
        if following <= HIGHEST:
            letter = chr(BEHIND_SURROGATES if following in SURROGATES else following)
            return prefix[:place] + letter
    return None


def _by_source(wanted: RequestFilter) -> list[str]:
    """Write a condition for each source, so that each is read in order by the index of the sources."""
    return [f"source = :source_{number}" for number in range(len(wanted.sources))] or ["1 = 1"]


def _labels(wanted: RequestFilter) -> list[str]:
    """Give the labels that are wanted; the last one is that by which few are found: traits are rarer than labels."""
    trait = None if wanted.trait is None else trait_label(wanted.trait)
    return [label for label in (wanted.label, trait) if label is not None]


def _pattern(word: str) -> str:
    literal = WILD.sub(r"!\g<0>", word)
    return f"%|{literal}|%"
