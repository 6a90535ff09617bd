"""The example data, loaded once for all processes of a run: that takes as long as a hundred tests."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pytest

from api.cli.demo import play_cases
from infrastructure.settings import read_settings

DAY = date(2025, 11, 28)
"""The day of the carriers in the example data."""
FILE = "demo.sqlite3"


def demo_copy(shared: Path, folder: Path) -> str:
    """Copy the store with the example data into ``folder``, and give its URL.

    ``shared`` is a folder of all processes of this run. The first one that asks loads the data; the others wait.
    """
    loaded = shared / "demo"
    with locked(shared / "demo.lock"):
        if not loaded.exists():
            beside = Path(mkdtemp(dir=shared))
            load(f"sqlite:///{beside / FILE}")
            beside.rename(loaded)
    shutil.copytree(loaded, folder, dirs_exist_ok=True)
    return f"sqlite:///{folder / FILE}"


def folder_of_all(tmp_path_factory: pytest.TempPathFactory, config: pytest.Config) -> Path:
    """Give a folder that all processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(config, "workerinput") else own


def load(url: str) -> None:
    """Load the example data into an empty store."""
    # A test may have a loop on its own thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, play_cases(read_settings(database=url), DAY)).result()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes away meanwhile."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
