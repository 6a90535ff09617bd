"""The bodies of commands on windows that are planned already."""

from __future__ import annotations

from api.http.command_bodies import CommandBody, NotifyingBody
from api.http.template_use import TemplatedBody
from api.http.values import Body, Duration, Flag, Instant, Localized, Reason, SayableStatus, Statuses, example
from api.maintenance.civil_values import CivilTime, Zone
from api.maintenance.plan_bodies import to_statuses
from application.maintenance.commands import Explanation
from application.maintenance.timetables import Extension, Move
from application.maintenance.wording import WindowNews
from domain.maintenance import WindowOutcome
from domain.maintenance.civil_time import Choice


class SaidBody(NotifyingBody, CommandBody[Explanation]):
    """Why, for operators, and what readers are told."""

    model_config = example(reason="The vendor asked for it.", message={"en": "The upgrade begins earlier."})

    reason: Reason | None = None
    message: Localized | None = None


class TimelySaidBody(SaidBody):
    """The same of a moment in the past; now, if none is named."""

    APART = frozenset({"occurred_at"})

    occurred_at: Instant | None = None


class RescheduleBody(SaidBody):
    """Other times; without ``end`` or ``duration`` it lasts as long as before, by the clock on the wall."""

    model_config = example(start="2030-07-29T01:00", duration="4h", message={"en": "The upgrade is a day later."})
    APART = frozenset({"zone", "start", "end", "duration", "ambiguous"})

    zone: Zone | None = None
    start: CivilTime
    end: CivilTime | None = None
    duration: Duration | None = None
    ambiguous: Choice | None = None

    def to_move(self) -> Move:
        """Give the other times, civil as they were sent."""
        return Move(zone=self.zone, start=self.start, end=self.end, duration=self.duration, ambiguous=self.ambiguous)


class ExtensionBody(SaidBody):
    """A later end: a civil time of its zone, ``by`` so much later, or a ``duration`` from the planned start on."""

    model_config = example(by="1h", message={"en": "We need an hour more."})
    APART = frozenset({"end", "by", "duration", "ambiguous"})

    end: CivilTime | None = None
    by: Duration | None = None
    duration: Duration | None = None
    ambiguous: Choice | None = None

    def to_extension(self) -> Extension:
        """Give the later end, in whichever way it was sent."""
        return Extension(end=self.end, by=self.by, duration=self.duration, ambiguous=self.ambiguous)


class HoldBody(Body):
    """Why a person completes the window, and not the clock."""

    model_config = example(reason="We look at the queues first.")

    reason: Reason | None = None


class CompletionBody(TimelySaidBody):
    """How it went."""

    model_config = example(outcome="done", message={"en": "All is back."})
    APART = frozenset({"occurred_at", "outcome"})

    outcome: WindowOutcome = WindowOutcome.DONE


class WindowUpdateBody(NotifyingBody, TemplatedBody[WindowNews]):
    """How the work goes; ``operational`` lets go of a component, or of the whole product, before the end.

    It needs a ``message``, or a ``template`` of the purpose `maintenance_update`.
    """

    model_config = example(message={"en": "Half of the shops are moved."}, components={"order-import": "operational"})
    APART = TemplatedBody.APART | {"components", "all", "occurred_at"}

    message: Localized | None = None
    components: Statuses = {}
    all: SayableStatus | None = None
    expected_at: Instant | None = None
    internal: Flag = False
    occurred_at: Instant | None = None

    def to_command(self, language: str | None = None) -> WindowNews:
        """Give the update as a person writes it.

        Raises:
            Invalid: if it names components and the whole product, or has no message and no template.
        """
        components = to_statuses(self.components, self.all)
        return self.converted(language, components=components, template=self.to_use(language))
