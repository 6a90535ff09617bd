"""What letters are written from, in all languages."""

from __future__ import annotations

from typing_extensions import TypedDict

from api.feeds.documents import FeedEntry
from api.site.windows import Clocks
from application.document import Instant, Key, Localized
from application.incidents.documents import PublicIncidentDocument
from application.key_names import KeyNameDocument
from application.maintenance.documents import PublicWindowDocument
from application.panels.restoration_documents import PublicRestorationDocument


class LetterEntry(FeedEntry):
    """Something that was announced."""

    kind: str
    """A `ChangeKind`."""
    recorded_at: Instant
    state: str | None
    """That the change led to, if it says one."""
    moved_from: list[Instant] | None
    """Start and end of a window before it was moved."""
    promised_for: str | None
    """A day, or an instant, as it was said."""


class LetterThing(TypedDict):
    """A thing, with what was announced of it; one of its three documents is there, as readers see it."""

    id: str
    """Its type and its id: `incident/…`."""
    title: Localized
    """Of a restoration, the name of its panel."""
    page: str
    """The path of its page, without a language."""
    entries: list[LetterEntry]
    """The newest first."""
    incident: PublicIncidentDocument | None
    window: PublicWindowDocument | None
    restoration: PublicRestorationDocument | None
    clocks: Clocks | None
    """Start and end of the window as the clocks of its own zone show them."""
    capabilities: dict[str, Localized]
    """The names of capabilities of its panel, of those that somebody named."""


class LetterDocument(TypedDict):
    """What one letter says, in all languages."""

    things: list[LetterThing]
    """The one with the newest announcement first."""
    more: int
    """How many further announcements there are, of which it says nothing."""
    names: dict[Key, Localized]
    """Of components."""
    audiences: list[KeyNameDocument]
