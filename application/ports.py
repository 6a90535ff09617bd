"""The interfaces that the application needs from outside: clock, zones, transactions, views, tokens, health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from application.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo
    from uuid import UUID

    from application.health import LogSample, ReadinessDetail, ReadLag
    from domain.access.keyring import Token
    from domain.aggregate import Aggregate

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


class Catalogs(Protocol):
    """Built-in texts in each language; they are written in English, which finds them."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are texts in."""
        ...

    def text(self, language: str, message: str) -> str:
        """Give a text in a language, or in English if there are none in it."""
        ...

    def plural(self, language: str, one: str, many: str, number: int) -> str:
        """Give the text for a number of things, by the plural rules of a language."""
        ...


class Transaction(Log, Protocol):
    """The log inside one command, with the answers that are stored for idempotency keys."""

    def receipt(self, token: str, key: str) -> tuple[str, str] | None:
        """Find the digest of the request and the answer that are stored for a key; None if it was not used."""
        ...

    def keep_receipt(self, token: str, key: str, request: str, answer: str) -> None:
        """Store the answer to a request, in the transaction of its events."""
        ...

    def undo(self) -> Sequence[tuple[Aggregate | None, Aggregate]]:
        """Undo what this command has recorded, and give each aggregate as it was before and as it would be.

        Those of which nobody is to be notified are left out.
        """
        ...

    def find_fact(self, name: str) -> str | None:
        """Read what is noted about the store itself; None if nothing is."""
        ...

    def note_fact(self, name: str, value: str | None) -> None:
        """Note something about the store itself, in the transaction of the events; None forgets it."""
        ...


class CommandRunner(Protocol):
    """Runs commands, one after the other, each as a whole."""

    async def run(self, command: Callable[[Transaction], T], *, reads: Sequence[UUID] = ()) -> T:
        """Run a command and wait until what it recorded is durable.

        ``reads`` are aggregates that it is known to load; those of all waiting commands are read in one query.
        """
        ...


class Reads(Protocol):
    """Runs blocking reads beside the event loop."""

    async def run(self, read: Callable[[], T]) -> T:
        """Run a read on another thread, and give its result."""
        ...


class ViewStands(Protocol):
    """How far views have come, and whether what was read from them is still current."""

    def stand(self, view: str) -> tuple[int, str]:
        """Give the position that ``view`` reflects, with what tells the event there from every other."""
        ...

    def changed(self, view: str) -> int:
        """Give the position of the last event that changed a row of ``view``, or a later one."""
        ...

    def is_rebuilding(self, view: str) -> bool:
        """Tell whether ``view`` began anew and has not come to where the log ended then."""
        ...

    def generation(self, view: str) -> str:
        """Tell one building of ``view`` from the next."""
        ...

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log; below one if all is well."""
        ...


class ViewProgress(ViewStands, Protocol):
    """Which position each view reflects."""

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        ...

    @property
    def lag(self) -> float | None:
        """The seconds that all that is read is behind what is written; None where both are one."""
        ...

    @property
    def failed(self) -> Mapping[str, object]:
        """The views that have stopped, and why."""
        ...

    def position_of(self, view: str) -> int:
        """Give the position that ``view`` reflects, which others may not have come to."""
        ...

    async def next_change(self, view: str, after: int) -> None:
        """Wait until an event after the position ``after`` has changed a row of ``view``."""
        ...

    async def next_event(self, after: int, patience: float) -> None:
        """Wait until an event after the position ``after`` is known of, at most ``patience`` seconds."""
        ...

    async def reach_own(self, views: Sequence[str] = ()) -> None:
        """Wait a short time until some views, or all, reflect what this process has committed."""
        ...

    async def reach(self, position: int, views: Sequence[str] = ()) -> None:
        """Wait until some views, or all, reflect ``position``, at most five seconds.

        Raises:
            NotYetVisible: if they do not by then.
        """
        ...


class KeySource(Protocol):
    """The tokens in the log."""

    async def current(self) -> Mapping[str, Token]:
        """Give all tokens by digest, as the log has them now."""
        ...

    @property
    def known(self) -> Mapping[str, Token]:
        """The tokens by digest as they were read last; who relies on them has to confirm it inside the command."""
        ...

    def now(self) -> datetime:
        """Give the time by which tokens expire."""
        ...


class Health(Protocol):
    """Whether the service can do its work."""

    def stale(self) -> bool:
        """Tell whether the board has not been seen to reflect the log for some seconds."""
        ...

    def findings(self) -> Sequence[ReadinessDetail]:
        """Check the store, the views and the clock; list what does not work, and what somebody has to look at."""
        ...

    def clock_behind(self) -> timedelta:
        """Give how long the clock has to go until it shows the time of the last event."""
        ...

    def log_sample(self) -> LogSample:
        """Give how far this process has come on its way round the log, and what it found."""
        ...

    def read_lag(self) -> ReadLag | None:
        """Give how far what is read is behind what is written; None where both are one."""
        ...

    def overdue(self) -> int:
        """Count the timers that are due and were not carried out."""
        ...
