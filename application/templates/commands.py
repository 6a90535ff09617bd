"""What can be done with templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from application.errors import AlreadyExists
from application.merging import TextChanges, merge_text
from application.targets import load_at
from application.templates.filling import TemplateTexts
from application.templates.policy_texts import find_policy_template
from domain.errors import Invalid, NotFound
from domain.templates.errors import PurposeTaken
from domain.templates.template import Purpose, TextTemplate

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.caller import Caller
    from application.log import Log
    from application.ports import Catalogs
    from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class TemplateDraft:
    """A template as an operator writes it; a text that it has not is empty."""

    key: str
    purpose: Purpose
    title: Text
    message: Text


@dataclass(frozen=True, kw_only=True)
class TemplateRevision:
    """What an operator changes of a template; None leaves a text as it is.

    ``takes_away`` names the texts that it is to be without.
    """

    title: TextChanges | None = None
    message: TextChanges | None = None
    takes_away: frozenset[str] = frozenset()


class Templates:
    """The commands; each runs inside one command of the log and gives the template as it is then."""

    def __init__(self, languages: tuple[str, ...], catalogs: Catalogs, zone: tzinfo) -> None:
        """Let each text be in the first of ``languages`` at least; ``zone`` is that of the page."""
        self.texts = TemplateTexts(languages, catalogs, zone)
        self._default_language = languages[0]

    def create(self, log: Log, *, draft: TemplateDraft, caller: Caller) -> TextTemplate:
        """Write a template.

        Raises:
            AlreadyExists: if there ever was one of that key.
            PurposeTaken: if policies use another one for that purpose.
            Invalid: if its key looks like an id, or its texts are not as they have to be.
        """
        if _as_id(draft.key) is not None:
            raise Invalid(f"{draft.key} looks like an id; choose a key that does not", pointer="/key")
        if log.find(TextTemplate, TextTemplate.id_of(draft.key)) is not None:
            raise AlreadyExists(f"template {draft.key} exists already; keys are never reused")
        other = find_policy_template(log, draft.purpose)
        if other is not None:
            raise PurposeTaken(f"template {other.key} is for {draft.purpose} already; change it, or retire it first")
        template = TextTemplate.create(
            key=draft.key,
            purpose=draft.purpose,
            title=draft.title,
            message=draft.message,
            default_language=self._default_language,
            provenance=caller.says(log),
        )
        log.save(template)
        return template

    def revise(
        self, log: Log, *, name: str, expected_version: int | None, revision: TemplateRevision, caller: Caller
    ) -> TextTemplate:
        """Change the texts of the template of this key or id; those of other languages stay.

        Raises:
            NotFound: if there is none.
            VersionConflict: if it is no longer at ``expected_version``.
            TemplateRetired: if it was retired.
            Invalid: if its texts are not as they have to be.
        """
        template = _load(log, name, expected_version)
        template.change(
            title=_merged(template.title, revision.title, "title", revision.takes_away),
            message=_merged(template.message, revision.message, "message", revision.takes_away),
            default_language=self._default_language,
            provenance=caller.says(log),
        )
        log.save(template)
        return template

    def retire(self, log: Log, *, name: str, expected_version: int | None, caller: Caller) -> TextTemplate:
        """End the use of the template of this key or id.

        Raises:
            NotFound: if there is none.
            VersionConflict: if it is no longer at ``expected_version``.
            TemplateRetired: if it was retired before.
        """
        template = _load(log, name, expected_version)
        template.retire(provenance=caller.says(log))
        log.save(template)
        return template


def id_named(name: str) -> UUID:
    """Give the id of the template that a path names by its key or its id."""
    return _as_id(name) or TextTemplate.id_of(name)


def _as_id(name: str) -> UUID | None:
    try:
        id = UUID(name)
    except ValueError:
        return None
    # Other ways to write an id are keys like any other.
    return id if str(id) == name else None


def _load(log: Log, name: str, expected_version: int | None) -> TextTemplate:
    id = id_named(name)
    if log.find(TextTemplate, id) is None:
        raise NotFound(f"there is no template {name}")
    return load_at(log, TextTemplate, id, expected_version)


def _merged(known: Text, changes: TextChanges | None, what: str, takes_away: frozenset[str]) -> Text:
    return merge_text({} if what in takes_away else known, changes or {}, what=what, is_needed=False)
