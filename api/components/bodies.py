"""Requests about components."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.http.command_bodies import ChangeBody, CommandBody
from api.http.values import (
    DISTINCT,
    LINE,
    WHOLE,
    Body,
    Day,
    Duration,
    Flag,
    ImpactStatus,
    Key,
    Localized,
    LocalizedChanges,
    LocalizedOrEmpty,
    Market,
    Reason,
    example,
)
from application.components.commands import Registration, Revision

Place = Annotated[int, Field(ge=-1_000_000, le=1_000_000), WHOLE]
Group = Annotated[str, StringConstraints(pattern=LINE, min_length=1, max_length=64)]
Markets = Annotated[list[Market], Field(max_length=300), DISTINCT]


class RegistrationBody(CommandBody[Registration]):
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

    APART = frozenset({"heartbeat"})

    key: Key
    name: Localized
    group: Group
    description: LocalizedOrEmpty = None
    markets: Markets = []
    public: Flag = True
    since: Day | None = None
    position: Place = 0
    heartbeat: Duration | None = None

    def to_command(self, language: str | None = None) -> Registration:
        """Give it as the application takes it; a heartbeat without length is none."""
        return self.converted(language, heartbeat=self.heartbeat or None)


class RevisionBody(ChangeBody[Revision]):
    """What to change; what is not named stays as it is, texts in other languages too.

    Null removes ``description``, all languages of it, and ``heartbeat``.
    """

    model_config = example(group="integrations", position=30, heartbeat=None)

    APART = frozenset({"heartbeat"})
    THING = "a component"
    CAN_BE_NULL = frozenset({"description", "heartbeat"})

    name: LocalizedChanges | None = None
    group: Group | None = None
    description: LocalizedChanges | None = None
    markets: Markets | None = None
    public: Flag | None = None
    since: Day | None = None
    position: Place | None = None
    heartbeat: Duration | None = None

    def to_command(self, language: str | None = None) -> Revision:
        """Give it as the application takes it; a heartbeat without length is none."""
        return self.converted(
            language,
            is_without_description="description" in self.nulls,
            sets_heartbeat="heartbeat" in self.model_fields_set,
            heartbeat=self.heartbeat or None,
        )


class PinBody(Body):
    """A status to show at least, until the pin is removed."""

    model_config = example(status="degraded_performance", reason="The carrier announced slow answers until noon.")

    status: ImpactStatus
    reason: Reason
