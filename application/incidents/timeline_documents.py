"""The entries of a timeline as documents."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from application.document import Instant, Key, Localized, Page, StatusName, instant
from application.memo import Memo
from application.schema import Encodes, documented
from domain.incidents import Progress, Update

ORIGINALS = 20
"""How many corrections of an entry its document shows; each one must not make it longer for ever."""


@documented
class PublicUpdateDocument(TypedDict):
    """An entry of the timeline, as readers see it."""

    state: Annotated[str, Encodes(Progress)]
    message: Localized
    occurred_at: Instant
    components: dict[Key, StatusName]
    """The statuses that it changed."""
    expected_at: Instant | None
    """When the end of the incident is expected, as said then."""
    corrected: bool
    """Whether it was set right afterwards."""


@documented
class UpdateDocument(PublicUpdateDocument):
    """An entry of the timeline, as operators, auditors and admins see it."""

    number: int
    """From 1; what a correction names."""
    recorded_at: Instant
    internal: bool
    """Whether it is for operators only."""
    public: bool
    """Whether readers see it; what was written while the incident was private, they never do."""
    by_policy: bool
    """Whether a policy wrote it, and no person."""
    original: UpdateDocument | None
    """What stood there before it was corrected; the last twenty corrections are shown, one inside the other."""


@documented
class UpdatePage(Page):
    """Entries of a timeline, the oldest first."""

    data: list[UpdateDocument | PublicUpdateDocument]


def _entry(entry: Update) -> PublicUpdateDocument:
    return {
        "state": str(entry.progress),
        "message": dict(entry.message),
        "occurred_at": instant(entry.occurred_at),
        "components": {key: str(status) for key, status in entry.components.items()},
        "expected_at": instant(entry.expected_at),
        "corrected": entry.original is not None,
    }


def _private_entry(entry: Update, originals: int = ORIGINALS) -> UpdateDocument:
    return {
        "number": entry.number,
        **ENTRIES(entry),
        "recorded_at": instant(entry.recorded_at),
        "internal": entry.internal,
        "public": entry.is_public,
        "by_policy": entry.by_policy,
        "original": _private_entry(entry.original, originals - 1) if entry.original and originals else None,
    }


ENTRIES = Memo(_entry)
PRIVATE_ENTRIES = Memo(_private_entry)
