"""How far each view has come: as its row in the store says, and as this process has seen it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from application.status.board import STALE_SECONDS
from infrastructure.store.base import BulkStatement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrastructure.store.base import Value

# In the order of the names, so that two followers lock in the same order.
ROWS = "SELECT name, position, version, built, last_event, complete_at FROM views ORDER BY name"
MOVE = BulkStatement(
    sql="UPDATE views SET position = given.column2, last_event = given.column3 FROM {given}"
    " WHERE views.name = given.column1",
    columns=("key", "number", "text"),
)
LOWER = "UPDATE views SET complete_at = position WHERE name = :name AND position = :position AND complete_at > position"


class ViewRow(NamedTuple):
    """What the store says of a view: ``generation`` tells one building of it from the next.

    ``last_event`` is the fingerprint of the event at its position; it is not to be read before ``complete_at``.
    """

    position: int
    version: Value
    generation: str
    last_event: str
    complete_at: int


class Failure(NamedTuple):
    """Why a view has stopped, and at which event, if it is one."""

    sentence: str
    position: int | None = None
    event: str | None = None


@dataclass
class ViewState:
    """What one process knows of a view: ``stand`` is its position, with the fingerprint of the event there.

    ``changed`` is the position of the last event that changed a row, or a later one. ``confirmed`` is when it was last
    seen to reflect the whole log, None if it never was; ``began`` is when this process began to look. ``epoch`` tells
    what was read before the log lost events that this process had seen from what is read after that.
    """

    stand: tuple[int, str] = (0, "")
    changed: int = 0
    generation: str = ""
    epoch: str = ""
    complete_at: int = 0
    began: float = field(default_factory=monotonic)
    confirmed: float | None = None

    @property
    def position(self) -> int:
        """The position that it reflects."""
        return self.stand[0]

    @property
    def building(self) -> str:
        """What tells all that may be shown of it from what may no longer be."""
        return f"{self.generation}{self.epoch}"

    @property
    def is_complete(self) -> bool:
        """Whether it has come to where it may be read."""
        return self.position >= self.complete_at

    @property
    def age(self) -> float:
        """The seconds since it was last seen to reflect the whole log, or since this process began to look."""
        return monotonic() - (self.began if self.confirmed is None else self.confirmed)

    def confirm(self, moment: float) -> None:
        """Note that it was seen to reflect the whole log at a moment."""
        self.confirmed = moment if self.confirmed is None else max(self.confirmed, moment)

    def doubt(self) -> None:
        """Note that it does not follow the log: if it was never seen to reflect it, it is out of date from now on."""
        if self.confirmed is None:
            self.began = min(self.began, monotonic() - STALE_SECONDS)

    def begin_epoch(self) -> None:
        """Note that what was seen at its position is no longer in the log."""
        self.epoch = f"/{uuid4().hex}"

    def note(self, row: ViewRow) -> None:
        """Take over what the store says; what another process projected may have changed anything."""
        if row.generation != self.generation or row.position < self.position:
            self.changed = row.position
        elif row.position > self.position:
            self.changed = max(self.changed, row.position)
        # In this order: who reads the position first and then whether it is complete, never takes one for the other.
        self.generation, self.complete_at = row.generation, row.complete_at
        self.stand = row.position, row.last_event

    def report(self) -> dict[str, Any]:
        """Give it as JSON, with its age in seconds instead of moments, whose zero is another in each process.

        The age is None if it was never seen to reflect the whole log: who reads the report may know better.
        """
        known = asdict(self)
        del known["began"], known["confirmed"]
        return known | {"age": None if self.confirmed is None else round(self.age, 3)}


def rows_by_name(rows: Iterable[Sequence[Value]], suffix: str) -> dict[str, ViewRow]:
    """Read rows; of the views whose names have a suffix, without it."""
    return {
        str(name).removesuffix(suffix): ViewRow(
            int(position or 0), version, str(generation), str(last_event), int(complete_at or 0)
        )
        for name, position, version, generation, last_event, complete_at in rows
        if str(name).endswith(suffix)
    }
