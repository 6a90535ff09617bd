"""The protocol that the server speaks on a connection: uvicorn's, which also answers half-closed connections."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class ServerProtocol(HttpToolsProtocol):
    """HTTP/1.1; a client that sends nothing more, but still reads, gets the answers to what it has sent."""

    def eof_received(self) -> bool:  # type: ignore[override]  # Its base says nothing, and so closes at once.
        """Keep the connection open until the last answer is sent; close it if nothing can be answered."""
        # Before the first request there is none, though the base declares it as if there always were one.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        last = self.pipeline[0][0] if self.pipeline else cycle
        if last.more_body:
            # The rest of the body never comes.
            return False
        last.keep_alive = False
        return True
