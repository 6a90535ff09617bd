"""How much memory a program takes that runs beside."""

from collections.abc import Iterator
from pathlib import Path

KIBIBYTES_PER_MEBIBYTE = 1024


def resident(process: int) -> float:
    """Give the resident memory of a process, and of what it has started, in MiB.

    Raises:
        FileNotFoundError: where the system does not tell in ``/proc``.
    """
    return sum(_of_one(each) for each in (process, *started_by(process)))


def started_by(process: int) -> Iterator[int]:
    """Name the processes that a process has started, and those that they have started."""
    for child in children_of(process):
        yield child
        yield from started_by(child)


def children_of(process: int) -> list[int]:
    """Name the processes that a process has started itself."""
    # Each thread has a list of the children that it started.
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for each in threads for child in (each / "children").read_text(encoding="ascii").split()]


def threads(process: int) -> int:
    """Count the threads of a process; one that is still loading its modules has one."""
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def _of_one(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) / KIBIBYTES_PER_MEBIBYTE for line in lines if line.startswith("VmRSS:")), 0.0)
