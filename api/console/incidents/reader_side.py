"""What readers would see of an incident, in each of their languages, as the public page writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from api.site.kernel.languages import NATIVE, Speech
from api.site.kernel.texts import markdown
from api.site.kernel.wording import PageFormats
from application.document import chosen
from application.texts import translatable

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit
    from api.console.known_components import KnownComponents
    from application.document import Localized
    from application.incidents.documents import IncidentDocument

EXPECTED = translatable("We expect to solve it by %(time)s.")
WITHDRAWN = translatable("This report was withdrawn: it was a false alarm.")


@dataclass(frozen=True, kw_only=True)
class ReaderSide:
    """What readers of one language would see."""

    language: str
    name: str
    """What the language calls itself."""
    direction: str
    title: str
    state: str
    message: Markup
    written_in: str
    """The language in which they would read it, if it is another one; empty if it is theirs."""
    components: Sequence[tuple[str, str, str]]
    """The name of each, its status, and the words for that."""
    expected: Markup | str


def previewed_sides(visit: Visit, known: KnownComponents) -> Sequence[ReaderSide]:
    """Give what readers would see after the command whose preview was asked for; nothing if they would see nothing."""
    preview = visit.sent.preview
    if preview is None:
        return ()
    incident: IncidentDocument = preview["result"]
    return reader_sides(visit, incident, known, newest_message(incident)) if is_seen(incident) else ()


def is_seen(incident: IncidentDocument) -> bool:
    """Tell whether readers would see the newest of what was said."""
    newest = incident["updates"][-1] if incident["updates"] else None
    is_over = incident["state"] in {"withdrawn", "dismissed"}
    return incident["visibility"] == "public" and (is_over or newest is None or newest["public"])


def newest_message(incident: IncidentDocument) -> Localized:
    """Give the text of the newest entry of the timeline."""
    return incident["updates"][-1]["message"] if incident["updates"] else {}


def reader_sides(
    visit: Visit, incident: IncidentDocument, known: KnownComponents, message: Mapping[str, str]
) -> Sequence[ReaderSide]:
    """Give what readers see of an incident as it stands in a document, and of a message about it."""
    settings = visit.facade.settings
    default = settings.languages[0]
    sides = []
    for tag in settings.languages:
        wording = PageFormats(speech=Speech(tag, settings.zone, visit.facade.catalogs))
        withdrawn = incident["state"] == "withdrawn"
        text = wording.speech.text(WITHDRAWN) if withdrawn else chosen(message, tag, default) or ""
        own = withdrawn or not message or bool(message.get(tag))
        sides.append(
            ReaderSide(
                language=tag,
                name=wording.speech.name,
                direction=wording.speech.direction,
                title=chosen(incident["title"] or {}, tag, default) or "",
                state=wording.state(incident["state"]),
                message=markdown(text),
                written_in="" if own else _language_of(message, default),
                components=_statuses(incident, known, tag, default, wording),
                expected=_expected(incident, wording),
            )
        )
    return sides


def _language_of(message: Mapping[str, str], default: str) -> str:
    found = default if message.get(default) else next(iter(message), default)
    return NATIVE.get(found, found)


def _statuses(
    incident: IncidentDocument, known: KnownComponents, tag: str, default: str, wording: PageFormats
) -> Sequence[tuple[str, str, str]]:
    names, public = known.names, known.public
    return [
        (chosen(names[key], tag, default) or key, status, wording.status(status))
        for key, status in incident["components"].items()
        if key in public
    ]


def _expected(incident: Mapping[str, Any], wording: PageFormats) -> Markup | str:
    if incident["expected_at"] is None:
        return ""
    # What is filled in is a ``Markup``; the rest is escaped here.
    return escape(wording.speech.text(EXPECTED)) % {"time": wording.time(incident["expected_at"])}
