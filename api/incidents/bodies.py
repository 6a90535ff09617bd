"""Requests about incidents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.http.command_bodies import ChangeBody, CommandBody, NotifyingBody
from api.http.contacts import Contacts
from api.http.request_policies import Policies, PolicyChanges
from api.http.template_use import TemplatedBody
from api.http.values import (
    DISTINCT,
    WHOLE,
    Body,
    Flag,
    ImpactStatus,
    Instant,
    Key,
    Localized,
    Market,
    Reason,
    Statuses,
    example,
    values_alone,
)
from application.incidents.commands import Declaration, IncidentRevision, News
from domain.impact import StatusSpan
from domain.incidents import Progress
from domain.incidents.signal import SignalCause
from domain.incidents.values import Correction

Impacts = Annotated[dict[Key, ImpactStatus], Field(min_length=1, max_length=500, json_schema_extra=values_alone)]
Markets = Annotated[list[Market], Field(max_length=300), DISTINCT]


class DeclarationBody(NotifyingBody, TemplatedBody[Declaration]):
    """An incident as a person declares it; with ``resolved_at`` it is entered afterwards, and nobody is notified.

    It needs ``title`` and ``message``, or a ``template`` of the purpose `incident` that has those which it lacks.
    """

    model_config = example(
        title={"en": "Orders come in late", "es": "Los pedidos llegan con retraso"},
        message={"en": "Orders of the last hour are missing. We are looking into it."},
        components={"order-import": "partial_outage"},
        markets=["ES"],
        request_policies={"order": {"policy": "reprocess", "deadline": "72h"}},
    )

    NEEDED = ("title", "message")

    title: Localized | None = None
    message: Localized | None = None
    components: Impacts
    cause: SignalCause | None = None
    markets: Markets = []
    occurred_at: Instant | None = None
    resolved_at: Instant | None = None
    publish: Flag = True
    request_policies: Policies = {}
    contacts: Contacts = []

    @property
    def notifies_by_default(self) -> bool:
        """Whether it goes on."""
        return self.resolved_at is None

    def to_command(self, language: str | None = None) -> Declaration:
        """Give it as the application takes it.

        Raises:
            Invalid: if it has not its texts, and no template.
        """
        return self.converted(language, template=self.to_use(language))


class IncidentRevisionBody(ChangeBody[IncidentRevision]):
    """What to change of an incident; what is left out stays. ``because`` is why the policies change, for operators."""

    model_config = example(
        contacts=[{"channel": "email", "address": "support@example.com"}],
        request_policies={"order": {"policy": "reprocess"}},
        because="The shops asked for it.",
    )

    THING = "an incident"
    CAN_BE_NULL = frozenset({"because"})

    contacts: Contacts | None = None
    request_policies: PolicyChanges | None = None
    because: Reason | None = None


class UpdateBody(NotifyingBody, TemplatedBody[News]):
    """How the work goes; without ``state`` it stays as it is.

    It needs a ``message``, or a ``template`` of the purpose `incident_update`.
    """

    model_config = example(
        state="identified",
        message={"en": "A queue is stuck; we are moving its orders to another one."},
        components={"order-import": "degraded_performance"},
        expected_at="2030-01-01T12:00:00Z",
    )

    state: Progress | None = None
    message: Localized | None = None
    components: Statuses = {}
    expected_at: Instant | None = None
    internal: Flag = False
    occurred_at: Instant | None = None
    override_reason: Reason | None = None

    def to_command(self, language: str | None = None) -> News:
        """Give it as the application takes it.

        Raises:
            Invalid: if it has no message, and no template.
        """
        return self.converted(language, template=self.to_use(language))


class ReasonBody(Body):
    """Why."""

    model_config = example(reason="The probe looked at the wrong address.")

    reason: Reason


class WithdrawalBody(NotifyingBody, ReasonBody):
    """Why it was a false alarm."""


class PublicationBody(NotifyingBody):
    """Why it becomes public, and under which words; without them they are generated."""

    model_config = example(
        reason="Customers are asking.",
        title={"en": "Labels cannot be printed"},
        message={"en": "Some labels fail to print. We are looking into it."},
    )

    reason: Reason
    title: Localized | None = None
    message: Localized | None = None


class ReopeningBody(NotifyingBody):
    """Why it goes on; without ``components``, with what they showed when it was resolved."""

    model_config = example(
        reason="The queue is stuck again.",
        message={"en": "Orders come in late again."},
        components={"order-import": "degraded_performance"},
    )

    reason: Reason
    message: Localized | None = None
    components: Statuses = {}
    occurred_at: Instant | None = None


class SpanBody(CommandBody[StatusSpan]):
    """A span of an impact; open without ``until``."""

    APART = frozenset({"from_", "until"})

    status: ImpactStatus
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant | None = None

    def to_command(self, language: str | None = None) -> StatusSpan:
        """Give it as the domain has it."""
        return self.converted(language, start=self.from_, end=self.until)


ImpactBody = Annotated[
    dict[Key, Annotated[list[SpanBody], Field(max_length=1000)]],
    Field(max_length=500, json_schema_extra=values_alone),
]


class CorrectionBody(NotifyingBody, CommandBody[Correction]):
    """What to set right: the title, the markets, the spans of components, or one update by its number.

    Subscribers are notified only with ``notify``.
    """

    model_config = example(
        reason="It began when the queue filled, half an hour before the first report.",
        impact={
            "order-import": [
                {"status": "partial_outage", "from": "2025-03-04T09:00:00Z", "until": "2025-03-04T10:15:00Z"}
            ]
        },
    )

    APART = frozenset({"reason"})

    reason: Reason
    title: Localized | None = None
    markets: Markets | None = None
    impact: ImpactBody | None = None
    update: Annotated[int, Field(ge=1), WHOLE] | None = None
    message: Localized | None = None
    occurred_at: Instant | None = None

    @property
    def notifies_by_default(self) -> bool:
        """Nobody is notified of what was always so."""
        return False


class PostmortemBody(NotifyingBody):
    """What was learned; with ``publish`` readers see it."""

    model_config = example(body={"en": "A queue had no limit. It has one now, and an alarm before it."}, publish=True)

    body: Localized | None = None
    publish: Flag = False
