"""Programs that a test runs and that this project does not install: a browser, a server of somebody else."""

from shutil import which

import pytest


def find_program(name: str, *, package: str, required: bool) -> str:
    """Give the path of a program; skip the test where it is missing, or fail it if it is ``required``.

    ``package`` is what to install on Debian.
    """
    path = which(name)
    if path is None:
        (pytest.fail if required else pytest.skip)(f"{name} is not installed; on Debian: apt install {package}")
    return path
