"""The process that keeps the views beside a forked server, as a fork as well: to load it takes 0.9 s of processor time.

A server has threads, and what has threads is not forked. So the server forks a nursery off before it has any, which
forks a follower whenever the server asks for one.
"""

from __future__ import annotations

import os
import random
import socket
import sys
from signal import SIGKILL
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Self

from infrastructure.projections import follower_main, follower_process

if TYPE_CHECKING:
    from typing import NoReturn

PID_BYTES = 8
ENDED = b"."


def begin_followers_as_forks() -> None:
    """From now on, let this process begin its followers as forks; it has no threads yet."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        _nurse(theirs)
    theirs.close()
    follower_process.begin_child = lambda: ForkedFollower(ours)  # type: ignore[assignment,return-value]  # What it uses of a Popen.


class ForkedFollower:
    """A follower that runs; of ``subprocess.Popen``, it has what its server uses."""

    def __init__(self, nursery: socket.socket) -> None:
        self._nursery, self._has_ended = nursery, False
        reads, feeds = os.pipe()
        told, writes = os.pipe()
        socket.send_fds(nursery, [b"."], [reads, writes])
        os.close(reads)
        os.close(writes)
        self.stdin, self.stdout = os.fdopen(feeds, "wb"), os.fdopen(told, "rb")
        nursery.settimeout(None)
        self.pid = int.from_bytes(nursery.recv(PID_BYTES, socket.MSG_WAITALL))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait(None)

    def wait(self, timeout: float | None) -> None:
        """Wait until it has ended, at most some seconds."""
        if self._has_ended:
            return
        self._nursery.settimeout(timeout)
        try:
            self._nursery.recv(len(ENDED))
        except TimeoutError:
            raise TimeoutExpired("follower", timeout or 0) from None
        self._has_ended = True

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        if not self._has_ended:
            os.kill(self.pid, SIGKILL)


def _nurse(server: socket.socket) -> NoReturn:
    """Fork a follower whenever the server asks for one, and say when it has ended; end with the server."""
    try:
        while True:
            _, given, _, _ = socket.recv_fds(server, 1, 2)
            if not given:
                break
            pid = os.fork()
            if pid == 0:
                server.close()
                _follow(*given)
            for file in given:
                os.close(file)
            server.sendall(pid.to_bytes(PID_BYTES))
            os.waitpid(pid, 0)
            server.sendall(ENDED)
    except BrokenPipeError:
        # The server was killed; its follower has ended by itself.
        pass
    finally:
        os._exit(0)


def _follow(reads: int, writes: int) -> NoReturn:
    code = 1
    try:
        for number, file in enumerate((reads, writes)):
            os.dup2(file, number)
            os.close(file)
        sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
        # Forks would all go by the same chance.
        random.seed()
        follower_main.main()
        code = 0
    except BaseException:
        # Nobody else says it: the process ends here.
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)
