"""The progress of a command that takes its time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from infrastructure.event_log.migration_progress import MigrationProgress
from infrastructure.event_log.tree_keeper import entered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrastructure.bootstrap import Bitacora

PROGRESS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
REPORTED = 50_000
"""After how many events or rows a log line says how far it is, where nobody watches a bar."""

log = structlog.get_logger()


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Make a bar on stderr; where nobody watches, for example in a pipe, nothing of it is written."""
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


@contextmanager
def migration_progress(bitacora: Bitacora) -> Iterator[MigrationProgress]:
    """Show how an older store is brought up to this program; give who is told how far it is."""
    with progress_bar(*PROGRESS) as bar:
        yield MigrationProgress(copied=_copying(bar), entered=_entering(bar, bitacora))


def _copying(bar: Progress) -> Callable[[int, int], None]:
    """Show how the index of handles is copied."""
    task = bar.add_task("index of handles", total=None, visible=False)
    reported = 0

    def copied(done: int, every: int) -> None:
        nonlocal reported
        bar.update(task, completed=done, total=every, visible=True)
        if bar.disable and (done - reported >= REPORTED or done == every):
            reported = done
            log.info("handles_are_copied", rows=done, of=every)

    return copied


def _entering(bar: Progress, bitacora: Bitacora) -> Callable[[int], None]:
    """Show how the events of an older log enter the tree."""
    task = bar.add_task("tree of the log", total=None, visible=False)
    reported = 0

    def advanced(count: int) -> None:
        nonlocal reported
        done, events = entered(bitacora.store), bitacora.facade.end_of_log()
        bar.update(task, completed=done, total=events, visible=events > count)
        if bar.disable and done - reported >= REPORTED:
            reported = done
            log.info("log_enters_the_tree", position=done, of=events)

    return advanced
