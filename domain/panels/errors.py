"""Refusals about panels, restorations and accounts."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotFound


class PanelsOverlap(Conflict):
    """Accounts of one day would be on two panels."""


class RestorationOpen(Conflict):
    """The panel has a restoration that is not completed."""


class AccessAlreadyLost(Conflict):
    """Access to the panel is lost already."""


class AccessNotLost(Conflict):
    """Access to the panel is not lost, or has been restored."""


class AccessNotRestored(Conflict):
    """Access to the panel has not been restored."""


class RecoveryPointAfterLoss(Invalid):
    """The data cannot be of a time after the loss."""


class RecoveryPointTooEarly(Invalid):
    """The data cannot be of a time before anything can have been."""


class CapabilityNotAvailable(Conflict):
    """A capability is not available, and is not said to be given up."""


class CapabilityExists(Conflict):
    """The panel has the capability already."""


class UnknownCapability(Invalid):
    """The panel has no capability of that name."""


class UnknownAutomation(NotFound):
    """There is no automation of that name; one that is not known may never run."""


class NoSuchCapability(Invalid):
    """Nothing is known of a capability of that name."""


class NoSuchSuppression(NotFound):
    """The restoration suppresses no automation of that name."""


class NoSuchInstruction(NotFound):
    """The restoration has no instruction of that number."""


class NoSuchContact(NotFound):
    """The restoration has no contact of that number."""


class NoInventory(Conflict):
    """There is no inventory, or none of that revision, of which progress could be a part."""


class MoreThanInventory(Invalid):
    """More accounts are said to be at stages than the inventory has."""


class GradesDoNotAddUp(Invalid):
    """The grades of a stage are not all of its accounts."""


class AccountOfAnotherPanel(Invalid):
    """The account was created on a day whose accounts are on another panel."""


class SamePanel(Invalid):
    """A temporary account cannot be on the panel that is lost."""


class NoTemporaryAccount(Conflict):
    """No temporary account was opened."""


class AlreadyLinked(Conflict):
    """The temporary account is linked already."""


class NotLinked(Conflict):
    """The temporary account is not linked."""


class NumbersCollide(Conflict):
    """Order or invoice numbers of the two accounts collide, and nobody has said what becomes of them."""


class AlreadyJoined(Conflict):
    """The accounts were merged, or kept apart, before."""


class NothingChosen(Conflict):
    """The owner has not chosen what becomes of the warehouse."""


class AlreadyExecuted(Conflict):
    """The choice for the warehouse was executed."""


class NoSuchBackfill(NotFound):
    """No backfill of that number was asked for."""


class AlreadyDelivered(Conflict):
    """The backfill was delivered before."""


class AlreadyAccepted(Conflict):
    """The owner has accepted the account."""


class NoOwnerLink(NotFound):
    """The owner of the account has no link, or none that still opens."""
