"""What happens while real clients look on: an incident, a window that moves twice and is cancelled, a restoration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infrastructure.clock import SystemClock

if TYPE_CHECKING:
    import httpx

    from tests.e2e.server import Server

VIEWS = ("status", "incidents", "maintenance-windows", "restorations", "changes?from=0", "panels/availability")
"""Reads that wait for a position, of every view that clients are shown."""
DAYS_AHEAD = 10
"""When the window begins first; each time that it is moved, a day later."""


@dataclass
class Walk:
    """The things that the walk is about, as the service answered."""

    server: Server
    operator: Mapping[str, str]
    incident: str = ""
    window: str = ""
    restoration: str = ""
    starts: list[str] = field(default_factory=list)
    """When the window begins, by each plan."""

    def steps(self) -> Iterator[str]:
        """Take one step after the other; each has a name, and is visible when it is given."""
        for step in STEPS:
            step(self)
            yield step.__name__.strip("_")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give a command, and wait until readers see what it did."""
        return self._send("POST", path, body)

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do the same with what is replaced."""
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.server.client.request(method, path, json=body, headers=self.operator)
        assert answer.status_code in {200, 201}, answer.text
        self._wait(answer)
        document: dict[str, Any] = answer.json()
        return document

    def _wait(self, answer: httpx.Response) -> None:
        position = answer.headers["Bitacora-Position"]
        for view in VIEWS:
            mark = "&" if "?" in view else "?"
            seen = self.server.client.get(f"/v1/{view}{mark}min_position={position}")
            assert seen.status_code == 200, seen.text


def _calm(walk: Walk) -> None:
    shared = {"group": "platform", "since": "2025-01-01"}
    walk.post("/v1/components", {"key": "labels", "name": {"en": "Labels", "es": "Etiquetas"}, **shared})
    walk.post("/v1/components", {"key": "imports", "name": {"en": "Order import", "es": "Importación"}, **shared})
    panel = {"key": "panel-a", "name": "Panel A", "zone": "Europe/Warsaw", "capabilities": ["login", "orders"]}
    walk.post("/v1/panels", panel)


def _declared(walk: Walk) -> None:
    incident = walk.post(
        "/v1/incidents",
        {
            "title": {"en": "Labels cannot be created", "es": "No se pueden crear etiquetas"},
            "message": {"en": "We look **into it** & report.", "es": "Lo *investigamos*."},
            "components": {"labels": "major_outage"},
        },
    )
    walk.incident = incident["id"]


def _identified(walk: Walk) -> None:
    said = {"en": "The carrier answers again for most <orders>.", "es": "El transportista responde de nuevo."}
    body = {"state": "identified", "message": said, "components": {"labels": "partial_outage"}}
    walk.post(f"/v1/incidents/{walk.incident}/updates", body)


def _resolved(walk: Walk) -> None:
    body = {"state": "resolved", "message": {"en": "All labels are created.", "es": "Todo funciona."}}
    walk.post(f"/v1/incidents/{walk.incident}/updates", {**body, "override_reason": "the carrier confirmed it"})


def _announced(walk: Walk) -> None:
    window = walk.post("/v1/maintenance-windows", {**_plan(walk), "title": {"en": "New servers", "es": "Servidores"}})
    walk.window = window["id"]


def _moved(walk: Walk) -> None:
    walk.post(f"/v1/maintenance-windows/{walk.window}/reschedule", _times(walk))


def _moved_again(walk: Walk) -> None:
    walk.post(f"/v1/maintenance-windows/{walk.window}/reschedule", _times(walk))


def _cancelled(walk: Walk) -> None:
    walk.post(f"/v1/maintenance-windows/{walk.window}/cancellation", {"reason": "the servers have not come"})


def _lost(walk: Walk) -> None:
    now = SystemClock().now().isoformat()
    restoration = walk.post(
        "/v1/restorations", {"panel": "panel-a", "lost_at": now, "provider": "OVH", "reason": "fire"}
    )
    walk.restoration = restoration["id"]


def _promised(walk: Walk) -> None:
    due = (SystemClock().now() + timedelta(days=1)).isoformat()
    promise = {"promised_by": "OVH", "promised_for": due}
    walk.post(f"/v1/restorations/{walk.restoration}/promises", promise)
    said = {"en": "The provider restores backups.", "es": "El proveedor restaura las copias."}
    walk.post(f"/v1/restorations/{walk.restoration}/updates", {"message": said})


def _access_back(walk: Walk) -> None:
    walk.post(f"/v1/restorations/{walk.restoration}/access-restored", {})


def _works_again(walk: Walk) -> None:
    for name in ("login", "orders"):
        walk.put(f"/v1/restorations/{walk.restoration}/capabilities/{name}", {"state": "available"})


def _completed(walk: Walk) -> None:
    walk.post(f"/v1/restorations/{walk.restoration}/completion", {})


def _times(walk: Walk) -> dict[str, str]:
    day = SystemClock().now().date() + timedelta(days=DAYS_AHEAD + len(walk.starts))
    walk.starts.append(f"{day.isoformat()}T22:00")
    return {"start": walk.starts[-1], "duration": "4h"}


def _plan(walk: Walk) -> dict[str, Any]:
    return {
        "zone": "America/Sao_Paulo",
        **_times(walk),
        "reason": {"en": "More room", "es": "Más espacio"},
        "components": {"imports": "under_maintenance"},
        "audiences": {
            "sellers": {
                "restrictions": [{"en": "You cannot import orders.", "es": "No puede importar pedidos."}],
                "guidance": {"before": [{"en": "Import what you need.", "es": "Importe lo necesario."}]},
            }
        },
    }


STEPS: tuple[Callable[[Walk], None], ...] = (
    _calm,
    _declared,
    _identified,
    _resolved,
    _announced,
    _moved,
    _moved_again,
    _cancelled,
    _lost,
    _promised,
    _access_back,
    _works_again,
    _completed,
)
