"""The night in which a whole integration hub was upgraded, told through HTTP, with what was seen at each moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.api.client import made, written

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Caller, Site

ANNOUNCED = "20T12:00:00"
MARKETS = {
    "MX": "America/Mexico_City",
    "PE": "America/Lima",
    "CO": "America/Bogota",
    "CL": "America/Santiago",
    "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "UY": "America/Montevideo",
}
PLAN: dict[str, Any] = {
    "title": {"es": "Actualización de la plataforma", "en": "Upgrade of the platform", "pt": "Atualização"},
    "reason": {"es": "Más capacidad", "en": "More capacity"},
    "description": {"es": "Nada responde durante cuatro horas.", "en": "Nothing answers for four hours."},
    "zone": "America/Sao_Paulo",
    "start": "2024-07-28T01:00",
    "duration": "4h",
    "all": "major_outage",
    "markets": [{"market": market, "zone": zone} for market, zone in MARKETS.items()],
    "audiences": {
        "sellers": {
            "restrictions": [{"es": "No se importa ningún pedido.", "en": "No order is imported."}],
            "guidance": {
                "before": [{"es": "Apague las campañas de esa noche.", "en": "Switch off campaigns of that night."}],
                "after": [{"es": "Revise sus pedidos.", "en": "Look through your orders."}],
            },
        },
        "marketplace_partners": {"guidance": {"after": [{"en": "Notify every sale of the night."}]}},
        "erp_partners": {"guidance": {"during": [{"en": "Do not block our callbacks."}]}},
    },
    "request_policies": {
        "order": {"policy": "reprocess"},
        "stock_change": {"policy": "source_resends"},
        "price_change": {"policy": "source_resends"},
        "sale_notification": {"policy": "source_retries"},
    },
    "contacts": [{"channel": "plan", "address": "the channel of your plan"}],
}
STEPS = (
    "27T03:59:59.999999",
    "27T04:00:00",
    "28T02:59:59.999999",
    "28T03:00:00",
    "28T03:59:59.999999",
    "28T04:00:00",
    "28T05:30:00",
    "28T06:00:00",
    "28T06:30:00",
    "28T07:59:59.999999",
    "28T08:00:00",
    "28T12:00:00",
)


def july(moment: str) -> datetime:
    """Give an instant of that month."""
    return datetime.fromisoformat(f"2024-07-{moment}+00:00")


@dataclass(frozen=True)
class Look:
    """What one caller sees at one moment."""

    board: httpx.Response
    window: httpx.Response
    listed: httpx.Response

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each component."""
        return {component["key"]: component["status"] for component in self.board.json()["components"]}

    @property
    def bytes_and_tags(self) -> list[tuple[bytes, str]]:
        """What a cache would keep of it."""
        return [(answer.content, answer.headers["ETag"]) for answer in (self.board, self.window, self.listed)]


@dataclass
class Night:
    """What was seen at each moment, and the window."""

    path: str
    planned: dict[str, Any]
    reader: dict[str, Look] = field(default_factory=dict)
    operator: dict[str, Look] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


def look(caller: Caller, path: str, **parameters: str) -> Look:
    """Look at the board, at the window, and at the list of windows."""
    answers = [caller.get(each, params=parameters) for each in ("/v1/status", path, "/v1/maintenance-windows")]
    assert [answer.status_code for answer in answers] == [200, 200, 200], [answer.text for answer in answers]
    return Look(*answers)


def live_through(site: Site) -> Night:
    """Let the night go by, and look around at each of its moments."""
    for key in ("order-import", "stock-sync"):
        site.component(key, since="2024-01-01")
    planned = made(site.operator.post("/v1/maintenance-windows", PLAN))
    night = Night(path=f"/v1/maintenance-windows/{planned['id']}", planned=planned)
    for moment in (ANNOUNCED, *STEPS):
        site.set_clock(july(moment))
        _act(site, night.path, moment)
        night.positions[moment] = site.tick()
        night.reader[moment], night.operator[moment] = (look(each, night.path) for each in (site.reader, site.operator))
    return night


def _act(site: Site, path: str, moment: str) -> None:
    if moment == "28T05:30:00":
        site.component("price-sync", since="2024-07-28", position=7)
    if moment == "28T06:00:00":
        news = {"message": {"es": "Vamos bien.", "en": "All goes well."}, "expected_at": written(july("28T07:30:00"))}
        made(site.operator.post(f"{path}/updates", news))
    if moment == "28T06:30:00":
        made(site.operator.post(f"{path}/updates", {"message": "Disk 7 is slow.", "internal": True}))
