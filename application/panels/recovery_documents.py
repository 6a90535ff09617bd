"""Losses, promises, recovery points and capabilities as documents: what restorations and availability both tell.

The outline of a restoration is what it takes to tell, for any moment, of access, promise and recovery point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Duration, Instant, Key, Localized, StatusName, duration, instant
from application.schema import Described, Encodes, documented
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.panels.restoration import Loss, PanelRestoration, Promise, RecoveryPoint, Spell

DayOrInstant = Annotated[
    str,
    Described(
        description="A day, by the clocks of the panel, or an instant, as it was said.",
        anyOf=[{"format": "date"}, {"format": "date-time"}],
    ),
]
OutlinedLoss = TypedDict("OutlinedLoss", {"from": Instant, "until": Instant | None})
"""When access was lost, and restored."""
_Gap = TypedDict("_Gap", {"from": Instant, "until": Instant})


@documented
class PublicLossDocument(OutlinedLoss):
    """A span without access."""

    provider: Localized | None
    restored_note: Localized | None
    """What was said as access was restored."""


@documented
class LossDocument(PublicLossDocument):
    """A span without access, as operators, auditors and admins see it."""

    reason: Localized | None


@documented
class PublicPromiseDocument(TypedDict):
    """Who promised access for when."""

    number: int
    promised_by: Localized
    promised_for: DayOrInstant
    due_at: Instant
    """When that has passed."""
    overdue: bool
    """Whether that passed before access was back; so it stays, also once a newer promise is made or access is back."""
    overdue_since: Instant | None
    note: Localized | None
    made_at: Instant


@documented
class PromiseDocument(PublicPromiseDocument):
    """Who promised access for when, as operators, auditors and admins see it."""

    recorded_at: Instant


@documented
class Gap(_Gap):
    """The span whose data is missing: `from` is inside, `until`, the loss, is not."""


@documented
class RecoveryPointDocument(TypedDict):
    """Of when the data is, and what is missing since."""

    as_of: Instant
    tolerance: Duration
    earliest: Instant
    """The earliest moment that the data can be of; so too `latest`."""
    latest: Instant
    missing: list[str]
    gap: Gap
    note: Localized | None
    said_at: Instant


class SpellDocument(TypedDict):
    """What is said of a capability, and since when its state is what it is."""

    state: Annotated[str, Encodes(CapabilityState)]
    note: Localized | None
    workaround: Localized | None
    expected: DayOrInstant | None
    expected_by: Instant | None
    """When that has passed."""
    overdue: bool
    overdue_since: Instant | None
    since: Instant | None


@documented
class PublicCapabilityDocument(SpellDocument):
    """How it is with a function of a panel."""

    given_up: bool


@documented
class CapabilityDocument(PublicCapabilityDocument):
    """How it is with a function of a panel, as operators, auditors and admins see it."""

    components: dict[Key, StatusName]
    """The statuses that components show because of it."""


class OutlinedPromise(PromiseDocument):
    """A promise, and the number of the loss that it is about."""

    loss: int


class RestorationOutline(TypedDict):
    """What a restoration says of its panel; promises and recovery points by when they were made."""

    losses: list[OutlinedLoss]
    promises: list[OutlinedPromise]
    recovery_points: list[RecoveryPointDocument]
    completed_at: Instant | None
    given_up: list[str]


def loss_document(loss: Loss) -> LossDocument:
    """Write a span without access for operators."""
    return {
        "from": instant(loss.start),
        "until": instant(loss.end),
        "provider": dict(loss.provider),
        "reason": dict(loss.reason),
        "restored_note": dict(loss.restored_note),
    }


def public_loss(loss: Loss) -> PublicLossDocument:
    """Write a span without access for readers: without the reason."""
    return {
        "from": instant(loss.start),
        "until": instant(loss.end),
        "provider": dict(loss.provider),
        "restored_note": dict(loss.restored_note),
    }


def promise_document(promise: Promise, *, overdue_since: datetime | None) -> PromiseDocument:
    """Write a promise for operators."""
    return {**public_promise(promise, overdue_since=overdue_since), "recorded_at": instant(promise.recorded_at)}


def public_promise(promise: Promise, *, overdue_since: datetime | None) -> PublicPromiseDocument:
    """Write a promise for readers: not when it was recorded."""
    return {
        "number": promise.number,
        "promised_by": dict(promise.promised_by),
        "promised_for": promise.promised_for.said,
        "due_at": instant(promise.promised_for.passes_at),
        "overdue": overdue_since is not None,
        "overdue_since": instant(overdue_since),
        "note": dict(promise.note),
        "made_at": instant(promise.made_at),
    }


def recovery_point_document(point: RecoveryPoint) -> RecoveryPointDocument:
    """Write a recovery point, and the gap from there to the loss."""
    return {
        "as_of": instant(point.as_of),
        "tolerance": duration(point.tolerance),
        "earliest": instant(point.earliest),
        "latest": instant(point.latest),
        "missing": list(point.missing),
        "gap": {"from": instant(point.as_of), "until": instant(point.gap_until)},
        "note": dict(point.note),
        "said_at": instant(point.said_at),
    }


def spell_document(spell: Spell) -> SpellDocument:
    """Write what is said of a capability during one span."""
    condition, expected = spell.condition, spell.condition.expected
    return {
        "state": str(condition.state),
        "note": dict(condition.note),
        "workaround": dict(condition.workaround),
        "expected": expected.said if expected else None,
        "expected_by": instant(expected.passes_at) if expected else None,
        "overdue": spell.is_overdue,
        "overdue_since": instant(expected.passes_at) if expected and spell.is_overdue else None,
        "since": instant(spell.since),
    }


def restoration_outline(restoration: PanelRestoration) -> RestorationOutline:
    """Write what a restoration says of its panel."""
    return {
        "losses": [{"from": instant(loss.start), "until": instant(loss.end)} for loss in restoration.losses],
        "promises": [
            {"loss": promise.loss, **promise_document(promise, overdue_since=restoration.overdue_since(promise))}
            # The one that was made last comes last, whenever it was recorded.
            for promise in sorted(restoration.promises, key=lambda promise: promise.made_at)
        ],
        "recovery_points": [
            recovery_point_document(point)
            for point in sorted(restoration.recovery_points, key=lambda point: point.said_at)
        ],
        "completed_at": instant(restoration.completed_at),
        "given_up": list(restoration.given_up),
    }
