"""What a subscription is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import Invalid
from domain.impact import Level

MOST_KEYS = 100
"""How many keys of each kind a scope names at most."""


class Channel(StrEnum):
    """By which way somebody is notified."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SLACK = "slack"
    TEAMS = "teams"


class Rhythm(StrEnum):
    """How often somebody is notified: of each thing at once, or of all together once an hour or a day."""

    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, kw_only=True)
class NotificationScope:
    """What somebody wants to be notified of: whatever any of these keys covers, everything if there is none.

    Of incidents, only those that have an ``impact`` as high as this one, or higher.
    """

    components: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    impact: Level = Level.NONE

    @property
    def is_everything(self) -> bool:
        """Whether it is narrowed down to no key."""
        return not (self.components or self.groups or self.audiences or self.panels)


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What somebody wants to be notified of, in which language and how often."""

    language: str
    rhythm: Rhythm = Rhythm.INSTANT
    scope: NotificationScope = field(default_factory=NotificationScope)

    def require_valid(self, channel: Channel) -> None:
        """Refuse what no subscription by this way can have.

        Raises:
            Invalid: naming the part.
        """
        for name in ("components", "groups", "audiences", "panels"):
            if len(getattr(self.scope, name)) > MOST_KEYS:
                raise Invalid(f"a scope names at most {MOST_KEYS} {name}", pointer=f"/scope/{name}")
        if channel is not Channel.EMAIL and self.rhythm is not Rhythm.INSTANT:
            raise Invalid(f"only e-mails can be {self.rhythm}; {channel} gets each message at once", pointer="/rhythm")


class EndReason(StrEnum):
    """Why a subscription ended; ``one_click`` is the button that a mail program shows (RFC 8058)."""

    READER = "reader"
    ONE_CLICK = "one_click"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OPERATOR = "operator"


class DisabledBy(StrEnum):
    """Why an endpoint gets nothing: it answered that it is gone, it failed for too long, or an operator says so."""

    GONE = "gone"
    FAILING = "failing"
    OPERATOR = "operator"
