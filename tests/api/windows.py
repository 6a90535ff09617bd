"""A maintenance window as an operator runs it, and as both sides see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.api.client import made, problem

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Site

LIST = "/v1/maintenance-windows"
LABELS = "labels"
PLAN: dict[str, Any] = {
    "title": {"en": "Upgrade of labels", "es": "Actualización de etiquetas"},
    "zone": "Europe/Warsaw",
    "start": "2025-03-04T11:00",
    "end": "2025-03-04T13:00",
    "components": {LABELS: "partial_outage"},
    "markets": [{"market": "MX", "zone": "America/Mexico_City"}],
    "remind_before": ["1h"],
}
"""From ten to twelve in UTC, with a reminder at nine."""
SAID = {"message": "We tell you.", "reason": "secret reason"}


@dataclass(frozen=True)
class Window:
    """A window at a site."""

    site: Site
    path: str

    @property
    def id(self) -> str:
        """Its id."""
        return self.path.rpartition("/")[2]

    @property
    def inside(self) -> dict[str, Any]:
        """What operators see."""
        return made(self.site.operator.get(self.path))

    @property
    def outside(self) -> dict[str, Any]:
        """What readers see."""
        self.site.tick()
        return made(self.site.reader.get(self.path))

    @property
    def events(self) -> list[str]:
        """What has happened to it."""
        return [name.partition(".")[2] for name in self.site.events(self.id)]

    def act(self, action: str, body: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Let the operator do something; ``PATCH`` and ``DELETE`` stand before the action where they are meant."""
        method, _, action = action.rpartition(" ")
        path = f"{self.path}/{action}" if action else self.path
        return self.site.operator.send(method or "POST", path, json=body, **options)

    def done(self, action: str, body: object = None) -> dict[str, Any]:
        """Let the operator do something that goes well."""
        return made(self.act(action, body))

    def refuses(self, action: str, body: object, status: int, code: str) -> dict[str, Any]:
        """Let the operator try what is refused, and look that nothing was recorded."""
        position = self.site.last_position()
        refusal = problem(self.act(action, body), status, code)
        assert self.site.last_position() == position
        return refusal


def planned(site: Site, **more: object) -> Window:
    """Plan a window."""
    answer = site.operator.post(LIST, {**PLAN, **more})
    assert answer.status_code == 201, answer.text
    return Window(site, str(answer.headers["Location"]))


def under_way(site: Site, **more: object) -> Window:
    """Plan a window, and let its time come."""
    window = planned(site, **more)
    site.set_clock("10:00")
    return window


def status_of(site: Site, component: str = LABELS) -> str:
    """Give the status that readers see."""
    site.tick()
    board = made(site.reader.get("/v1/status"))["components"]
    return next(str(each["status"]) for each in board if each["key"] == component)
