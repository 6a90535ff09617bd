"""A server that a test runs in its own process, on a port of this machine."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PeerAnswer = tuple[int, "Mapping[str, str]", bytes]
"""Status, headers and body."""


@contextmanager
def peer(answer: Callable[[BaseHTTPRequestHandler, bytes], PeerAnswer]) -> Iterator[str]:
    """Listen, and give the address; ``answer`` gets each request with its body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, answered = answer(self, body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answered))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered)

        do_POST = do_GET  # noqa: N815 - the same

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        # A client may keep its connection open.
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
