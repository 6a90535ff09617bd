"""What can be done with incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from application.caller import Caller, by_policy
from application.ids import new_id
from application.incidents.wording import Words
from application.ledger.disposition import save_cause
from application.ledger.policy_changes import PolicyChanges, merge_policies
from application.targets import Target, require_components
from application.templates.filling import Subject
from domain.errors import Invalid
from domain.incidents import Incident, Progress
from domain.incidents.values import Correction
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.log import Log, Timer
    from application.ports import Catalogs
    from application.templates.filling import TemplateTexts, TemplateUse
    from domain.contact import Contact
    from domain.impact import Status
    from domain.incidents.signal import SignalCause
    from domain.ledger.request_policy import RequestPolicy
    from domain.policy import Policy
    from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """An incident as a person declares it; with ``resolved_at`` it is entered afterwards, as over.

    A text that is None is that of the ``template``.
    """

    title: Text | None = None
    message: Text | None = None
    template: TemplateUse | None = None
    components: Mapping[str, Status]
    cause: SignalCause | None = None
    markets: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    resolved_at: datetime | None = None
    publish: bool = True
    request_policies: Mapping[str, RequestPolicy]
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IncidentRevision:
    """What an operator changes of an incident; None leaves a thing as it is."""

    contacts: tuple[Contact, ...] | None = None
    request_policies: PolicyChanges | None = None
    because: str | None = None


@dataclass(frozen=True, kw_only=True)
class News:
    """An update as a person writes it; ``state`` None leaves the progress as it is.

    A ``message`` that is None is that of the ``template``.
    """

    message: Text | None = None
    template: TemplateUse | None = None
    state: Progress | None = None
    components: Mapping[str, Status]
    expected_at: datetime | None = None
    internal: bool = False
    occurred_at: datetime | None = None
    override_reason: str | None = None


class Incidents:
    """The use cases; each runs inside one command and gives the incident as it is then."""

    def __init__(
        self, policy: Policy, languages: tuple[str, ...], catalogs: Catalogs, template_texts: TemplateTexts
    ) -> None:
        """Decide by ``policy``; what policies publish is worded in ``languages``."""
        self.policy = policy
        self._template_texts = template_texts
        self._languages = languages
        self._catalogs = catalogs

    def declare(self, log: Log, *, declaration: Declaration, caller: Caller) -> Incident:
        """Declare an incident.

        Raises:
            Invalid: if it names an unknown component, has not both texts, or is resolved before it began.
            BlankWithoutValue: if its template has a blank of which nothing is known.
            InTheFuture: if it says to have occurred more than five seconds from now.
        """
        require_components(log, declaration.components)
        provenance = caller.says(log, occurred_at=declaration.occurred_at)
        if declaration.resolved_at is not None and declaration.resolved_at < provenance.occurred_at:
            raise Invalid("an incident cannot be resolved before it began", pointer="/resolved_at")
        resolved = caller.says(log, occurred_at=declaration.resolved_at) if declaration.resolved_at else None
        texts = self._template_texts.fill(
            log,
            declaration.template,
            purpose=Purpose.INCIDENT,
            subject=Subject(components=declaration.components, markets=declaration.markets),
            title=declaration.title,
            message=declaration.message,
        )
        incident = Incident.declare(
            id=new_id(log.now),
            title=texts.required_title,
            message=texts.required_message,
            components=declaration.components,
            cause=declaration.cause,
            markets=declaration.markets,
            public=declaration.publish,
            request_policies=declaration.request_policies,
            resolved=resolved,
            provenance=provenance,
        )
        incident.change_contacts(contacts=declaration.contacts, provenance=provenance)
        return self.save(log, incident)

    def revise(self, log: Log, *, target: Target, revision: IncidentRevision) -> Incident:
        """Change what is said beside the course of an incident."""
        incident, provenance = target.load(log, Incident)
        if revision.request_policies is not None:
            incident.change_request_policies(
                request_policies=merge_policies(incident.request_policies, revision.request_policies),
                reason=revision.because,
                provenance=provenance,
            )
        if revision.contacts is not None:
            incident.change_contacts(contacts=revision.contacts, provenance=provenance)
        return self.save(log, incident)

    def update(self, log: Log, *, target: Target, news: News) -> Incident:
        """Say how the work goes; ``resolved`` declares the fix stable.

        Raises:
            NotFound: if there is no such incident.
            VersionConflict: if it is no longer at the expected version.
            NotStableYet: if it is said to be resolved before it has been stable for long enough.
            Invalid: if a component is unknown, there is no message, or a resolution sets statuses.
            BlankWithoutValue: if its template has a blank of which nothing is known.
        """
        incident, provenance = target.load(log, Incident)
        require_components(log, news.components)
        message = self._message(log, incident, news)
        if news.state is Progress.RESOLVED:
            if news.internal or news.components or news.expected_at:
                raise Invalid("a resolution ends every impact; it has a message only", pointer="/state")
            incident.resolve(
                message=message,
                override_reason=news.override_reason,
                policy=self.policy,
                provenance=provenance,
            )
        elif news.override_reason is not None:
            raise Invalid("only a resolution can be overridden", pointer="/override_reason")
        else:
            incident.update(
                progress=news.state,
                message=message,
                components=news.components,
                expected_at=news.expected_at,
                internal=news.internal,
                policy=self.policy,
                provenance=provenance,
            )
        return self.save(log, incident)

    def publish(self, log: Log, *, target: Target, reason: str, title: Text | None, message: Text | None) -> Incident:
        """Make it public."""
        incident, provenance = target.load(log, Incident)
        incident.publish(reason=reason, title=title, message=message, wording=self.words(log), provenance=provenance)
        return self.save(log, incident)

    def hold(self, log: Log, *, target: Target, reason: str) -> Incident:
        """Keep every policy from publishing, dismissing or reopening it."""
        incident, provenance = target.load(log, Incident)
        incident.hold(reason=reason, provenance=provenance)
        return self.save(log, incident)

    def release(self, log: Log, *, target: Target, reason: str | None) -> Incident:
        """End the hold."""
        incident, provenance = target.load(log, Incident)
        incident.release(reason=reason, provenance=provenance)
        return self.save(log, incident)

    def dismiss(self, log: Log, *, target: Target, reason: str) -> Incident:
        """Let go of a detection or a relapse that readers never saw."""
        incident, provenance = target.load(log, Incident)
        incident.dismiss(reason=reason, provenance=provenance)
        return self.save(log, incident)

    def withdraw(self, log: Log, *, target: Target, reason: str) -> Incident:
        """Take back a false alarm."""
        incident, provenance = target.load(log, Incident)
        incident.withdraw(reason=reason, provenance=provenance)
        return self.save(log, incident)

    def reopen(
        self, log: Log, *, target: Target, reason: str, message: Text | None, components: Mapping[str, Status]
    ) -> Incident:
        """Go on after the resolution."""
        incident, provenance = target.load(log, Incident)
        require_components(log, components)
        incident.reopen(
            reason=reason,
            message=message,
            components=components,
            wording=self.words(log),
            provenance=provenance,
        )
        return self.save(log, incident)

    def correct(self, log: Log, *, target: Target, correction: Correction, reason: str) -> Incident:
        """Set something right."""
        incident, provenance = target.load(log, Incident)
        require_components(log, set(correction.impact or {}) - set(incident.components))
        incident.correct(correction=correction, reason=reason, provenance=provenance)
        return self.save(log, incident)

    def write_postmortem(self, log: Log, *, target: Target, body: Text | None, publish: bool) -> Incident:
        """Draft what was learned, publish the draft, or both."""
        incident, provenance = target.load(log, Incident)
        if body is not None:
            incident.draft_postmortem(body=body, provenance=provenance)
        if publish:
            incident.publish_postmortem(provenance=provenance)
        return self.save(log, incident)

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Do what is due, as of the due time.

        Returns:
            When the clock has to come again.
        """
        incident = log.load(Incident, timer.aggregate)
        provenance = by_policy(incident.acting_policy).says(log, occurred_at=timer.due, causation=timer.position)
        incident.handle_due(policy=self.policy, wording=self.words(log), provenance=provenance)
        save_cause(log, incident)
        return incident.next_due

    def save(self, log: Log, incident: Incident, *, until: datetime | None = None) -> Incident:
        """Record what happened, and what was due because of it at ``until``, or now, at the latest."""
        self.act(log, incident, causation=save_cause(log, incident), until=until or log.now)
        return incident

    def act(self, log: Log, incident: Incident, *, causation: int, until: datetime) -> None:
        """Let policies do what was due at ``until`` at the latest, because of the event at ``causation``."""
        while incident.next_due is not None and incident.next_due <= until:
            policy = by_policy(incident.acting_policy)
            provenance = policy.says(log, occurred_at=incident.next_due, causation=causation)
            incident.handle_due(policy=self.policy, wording=self.words(log), provenance=provenance)
            save_cause(log, incident)

    def _message(self, log: Log, incident: Incident, news: News) -> Text:
        subject = Subject(
            components=news.components or incident.statuses or incident.components,
            markets=incident.markets_affected,
            time=news.expected_at and news.expected_at.astimezone(self._template_texts.zone),
        )
        return self._template_texts.fill(
            log, news.template, purpose=Purpose.INCIDENT_UPDATE, subject=subject, message=news.message
        ).required_message

    def words(self, log: Log) -> Words:
        """Give the texts for what policies publish."""
        return Words(log, self._languages, self._catalogs)
