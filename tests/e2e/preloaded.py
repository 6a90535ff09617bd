"""All of the program, loaded: what the fork server has in its memory, and each of its forks from the beginning.

Only the fork server imports this. What it loads is looked through for garbage once, not in each of the forks.
"""

from __future__ import annotations

from importlib import import_module

from infrastructure.process_tuning import freeze_gc, raise_gc_thresholds

PROGRAM = ("api.main", "api.cli.program", "api.http.server", "api.http.server_protocol", "uvicorn")
FORKED = ("tests.e2e.forked", "tests.e2e.forked_follower")

raise_gc_thresholds()
for name in (*PROGRAM, *FORKED):
    import_module(name)
freeze_gc()
