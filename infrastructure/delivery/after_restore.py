"""What a backup says of deliveries is not what became of them: nothing of it is sent by itself."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from infrastructure.delivery.cursor import BEGIN_AT_END

if TYPE_CHECKING:
    from infrastructure.store.base import Store

HOLD_BACK = """
    UPDATE deliveries SET state = 'perhaps_sent', leased_until = NULL WHERE state IN ('due', 'waiting')
"""
"""What was not sent yet when the backup was made was perhaps sent afterwards."""
FORGET_CURSOR = "DELETE FROM delivery_cursor"


def hold_deliveries_back(owner: Store, _service: Store) -> None:
    """Let an operator decide on what waited when the backup was made, and begin to plan at the end of the log."""
    with closing(owner.connect_outbox()) as connection:
        connection.begin()
        try:
            connection.execute(HOLD_BACK)
            connection.execute(FORGET_CURSOR)
            connection.execute(BEGIN_AT_END)
            connection.commit()
        finally:
            connection.rollback()
