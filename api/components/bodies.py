"""Requests about components."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.http.values import (
    WHOLE,
    Body,
    Day,
    Duration,
    Flag,
    ImpactStatus,
    Key,
    Localized,
    Market,
    Reason,
    example,
    localized,
)
from application.components.commands import Registration, Revision

Place = Annotated[int, Field(ge=-1_000_000, le=1_000_000), WHOLE]
Group = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=64)]
Markets = Annotated[list[Market], Field(max_length=300)]


class RegistrationBody(Body):
    """A component to show; ``since`` is the day of registration if it is not said."""

    model_config = example(
        key="order-import",
        name={"en": "Order import", "es": "Importación de pedidos"},
        group="platform",
        description={"en": "Orders come in from the shops."},
        markets=["ES", "PT"],
        since="2025-01-01",
        position=20,
        heartbeat="15m",
    )

    key: Key
    name: Localized
    group: Group
    description: Localized | None = None
    markets: Markets = []
    public: Flag = True
    since: Day | None = None
    position: Place = 0
    heartbeat: Duration | None = None

    def told(self, language: str) -> Registration:
        """Give it as the use case takes it."""
        return Registration(
            key=self.key,
            name=localized(self.name, language),
            group=self.group,
            description=localized(self.description or {}, language),
            markets=tuple(dict.fromkeys(self.markets)),
            public=self.public,
            since=self.since,
            position=self.position,
            heartbeat=self.heartbeat or None,
        )


class RevisionBody(Body):
    """What to change; what is not named stays as it is, and ``heartbeat`` null removes it."""

    model_config = example(group="integrations", position=30, heartbeat=None)

    name: Localized | None = None
    group: Group | None = None
    description: Localized | None = None
    markets: Markets | None = None
    public: Flag | None = None
    since: Day | None = None
    position: Place | None = None
    heartbeat: Duration | None = None

    def told(self, language: str) -> Revision:
        """Give it as the use case takes it."""
        return Revision(
            name=localized(self.name, language) if self.name else None,
            group=self.group,
            description=localized(self.description, language) if self.description else None,
            markets=None if self.markets is None else tuple(dict.fromkeys(self.markets)),
            public=self.public,
            since=self.since,
            position=self.position,
            sets_heartbeat="heartbeat" in self.model_fields_set,
            heartbeat=self.heartbeat or None,
        )


class PinBody(Body):
    """A status to show at least, until the pin is removed."""

    model_config = example(status="degraded_performance", reason="The carrier announced slow answers until noon.")

    status: ImpactStatus
    reason: Reason
