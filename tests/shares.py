"""How the tests are shared out among processes: the tests of a module on one store stay together.

What a module prepares once, a walked store or a server, would be prepared in each process that gets a test of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdist.workermanage import WorkerController

OTHER_STORE = re.compile(r"\[([^\]]*-)?postgres\b")
LONGEST = (
    "tests/e2e/test_description.py",
    "tests/api/test_leaks.py",
    "tests/upgrade/test_old_stores.py",
    "tests/e2e/test_readme.py",
    "tests/e2e/test_command_line.py",
    "tests/api/test_input.py",
    "tests/contracts/ledger/test_queue_reader.py",
)
"""What takes a minute begins first, so that no process ends with it while the others have nothing left to do."""
FOLDERS = ("e2e", "upgrade", "contracts", "api")
"""Then comes what waits for processes of its own or prepares much; the rest is many short ones, which fill the gaps."""
WALK = frozenset(f"tests/interop/test_{name}.py" for name in ("calendars", "feeds", "statuspage"))
"""Modules that look at one walk, at each step of which all clients read."""
LONG_ALONE = frozenset({"tests/api/test_leaks.py", "tests/contracts/ledger/test_queue_reader.py"})
"""Modules of a few long tests that share nothing, so that each of them is a share."""


def share_of(nodeid: str) -> str:
    """Name the share that a test belongs to: its module, and PostgreSQL if it runs on that."""
    path, _, _ = nodeid.partition("::")
    if path in LONG_ALONE:
        return nodeid
    if path in WALK:
        path = "the walk of the real clients"
    return f"{path} on PostgreSQL" if OTHER_STORE.search(nodeid) else path


def turn_of(nodeid: str) -> int:
    """Give a number by which tests are sorted: the lower, the earlier it begins."""
    path, _, _ = nodeid.partition("::")
    if path in LONGEST:
        return LONGEST.index(path)
    if path in WALK:
        return 0
    folder = path.split("/")[1]
    return len(LONGEST) + (FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS))


class Shares(LoadScopeScheduling):
    """Hands out share after share, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        # The library would begin with the modules that have the most tests, which are the short ones.
        self.config.option.loadscopereorder = False
        super().add_node_collection(node, collection)
