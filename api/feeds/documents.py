"""What feeds are written from."""

from __future__ import annotations

from typing_extensions import TypedDict

from application.document import Id, Instant, Key, Localized, StatusName


class FeedEntry(TypedDict):
    """Something that readers were told."""

    id: Id
    """The same in every language and in every format."""
    title: Localized
    """A sentence that says what happened to whom."""
    message: Localized | None
    """What was written about it (Markdown)."""
    thing: str
    """`incident`, `maintenance_window` or `restoration`."""
    page: str
    """The path of its page, without a language."""
    published: Instant
    """When it was shown first, or when it was true if that was told more than a day later; it never moves."""
    updated: Instant
    """When it, or the title of what it is about, was last corrected; as `published` if it never was."""
    occurred_at: Instant
    statuses: dict[Key, StatusName]
    """The statuses that it gave to components."""
    all: StatusName | None
    """The status that it gave to the whole product."""
    starts_at: Instant | None
    """As planned, where that is what was told; so too `ends_at`."""
    ends_at: Instant | None
    expected_at: Instant | None
    """When the end is expected."""
    affected: list[Key]
    """The components that it is about."""
    panel: Localized | None


class FeedDocument(TypedDict):
    """A feed in all languages, the newest entry first."""

    filter: list[Localized]
    """The names of what it is narrowed down to."""
    query: list[list[str]]
    """The query that asks for the same."""
    page: str
    """The path of the page for people, without a language."""
    id: Id
    names: dict[Key, Localized]
    """Of components."""
    updated: Instant
    """Of the entry that was updated last."""
    modified_at: Instant | None
    """When an entry was added or corrected last, whenever it was true."""
    entries: list[FeedEntry]
