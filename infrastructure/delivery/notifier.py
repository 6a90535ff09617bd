"""Puts together what notifies subscribers: who they are, what is planned for them, and what sends it."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING
from uuid import UUID

from application.caller import BY_CLOCK
from application.changes.projection import CHANGE_VIEW
from application.incidents.projection import INCIDENT_VIEW
from application.maintenance.projection import WINDOW_VIEW
from application.panels.projection import PANEL_VIEW
from application.register_view import REGISTER_VIEW
from application.status.projection import BOARD_VIEW
from application.targets import Target
from domain.errors import DomainError
from infrastructure.delivery.identifiers import find_store_secret, store_secret
from infrastructure.delivery.planner import Planner
from infrastructure.delivery.previews import StoredPreviews
from infrastructure.delivery.recipients import StoredRecipients
from infrastructure.delivery.sender import Sender
from infrastructure.delivery.stored_deliveries import StoredDeliveries
from infrastructure.delivery.stored_outbox import StoredOutbox
from infrastructure.delivery.suppressions import StoredSuppressions
from infrastructure.delivery.tidying import mend, tidy
from infrastructure.delivery.wires import Wires

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from application.changes.announcements import Announcement
    from application.log import Log
    from application.notifications.letters import Letters
    from application.notifications.reach import AnnouncedQueries, SubscriberQueries
    from application.ports import Clock, ViewStands
    from application.subscriptions.commands import Endpoints, Notifications, Subscriptions
    from infrastructure.delivery.consequences import Consequence
    from infrastructure.delivery.fields import DeliveryFields
    from infrastructure.delivery.leased_delivery import LeasedDelivery
    from infrastructure.store.base import Store

VIEWS_READ = (BOARD_VIEW, INCIDENT_VIEW, WINDOW_VIEW, PANEL_VIEW, CHANGE_VIEW, REGISTER_VIEW)
"""The views from which it follows who is notified of what."""


class Notifier:
    """All that notifies subscribers of one store."""

    def __init__(
        self,
        store: Store,
        queries: tuple[AnnouncedQueries, SubscriberQueries],
        clock: Clock,
        zone: tzinfo,
        *,
        views: ViewStands,
        call: Callable[[Callable[[Log], object]], object],
        commands: tuple[Subscriptions, Endpoints, Notifications],
        allow_private: bool,
    ) -> None:
        """Follow ``store``; ``call`` executes a command, of those in ``commands``, and waits until it is durable."""
        self._store, self._queries, self._clock, self._zone = store, queries, clock, zone
        self._views, self._call = views, call
        self._subscriptions, self._endpoints, self._notifications = commands
        self._letters: Letters | None = None
        self._planner: Planner | None = None
        self._sender: Sender[LeasedDelivery] | None = None
        self.outbox = StoredOutbox(store, consequences=self._follow)
        self.recipients = StoredRecipients(
            store, self._require_letters, clock, allow_private=allow_private, asked=self._wake_sender
        )
        self.deliveries = StoredDeliveries(store, clock, attempts=self.outbox.attempts, changed=self._wake_sender)
        self.suppressions = StoredSuppressions(store, clock)
        self.previews = StoredPreviews(store, queries, self._visible)

    def write_with(self, letters: Letters) -> Planner:
        """Let ``letters`` write what is sent, and give what plans it."""
        self._letters = letters
        self._planner = Planner(
            self._store,
            *self._queries,
            letters,
            clock=self._clock,
            zone=self._zone,
            visible=self._visible,
            noted=self._note,
            planned=self._wake_sender,
            tidy=lambda now: tidy(self._store, now),
        )
        return self._planner

    def wake(self, _position: int = 0) -> None:
        """Look for what is to be planned."""
        if self._planner is not None:
            self._planner.wake()

    def start(self, letters: Letters, settings: DeliveryFields, *, site: str) -> None:
        """Plan and send from now on; links lead to the address ``site``."""
        mend(self._store, self._clock.now())
        with self._store.reading_log() as reading:
            secret = find_store_secret(reading)
        if secret is None:
            with closing(self._store.connect_outbox()) as connection:
                secret = store_secret(connection)
        wires = Wires(settings, self._clock, site=site, secret=secret)
        self._sender = Sender(
            self.outbox,
            wires.by_channel(),
            concurrency=settings.send_concurrency,
            rate=settings.send_rate,
            clock=self._clock,
            close=wires.close,
        )
        self.write_with(letters).start()
        self._sender.start()

    def stop(self) -> None:
        """End, after what is being written and sent."""
        if self._planner is not None:
            self._planner.stop()
        if self._sender is not None:
            self._sender.stop()
        self.outbox.close()

    def _wake_sender(self) -> None:
        if self._sender is not None:
            self._sender.wake()

    def _require_letters(self) -> Letters:
        if self._letters is None:
            raise RuntimeError("nothing writes letters: call write_with first")
        return self._letters

    def _visible(self) -> int:
        return min(self._views.stand(view.name)[0] for view in VIEWS_READ)

    def _note(self, announcement: Announcement, counts: Mapping[str, int]) -> None:
        self._call(
            lambda log: self._notifications.note_planned(
                log,
                announcement=announcement.id,
                thing=announcement.thing,
                kind=str(announcement.change.kind),
                counts=counts,
                caller=BY_CLOCK,
            )
        )

    def _follow(self, consequences: Sequence[Consequence]) -> None:
        """Record what follows from answers; what holds already is recorded no second time."""
        for each in consequences:
            target = Target(id=UUID(each.subscription), expected_version=None, caller=BY_CLOCK)
            # It may have ended or been disabled meanwhile, or before a crash that came between these two.
            with suppress(DomainError):
                self._call(lambda log, each=each, target=target: self._carry_out(log, each, target))  # type: ignore[misc]
            if each.ended is not None:
                self.recipients.end(target.id, erases=False)

    def _carry_out(self, log: Log, consequence: Consequence, target: Target) -> None:
        if consequence.ended is not None:
            self._subscriptions.end(log, target=target, reason=consequence.ended)
        if consequence.disabled is not None:
            self._endpoints.disable(log, target=target, by=consequence.disabled, because=consequence.because)
