"""The board as a document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, NotRequired

from typing_extensions import TypedDict

from application.components.documents import PublicComponentParts
from application.document import Id, Instant, Localized, StatusName, Visibility
from application.schema import Encodes, documented


class Indicator(StrEnum):
    """How bad the worst known status on the board is; ``unknown`` where none is known."""

    NONE = "none"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


Kind = Literal["incident", "relapse", "maintenance_window", "restoration", "pin"]


@documented
class BoardCause(TypedDict):
    """Why a component shows what it shows."""

    type: Annotated[str, Encodes(Kind)]
    """A `relapse`, the return of a resolved problem before it is published, is shown to operators, auditors and admins
    only."""
    status: StatusName
    since: Instant
    id: NotRequired[Id]
    """Of the incident, the window, the restoration or the pin; readers get no ids of pins."""
    title: NotRequired[Localized | None]
    """Of the incident or the window; null while an incident has none, absent for a pin or a restoration."""
    panel: NotRequired[str]
    """Of the restoration; so too `capability`."""
    capability: NotRequired[str]
    """Absent for readers if it is hidden from them."""
    visibility: NotRequired[Annotated[str, Encodes(Visibility)]]
    """For operators, auditors and admins only."""


@documented
class PrivateParts(TypedDict):
    """What readers do not see of a component on the board."""

    public: NotRequired[bool]
    """For operators, auditors and admins only: whether readers see it."""
    version: NotRequired[int]
    """For operators, auditors and admins only."""


@documented
class BoardComponent(PublicComponentParts, PrivateParts):
    """A component on the board."""

    status: StatusName
    status_since: Instant | None
    """Null if it is not known."""
    causes: list[BoardCause]
    """The worst first; empty if nothing is the matter, or if it has fallen silent."""


@documented
class BoardPanel(TypedDict):
    """A panel on the board: without access it has a major outage; with it, what its capabilities leave of it.

    Capabilities that were given up, and restorations that are completed, do not count.
    """

    key: str
    name: Localized
    status: StatusName
    status_since: Instant | None
    """Null if it is not known."""
    restoration: Id | None
    """The one that goes on."""


@documented
class Board(TypedDict):
    """What works, and what does not."""

    indicator: Annotated[str, Encodes(Indicator)]
    """Of components and panels. What is not known does not count; if nothing at all is known, it is `unknown`."""
    components: list[BoardComponent]
    panels: list[BoardPanel]
    """By the days of their accounts."""
