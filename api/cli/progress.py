"""The progress of a command that takes its time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from infrastructure.event_log.tree_keeper import entered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrastructure.bootstrap import Bitacora

PROGRESS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
REPORTED = 50_000
"""After how many events a log line says how far it is, where nobody watches a bar."""

log = structlog.get_logger()


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Make a bar on stderr; where nobody watches, for example in a pipe, nothing of it is written."""
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


@contextmanager
def tree_progress(bitacora: Bitacora) -> Iterator[Callable[[int], None]]:
    """Show how the events of an older log enter the tree; give who is told how many there were each time."""
    with progress_bar(*PROGRESS) as bar:
        task = bar.add_task("tree of the log", total=None, visible=False)
        reported = 0

        def advanced(count: int) -> None:
            nonlocal reported
            done, events = entered(bitacora.store), bitacora.facade.end_of_log()
            bar.update(task, completed=done, total=events, visible=events > count)
            if bar.disable and done - reported >= REPORTED:
                reported = done
                log.info("log_enters_the_tree", position=done, of=events)

        yield advanced
