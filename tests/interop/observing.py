"""Which clients look on, and what each of them understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import api.operations
from tests.interop.environments import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.interop.environments import Runner
    from tests.interop.walk import Walk

DASHBOARD = Path(api.operations.__file__).parent / "prometheus" / "dashboard.json"
Understood = dict[str, Any]
"""What a client understood, by the name of the step after which it looked."""
Observed = dict[str, Understood]
"""The same of each client, by its name."""


@dataclass(frozen=True)
class RealClient:
    """A client, the module that runs it in which environment, and what it is to read."""

    name: str
    module: str
    runner: str
    path: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    keeps_files: bool = False
    """Whether it has a folder, which it keeps from step to step."""


FEEDS = {
    "feedparser": ("python", ("history.atom", "history.rss")),
    "reader": ("python", ("history.atom", "history.rss", "feed.json")),
    "rss_parser": ("node", ("history.atom", "history.rss")),
}
"""The readers of feeds: where each runs, and which formats it reads."""
CLIENTS = (
    RealClient("icalendar", "calendars", "python", "/en/maintenance.ics"),
    RealClient("khal", "calendars", "python", "/en/maintenance.ics", {"program": "khal"}, keeps_files=True),
    RealClient("vdirsyncer", "calendars", "python", "/en/maintenance.ics", {"program": "vdirsyncer"}, keeps_files=True),
    *(
        RealClient(f"{name} {file}", f"{name}_client", runner, f"/en/{file}")
        for name, (runner, files) in FEEDS.items()
        for file in files
    ),
    RealClient("library", "statuspage_io", "node"),
    RealClient("dashboard", "infinity", "node", more={"dashboard": str(DASHBOARD)}),
    RealClient("exporter", "statuspage_exporter", "python"),
    RealClient("widget", "statuspage_widget", "python", more={"modules": str(MODULES)}),
)


def observe(
    walk: Walk, runners: Mapping[str, Runner], folder: Path, clients: Iterable[RealClient] = CLIENTS
) -> Observed:
    """Take the steps of the walk, let every client look after each, and give what each understood, by its name."""
    clients = tuple(clients)
    seen: Observed = {client.name: {} for client in clients}
    for step in walk.steps():
        for client in clients:
            more = dict(client.more)
            if client.keeps_files:
                more["folder"] = str(folder / client.name)
            address = walk.server.address + client.path
            seen[client.name][step] = runners[client.runner].ask(client.module, address=address, **more)
    return seen
