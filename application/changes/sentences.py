"""Puts public changes into sentences that people without technical knowledge understand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from application.changes.kinds import ChangeKind
from application.document import chosen
from application.texts import translatable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.changes.kinds import PublicChange
    from domain.text import Text

K = ChangeKind
SENTENCES: dict[ChangeKind, str] = {
    K.INCIDENT_PUBLISHED: translatable("New incident: {title}."),
    K.INCIDENT_RESOLVED: translatable("Solved: {title}."),
    K.INCIDENT_REOPENED: translatable("The problem is back: {title}."),
    K.INCIDENT_WITHDRAWN: translatable("This was a false alarm: {title}."),
    K.INCIDENT_CORRECTED: translatable("We corrected what we had said about this incident: {title}."),
    K.INCIDENT_CONTACTS_CHANGED: translatable("Where to ask about this incident has changed: {title}."),
    K.POSTMORTEM_PUBLISHED: translatable("There is now a report on what happened: {title}."),
    K.REQUESTS_RECONCILED: translatable("Everything that was held up has been dealt with: {title}."),
    K.MAINTENANCE_ANNOUNCED: translatable("Maintenance announced: {title}, from {starts_at} to {ends_at}."),
    K.MAINTENANCE_MOVED: translatable("Maintenance moved: {title}, now from {starts_at} to {ends_at}."),
    K.MAINTENANCE_CHANGED: translatable("The plan for this maintenance has changed: {title}."),
    K.MAINTENANCE_UPDATED: translatable("There is news about this maintenance: {title}."),
    K.MAINTENANCE_STARTED: translatable("Maintenance has begun: {title}, until {ends_at}."),
    K.MAINTENANCE_EXTENDED: translatable("Maintenance now lasts until {ends_at}: {title}."),
    K.MAINTENANCE_VERIFYING: translatable("The planned time is over, and we are checking the work: {title}."),
    K.MAINTENANCE_COMPLETED: translatable("Maintenance is over: {title}."),
    K.MAINTENANCE_CANCELLED: translatable("Maintenance will not take place: {title}."),
    K.MAINTENANCE_REMINDER: translatable("Reminder of maintenance: {title}, from {starts_at} to {ends_at}."),
    K.RESTORATION_LOST: translatable("{panel}: access is lost."),
    K.ACCESS_RESTORED: translatable("{panel}: access is back."),
    K.RESTORATION_COMPLETED: translatable("{panel}: the restoration is complete."),
    K.RESTORATION_UPDATED: translatable("{panel}: there is news about the restoration."),
    K.RESTORATION_CHANGED: translatable("{panel}: details of the restoration have changed."),
    K.PROMISE_MADE: translatable("{panel}: {promised_by} promises access for {promised_for}."),
    K.PROMISE_MISSED: translatable("{panel}: access was promised for {promised_for} and is not back yet."),
    K.RECOVERY_POINT_SET: translatable("{panel}: we now know how recent the restored data is."),
    K.PROGRESS_REPORTED: translatable("{panel}: there is a new report on how many accounts are restored."),
    K.INSTRUCTION_GIVEN: translatable("{panel}: there is a new instruction for account owners."),
    K.INSTRUCTION_WITHDRAWN: translatable("{panel}: an instruction for account owners no longer applies."),
    K.COMPONENT_ADDED: translatable("{name} is now on this page: {after}."),
    K.COMPONENT_REMOVED: translatable("{name} is no longer on this page."),
    K.COMPONENT_STATUS: translatable("{name}: {after}, before: {before}."),
    K.PANEL_ADDED: translatable("{name} is now on this page: {after}."),
    K.PANEL_STATUS: translatable("{name}: {after}, before: {before}."),
    K.INCIDENT_DETECTED: translatable("New incident, not public: {title}."),
    K.INCIDENT_DISMISSED: translatable("Dismissed, it never was public: {title}."),
    K.INCIDENT_RELAPSED: translatable("The problem is back, not public yet: {title}."),
    K.RELAPSE_ENDED: translatable("The problem that had come back is over, it was not public: {title}."),
    K.PUBLICATION_HELD: translatable("Publication is held back: {title}."),
    K.PUBLICATION_RELEASED: translatable("Publication is no longer held back: {title}."),
    K.MAINTENANCE_PLANNED: translatable("Maintenance planned, not announced: {title}, from {starts_at} to {ends_at}."),
    K.INTERNAL_NOTE: translatable("There is a new internal note: {title}."),
    K.DETAILS_CHANGED: translatable("Internal details have changed: {title}."),
}
UPDATED = {
    "investigating": translatable("We are looking into it: {title}."),
    "identified": translatable("We know the cause and are working on it: {title}."),
    "monitoring": translatable("A fix is in place, and we are watching it: {title}."),
    "resolved": translatable("There is news about this incident, which is solved: {title}."),
    "withdrawn": translatable("There is news about this false alarm: {title}."),
    "dismissed": translatable("There is news about this incident, which was dismissed: {title}."),
}
CAPABILITY = {
    "available": translatable("{panel}: {capability} – available."),
    "degraded": translatable("{panel}: {capability} – works with limits."),
    "suspended": translatable("{panel}: {capability} – switched off by us for now."),
    "unavailable": translatable("{panel}: {capability} – not available."),
    "unknown": translatable("{panel}: {capability} – not known whether it works."),
}
LATE = translatable("{panel}: {capability} – expected by {expected_at}, late.")
STATUSES = {
    "operational": translatable("operational"),
    "unknown": translatable("status not known"),
    "under_maintenance": translatable("under maintenance"),
    "degraded_performance": translatable("degraded performance"),
    "partial_outage": translatable("partial outage"),
    "major_outage": translatable("major outage"),
}
OVER_WHEN_PUBLISHED = translatable("An incident that is over was added: {title}.")
ROLLED_BACK = translatable("Maintenance is over, and what it changed was undone: {title}.")
BECAUSE = translatable("{name}: {after}, before: {before} – {title}.")
RECONCILED = translatable("{panel}: everything that was held up has been dealt with.")
QUOTED = translatable("“{title}”")
"""How a sentence names an incident or a window: its title may have a colon of its own."""
EXPECTED = translatable("We expect it to be solved by {expected_at}.")
LONGEST = 200
"""How many characters a sentence has of a text that somebody wrote."""
INSTANTS = ("starts_at", "ends_at", "expected_at", "promised_for")


class Speaks(Protocol):
    """Writes in one language, by the clocks of one zone."""

    def text(self, message: str) -> str:
        """Give a built-in text in the language."""
        ...

    def moment(self, moment: datetime) -> str:
        """Write day and time."""
        ...

    def day(self, day: date) -> str:
        """Write a day."""
        ...

    def key(self, key: str) -> str:
        """Name a key: by its well-known name, else by the words that it is made of."""
        ...


class Sentences:
    """Puts changes into sentences."""

    def __init__(self, speeches: Mapping[str, Speaks]) -> None:
        """Speak some languages, by their tags; the first is the default one."""
        self.languages = tuple(speeches)
        self._speeches = speeches

    def all(self, change: PublicChange) -> dict[str, str]:
        """Give the sentence in every language."""
        return {language: self.say(change, language) for language in self.languages}

    def names(self, key: str) -> dict[str, str]:
        """Name a key that nobody has named in every language."""
        return {language: self._speeches[language].key(key) for language in self.languages}

    def say(self, change: PublicChange, language: str) -> str:
        """Give the sentence in one language."""
        blanks = {name: self._chosen(text, language) for name, text in change.names.items()}
        if "capability" in change.thing and "capability" not in blanks:
            blanks["capability"] = self._speeches[language].key(change.thing["capability"])
        # The sentence has its own full stop.
        title = blanks.get("title", "").rstrip(".")
        blanks["title"] = self._speeches[language].text(QUOTED).format(title=title)
        for name, value in change.details.items():
            if value is not None:
                blanks[name] = self._detail(name, str(value), language)
        sentences = [_sentence(change)]
        if change.kind is ChangeKind.INCIDENT_UPDATED and change.details.get("expected_at"):
            sentences.append(EXPECTED)
        return " ".join(self._speeches[language].text(each).format_map(blanks) for each in sentences)

    def _chosen(self, text: Text, language: str) -> str:
        words = " ".join((chosen(text, language, self.languages[0]) or "").split())
        return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"

    def _detail(self, name: str, value: str, language: str) -> str:
        speech = self._speeches[language]
        if name in INSTANTS:
            is_day = "T" not in value
            return speech.day(date.fromisoformat(value)) if is_day else speech.moment(datetime.fromisoformat(value))
        return speech.text(STATUSES[value]) if value in STATUSES else value


def _sentence(change: PublicChange) -> str:
    choose = CHOICES.get(change.kind)
    return SENTENCES[change.kind] if choose is None else choose(change)


def _published(change: PublicChange) -> str:
    over = change.details["state"] in {"resolved", "withdrawn"}
    return OVER_WHEN_PUBLISHED if over else SENTENCES[change.kind]


def _completed(change: PublicChange) -> str:
    return ROLLED_BACK if change.details["outcome"] == "rolled_back" else SENTENCES[change.kind]


def _status(change: PublicChange) -> str:
    return BECAUSE if change.names.get("title") else SENTENCES[change.kind]


def _reconciled(change: PublicChange) -> str:
    return RECONCILED if "panel" in change.names else SENTENCES[change.kind]


CHOICES: dict[ChangeKind, Callable[[PublicChange], str]] = {
    K.INCIDENT_PUBLISHED: _published,
    K.INCIDENT_UPDATED: lambda change: UPDATED[change.details["state"]],
    K.CAPABILITY_CHANGED: lambda change: LATE if change.details["expected_at"] else CAPABILITY[change.details["state"]],
    K.MAINTENANCE_COMPLETED: _completed,
    K.COMPONENT_STATUS: _status,
    K.REQUESTS_RECONCILED: _reconciled,
}
