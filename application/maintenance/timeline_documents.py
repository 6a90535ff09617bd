"""The entries of a window's timeline as documents."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from application.document import Instant, Key, Localized, Page, StatusName, instant
from application.maintenance.plan_documents import statuses_document
from application.memo import Memo
from application.schema import Encodes, documented
from domain.maintenance import Entry, What, WindowState


@documented
class PublicWindowUpdateDocument(TypedDict):
    """An entry of the timeline, as readers see it."""

    what: Annotated[str, Encodes(What)]
    state: Annotated[str, Encodes(WindowState)]
    message: Localized | None
    """Empty, or with `lang` null, where nothing was said beside the fact."""
    occurred_at: Instant
    starts_at: Instant
    """As planned from then on; so too `ends_at`."""
    ends_at: Instant
    components: dict[Key, StatusName]
    """The statuses that it changed."""
    all: StatusName | None
    """The status that it gave to the whole product."""
    expected_at: Instant | None


@documented
class WindowUpdateDocument(PublicWindowUpdateDocument):
    """An entry of the timeline, as operators, auditors and admins see it."""

    number: int
    recorded_at: Instant
    internal: bool
    public: bool
    """Whether readers see it; what was written before the announcement, they never do."""
    by_clock: bool
    because: str | None
    """The reason that an operator gave."""


@documented
class WindowUpdatePage(Page):
    """Entries of the timeline of a window, the oldest first."""

    data: list[WindowUpdateDocument | PublicWindowUpdateDocument]


def _entry(entry: Entry) -> PublicWindowUpdateDocument:
    return {
        "what": str(entry.what),
        "state": str(entry.state),
        "message": dict(entry.message),
        "occurred_at": instant(entry.occurred_at),
        "starts_at": instant(entry.starts_at),
        "ends_at": instant(entry.ends_at),
        **statuses_document(entry.components),
        "expected_at": instant(entry.expected_at),
    }


def _private_entry(entry: Entry) -> WindowUpdateDocument:
    return {
        "number": entry.number,
        **ENTRIES(entry),
        "recorded_at": instant(entry.recorded_at),
        "internal": entry.internal,
        "public": entry.is_public,
        "by_clock": entry.by_clock,
        "because": entry.reason,
    }


ENTRIES = Memo(_entry)
PRIVATE_ENTRIES = Memo(_private_entry)
