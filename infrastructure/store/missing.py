"""Why there is no store where one is looked for."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LISTED = 1_000
"""How many files of a folder are compared with the name."""
COMPANIONS = ("-wal", "-shm", "-views", "-lock")
"""How the names of the files end that lie beside the log."""


def likely_cause(path: Path) -> str:
    """Say what is the likely cause that there is no file at ``path``, and what to do."""
    rooted = path.parents[-1].absolute() / path if path.is_absolute() else path.absolute().parents[-1] / path
    folder = path.parent
    if not path.is_absolute() and rooted.is_file():
        return f"an absolute path has four slashes, so write sqlite:///{rooted}"
    if path.is_dir():
        return "it is a folder"
    if folder.is_dir():
        names = [each.name for each in islice(folder.iterdir(), LISTED) if not each.name.endswith(COMPANIONS)]
        near = get_close_matches(path.name, names, n=1)
        if near:
            return f"did you mean {folder / near[0]}?"
    if not path.is_absolute():
        return "the path is relative to the folder in which you run the command; create a store with: bitacora migrate"
    if not folder.is_dir():
        return f"there is no folder {folder}; create folder and store with: bitacora migrate"
    return "create one with: bitacora migrate"
