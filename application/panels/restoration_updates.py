"""The updates of a restoration as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Instant, Localized, Page, instant
from application.memo import Memo
from application.schema import Encodes, documented
from domain.panels.restoration import RestorationState

if TYPE_CHECKING:
    from domain.panels.restoration import RestorationUpdate


@documented
class PublicRestorationUpdateDocument(TypedDict):
    """What was told about a restoration, as readers see it."""

    state: Annotated[str, Encodes(RestorationState)]
    """How far it had come."""
    message: Localized
    occurred_at: Instant


@documented
class RestorationUpdateDocument(PublicRestorationUpdateDocument):
    """What was told about a restoration, as operators, auditors and admins see it."""

    number: int
    recorded_at: Instant
    internal: bool
    """Whether it is for operators only."""


@documented
class RestorationUpdatePage(Page):
    """Updates of a restoration, the oldest first."""

    data: list[RestorationUpdateDocument | PublicRestorationUpdateDocument]


def _update(update: RestorationUpdate) -> PublicRestorationUpdateDocument:
    return {
        "state": str(update.state),
        "message": dict(update.message),
        "occurred_at": instant(update.occurred_at),
    }


def _private_update(update: RestorationUpdate) -> RestorationUpdateDocument:
    return {
        "number": update.number,
        **ENTRIES(update),
        "recorded_at": instant(update.recorded_at),
        "internal": update.public_number is None,
    }


ENTRIES = Memo(_update)
PRIVATE_ENTRIES = Memo(_private_update)
