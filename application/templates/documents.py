"""A template as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from typing_extensions import TypedDict

from application.document import Id, Instant, Localized, Page, instant
from application.schema import Described, Encodes, documented
from domain.templates.blanks import Blank, read_blanks
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.audit.documents import EventDocument
    from domain.templates.template import TextTemplate


@documented
class TemplateDocument(TypedDict):
    """Texts with blanks that commands, or policies, begin with. Readers never see a template."""

    id: Id
    version: int
    """The number of its events; the `ETag`, and what `If-Match` takes."""
    key: str
    purpose: Annotated[str, Encodes(Purpose)]
    title: Localized | None
    """With `lang` null if there is none; else empty then."""
    message: Localized | None
    """With `lang` null if there is none; else empty then. Of a maintenance window, its description."""
    blanks: list[Annotated[str, Encodes(Blank)]]
    """Those that its texts have, in any language."""
    created_at: Instant
    retired_at: Instant | None


@documented
class TemplatePage(Page):
    """The templates in use, in the order of their keys."""

    data: list[TemplateDocument]


@documented
class TemplateVersionDocument(TypedDict):
    """What one event made of a template, and who did it."""

    version: int
    position: int
    """Its place in the log: `as_of` it, the template is read as it was from then on."""
    type: Annotated[str, Described(examples=["template.changed"])]
    occurred_at: Instant
    actor: Annotated[str, Described(examples=["token:ana"])]
    title: Localized | None
    """From then on; empty where there is none, and where it was retired. With `lang` null then."""
    message: Localized | None
    """As the title."""


@documented
class TemplateVersionPage(Page):
    """The versions of a template, the newest first."""

    data: list[TemplateVersionDocument]


def version_document(event: EventDocument) -> TemplateVersionDocument:
    """Write a version, from the event that made it."""
    texts = cast("Mapping[str, Localized]", event["data"])
    return {
        "version": event["aggregate"]["version"],
        "position": event["position"],
        "type": event["type"],
        "occurred_at": event["occurred_at"],
        "actor": event["actor"],
        "title": texts.get("title", {}),
        "message": texts.get("message", {}),
    }


def template_document(template: TextTemplate) -> TemplateDocument:
    """Write a template; there is no public side."""
    texts = (*template.title.values(), *template.message.values())
    blanks = {blank for text in texts for blank in read_blanks(text, frozenset(Blank), pointer="")}
    return {
        "id": str(template.id),
        "version": template.version,
        "key": template.key,
        "purpose": str(template.purpose),
        "title": dict(template.title),
        "message": dict(template.message),
        "blanks": sorted(map(str, blanks)),
        "created_at": instant(template.created_at),
        "retired_at": instant(template.retired_at),
    }
