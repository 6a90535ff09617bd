"""A key and a checkpoint are written whole, or not at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infrastructure.checkpoints.kept_outside import CheckpointFile
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import sign

FEW_BYTES = 10


@contextmanager
def disk_that_fills_up() -> Iterator[None]:
    """Let no file become longer than a few bytes, so that a write takes a part only."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FEW_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestCheckpointOnAFullDisk:
    def test_leaves_the_one_that_is_there_and_nothing_beside_it(self, tmp_path: Path) -> None:
        key, file = Ed25519PrivateKey.generate(), CheckpointFile(tmp_path, "log")
        old, new = (str(sign(Checkpoint("x/log", size, b"r" * 32).text, key, "x/log")) for size in (1, 2))
        file.keep(old)

        with disk_that_fills_up(), pytest.raises(OSError, match="too large"):
            file.keep(new)

        assert file.read() == old
        assert [*file.path.parent.iterdir()] == [file.path]
