"""Commands that wait for the writer, and their results."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from eventsourcing.persistence import IntegrityError

from application.errors import ApplicationError
from domain.errors import DomainError
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from infrastructure.event_log.session import Session

log = structlog.get_logger()


@dataclass(slots=True)
class Command:
    """A command and its result; ``loop`` is None if a thread waits for it."""

    run: Callable[[Session], Any]
    promise: asyncio.Future[Any] | Future[Any]
    loop: asyncio.AbstractEventLoop | None
    reads: Sequence[UUID] = ()
    outcome: Any = None
    error: BaseException | None = None


def run(command: Command, session: Session) -> None:
    """Run it; what it did is undone if it is refused or fails.

    Raises:
        IntegrityError: if another process was quicker.
        StoreDown: if the store went away.
    """
    mark = session.mark()
    try:
        command.outcome = command.run(session)
        session.require_saved()
    except (IntegrityError, StoreDown):
        raise
    except (DomainError, ApplicationError) as refusal:
        command.error = refusal
        session.back_to(mark)
    except Exception as defect:
        log.exception("command_failed")
        command.error = defect
        session.back_to(mark)


def fail(group: Sequence[Command], error: BaseException) -> None:
    """Let all commands of a group fail with the same error."""
    for command in group:
        # A refusal, too, may rest on what another command of the group did, and that was not recorded.
        command.error = error


def finish(group: Sequence[Command]) -> None:
    """Deliver the results, with one wake-up for each event loop."""
    waiting: defaultdict[asyncio.AbstractEventLoop | None, list[Command]] = defaultdict(list)
    for command in group:
        waiting[command.loop].append(command)
    for loop, commands in waiting.items():
        if loop is None:
            _answer(commands)
        else:
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(_answer, commands)


def _answer(commands: Sequence[Command]) -> None:
    for command in commands:
        if command.promise.done():
            continue
        if command.error is not None:
            command.promise.set_exception(command.error)
        else:
            command.promise.set_result(command.outcome)
