"""What the pages of a subscriber are made from, and the file with all that is kept about a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from api.http.read_point import settled
from api.site.subscription_choices import Choices
from application.document import Instant, instant
from application.errors import NotYetVisible
from application.register_view import REGISTER_VIEW
from application.subscriptions.documents import PreferencesDocument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from application.facade import Facade
    from application.notifications.deliveries import DeliveryDocument
    from application.subscriptions.queries import KnownSubscription
    from application.subscriptions.recipients import Recipient

MOST_EVENTS = 1_000
MOST_MESSAGES = 1_000
"""How many events and messages the file has at most: of messages, the newest."""
AT_ONCE = 200


class StepOfSubscription(TypedDict):
    """A page with one button, or one that says what was done."""

    step: str
    """``confirm``, ``confirmed``, ``unsubscribe``, ``ended``, ``erase`` or ``erased``."""


class PageOfSubscription(TypedDict):
    """What the page to manage a subscription shows."""

    choices: Choices
    address: str
    is_saved: bool


class ExportedEvent(TypedDict):
    """Something that happened to a subscription."""

    type: str
    at: Instant
    data: Mapping[str, object]


class ExportedMessage(TypedDict):
    """A message; ``thing`` is what it was about."""

    thing: str
    kind: str
    state: str
    planned_at: Instant
    finished_at: Instant | None


class ExportedSubscription(TypedDict):
    """All that is kept about a subscription."""

    id: str
    address: str | None
    asked_at: Instant
    preferences: PreferencesDocument
    events: list[ExportedEvent]
    messages: list[ExportedMessage]


async def read_subscription(facade: Facade, id: UUID) -> KnownSubscription:
    """Read what somebody is notified of.

    Raises:
        NotYetVisible: if the view does not have it yet, or is being built anew.
    """
    await facade.visibility.reach_own((REGISTER_VIEW.name,))
    position = settled(facade, (REGISTER_VIEW,))
    found = await facade.reads.run(lambda: facade.queries.subscriptions.find(position, id))
    if found is None:
        raise NotYetVisible("the view does not have the subscription yet")
    return found


async def export_of(facade: Facade, recipient: Recipient) -> ExportedSubscription:
    """Read all that is kept about a subscription.

    Raises:
        NotYetVisible: as ``read_subscription`` does.
    """
    id = recipient.subscription
    known = await read_subscription(facade, id)
    events = await facade.reads.run(lambda: facade.queries.events.of_aggregate(id, 0, MOST_EVENTS))
    messages = await facade.reads.run(lambda: _messages(facade, id))
    return {
        "id": str(id),
        "address": recipient.address,
        "asked_at": instant(recipient.asked_at),
        "preferences": known.preferences,
        "events": [{"type": each["type"], "at": each["recorded_at"], "data": each["data"]} for each in events],
        "messages": [
            {
                "thing": each["thing"],
                "kind": each["kind"],
                "state": each["state"],
                "planned_at": each["planned_at"],
                "finished_at": each["finished_at"],
            }
            for each in messages
        ],
    }


def _messages(facade: Facade, id: UUID) -> list[DeliveryDocument]:
    found: list[DeliveryDocument] = []
    before: str | None = None
    while len(found) < MOST_MESSAGES:
        page = facade.deliveries.page(state=None, subscription=id, thing=None, before=before, limit=AT_ONCE)
        found += [document for _, document in page]
        if len(page) < AT_ONCE:
            break
        before = page[-1][0]
    return found
