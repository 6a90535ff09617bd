"""The program as a later version of it: the board has another definition, and its number is one higher."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.status.projection import BOARD_VIEW, ComponentRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.projections.tables import Row
    from domain.aggregate import Aggregate

LATER = "TEST_LATER_VERSION"
"""The variable with which a process begins as the later version."""
MARK = ", later"
"""What stands behind the group of each component in the rows of the later version, and in no others."""
ROWS_NOW = BOARD_VIEW.rows_of


def become_later() -> None:
    """Let this process, and what it forks from now on, be of the later version."""
    object.__setattr__(BOARD_VIEW, "version", BOARD_VIEW.version + 1)
    object.__setattr__(BOARD_VIEW, "rows_of", _rows_of)


def _rows_of(aggregate: Aggregate) -> Iterable[Row]:
    for row in ROWS_NOW(aggregate):
        if isinstance(row, ComponentRow):
            yield replace(row, document={**row.document, "group": f"{row.document['group']}{MARK}"})
        else:
            yield row
