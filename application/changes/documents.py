"""Changes as documents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

from typing_extensions import TypedDict

from application.audit.queries import EventTimes
from application.changes.kinds import ChangeKind, PublicChange, Thing, Values
from application.document import Instant, Localized, Page, Visibility, chosen, instant
from application.schema import Described, Encodes, documented

if TYPE_CHECKING:
    from application.changes.private_queries import AuditedChange
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
class PrivateChangeDocument(ChangeDocument):
    """Something that changed, as operators, auditors and admins see it, with the event that changed it."""

    visibility: Annotated[str, Encodes(Visibility)]
    """Whether readers were told of it."""
    only_readers: bool
    """Whether it is a status that changed so for readers, but not on the board that operators see; the changes without
    it lead from one such board to the next."""
    position: int
    """That of the event."""
    type: Annotated[str, Described(examples=["incident.publication_held"])]
    """Of the event; what else it says is at `GET /v1/events`."""
    actor: Annotated[str, Described(examples=["token:ana", "policy:publication", "clock"])]
    source: str
    """The system that it came through."""
    reason: str | None
    """Why, if it was said; in the default language if it was said in several."""


@documented
class ChangePage(Page):
    """What changed, the oldest first, or the newest if asked so."""

    data: list[PrivateChangeDocument | ChangeDocument]


def change_document(change: PublicChange, times: EventTimes, sentences: Sentences) -> ChangeDocument:
    """Write a change."""
    return {
        "at": instant(times.recorded_at),
        "occurred_at": instant(times.occurred_at),
        "kind": str(change.kind),
        "thing": change.thing,
        "cause": change.cause,
        "text": sentences.all(change),
        "before": change.before,
        "after": change.after,
    }


def private_change_document(audited: AuditedChange, sentences: Sentences) -> PrivateChangeDocument:
    """Write a change with the event that made it."""
    event = audited.event
    recorded_at, occurred_at = (datetime.fromisoformat(event[name]) for name in ("recorded_at", "occurred_at"))
    times = EventTimes(recorded_at=recorded_at, occurred_at=occurred_at)
    return {
        **change_document(audited.change, times, sentences),
        "visibility": str(Visibility.PUBLIC if audited.is_public else Visibility.PRIVATE),
        "only_readers": audited.only_readers,
        "position": event["position"],
        "type": event["type"],
        "actor": event["actor"],
        "source": event["source"],
        "reason": _reason(event["data"].get("reason"), sentences.languages[0]),
    }


def _reason(said: object, language: str) -> str | None:
    return chosen(said, language, language) if isinstance(said, dict) else cast("str | None", said)
