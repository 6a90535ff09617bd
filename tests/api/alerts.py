"""Alerts as Alertmanager sends them, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.commands import a_key

if TYPE_CHECKING:
    from tests.api.client import Site

PATH = "/v1/ingest/alertmanager"
ZERO = "0001-01-01T00:00:00Z"
MIB = 1024 * 1024


def alert(component: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Give an alert that fires."""
    labels = {"alertname": "NoLabels", **({"component": component} if component else {}), **more.pop("labels", {})}
    return {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "nothing comes out"},
        "startsAt": "2025-03-04T07:59:00Z",
        "endsAt": ZERO,
        "generatorURL": "",
        "fingerprint": a_key(),
        **more,
    }


def take(site: Site, *alerts: object, source: str | None = None, **more: object) -> list[dict[str, Any]]:
    """Hand alerts in, and give what became of each."""
    answer = site.emitter.post(
        PATH,
        {"version": "4", "status": "firing", "alerts": list(alerts), **more},
        params={"source": source} if source else {},
    )
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["alerts"]
    return results


def signals(site: Site, source: str) -> dict[str, dict[str, Any]]:
    """Give the signals of a source by fingerprint."""
    site.tick()
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    while True:
        asked = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        document = site.operator.get("/v1/signals", params=asked).json()
        found |= {item["fingerprint"]: item for item in document["data"] if item["source"] == source}
        cursor = document["next_cursor"]
        if cursor is None:
            return found
