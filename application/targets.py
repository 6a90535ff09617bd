"""The aggregate that a command is about, and how it is loaded at the version that the caller knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from application.caller import Caller
from application.errors import VersionConflict
from domain.aggregate import Aggregate
from domain.components import Component
from domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.log import Log
    from domain.provenance import Provenance

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The aggregate that a command is about, the version that the caller knows, the caller, and when it occurred.

    ``expected_version`` is None if any version will do, ``occurred_at`` for now. ``name`` is what a person calls the
    aggregate, where that is not its id.
    """

    id: UUID
    expected_version: int | None
    caller: Caller
    occurred_at: datetime | None = None
    name: str | None = None

    def at(self, occurred_at: datetime | None) -> Target:
        """Give the same target for what occurred at a moment; None for now."""
        return replace(self, occurred_at=occurred_at)

    def load(self, log: Log, kind: type[A]) -> tuple[A, Provenance]:
        """Load it, with the provenance of what the command records.

        Raises:
            NotFound: if there is none.
            VersionConflict: if it is no longer at the expected version.
        """
        if self.name is not None and log.find(kind, self.id) is None:
            raise NotFound(f"there is no {self.name}")
        aggregate = load_at(log, kind, self.id, self.expected_version)
        return aggregate, self.caller.says(log, occurred_at=self.occurred_at)


def load_at(log: Log, kind: type[A], id: UUID, expected_version: int | None) -> A:
    """Load an aggregate that a caller has read before.

    Raises:
        NotFound: if there is none.
        VersionConflict: if it is no longer at ``expected_version``.
    """
    aggregate = log.load(kind, id)
    if expected_version is None or aggregate.version == expected_version:
        return aggregate
    since = log.events_after(id, expected_version)
    if expected_version <= aggregate.version and all(_is_about_requests(event["type"]) for event in since):
        return aggregate
    raise VersionConflict(f"{kind.TOPIC} {id}", expected=expected_version, version=aggregate.version, since=since)


def _is_about_requests(event_type: str) -> bool:
    # What happens to the requests of a cause changes nothing that a caller has read of the cause itself.
    return event_type.partition(".")[2] in {"requests_came", "reconciled"}


def load_component(log: Log, key: str, expected_version: int | None = None) -> Component:
    """Load a component by its key.

    Raises:
        NotFound: if there is none.
        VersionConflict: if it is no longer at ``expected_version``.
    """
    if log.find(Component, Component.id_of(key)) is None:
        raise NotFound(f"there is no component {key}")
    return load_at(log, Component, Component.id_of(key), expected_version)


def require_components(log: Log, keys: Iterable[str], *, where: str = "/components") -> None:
    """Refuse keys that name no component, or a retired one.

    Raises:
        Invalid: naming the first such key, under ``where``.
    """
    for key in keys:
        component = log.find(Component, Component.id_of(key))
        if component is None or component.retired_at is not None:
            state = "unknown" if component is None else "retired"
            raise Invalid(f"component {key} is {state}", pointer=f"{where}/{key}")
