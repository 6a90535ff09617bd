"""A template: texts with blanks, in several languages, for one purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.errors import Invalid
from domain.instants import written
from domain.provenance import Provenance
from domain.templates.blanks import Blank, read_blanks
from domain.templates.errors import TemplateRetired
from domain.text import Text

NAMESPACE = UUID("8a0f0b52-6d0c-4b1e-b7a7-2f0f5ad1c3e4")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class Purpose(StrEnum):
    """What the texts of a template are for."""

    INCIDENT = "incident"
    INCIDENT_UPDATE = "incident_update"
    MAINTENANCE_WINDOW = "maintenance_window"
    MAINTENANCE_UPDATE = "maintenance_update"
    POLICY_PUBLISHED = "policy_published"
    POLICY_FIRED_AGAIN = "policy_fired_again"
    POLICY_MONITORING = "policy_monitoring"
    POLICY_RESOLVED = "policy_resolved"
    POLICY_REOPENED = "policy_reopened"

    @property
    def is_of_policies(self) -> bool:
        """Whether policies use it by themselves; then there is one template of it at most."""
        return self.startswith("policy_")

    @property
    def has_title(self) -> bool:
        """Whether there is a title beside the message."""
        return self in {Purpose.INCIDENT, Purpose.MAINTENANCE_WINDOW, Purpose.POLICY_PUBLISHED}

    @property
    def blanks(self) -> frozenset[Blank]:
        """The blanks that its texts can have; a policy knows no time when something is expected."""
        return frozenset(Blank) - ({Blank.TIME} if self.is_of_policies else set())

    @property
    def handle(self) -> str:
        """The handle by which the template that policies use is found."""
        return f"template:{self}"


class TemplateEvent(Event):
    """Something that happened to a template."""


class TemplateCreated(Created, TemplateEvent):
    """An operator wrote it."""

    TOPIC = "template.created"
    key: str
    purpose: Purpose
    title: Text
    message: Text

    def apply(self, aggregate: TextTemplate) -> None:
        """Fill in what was written."""
        aggregate.key, aggregate.purpose = self.key, self.purpose
        aggregate.title, aggregate.message = self.title, self.message
        aggregate.created_at = self.provenance.occurred_at


class TemplateChanged(TemplateEvent):
    """An operator wrote other texts in place of those before; what was made of those stays."""

    TOPIC = "template.changed"
    title: Text
    message: Text

    def apply(self, aggregate: TextTemplate) -> None:
        """Replace the texts."""
        aggregate.title, aggregate.message = self.title, self.message


class TemplateWasRetired(TemplateEvent):
    """An operator retired it."""

    TOPIC = "template.retired"

    def apply(self, aggregate: TextTemplate) -> None:
        """End its use."""
        aggregate.retired_at = self.provenance.occurred_at


class TextTemplate(Aggregate):
    """Texts with blanks that commands and policies begin with. Its id follows from its key, which is never reused.

    ``title`` and ``message`` are empty where it has none; one of them it always has.
    """

    TOPIC = "template"
    Event = TemplateEvent
    TemplateCreated = TemplateCreated
    TemplateChanged = TemplateChanged
    TemplateWasRetired = TemplateWasRetired

    def __init__(self) -> None:
        """Begin without history; the events fill it in."""
        self.key = ""
        self.purpose = Purpose.INCIDENT
        self.title: Text = {}
        self.message: Text = {}
        self.created_at = BEGINNING
        self.retired_at: datetime | None = None

    @property
    def handles(self) -> Mapping[str, datetime]:
        """Where policies look for it; nowhere, if they do not use it."""
        is_in_use = self.purpose.is_of_policies and self.retired_at is None
        return {self.purpose.handle: self.created_at} if is_in_use else {}

    @staticmethod
    @lru_cache(maxsize=4_096)
    def id_of(key: str) -> UUID:
        """Give the id of the template with this key."""
        return uuid5(NAMESPACE, key)

    @classmethod
    def create(
        cls, *, key: str, purpose: Purpose, title: Text, message: Text, default_language: str, provenance: Provenance
    ) -> Self:
        """Write a template.

        Raises:
            Invalid: if it has no text, a title that its purpose has not, or a text not in ``default_language``.
            BadBraces: if a brace in a text is alone.
            UnknownBlank: if a text has a blank that there is not.
        """
        provenance.require_past()
        require_texts(purpose, title, message, default_language)
        template: Self = cls.begin_with(
            cls.TemplateCreated,
            id=cls.id_of(key),
            key=key,
            purpose=purpose,
            title=title,
            message=message,
            provenance=provenance,
        )
        return template

    def change(self, *, title: Text, message: Text, default_language: str, provenance: Provenance) -> None:
        """Write other texts; no-op if they are the same.

        Raises:
            TemplateRetired: if it was retired.
            Invalid: if it has no text, a title that its purpose has not, or a text not in ``default_language``.
            BadBraces: if a brace in a text is alone.
            UnknownBlank: if a text has a blank that there is not.
        """
        self._require_in_use()
        provenance.require_past()
        require_texts(self.purpose, title, message, default_language)
        if (title, message) != (self.title, self.message):
            self.record(self.TemplateChanged, title=title, message=message, provenance=provenance)

    def retire(self, *, provenance: Provenance) -> None:
        """End its use; what was made of it stays.

        Raises:
            TemplateRetired: if it was retired before.
        """
        self._require_in_use()
        provenance.require_past()
        self.record(self.TemplateWasRetired, provenance=provenance)

    def _require_in_use(self) -> None:
        if self.retired_at is not None:
            raise TemplateRetired(f"template {self.key} was retired at {written(self.retired_at)}")


def require_texts(purpose: Purpose, title: Text, message: Text, default_language: str) -> None:
    """Refuse texts that cannot be those of a template.

    Raises:
        Invalid: if there is none, a title that its purpose has not, or one that is not in ``default_language``.
        BadBraces: if a brace in a text is alone.
        UnknownBlank: if a text has a blank that there is not.
    """
    if title and not purpose.has_title:
        raise Invalid(f"a template for {purpose} has a message alone", pointer="/title")
    if not title and not message:
        raise Invalid("a template has a text at least", pointer="/message")
    for name, text in (("title", title), ("message", message)):
        if text and default_language not in text:
            raise Invalid(
                f"the {name} is not in {default_language}, the default language; every template is", pointer=f"/{name}"
            )
        for language, sentence in text.items():
            read_blanks(sentence, purpose.blanks, pointer=f"/{name}/{language}")
