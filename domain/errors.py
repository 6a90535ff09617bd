"""Every refusal of the domain; each class is one case, each message a sentence for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class DomainError(Exception):
    """A rule of the domain refuses the command; nothing was recorded."""

    def __init__(self, sentence: str, **facts: str | None) -> None:
        """Say what is refused, with facts that a program can act on."""
        super().__init__(sentence)
        self.facts = facts


class InTheFuture(DomainError):
    """A fact says to have occurred more than five seconds from now."""

    def __init__(self, moment: datetime) -> None:
        """Name the moment."""
        super().__init__(f"{moment.isoformat()} lies more than 5 s in the future", occurred_at=moment.isoformat())


class UnknownMoment(DomainError):
    """A time lies before the thing it is said of."""


class NotStableYet(DomainError):
    """An incident has not been stable for long enough to be resolved."""

    def __init__(self, incident: object, *, because: str, possible_after: datetime | None) -> None:
        """Name the instant after which it is possible, if one is known."""
        when = f"; possible after {possible_after.isoformat()}" if possible_after else ""
        super().__init__(
            f"incident {incident} is not stable yet: {because}{when}",
            possible_after=possible_after.isoformat() if possible_after else None,
        )


class AlreadyPublished(DomainError):
    """Readers can see the incident already."""


class NotPublished(DomainError):
    """Readers cannot see the incident."""


class Dismissed(DomainError):
    """The incident was dismissed."""


class Withdrawn(DomainError):
    """The incident was withdrawn as a false alarm."""


class AlreadyResolved(DomainError):
    """The incident is resolved."""


class NotResolved(DomainError):
    """The incident is not resolved."""


class AlreadyHeld(DomainError):
    """It is held already."""


class NotHeld(DomainError):
    """It is not held."""


class InternalUpdateChangesNothing(DomainError):
    """An internal update carries something that readers would see."""


class NothingToCorrect(DomainError):
    """A correction names nothing, or an update that does not exist."""


class DisorderlySpans(DomainError):
    """The spans of a corrected impact overlap, have no length, or cannot be those of the incident."""


class NoDraft(DomainError):
    """There is no draft of a postmortem to publish."""


class NoImpact(DomainError):
    """An incident, a window or a pin says of a component what is no impact."""


class Retired(DomainError):
    """The component is retired."""


class CauseStillOpen(DomainError):
    """The component cannot be retired while something still affects it."""


class NoSuchPin(DomainError):
    """The component has no pin of that id."""


class HeartbeatNotExpected(DomainError):
    """The component has no heartbeat set."""


class AlreadyClear(DomainError):
    """The signal does not fire."""


class AlreadyRouted(DomainError):
    """The signal has its component already."""


class NameTaken(DomainError):
    """A token of that name exists or existed; names are never reused."""


class NoSuchToken(DomainError):
    """There is no token of that name."""


class AlreadyRevoked(DomainError):
    """The token was revoked before."""


class UncertainTime(DomainError):
    """A civil time does not say which instant it means."""

    def __init__(self, sentence: str, *, earlier: datetime, later: datetime) -> None:
        """Name both instants."""
        one, other = earlier.isoformat(), later.isoformat()
        super().__init__(f"{sentence}: it can mean {one} or {other}; say which", earlier=one, later=other)


class NonexistentTime(UncertainTime):
    """No clock in the zone shows a civil time, because the clocks go forward over it."""

    def __init__(self, civil: datetime, zone: str, *, earlier: datetime, later: datetime) -> None:
        """Name the time and the zone."""
        super().__init__(f"no clock in {zone} shows {civil.isoformat()}", earlier=earlier, later=later)


class AmbiguousTime(UncertainTime):
    """The clocks of the zone show a civil time twice, because they go back over it."""

    def __init__(self, civil: datetime, zone: str, *, earlier: datetime, later: datetime) -> None:
        """Name the time and the zone."""
        super().__init__(f"the clocks in {zone} show {civil.isoformat()} twice", earlier=earlier, later=later)


class EndsBeforeItBegins(DomainError):
    """A span would end before it begins, or as it begins."""


class NotAnExtension(DomainError):
    """The new end of a window lies in the past, or before the present end."""


class NotYetBegun(DomainError):
    """The window has not begun."""


class AlreadyBegun(DomainError):
    """The window has begun."""


class AlreadyCompleted(DomainError):
    """The window, or the restoration, is completed."""


class Cancelled(DomainError):
    """The window was cancelled."""


class AlreadyAnnounced(DomainError):
    """Readers can see the window already."""


class SeriesEnded(DomainError):
    """The series of windows has ended."""


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


class TooManyEntries(DomainError):
    """There are as many entries of this kind as there can be."""


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


class ReceivedInFuture(DomainError):
    """A request says to have been received at a time that has not come."""


class OutsideCause(DomainError):
    """A request was received before its cause began, or after it ended."""


class AlreadyAssigned(DomainError):
    """The request has its cause already."""


class NotToBeChecked(DomainError):
    """The request does not wait to be checked by hand."""


class NotClaimed(DomainError):
    """Nobody has claimed the request; who decides has to."""


class ClaimedByAnother(DomainError):
    """Another person checks the request."""

    def __init__(self, request: object, *, person: str, until: datetime) -> None:
        """Name the person, and until when."""
        super().__init__(
            f"request {request} is claimed by {person} until {until.isoformat()}",
            claimed_by=person,
            claimed_until=until.isoformat(),
        )


class NothingToSign(DomainError):
    """The request does not wait for a signature."""


class SamePerson(DomainError):
    """Who decided cannot sign, or send back, as well."""


class NotSettled(DomainError):
    """The request is not settled."""


class NotLeased(DomainError):
    """The request was not handed out in this run."""


class NotToReprocess(DomainError):
    """The request does not wait to be reprocessed, or is being reprocessed."""
