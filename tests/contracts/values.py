"""Values of the types that events declare: any of them, and one that is always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

from domain.aggregate import Event
from domain.provenance import Provenance

MOMENT = datetime(2025, 3, 4, 10, 0, 0, 123456, tzinfo=UTC)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    UUID: st.uuids(),
    date: st.dates(),
    datetime: st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS),  # noqa: DTZ001 - see timezones
    timedelta: st.timedeltas(timedelta(days=-36_600), timedelta(days=36_600)),
    NoneType: st.none(),
}


@cache
def events_of(event_class: type[Event]) -> st.SearchStrategy[Event]:
    """Give any event of a class."""
    return values_of(event_class).map(_timed)


@cache
def values_of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any annotation
    """Give any value of a declared type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of(*map(values_of, arguments))
    if origin is Mapping:
        return st.dictionaries(*map(values_of, arguments), max_size=3)
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if is_dataclass(hint):
        members = {name: values_of(kind) for name, kind in declared(hint).items()}
        return st.builds(hint, **members)  # type: ignore[arg-type]
    return LEAVES[hint] if hint in LEAVES else st.sampled_from(hint)


def sample_of(event_class: type[Event]) -> Event:
    """Give the one event of a class that is always the same."""
    event: Event = _timed(_sample(event_class, ""))
    return event


def declared(of: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Give the declared types of the members of a dataclass."""
    hints = _hints_of(of)
    return {field.name: hints[field.name] for field in fields(of)}


@cache
def _hints_of(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal and of the same types, however deep."""
    if type(one) is not type(other) or one != other:
        return False
    match one:
        case Mapping():
            assert isinstance(other, Mapping)
            return all(same(left, right) for left, right in zip(sorted_items(one), sorted_items(other), strict=True))
        case tuple():
            assert isinstance(other, tuple)
            return all(same(left, right) for left, right in zip(one, other, strict=True))
        case datetime():
            assert isinstance(other, datetime)
            return one.tzinfo is not None and other.tzinfo is not None
        case _ if is_dataclass(one):
            return all(same(getattr(one, name), getattr(other, name)) for name in declared(type(one)))
        case _:
            return True


def sorted_items(mapping: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Give the items of a mapping, by key."""
    return sorted(mapping.items(), key=lambda item: str(item[0]))


def _timed(event: Any) -> Any:  # noqa: ANN401 - an event, as the library builds it
    """An event happens at the time that its provenance names."""
    object.__setattr__(event, "timestamp", event.provenance.recorded_at)
    if hasattr(event, "originator_topic"):
        object.__setattr__(event, "originator_topic", event.TOPIC.partition(".")[0])
    return event


def _sample(hint: Any, name: str) -> Any:  # noqa: ANN401, PLR0911 - one line for each kind of annotation
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _sample(arguments[0], name)
    if hint == Mapping[str, str]:
        return {"en": f"The {name}", "pl": f"Zażółć: {name}"}
    if origin is Mapping:
        return {_sample(arguments[0], f"{name} key"): _sample(arguments[1], name)}
    if origin is tuple:
        return (_sample(arguments[0], name),)
    if hint is Provenance:
        return Provenance(
            actor="token:ana",
            source="alertmanager",
            request_id="request-1",
            causation=7,
            occurred_at=MOMENT,
            recorded_at=MOMENT + timedelta(seconds=1),
        )
    if is_dataclass(hint):
        return hint(**{member: _sample(kind, member) for member, kind in declared(hint).items()})  # type: ignore[operator]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    simple = {
        str: f"the {name}",
        int: len(name),
        bool: True,
        UUID: UUID(int=len(name), version=4),
        date: MOMENT.date(),
        datetime: MOMENT + timedelta(minutes=len(name)),
        timedelta: timedelta(minutes=len(name), microseconds=1),
    }
    return simple[hint]
