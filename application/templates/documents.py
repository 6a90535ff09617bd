"""A template as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Id, Instant, Localized, Page, instant
from application.schema import Encodes, documented
from domain.templates.blanks import Blank, read_blanks
from domain.templates.template import Purpose

if TYPE_CHECKING:
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
