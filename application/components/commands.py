"""What can be done with components."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from uuid import UUID

from application.caller import BY_CLOCK, Caller
from application.errors import AlreadyExists
from application.ids import new_id
from application.merging import TextChanges, merge_text
from application.targets import load_component
from domain.components import Component
from domain.components.events import Changes, Profile
from domain.impact import EVERYWHERE
from domain.incidents import Incident

if TYPE_CHECKING:
    from application.log import Log, Timer
    from domain.impact import Status
    from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A component as an operator registers it; ``since`` None is the day of registration."""

    key: str
    name: Text
    group: str
    description: Text
    markets: tuple[str, ...] = ()
    public: bool = True
    since: date | None = None
    position: int = 0
    heartbeat: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What an operator changes of a component; None leaves a thing as it is."""

    name: TextChanges | None = None
    group: str | None = None
    description: TextChanges | None = None
    is_without_description: bool = False
    markets: tuple[str, ...] | None = None
    public: bool | None = None
    since: date | None = None
    position: int | None = None
    sets_heartbeat: bool = False
    heartbeat: timedelta | None = None


class Components:
    """The use cases; each runs inside one command and gives the component as it is then."""

    def __init__(self, zone: tzinfo) -> None:
        """Let days begin at midnight in ``zone``, that of the page."""
        self._zone = zone

    def register(self, log: Log, *, registration: Registration, caller: Caller) -> Component:
        """Begin to show a component.

        Raises:
            AlreadyExists: if one of that key was ever registered.
        """
        if log.find(Component, Component.id_of(registration.key)) is not None:
            raise AlreadyExists(f"component {registration.key} exists already; keys are never reused")
        since = registration.since or log.now.astimezone(self._zone).date()
        profile = Profile(
            key=registration.key,
            name=registration.name,
            group=registration.group,
            description=registration.description,
            markets=registration.markets,
            is_public=registration.public,
            since=since,
            vouched_from=self._midnight(since),
            position=registration.position,
            heartbeat=registration.heartbeat,
        )
        component = Component.register(profile=profile, provenance=caller.says(log))
        log.save(component)
        self._listen(log, component)
        return component

    def revise(
        self, log: Log, *, key: str, expected_version: int | None, revision: Revision, caller: Caller
    ) -> Component:
        """Change what is said of a component.

        Raises:
            Invalid: if its name would be left in no language.
        """
        component = load_component(log, key, expected_version)
        name = revision.name
        heartbeat_before = component.heartbeat
        changes = Changes(
            name=None if name is None else merge_text(component.name, name, what="name"),
            group=revision.group,
            description=_changed_description(component, revision),
            markets=revision.markets,
            is_public=revision.public,
            since=revision.since,
            vouched_from=self._midnight(revision.since) if revision.since else None,
            position=revision.position,
            sets_heartbeat=revision.sets_heartbeat,
            heartbeat=revision.heartbeat,
        )
        component.revise(changes=changes, provenance=caller.says(log))
        log.save(component)
        if component.heartbeat != heartbeat_before:
            self._listen(log, component)
        return component

    def pin(
        self, log: Log, *, key: str, expected_version: int | None, status: Status, reason: str, caller: Caller
    ) -> tuple[Component, UUID]:
        """Let a component show at least a status; gives the id of the pin, too."""
        component = load_component(log, key, expected_version)
        pin_id = new_id(log.now)
        component.pin(pin_id=pin_id, status=status, reason=reason, provenance=caller.says(log))
        log.save(component)
        return component, pin_id

    def unpin(self, log: Log, *, key: str, expected_version: int | None, pin_id: UUID, caller: Caller) -> Component:
        """Remove a pin."""
        component = load_component(log, key, expected_version)
        component.unpin(pin_id=pin_id, provenance=caller.says(log))
        log.save(component)
        return component

    def retire(self, log: Log, *, key: str, expected_version: int | None, caller: Caller) -> Component:
        """Stop showing a component.

        Raises:
            CauseStillOpen: if something still affects it.
        """
        component = load_component(log, key, expected_version)
        incidents = [log.load(Incident, id) for id in log.find_ids(f"open:{key}")]
        relapses = [log.load(Incident, id) for id in log.find_ids(f"resolved:{key}")]
        open_causes = sum(key in incident.statuses for incident in incidents)
        open_causes += sum(incident.relapse is not None and key in incident.relapse.impact for incident in relapses)
        open_causes += sum(len(log.find_ids(f"affected:{affected}")) for affected in (key, EVERYWHERE))
        component.retire(open_causes=open_causes, provenance=caller.says(log))
        log.save(component)
        log.remind(component, None)
        return component

    def hear(self, log: Log, *, key: str, caller: Caller) -> Component:
        """Take notice of a heartbeat.

        Raises:
            HeartbeatNotExpected: if the component has no heartbeat set.
        """
        component = load_component(log, key)
        component.hear(provenance=caller.says(log))
        log.save(component)
        self._listen(log, component)
        return component

    def note_heartbeat(self, log: Log, component: Component, *, caller: Caller) -> None:
        """Take a signal for a sign of life, where one is expected."""
        if component.heartbeat is not None:
            component.hear(provenance=caller.says(log))
            log.save(component)
            self._listen(log, component)

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Say that nothing was heard for longer than the heartbeat, as of the moment that was so."""
        component = log.load(Component, timer.aggregate)
        component.fall_silent(provenance=BY_CLOCK.says(log, occurred_at=timer.due, causation=timer.position))
        log.save(component)
        log.remind(component, None)
        return None

    def _listen(self, log: Log, component: Component) -> None:
        log.remind(component, component.silent_from(log.now))

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone).astimezone(UTC)


def _changed_description(component: Component, revision: Revision) -> Text | None:
    if revision.is_without_description:
        return {}
    changes = revision.description
    if changes is None:
        return None
    return merge_text(component.description, changes, what="description", is_needed=False)
