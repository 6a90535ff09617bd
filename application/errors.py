"""What can go wrong around the domain; none of it knows HTTP.

A refusal of the use cases is of the same kinds as one of the domain: ``Conflict``, ``Invalid``, ``NotFound``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMED = 100
"""How many of many a refusal names."""


class ApplicationError(Exception):
    """A request cannot be carried out, for a reason that is none of the kinds of refusals.

    Unless the class has a status of its own in ``api.http.problems``, the fault is ours.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        """Fail with a ``sentence`` for a person, and ``facts`` that a program can act on."""
        super().__init__(sentence)
        self.facts = facts


class Unavailable(ApplicationError):
    """The service cannot answer now."""


class AlreadyExists(Conflict):
    """A thing of that name exists already."""


class VersionConflict(ApplicationError):
    """The thing is no longer at the version that the caller knows."""

    def __init__(self, thing: str, *, expected: int, version: int, since: Sequence[Mapping[str, object]]) -> None:
        """Name both versions, and the events in between."""
        super().__init__(
            f"{thing} is at version {version}, not {expected}", expected=expected, version=version, events=list(since)
        )


class ConcurrentChange(Conflict):
    """Another process changed the same thing at the same moment, twice in a row."""


class SetChanged(Conflict):
    """What a bulk decision is about is no longer what its dry run showed."""

    def __init__(self, *, added: Sequence[object], removed: Sequence[object]) -> None:
        """Count the requests that came and went, and name the first of them."""
        super().__init__(
            f"since the dry run {len(added)} requests came into the set, and {len(removed)} went; make another one",
            added=[str(id) for id in added[:NAMED]],
            removed=[str(id) for id in removed[:NAMED]],
            added_count=len(added),
            removed_count=len(removed),
        )


class OtherLog(Invalid):
    """The log is not the one that the caller has read."""


class TakenMeanwhile(Conflict):
    """Others were quicker, again and again, to lease what was to be leased."""


class KeyReused(ApplicationError):
    """An idempotency key came again with another request."""


class StillRunning(Conflict):
    """The first request with this idempotency key has not been answered yet."""


class NotAuthenticated(ApplicationError):
    """The token is missing, unknown or revoked, or it has expired."""


class Forbidden(ApplicationError):
    """The token's role may not do this."""


class SignInRequired(ApplicationError):
    """What needs the eyes of two persons has to come from somebody who signed in at the provider of identities."""


class CrossSite(ApplicationError):
    """The form was sent from a page of another site."""


class SourceNotAllowed(ApplicationError):
    """The token is bound to other sources."""

    def __init__(self, token: str, *, source: str | None, allowed: Sequence[str]) -> None:
        """Name the source, and those that the token may use."""
        named = "all sources together" if source is None else f"the source {source}"
        super().__init__(
            f"the token {token} is bound to {', '.join(allowed)}, and not to {named}", sources=list(allowed)
        )


class TokenNotBound(ApplicationError):
    """The token is bound to no source, and this is told to sources alone."""


class SecretAlreadyShown(Conflict):
    """The answer to the first request with this idempotency key showed a secret, which is not kept."""


class Malformed(ApplicationError):
    """The request cannot be read."""


class UnsupportedMedia(ApplicationError):
    """The body is of a type that this route does not take."""


class TooLarge(ApplicationError):
    """The body, a text or an event is larger than the limit."""


class MailNotConfigured(Conflict):
    """No mail relay is configured, so nobody can subscribe by e-mail."""


class TooManyRequests(ApplicationError):
    """Too many requests came from one network, or by one person."""


class NotYetVisible(Unavailable):
    """The views have not reached the wanted position within the time a read may wait."""


class NoLongerKept(ApplicationError):
    """What is known as of then is no longer kept.

    The fact ``earliest`` is the first position as of which it is.
    """


class Busy(Unavailable):
    """The service has as much to do of this kind as it can; try again."""


class StoreUnavailable(Unavailable):
    """The store cannot be reached or does not take writes; nothing was recorded."""


class OutcomeUnknown(Unavailable):
    """The store went away while it was asked to commit; whether it did is not known."""


class LogKeyMissing(Unavailable):
    """Nothing can be signed: this process has not the key that signs the log."""


class SchemaMismatch(Unavailable):
    """The store was written by a newer version of the program, or not migrated yet."""


class CorruptEvent(ApplicationError):
    """A stored event cannot be read as what its type says."""


class BadSetting(ApplicationError):
    """A setting cannot be parsed."""


class CannotListen(ApplicationError):
    """The address to serve on is taken, or none of this machine."""


class CannotCopy(ApplicationError):
    """The folder of a copy of the site cannot be read or written."""


class ViewsNotBuilt(ApplicationError):
    """Some views could not be built; those that are read have stayed as they were."""

    def __init__(self, failed: Mapping[str, str]) -> None:
        """Say of each view at which event it stopped, and why."""
        reasons = "; ".join(f"the view {name} cannot be built: {sentence}" for name, sentence in failed.items())
        super().__init__(f"{reasons}; what is read of it was left as it is")
        self.failed = failed


class AnotherRebuild(Conflict):
    """Two rebuilds of the same view at the same time."""
