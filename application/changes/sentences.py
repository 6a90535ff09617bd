"""Puts public changes into sentences that people without technical knowledge understand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from application.changes.kinds import ChangeKind
from application.changes.words import translated
from application.document import chosen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from application.changes.kinds import Change
    from domain.text import Text

K = ChangeKind
SENTENCES: dict[ChangeKind, str] = {
    K.INCIDENT_PUBLISHED: "New incident: {title}.",
    K.INCIDENT_RESOLVED: "Solved: {title}.",
    K.INCIDENT_REOPENED: "The problem is back: {title}.",
    K.INCIDENT_WITHDRAWN: "This was a false alarm: {title}.",
    K.INCIDENT_CORRECTED: "We corrected what we had said about this incident: {title}.",
    K.POSTMORTEM_PUBLISHED: "There is now a report on what happened: {title}.",
    K.REQUESTS_RECONCILED: "Everything that was held up has been dealt with: {title}.",
    K.MAINTENANCE_ANNOUNCED: "Maintenance announced: {title}, from {starts_at} to {ends_at}.",
    K.MAINTENANCE_MOVED: "Maintenance moved: {title}, now from {starts_at} to {ends_at}.",
    K.MAINTENANCE_CHANGED: "The plan for this maintenance has changed: {title}.",
    K.MAINTENANCE_UPDATED: "There is news about this maintenance: {title}.",
    K.MAINTENANCE_STARTED: "Maintenance has begun: {title}, until {ends_at}.",
    K.MAINTENANCE_EXTENDED: "Maintenance now lasts until {ends_at}: {title}.",
    K.MAINTENANCE_VERIFYING: "The planned time is over, and we are checking the work: {title}.",
    K.MAINTENANCE_COMPLETED: "Maintenance is over: {title}.",
    K.MAINTENANCE_CANCELLED: "Maintenance will not take place: {title}.",
    K.RESTORATION_LOST: "{panel}: access is lost.",
    K.ACCESS_RESTORED: "{panel}: access is back.",
    K.RESTORATION_COMPLETED: "{panel}: the restoration is complete.",
    K.RESTORATION_UPDATED: "{panel}: there is news about the restoration.",
    K.RESTORATION_CHANGED: "{panel}: details of the restoration have changed.",
    K.PROMISE_MADE: "{panel}: {promised_by} promises access for {promised_for}.",
    K.PROMISE_MISSED: "{panel}: access was promised for {promised_for} and is not back yet.",
    K.RECOVERY_POINT_SET: "{panel}: we now know how recent the restored data is.",
    K.PROGRESS_REPORTED: "{panel}: there is a new report on how many accounts are restored.",
    K.INSTRUCTION_GIVEN: "{panel}: there is a new instruction for account owners.",
    K.INSTRUCTION_WITHDRAWN: "{panel}: an instruction for account owners no longer applies.",
    K.COMPONENT_ADDED: "{name} is now on this page: {after}.",
    K.COMPONENT_REMOVED: "{name} is no longer on this page.",
    K.COMPONENT_STATUS: "{name}: {after}, before: {before}.",
    K.PANEL_ADDED: "{name} is now on this page: {after}.",
    K.PANEL_STATUS: "{name}: {after}, before: {before}.",
}
UPDATED = {
    "investigating": "We are looking into it: {title}.",
    "identified": "We know the cause and are working on it: {title}.",
    "monitoring": "A fix is in place, and we are watching it: {title}.",
    "resolved": "There is news about this incident, which is solved: {title}.",
    "withdrawn": "There is news about this false alarm: {title}.",
}
CAPABILITY = {
    "available": "{panel}: {capability} is available.",
    "degraded": "{panel}: {capability} works with restrictions.",
    "suspended": "{panel}: we have switched off {capability} for now.",
    "unavailable": "{panel}: {capability} is not available.",
    "unknown": "{panel}: it is not known whether {capability} works.",
}
STATUSES = {
    "operational": "operational",
    "unknown": "status not known",
    "under_maintenance": "under maintenance",
    "degraded_performance": "degraded performance",
    "partial_outage": "partial outage",
    "major_outage": "major outage",
}
OVER_WHEN_PUBLISHED = "An incident that is over was added: {title}."
ROLLED_BACK = "Maintenance is over, and what it changed was undone: {title}."
BECAUSE = "{name}: {after}, before: {before} – {title}."
RECONCILED = "{panel}: everything that was held up has been dealt with."
EXPECTED = "We expect it to be solved by {expected_at}."
DATES = {"en": "%-d %b %Y", "es": "%-d/%-m/%Y", "pl": "%d.%m.%Y", "pt": "%d/%m/%Y"}
LONGEST = 200
"""How many characters a sentence has of a text that somebody wrote."""
INSTANTS = ("starts_at", "ends_at", "expected_at", "promised_for")


class Sentences:
    """Puts changes into sentences, with times by the clocks of one zone."""

    def __init__(self, languages: tuple[str, ...], zone: tzinfo) -> None:
        """Speak ``languages``, of which the first is the default one."""
        self.languages = languages
        self._zone = zone

    def all(self, change: Change) -> dict[str, str]:
        """Give the sentence in every language."""
        return {language: self.say(change, language) for language in self.languages}

    def say(self, change: Change, language: str) -> str:
        """Give the sentence in one language."""
        blanks = {name: self._chosen(text, language) for name, text in change.names.items()}
        # The sentence has its own full stop.
        blanks["title"] = blanks.get("title", "").rstrip(".")
        for name, value in change.details.items():
            if value is not None:
                blanks[name] = self._detail(name, str(value), language)
        sentences = [_sentence(change)]
        if change.kind is ChangeKind.INCIDENT_UPDATED and change.details.get("expected_at"):
            sentences.append(EXPECTED)
        return " ".join(translated(each, language).format_map(blanks) for each in sentences)

    def _chosen(self, text: Text, language: str) -> str:
        words = " ".join((chosen(text, language, self.languages[0]) or "").split())
        return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"

    def _detail(self, name: str, value: str, language: str) -> str:
        if name in INSTANTS:
            return self._moment(value, language)
        return translated(STATUSES[value], language) if value in STATUSES else value

    def _moment(self, said: str, language: str) -> str:
        days = DATES.get(language.partition("-")[0], "%Y-%m-%d")
        if "T" not in said:
            return date.fromisoformat(said).strftime(days)
        return datetime.fromisoformat(said).astimezone(self._zone).strftime(f"{days}, %H:%M (%Z)")


def _sentence(change: Change) -> str:
    choose = CHOICES.get(change.kind)
    return SENTENCES[change.kind] if choose is None else choose(change)


def _published(change: Change) -> str:
    over = change.details["state"] in {"resolved", "withdrawn"}
    return OVER_WHEN_PUBLISHED if over else SENTENCES[change.kind]


def _completed(change: Change) -> str:
    return ROLLED_BACK if change.details["outcome"] == "rolled_back" else SENTENCES[change.kind]


def _status(change: Change) -> str:
    return BECAUSE if change.names.get("title") else SENTENCES[change.kind]


def _reconciled(change: Change) -> str:
    return RECONCILED if "panel" in change.names else SENTENCES[change.kind]


CHOICES: dict[ChangeKind, Callable[[Change], str]] = {
    K.INCIDENT_PUBLISHED: _published,
    K.INCIDENT_UPDATED: lambda change: UPDATED[change.details["state"]],
    K.CAPABILITY_CHANGED: lambda change: CAPABILITY[change.details["state"]],
    K.MAINTENANCE_COMPLETED: _completed,
    K.COMPONENT_STATUS: _status,
    K.REQUESTS_RECONCILED: _reconciled,
}
