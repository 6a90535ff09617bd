"""The recovery of one account, and what people decide about it: guards first, then the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate
from domain.errors import ExpiresInPast
from domain.instants import written
from domain.panels.account import events, guards
from domain.panels.account.guards import pieces
from domain.panels.account.state import AccountRecoveryState
from domain.panels.account.values import Joining, Particulars
from domain.panels.errors import (
    AlreadyAccepted,
    AlreadyDelivered,
    AlreadyJoined,
    NoOwnerLink,
    NoSuchBackfill,
    NoTemporaryAccount,
    NothingChosen,
    NotLinked,
    SamePanel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.panels.account.values import Collision, Relief, Resolution, Warehouse
    from domain.panels.panel import Days
    from domain.provenance import Provenance
    from domain.text import Text


class AccountRecovery(AccountRecoveryState, Aggregate):
    """One account in one restoration. Its id follows from both, so that it can be taken in once only."""

    TOPIC = "account_recovery"
    Event = events.RecoveryEvent
    Opened = events.Opened
    ParticularsChanged = events.ParticularsChanged
    TemporaryAccountOpened = events.TemporaryAccountOpened
    Linked = events.Linked
    CollisionsFound = events.CollisionsFound
    CollisionsResolved = events.CollisionsResolved
    Joined = events.Joined
    ArchiveAccountGiven = events.ArchiveAccountGiven
    WarehouseChosen = events.WarehouseChosen
    WarehouseChoiceExecuted = events.WarehouseChoiceExecuted
    BackfillAsked = events.BackfillAsked
    BackfillDelivered = events.BackfillDelivered
    ReliefGranted = events.ReliefGranted
    Accepted = events.Accepted
    OwnerLinkIssued = events.OwnerLinkIssued
    OwnerLinkRevoked = events.OwnerLinkRevoked

    @staticmethod
    def id_of(restoration: UUID, account: str) -> UUID:
        """Give the id of the recovery of an account in a restoration."""
        return uuid5(restoration, account)

    @classmethod
    def open(
        cls, *, restoration: UUID, account: str, particulars: Particulars, days: Days, provenance: Provenance
    ) -> Self:
        """Take an account in, of a panel with accounts of these ``days``.

        Raises:
            AccountOfAnotherPanel: if it was created on another day.
        """
        provenance.require_past()
        guards.require_among(days, account, particulars)
        recovery: Self = cls.begin_with(
            cls.Opened,
            id=cls.id_of(restoration, account),
            restoration=restoration,
            account=account,
            particulars=particulars,
            provenance=provenance,
        )
        return recovery

    def describe(self, *, particulars: Particulars, days: Days, provenance: Provenance) -> None:
        """Take over what is said of it now; what is not said stays, and it is a no-op if nothing would change.

        Raises:
            AccountOfAnotherPanel: if it was created on none of these ``days``.
        """
        provenance.require_past()
        guards.require_among(days, self.account, particulars)
        news = Particulars(
            created_on=particulars.created_on or self.particulars.created_on,
            note=particulars.note or self.particulars.note,
        )
        if news != self.particulars:
            self.record(self.ParticularsChanged, particulars=news, provenance=provenance)

    def open_temporary_account(self, *, lost_panel: str, panel: str, account: str, provenance: Provenance) -> None:
        """Give the owner an account on another panel.

        Raises:
            SamePanel: if it would be on the panel that is lost.
            AlreadyLinked: if a temporary account is linked, or was joined with this one.
        """
        provenance.require_past()
        if panel == lost_panel:
            raise SamePanel(f"account {self.account}: a temporary account cannot be on panel {panel}, which is lost")
        guards.require_not_linked(self)
        self.record(self.TemporaryAccountOpened, panel=panel, account=account, provenance=provenance)

    def link(self, *, collisions: tuple[Collision, ...], provenance: Provenance) -> None:
        """Link the temporary account; ``collisions`` are the numbers that both have given.

        Until they are joined, both accounts go on: more collisions can be found.

        Raises:
            NoTemporaryAccount: if there is none.
            AlreadyLinked: if it was joined, or is linked and no further collision is named.
            TooManyEntries: if there would be more collisions than there can be.
            UnknownMoment: if it is said to be linked before it was opened.
        """
        provenance.require_past()
        if self.temporary is None:
            raise NoTemporaryAccount(f"account {self.account} has no temporary account")
        known = set(self.collisions)
        news = tuple(each for each in collisions if each not in known)
        if self.joined_at is not None or not news:
            guards.require_not_linked(self)
        guards.require_room(self, "collisions", len(known) + len(news) - 1)
        guards.require_after(self, self.temporary.since, provenance, "the temporary account was opened")
        first, *rest = pieces(news)
        if self.linked_at is None:
            self.record(self.Linked, collisions=first, provenance=provenance)
        else:
            rest = [first, *rest]
        for piece in rest:
            self.record(self.CollisionsFound, collisions=piece, provenance=provenance)

    def join(
        self,
        *,
        decision: Joining,
        resolutions: tuple[Resolution, ...],
        reason: str | None,
        provenance: Provenance,
    ) -> None:
        """Merge the two accounts, or keep them apart for good.

        Raises:
            NotLinked: if there is no temporary account that is linked.
            AlreadyJoined: if that was decided before.
            NumbersCollide: if they are to be merged, and of a number that both have given nobody says what becomes.
            UnknownMoment: if it is said to be so before they were linked.
        """
        provenance.require_past()
        if self.joined_at is not None:
            raise AlreadyJoined(f"account {self.account}: {self.stage} since {written(self.joined_at)}")
        if self.linked_at is None:
            raise NotLinked(f"account {self.account} is not linked with a temporary account")
        guards.require_after(self, self.linked_at, provenance, "it was linked")
        if decision is Joining.MERGE:
            guards.require_resolved(self, resolutions)
        *pieces_before, last = pieces(resolutions)
        for piece in pieces_before:
            self.record(self.CollisionsResolved, resolutions=piece, provenance=provenance)
        self.record(self.Joined, decision=decision, resolutions=last, reason=reason, provenance=provenance)

    def give_archive_account(
        self, *, account: str, covers_from: datetime, covers_until: datetime, provenance: Provenance
    ) -> None:
        """Let the owner read the data of a half-open span.

        Raises:
            EndsBeforeItBegins: if the span has no length.
        """
        provenance.require_past()
        guards.require_length(covers_from, covers_until)
        self.record(
            self.ArchiveAccountGiven,
            account=account,
            covers_from=covers_from,
            covers_until=covers_until,
            provenance=provenance,
        )

    def choose_warehouse(self, *, choice: Warehouse, provenance: Provenance) -> None:
        """Take the owner's choice, until it is executed; no-op if it is the choice of before.

        Raises:
            AlreadyExecuted: if the choice of before was executed.
            TooManyEntries: if it was changed as often as it can be.
        """
        provenance.require_past()
        guards.require_not_executed(self)
        if choice is not self.warehouse:
            guards.require_room(self, "choices for the warehouse", self.warehouse_choices)
            self.record(self.WarehouseChosen, choice=choice, provenance=provenance)

    def execute_warehouse_choice(self, *, provenance: Provenance) -> None:
        """Say that the choice was executed.

        Raises:
            NothingChosen: if the owner has not chosen.
            AlreadyExecuted: if it was executed before.
            UnknownMoment: if it is said to be executed before it was chosen.
        """
        provenance.require_past()
        if self.warehouse_chosen_at is None:
            raise NothingChosen(f"account {self.account}: the owner has not chosen what becomes of the warehouse")
        guards.require_not_executed(self)
        guards.require_after(self, self.warehouse_chosen_at, provenance, "the owner chose")
        self.record(self.WarehouseChoiceExecuted, provenance=provenance)

    def ask_backfill(self, *, kinds: tuple[str, ...], start: datetime, until: datetime, provenance: Provenance) -> None:
        """Take the owner's wish for data of a half-open span.

        Raises:
            EndsBeforeItBegins: if the span has no length.
        """
        provenance.require_past()
        guards.require_length(start, until)
        guards.require_room(self, "backfills", len(self.backfills))
        self.record(self.BackfillAsked, kinds=kinds, start=start, until=until, provenance=provenance)

    def deliver_backfill(self, *, number: int, counts: Mapping[str, int], provenance: Provenance) -> None:
        """Say how many of each kind were fetched.

        Raises:
            NoSuchBackfill: if none of that number was asked for.
            AlreadyDelivered: if it was delivered before.
            UnknownMoment: if it is said to be delivered before it was asked for.
        """
        provenance.require_past()
        backfill = next((each for each in self.backfills if each.number == number), None)
        if backfill is None:
            raise NoSuchBackfill(f"account {self.account}: no backfill {number} was asked for")
        if backfill.delivered_at is not None:
            raise AlreadyDelivered(
                f"account {self.account}: backfill {number} was delivered at {written(backfill.delivered_at)}"
            )
        guards.require_after(self, backfill.asked_at, provenance, "it was asked for")
        self.record(self.BackfillDelivered, number=number, counts=counts, provenance=provenance)

    def relieve(
        self, *, relief: Relief, start: datetime, until: datetime | None, note: Text, provenance: Provenance
    ) -> None:
        """Spare the owner something for a half-open span; the same start again gives it another end.

        Raises:
            EndsBeforeItBegins: if the span has no length.
        """
        provenance.require_past()
        if until is not None:
            guards.require_length(start, until)
        if (relief, start) not in {(each.relief, each.start) for each in self.reliefs}:
            guards.require_room(self, "spans of relief", len(self.reliefs))
        self.record(self.ReliefGranted, relief=relief, start=start, until=until, note=note, provenance=provenance)

    def accept(self, *, by: str, note: str | None, provenance: Provenance) -> None:
        """Take the owner's acceptance.

        Raises:
            AlreadyAccepted: if the owner has accepted before.
        """
        provenance.require_past()
        if self.accepted_at is not None:
            raise AlreadyAccepted(f"account {self.account} was accepted at {written(self.accepted_at)}")
        self.record(self.Accepted, by=by, note=note, provenance=provenance)

    def issue_owner_link(self, *, digest: str, expires_at: datetime, provenance: Provenance) -> None:
        """Give the owner a link until ``expires_at``; one that was given before opens nothing any more.

        Raises:
            ExpiresInPast: if it has expired already.
        """
        provenance.require_past()
        if expires_at <= provenance.recorded_at:
            raise ExpiresInPast(
                f"account {self.account}: the link would have expired at {written(expires_at)}", pointer="/expires_at"
            )
        self.record(self.OwnerLinkIssued, digest=digest, expires_at=expires_at, provenance=provenance)

    def revoke_owner_link(self, *, provenance: Provenance) -> None:
        """Let the link of the owner open nothing any more, also if it has expired.

        Raises:
            NoOwnerLink: if there is none.
        """
        provenance.require_past()
        if self.owner_link is None:
            raise NoOwnerLink(f"account {self.account}: the owner has no link")
        self.record(self.OwnerLinkRevoked, provenance=provenance)
