"""Requests about templates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.http.command_bodies import ChangeBody, CommandBody
from api.http.values import Key, LocalizedChanges, LocalizedOrEmpty, example
from application.templates.commands import TemplateDraft, TemplateRevision
from domain.templates.template import Purpose


class TemplateBody(CommandBody[TemplateDraft]):
    """A template to write: its texts in the default language at least, with the blanks `{component}` and the like.

    Two braces, `{{` or `}}`, write one.
    """

    model_config = example(
        key="slow-imports",
        purpose="incident",
        title={"en": "{component}: orders come in late", "es": "{component}: los pedidos llegan con retraso"},
        message={"en": "Orders from {market} come in late. We are looking into it."},
    )

    key: Key
    purpose: Purpose
    title: Annotated[
        LocalizedOrEmpty, Field(description="Only for `incident`, `maintenance_window` and `policy_published`.")
    ] = None
    message: Annotated[LocalizedOrEmpty, Field(description="Of a maintenance window, its description.")] = None


class TemplateRevisionBody(ChangeBody[TemplateRevision]):
    """What to change of a template; what is left out stays, texts in other languages too. Null takes a text away."""

    model_config = example(message={"en": "Orders from {market} are late. More at {time}."})

    APART = frozenset({"takes_away"})
    THING = "a template"
    CAN_BE_NULL = frozenset({"title", "message"})

    title: LocalizedChanges | None = None
    message: LocalizedChanges | None = None

    def to_command(self, language: str | None = None) -> TemplateRevision:
        """Give it as the application takes it."""
        return self.converted(language, takes_away=self.nulls)
