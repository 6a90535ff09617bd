"""Refusals about templates."""

from __future__ import annotations

from domain.errors import Conflict, Invalid


class BadBraces(Invalid):
    """A brace in the text of a template has no other that belongs to it."""


class UnknownBlank(Invalid):
    """The text of a template has a blank that there is not."""


class BlankWithoutValue(Invalid):
    """A blank of the template has no value."""


class TemplateRetired(Conflict):
    """The template is retired."""


class PurposeTaken(Conflict):
    """Another template words already what policies publish on this occasion."""
