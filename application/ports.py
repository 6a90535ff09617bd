"""What the use cases need from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from application.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, tzinfo
    from uuid import UUID

    from domain.access.keyring import Token

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the time of now, with an offset."""
        ...


class Zones(Protocol):
    """The time zones of the world, in one version of their database."""

    @property
    def version(self) -> str:
        """Name the version (``2026f``)."""
        ...

    def find(self, name: str) -> tzinfo | None:
        """Give the zone of this IANA name; None if there is none."""
        ...


class Transaction(Log, Protocol):
    """The log inside one command, with the answers that idempotency keys stand for."""

    def receipt(self, token: str, key: str) -> tuple[str, str] | None:
        """Give request and answer that a key stands for, if it was used."""
        ...

    def keep_receipt(self, token: str, key: str, request: str, answer: str) -> None:
        """Keep the answer to a request, in the transaction of its events."""
        ...


class CommandRunner(Protocol):
    """Runs commands, one after the other, each as a whole."""

    async def run(self, command: Callable[[Transaction], T], *, reads: Sequence[UUID] = ()) -> T:
        """Run a command and wait until what it recorded is durable.

        ``reads`` are aggregates that it is known to look at; those of all waiting commands are read at once.
        """
        ...


class Reads(Protocol):
    """Runs blocking reads beside the event loop."""

    async def run(self, read: Callable[[], T]) -> T:
        """Run a read and give what it gives."""
        ...


class ViewProgress(Protocol):
    """Tells how far the views have come."""

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        ...

    @property
    def failed(self) -> Mapping[str, str]:
        """The views that have stopped, and why."""
        ...

    def position_of(self, view: str) -> int:
        """Give the position that ``view`` reflects, which others may not have come to."""
        ...

    def changed(self, view: str) -> int:
        """Give the position of the last event that changed a row of ``view``, or a later one."""
        ...

    def is_rebuilding(self, view: str) -> bool:
        """Tell whether ``view`` began anew and has not come to where it was before."""
        ...

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log; below one if all is well."""
        ...

    async def reach_own(self) -> None:
        """Wait a little for what this process has committed, so that who wrote it finds it."""
        ...

    async def reach(self, position: int) -> None:
        """Wait until every view reflects ``position``, at most five seconds.

        Raises:
            NotYetVisible: if they do not by then.
        """
        ...


class KeySource(Protocol):
    """The tokens, as the log has them at the moment of asking."""

    async def current(self) -> Mapping[str, Token]:
        """Give all tokens by digest."""
        ...

    @property
    def known(self) -> Mapping[str, Token]:
        """The tokens by digest as of the last question; what rests on them has to be asked again."""
        ...


class Health(Protocol):
    """What keeps the service from working."""

    def stale(self) -> bool:
        """Tell whether the board has not been seen to reflect the log for some seconds."""
        ...

    def problems(self) -> Sequence[str]:
        """Ask the store, the views and the clock; a sentence for each that is not well."""
        ...

    def overdue(self) -> int:
        """Count the timers whose time has come and that were not carried out."""
        ...
