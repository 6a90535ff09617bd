"""Public changes as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.changes.kinds import ChangeKind, Thing, Values
from application.document import Instant, Localized, Page, instant
from application.schema import Encodes, documented

if TYPE_CHECKING:
    from application.changes.queries import TimedChange
    from application.changes.sentences import Sentences


@documented
class ChangeDocument(TypedDict):
    """Something that changed for readers."""

    at: Instant
    """When it was shown; `as_of` this instant shows what stood there from then on."""
    occurred_at: Instant
    """When it was true."""
    kind: Annotated[str, Encodes(ChangeKind)]
    thing: Thing
    cause: Thing | None
    """What gave a component or a panel its status; null if it is of itself, or if the status of none changed."""
    text: Localized
    before: Values | None
    """Null if it was not shown before."""
    after: Values | None
    """Null if it is no longer shown."""


@documented
class ChangePage(Page):
    """What changed, the oldest first, or the newest if asked so."""

    data: list[ChangeDocument]


def change_document(timed: TimedChange, sentences: Sentences) -> ChangeDocument:
    """Write a change."""
    change = timed.change
    return {
        "at": instant(timed.times.recorded_at),
        "occurred_at": instant(timed.times.occurred_at),
        "kind": str(change.kind),
        "thing": change.thing,
        "cause": change.cause,
        "text": sentences.all(change),
        "before": change.before,
        "after": change.after,
    }
