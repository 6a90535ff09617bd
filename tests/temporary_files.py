"""Where tests keep their files: in memory, if there is room, so that they do not wait for a disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own
ROOM = 4 * 1024**3
"""How many bytes have to be free: a run of everything takes 1.4 GiB, though the files of what passed are deleted."""


def keep_in_memory() -> None:
    """Let temporary files of this process be in memory, unless ``TMPDIR`` says where they are to be."""
    if tempfile.gettempdir() == "/tmp" and _has_room():  # noqa: S108 - the usual place
        tempfile.tempdir = str(IN_MEMORY)


def _has_room() -> bool:
    try:
        return os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= ROOM
    except OSError:
        return False
