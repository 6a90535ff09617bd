"""The progress bar of a command that takes its time."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import Progress, ProgressColumn


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Make a bar on stderr; where nobody watches, for example in a pipe, nothing of it is written."""
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
