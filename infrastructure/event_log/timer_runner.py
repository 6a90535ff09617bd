"""Carries out all timers that are due, in the order of their due times, in the transaction of the writer."""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from application.due_work import DueWork
    from application.log import Timer
    from infrastructure.event_log.session import Session

ROUND = 500
"""How many timers are carried out in one transaction at most."""
AGAIN = timedelta(minutes=1)
"""How long a timer that has failed is put aside."""

log = structlog.get_logger()


class TimerRunner:
    """Carries out timers; one that fails is put aside for a minute, and does not hold up the others.

    ``failed`` names those that have failed and not succeeded since.
    """

    def __init__(self, due_work: DueWork) -> None:
        """Let ``due_work`` carry out what is due."""
        self._due_work = due_work
        self.failed: dict[UUID, str] = {}
        self._aside: dict[UUID, datetime] = {}

    def carry_out(self, session: Session) -> bool:
        """Carry out the timers that are due now.

        Returns:
            Whether some may be left for a further transaction.
        """
        self._retry(session)
        timers = session.due(ROUND, self._aside)
        is_whole = len(timers) < ROUND
        session.read_ahead(timer.aggregate for timer in timers)
        waiting = [(timer.due, timer.position, timer.aggregate, timer) for timer in timers]
        horizon = timers[-1].due if timers else session.now
        for _ in range(ROUND):
            if not waiting:
                return not is_whole
            *_, timer = heapq.heappop(waiting)
            for follow_up in self._carry_out_one(session, timer):
                if follow_up.due <= (session.now if is_whole else horizon):
                    heapq.heappush(waiting, (follow_up.due, follow_up.position, follow_up.aggregate, follow_up))
        # The table still has the rest.
        return True

    def _retry(self, session: Session) -> None:
        aside = {id: until for id, until in self._aside.items() if until > session.now}
        if len(aside) < len(self._aside):
            self._aside = aside
            session.look_again()

    def _carry_out_one(self, session: Session, timer: Timer) -> list[Timer]:
        # The result are the timers that were set because of this one.
        mark = session.mark()
        try:
            again = self._due_work.handle_due(session, timer)
            session.clear_timer(timer, again)
        except StoreDown:
            raise
        except Exception as error:
            log.exception("timer_failed", aggregate=str(timer.aggregate), due=timer.due.isoformat())
            session.back_to(mark)
            self.failed[timer.aggregate] = f"{type(error).__name__}: {error}"
            self._aside[timer.aggregate] = session.now + AGAIN
            return []
        self.failed.pop(timer.aggregate, None)
        others = [planned for planned in session.planned_since(mark) if planned.aggregate != timer.aggregate]
        return others if again is None else [*others, replace(timer, due=again, position=session.position)]
