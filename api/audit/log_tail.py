"""The end of the log, read once for all who follow it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import structlog
from pydantic_core import to_json

from api.http.streams import message
from application.audit.queries import EventFilter
from application.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.audit.documents import EventDocument
    from application.facade import Facade

AT_ONCE = 500
"""How many events are read at once."""
PAUSE_SECONDS = 0.02
"""How long an event waits for the next ones, so that a busy log is read in larger pieces."""
PATIENCE_SECONDS = 0.5
"""After how long the log is read in any case."""
KEPT_BYTES = 4 * 1024 * 1024
"""How many bytes are kept for those who are a little behind; others read the log themselves."""
ALL = EventFilter()

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenEvent:
    """An event as it is sent, with what it is chosen by; the ``id`` is where to go on behind it."""

    id: str
    type: str
    actor: str
    aggregate: str
    data: bytes

    @classmethod
    def of(cls, event: EventDocument) -> WrittenEvent:
        """Write an event."""
        aggregate = event["aggregate"]["id"]
        return cls(id=id_of(event), type=event["type"], actor=event["actor"], aggregate=aggregate, data=written(event))

    def fits(self, wanted: EventFilter) -> bool:
        """Tell whether a filter describes it."""
        return (
            wanted.type in {None, self.type}
            and wanted.actor in {None, self.actor}
            and wanted.aggregate in {None, self.aggregate}
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPiece:
    """What is sent of a part of the log, and the position up to which that is all that was wanted."""

    data: bytes
    position: int


def id_of(event: EventDocument) -> str:
    """Give the id of an event in a stream: its position, and what tells it from the events of other logs there.

    An event of the same aggregate and version can stand at the same position once more, if a log was put back; it was
    not recorded at the same time.
    """
    return f"{event['position']}-{crc32((event['id'] + event['recorded_at']).encode()):08x}"


def written(event: EventDocument) -> bytes:
    """Write an event as a stream sends it."""
    return message(id_of(event), to_json(event))


class LogTail:
    """Reads what comes to the log while ``is_followed`` says so, and keeps the last of it."""

    def __init__(self, facade: Facade, is_followed: Callable[[], bool]) -> None:
        """Read nothing yet."""
        self._facade = facade
        self._is_followed = is_followed
        self._begin_at(0, "")

    def piece(self, after: int, wanted: EventFilter, size: int) -> LogPiece | None:
        """Give some ``size`` bytes of what comes after a position; None if that is no longer kept."""
        count = self._end - after
        if count > len(self._kept):
            return None
        data: list[bytes] = []
        length = 0
        for event in self._kept[len(self._kept) - count :] if count > 0 else ():
            after += 1
            if event.fits(wanted):
                data.append(event.data)
                length += len(event.data)
                if length >= size:
                    break
        return LogPiece(data=b"".join(data), position=after)

    @property
    def end(self) -> int:
        """The position of the last event that was read; 0 before it begins."""
        return self._end

    async def follow(self, on_growth: Callable[[Sequence[WrittenEvent]], None]) -> None:
        """Read what comes; ``on_growth`` is told what came, and that it begins, when nothing has come yet.

        It ends when nobody follows any more, when the log is another one than it was, or when an event cannot be read.
        """
        self._begin_at(0, "")
        is_away, has_begun = False, False
        while self._is_followed():
            try:
                if not has_begun:
                    self._begin_at(*await self._facade.reads.run(self._read_end))
                    has_begun = True
                    on_growth(())
                await self._facade.visibility.next_event(self._end, PATIENCE_SECONDS)
                news = await self._facade.reads.run(self._read)
            except StoreUnavailable as error:
                if not is_away:
                    log.warning("events_not_streamed", error=str(error))
                is_away = True
                await asyncio.sleep(PATIENCE_SECONDS)
                continue
            except Exception:
                log.exception("events_not_streamed")
                return
            is_away = False
            if news is None:
                log.warning("events_not_streamed", error=f"the log has not the event that it had at {self._end}")
                return
            self._keep(news)
            if news:
                on_growth(news)
            await asyncio.sleep(PAUSE_SECONDS)

    def _begin_at(self, end: int, last: str) -> None:
        self._end, self._last = end, last
        self._kept: list[WrittenEvent] = []
        self._size = 0

    def _read_end(self) -> tuple[int, str]:
        events = self._facade.queries.events
        end, _ = events.last()
        found = events.page(ALL, end - 1, 1) if end else ()
        return (end, WrittenEvent.of(found[0]).id) if found else (0, "")

    def _read(self) -> Sequence[WrittenEvent] | None:
        """Read the next events; None if the last one is no longer there."""
        events = self._facade.queries.events
        found = [WrittenEvent.of(event) for event in events.page(ALL, max(self._end - 1, 0), AT_ONCE)]
        if not self._end:
            return found
        return found[1:] if found and found[0].id == self._last else None

    def _keep(self, news: Sequence[WrittenEvent]) -> None:
        if not news:
            return
        self._kept += news
        self._end, self._last = self._end + len(news), news[-1].id
        self._size += sum(len(event.data) for event in news)
        if self._size > KEPT_BYTES:
            # Half of them, so that it is not done each time.
            while self._size > KEPT_BYTES // 2:
                gone = self._kept[: len(self._kept) // 2 + 1]
                del self._kept[: len(gone)]
                self._size -= sum(len(event.data) for event in gone)
