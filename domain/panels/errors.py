"""Refusals about panels, restorations and accounts."""

from __future__ import annotations

from domain.errors import DomainError


class PanelsOverlap(DomainError):
    """Accounts of one day would be on two panels."""


class RestorationOpen(DomainError):
    """The panel has a restoration that is not completed."""


class AccessAlreadyLost(DomainError):
    """Access to the panel is lost already."""


class AccessNotLost(DomainError):
    """Access to the panel is not lost, or has been restored."""


class AccessNotRestored(DomainError):
    """Access to the panel has not been restored."""


class RecoveryPointAfterLoss(DomainError):
    """The data cannot be of a time after the loss."""


class CapabilityNotAvailable(DomainError):
    """A capability is not available, and is not said to be given up."""


class NoSuchCapability(DomainError):
    """Nothing is known of a capability of that name."""


class NoSuchSuppression(DomainError):
    """The restoration suppresses no automation of that name."""


class NoSuchInstruction(DomainError):
    """The restoration has no instruction of that number."""


class NoInventory(DomainError):
    """There is no inventory, or none of that revision, of which progress could be a part."""


class MoreThanInventory(DomainError):
    """More accounts are said to be at stages than the inventory has."""


class GradesDoNotAddUp(DomainError):
    """The grades of a stage are not all of its accounts."""


class AccountOfAnotherPanel(DomainError):
    """The account was created on a day whose accounts are on another panel."""


class SamePanel(DomainError):
    """A temporary account cannot be on the panel that is lost."""


class NoTemporaryAccount(DomainError):
    """No temporary account was opened."""


class AlreadyLinked(DomainError):
    """The temporary account is linked already."""


class NotLinked(DomainError):
    """The temporary account is not linked."""


class NumbersCollide(DomainError):
    """Order or invoice numbers of the two accounts collide, and nobody has said what becomes of them."""


class AlreadyJoined(DomainError):
    """The accounts were merged, or kept apart, before."""


class NothingChosen(DomainError):
    """The owner has not chosen what becomes of the warehouse."""


class AlreadyExecuted(DomainError):
    """The choice for the warehouse was executed."""


class NoSuchBackfill(DomainError):
    """No backfill of that number was asked for."""


class AlreadyDelivered(DomainError):
    """The backfill was delivered before."""


class AlreadyAccepted(DomainError):
    """The owner has accepted the account."""
