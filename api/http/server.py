"""The server: uvicorn's, which ends the answers that never end by themselves before it waits for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class Server(uvicorn.Server):
    """Serves until it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, end_streams: Callable[[], None], serves: Callable[[], None] = lambda: None
    ) -> None:
        """Serve by ``config``.

        ``serves`` is called once, when the server answers, and ``end_streams`` once, when it begins to stop.
        """
        super().__init__(config)
        self._end_streams = end_streams
        self._serves = serves

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and tell so."""
        await super().startup(sockets)
        if self.started:
            self._serves()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, and wait for the other answers as long as the configuration says."""
        self._end_streams()
        await super().shutdown(sockets)
