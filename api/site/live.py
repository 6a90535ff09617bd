"""Tells browsers at once what changed in public: one stream each, and one reading of the views for all of them.

A stream is an answer of server-sent events without an end (``text/event-stream``, HTML, 9.2). What is sent is made once
for each language, and written to every stream from one task: a stream costs neither a task that wakes nor a queue. One
whose client does not fetch what was sent before gets nothing more, and ends.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from functools import partial
from itertools import groupby, islice
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, Any, cast
from urllib.parse import parse_qs

import structlog
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import facade_of, header_of
from api.http.hot_route import HotRoute
from api.http.problems import refusal
from api.http.streams import COMMENT, COMMENT_SECONDS, begin, message
from api.site.kernel.answers import anybody
from api.site.kernel.change_sentences import sentences_of
from application.changes.projection import CHANGE_VIEW
from application.changes.queries import ChangeReader
from application.errors import Busy, Unavailable
from application.languages import look_up
from application.texts import translatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.streams import OpenStreams
    from application.facade import Facade

Visitor = Annotated[None, Depends(anybody)]
PATH = "/live"
PAUSE_SECONDS = 0.25
"""How long a change waits for the next ones, so that a storm of them is not one of messages."""
SLICE = 100
"""To how many streams is written before others get their turn."""
AT_ONCE = 20
"""How many changes are told one by one; of more, the newest."""
KEPT = 100
"""How many changes are kept for clients that come back."""
MISSED = translatable("The connection was interrupted, and this page may have changed.")

log = structlog.get_logger()


class Stream:
    """One client, and how it is written to."""

    __slots__ = ("language", "send")

    def __init__(self, language: str, send: Send) -> None:
        """Speak ``language``."""
        self.language = language
        self.send = send

    def write(self, data: bytes, *, goes_on: bool = True) -> bool:
        """Write without waiting; False if the client has not fetched what was written before."""
        return _sent_at_once(self.send, {"type": "http.response.body", "body": data, "more_body": goes_on})


class LiveStreams:
    """The streams of a server; it reads what changed while there are any."""

    def __init__(self, facade: Facade, opened: OpenStreams) -> None:
        """Serve streams, which count among those that are ``opened``."""
        self._opened = opened
        self._facade = facade
        self._reader = ChangeReader(changes=facade.queries.changes, events=facade.queries.events)
        self._sentences = sentences_of(facade)
        self._streams: dict[Stream, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._works: list[asyncio.Task[None]] = []
        self._generation, self._position = "", 0
        self._begin_anew()

    def __len__(self) -> int:
        """Count the streams."""
        return len(self._streams)

    async def serve(self, scope: Scope, receive: Receive, send: Send, *, language: str, last: str | None) -> None:
        """Serve one client until it leaves, or the server stops.

        Raises:
            Busy: if there are as many streams as there may be.
        """
        stream = Stream(language, send)
        self._opened.add(stream, partial(self._let_go, stream), instead="ask for the page now and then instead")
        try:
            if not await begin(scope, send, self._missed(last, language)):
                return
            self._streams[stream] = None
            self._start()
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._forget(stream)

    def _start(self) -> None:
        if all(work.done() for work in self._works):
            self._begin_anew()
            self._works = [asyncio.ensure_future(work()) for work in (self._tell_changes, self._comment)]

    async def stop(self) -> None:
        """Stop to read: the server stops."""
        for work in (*self._works, *self._tasks):
            work.cancel()
        await asyncio.gather(*self._works, *self._tasks, return_exceptions=True)

    def _begin_anew(self) -> None:
        """Give ids that none before had: what was told to nobody is not known."""
        visibility = self._facade.visibility
        self._epoch, self._count = token_hex(6), 0
        # While the view is built anew, it comes by all that was ever told: it counts from its end on.
        is_whole = not visibility.is_rebuilding(CHANGE_VIEW.name)
        self._generation = visibility.generation(CHANGE_VIEW.name) if is_whole else ""
        self._position = visibility.position_of(CHANGE_VIEW.name)
        self._told: deque[tuple[int, Mapping[str, bytes]]] = deque(maxlen=KEPT)

    def _keep(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _missed(self, last: str | None, language: str) -> bytes:
        """Give what a client that comes back has not heard: what is kept, or that it may have missed something."""
        if last is None:
            return b""
        epoch, _, number = last.partition("-")
        known = int(number) if epoch == self._epoch and number.isascii() and number.isdigit() else None
        if known == self._count:
            return b""
        if known is None or not self._told or known < self._told[0][0] - 1 or known > self._count:
            return self._something_missed(language)
        return b"".join(said[language] for number, said in self._told if number > known)

    async def _comment(self) -> None:
        while True:
            await asyncio.sleep(COMMENT_SECONDS)
            await self._write(dict.fromkeys(self._sentences.languages, COMMENT))

    async def _tell_changes(self) -> None:
        """Wait for changes, and tell them; whatever fails, who listens does not wait in vain for the next ones."""
        visibility, is_away = self._facade.visibility, False
        while True:
            await visibility.next_change(CHANGE_VIEW.name, self._position)
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                said, is_away = await self._read(), False
            except Unavailable as error:
                # It is tried again at once, for as long as the store is away.
                if not is_away:
                    log.warning("changes_not_told", error=str(error))
                is_away = True
                continue
            except Exception:
                log.exception("changes_not_told")
                self._begin_anew()
                said = self._something_missed_by_all()
            if said:
                await self._write(said)

    def _something_missed(self, language: str) -> bytes:
        return _event(f"{self._epoch}-{self._count}", self._facade.catalogs.text(language, MISSED))

    def _something_missed_by_all(self) -> Mapping[str, bytes]:
        return {language: self._something_missed(language) for language in self._sentences.languages}

    async def _read(self) -> Mapping[str, bytes]:
        """Read what changed since the last time, and give it in each language."""
        visibility, after = self._facade.visibility, self._position
        generation, position = visibility.generation(CHANGE_VIEW.name), visibility.position_of(CHANGE_VIEW.name)
        if visibility.is_rebuilding(CHANGE_VIEW.name):
            self._generation = ""
            return {}
        if generation != self._generation or not self._streams:
            # Of a view that was built anew, nothing tells what of it is new; and to nobody, nothing is told.
            self._begin_anew()
            return self._something_missed_by_all() if self._streams else {}
        piece = await self._facade.reads.run(
            lambda: self._reader.page(after, position, place=None, limit=AT_ONCE, falling=True)
        )
        self._position = position
        # The first that is told of an event is what became of the thing itself; the others follow from it.
        events = [list(changes)[-1] for _, changes in groupby(piece.changes, lambda timed: timed.position)]
        for timed in reversed(events):
            self._count += 1
            id = f"{self._epoch}-{self._count}"
            said = self._sentences.all(timed.change)
            self._told.append((self._count, {language: _event(id, text) for language, text in said.items()}))
        new = list(islice(reversed(self._told), len(events)))[::-1]
        return {language: b"".join(said[language] for _, said in new) for language in self._sentences.languages if new}

    async def _write(self, said: Mapping[str, bytes]) -> None:
        for streams in _slices(list(self._streams)):
            for stream in streams:
                if stream in self._streams and not stream.write(said[stream.language]):
                    self._let_go(stream)
            await asyncio.sleep(0)

    def _forget(self, stream: Stream) -> None:
        self._streams.pop(stream, None)
        self._opened.remove(stream)

    def _let_go(self, stream: Stream) -> None:
        """End a stream; of a client that does not read, when it has read the rest, or did not in time."""
        self._forget(stream)
        if not stream.write(b"", goes_on=False):
            self._keep(_finish(stream))


def live_route(streams: LiveStreams) -> HotRoute:
    """Make the route of the streams; the layers of the framework would be kept for each as long as it goes on."""

    async def live(request: Request, visitor: Visitor) -> ASGIApp:
        """Stream what changes, one sentence for each change, in the language that ``lang`` names or the default one."""
        settings = facade_of(request).settings
        named = parse_qs(request.url.query).get("lang", [""])[0]
        language = look_up(named, settings.languages) or settings.languages[0]
        last = header_of(request.scope, b"last-event-id")

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await streams.serve(scope, receive, send, language=language, last=last)
            except Busy as busy:
                await refusal(busy, scope["request_id"])(scope, receive, send)

        return answer

    return HotRoute(
        PATH,
        live,
        methods=["GET"],
        include_in_schema=False,
        response_model=None,
        response_class=Response,
    )


def _sent_at_once(send: Send, message: Message) -> bool:
    """Send a message if that needs no waiting; a server waits where too much of an answer was not fetched."""
    sending = cast("Any", send(message))
    try:
        sending.send(None)
    except StopIteration:
        return True
    sending.close()
    return False


async def _finish(stream: Stream) -> None:
    await stream.send({"type": "http.response.body", "body": b"", "more_body": False})


def _event(id: str, say: str) -> bytes:
    return message(id, json.dumps({"say": say}, ensure_ascii=False).encode(), "changed")


def _slices(streams: Sequence[Stream]) -> Iterable[Sequence[Stream]]:
    return (streams[start : start + SLICE] for start in range(0, len(streams), SLICE))
