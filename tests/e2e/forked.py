"""The program in processes that begin with all of it loaded: to load it takes a process 1.4 s of processor time.

They are forks of one process that has loaded it and done nothing else (the fork server of the standard library). The
program is started as users start it in the soak, and by the tests of the README and of backups.
"""

from __future__ import annotations

import os
import random
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.context import ForkServerProcess

ROOT = Path(__file__).parents[2]
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.e2e.preloaded"])


def forked(run: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Let a process run something."""
    process = FORKS.Process(target=run, args=arguments)
    main = vars(sys.modules["__main__"])
    # What runs the tests is not loaded there once more.
    program = main.pop("__file__", None)
    try:
        process.start()
    finally:
        if program is not None:
            main["__file__"] = program
    return process


class ForkedProgram:
    """A run of the command line; what it writes goes into two files."""

    def __init__(
        self, arguments: Sequence[str], out: Path, err: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._arguments = tuple(arguments)
        self._process = forked(_run, self._arguments, out, err, environment)
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs. Of one that was ended by a signal, its number below zero."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Look whether it has ended."""
        return self.returncode

    def wait(self, seconds: float) -> int:
        """Wait until it has ended, and tell how."""
        self._process.join(seconds)
        code = self.returncode
        if code is None:
            raise TimeoutError(f"{self._arguments} did not end within {seconds} seconds")
        return code

    def send_signal(self, by: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, by)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _run(arguments: tuple[str, ...], out: Path, err: Path, environment: Mapping[str, str] | None) -> None:
    # Only where it runs: it is loaded there.
    from api.cli.program import main  # noqa: PLC0415
    from tests.e2e.forked_follower import begin_followers_as_forks  # noqa: PLC0415
    from tests.e2e.later_version import LATER, become_later  # noqa: PLC0415

    os.chdir(ROOT)
    if environment is not None:
        # That of the fork server is the one that tests have if they say nothing.
        os.environ.clear()  # noqa: TID251 - a process is begun with it
        os.environ.update(environment)  # noqa: TID251
    if LATER in os.environ:  # noqa: TID251
        become_later()
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    # As Python opens them for a file and for errors.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    # Forks would all go by the same chance.
    random.seed()
    if arguments[:1] == ("serve",):
        begin_followers_as_forks()
    sys.argv = ["bitacora", *arguments]
    try:
        main()
    finally:
        sys.stdout.flush()
