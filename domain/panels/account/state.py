"""The state of the recovery of an account, as its events have left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.panels.account.values import Particulars, RecoveryState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from domain.panels.account.values import (
        ArchiveAccount,
        Backfill,
        Collision,
        OwnerLink,
        ReliefSpan,
        Resolution,
        TemporaryAccount,
        Warehouse,
    )


def owner_link_handle(digest: str) -> str:
    """Give the handle by which the account is found whose owner has the link of this digest."""
    return f"owner_link:{digest}"


class AccountRecoveryState:
    """What is known of the recovery of an account; only its events change it."""

    restoration: UUID
    account: str

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        self.particulars = Particulars()
        self.stage = RecoveryState.OPEN
        self.opened_at: datetime | None = None
        self.temporary: TemporaryAccount | None = None
        self.linked_at: datetime | None = None
        self.collisions: tuple[Collision, ...] = ()
        self.resolutions: tuple[Resolution, ...] = ()
        self.joined_at: datetime | None = None
        self.archive: ArchiveAccount | None = None
        self.warehouse: Warehouse | None = None
        self.warehouse_chosen_at: datetime | None = None
        self.warehouse_choices = 0
        self.warehouse_executed_at: datetime | None = None
        self.backfills: tuple[Backfill, ...] = ()
        self.reliefs: tuple[ReliefSpan, ...] = ()
        self.accepted_at: datetime | None = None
        self.accepted_by: str | None = None
        self.owner_link: OwnerLink | None = None

    @property
    def state(self) -> RecoveryState:
        """How far it has come."""
        return self.stage if self.accepted_at is None else RecoveryState.ACCEPTED

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The handle by which it is found: that of the link of its owner, if there is one."""
        link = self.owner_link
        return {} if link is None else {owner_link_handle(link.digest): link.issued_at}

    def awaits_backfill(self, *, kinds: Collection[str], start: datetime, until: datetime) -> bool:
        """Tell whether exactly this was asked for, and has not been delivered."""
        return any(
            (set(each.kinds), each.start, each.until) == (set(kinds), start, until) and each.delivered_at is None
            for each in self.backfills
        )

    @property
    def unresolved(self) -> tuple[Collision, ...]:
        """The numbers that collide, and of which nobody has said what becomes of them."""
        return self.unresolved_by(self.resolutions)

    def unresolved_by(self, resolutions: Iterable[Resolution]) -> tuple[Collision, ...]:
        """Give the numbers that collide, and of which these do not say what becomes."""
        resolved = {(each.kind, each.number) for each in resolutions}
        return tuple(each for each in self.collisions if (each.kind, each.number) not in resolved)
