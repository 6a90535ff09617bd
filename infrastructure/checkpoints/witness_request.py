"""Asks a witness to sign a checkpoint (C2SP tlog-witness), over HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.client import HTTPResponse

SECONDS = 10.0
"""How long a witness may be silent."""
DEADLINE_SECONDS = 30.0
"""How long it may take altogether."""
LARGEST_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """A witness did not answer, or not to the end."""


@dataclass(frozen=True)
class WitnessAnswer:
    """What a witness has answered."""

    status: int
    body: str


class WitnessRequest:
    """One question to a witness. It follows no redirect, and can be given up."""

    def __init__(self, url: str) -> None:
        """Ask at the submission prefix ``url``."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(str(parts.hostname), parts.port, timeout=SECONDS)
        self._path = f"{parts.path}/add-checkpoint"
        self._gave_up = False

    def send(self, body: str) -> WitnessAnswer:
        """Ask.

        Raises:
            NoAnswer: if nothing comes back in time, or what comes is no answer.
        """
        # A witness that sends a byte now and then is not silent.
        deadline = threading.Timer(DEADLINE_SECONDS, self.give_up)
        deadline.daemon = True
        deadline.start()
        try:
            self._connection.request("POST", self._path, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})
            return _read(self._connection.getresponse())
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            reason = "it took too long" if self._gave_up else str(error) or type(error).__name__
            raise NoAnswer(reason) from error
        finally:
            deadline.cancel()
            self._connection.close()

    def give_up(self) -> None:
        """End it, from another thread."""
        self._gave_up = True
        socket = self._connection.sock
        if socket is not None:
            try:
                socket.shutdown(SHUT_RDWR)
            except OSError:
                # It is closed already.
                return


def _read(response: HTTPResponse) -> WitnessAnswer:
    body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise HTTPException(f"the answer is longer than {LARGEST_ANSWER} bytes")
    return WitnessAnswer(response.status, body.decode())
