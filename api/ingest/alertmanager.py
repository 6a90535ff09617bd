"""Alertmanager's webhook (version 4, as Alertmanager 0.25 sends it; later ones add members, which are ignored).

Each alert counts by its own fingerprint, status and times; the status of the group says nothing of its members. A
batch with a bad alert takes the good ones: Alertmanager drops all of them for a 4xx, and sends them again for a 5xx.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import answer
from api.http.auth import CurrentFacade, Emitter, caller
from api.http.metrics import Metrics
from api.http.ndjson import BATCH, batches
from api.http.openapi_answers import tells
from api.http.values import Name
from api.incidents.signal_intake import note_outcome
from api.ingest.alerts import ALERTS, AlertReader, Alerts
from api.ingest.large_bodies import LargeBodies
from application.errors import Busy, ConcurrentChange
from application.incidents.reported_signals import ReportedSignal
from application.incidents.signal_documents import AlertRefused, AlertsTaken, AlertTaken, signal_taken
from domain.components import Component
from domain.incidents.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from application.caller import Caller
    from application.facade import Facade
    from application.incidents.reported_signals import SignalResult
    from application.log import Log

PREFIX, PATH = "/v1/ingest", "/alertmanager"
router = APIRouter(prefix=PREFIX, tags=["signals"])
log = structlog.get_logger()

BODY_LIMITS = {PREFIX + PATH: 16 * 1024 * 1024}
"""The size of a body, in bytes, by route: 1,400 alerts make a megabyte, and Alertmanager drops what is refused."""
ZERO = "0001-01-01T00:00:00Z"
"""How Go writes a time that is not set."""


ALERTS_TAKEN = (
    "Of each alert, `status` (firing or resolved), `fingerprint`, `labels`, `startsAt` and `endsAt` count, and the"
    " annotation `summary`. What cannot be read of an alert is repaired or left out. Only one without a usable"
    " `status`, or with neither a fingerprint nor labels, is refused, and that one alone."
)
EXAMPLE: JsonDict = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "fingerprint": "5ef77f1f8a3ecfb8",
            "labels": {"alertname": "NoOrders", "component": "order-import", "severity": "critical", "market": "ES"},
            "annotations": {"summary": "No order for ten minutes."},
            "startsAt": "2025-03-04T09:00:00.123456789Z",
            "endsAt": ZERO,
        }
    ],
    "truncatedAlerts": 0,
}


class Webhook(BaseModel):
    """The body of the webhook of Alertmanager, version 4; what it has beside these members is ignored."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [EXAMPLE], "additionalProperties": True})

    alerts: Annotated[list[Any], Field(max_length=ALERTS, description=ALERTS_TAKEN)]


BODY = {
    "requestBody": {
        "required": True,
        "description": "Up to 16 MiB.",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{Webhook.__name__}"}}},
    }
}


@router.post(PATH, responses=tells(AlertsTaken, tagged=False), openapi_extra=BODY)
async def take_alerts(
    request: Request,
    facade: CurrentFacade,
    emitter: Emitter,
    source: Annotated[
        Name, Query(description="The name of this Alertmanager; the members of a pair have the same.")
    ] = "alertmanager",
) -> Response:
    """Receive the alerts of an Alertmanager webhook; the answer says, in order, what became of each.

    Bodies above 1 MiB are answered 503 while two others are being taken in; Alertmanager sends them again.
    """
    emitter.require_source(source)
    settings = facade.settings
    bodies: LargeBodies = request.app.state.large_bodies
    reader = AlertReader(
        source=source, component_label=settings.alert_component_label, severities=settings.alert_severities
    )
    async with bodies.whole(request) as body:
        alerts = await asyncio.to_thread(reader.read, body)
        del body
        results, position = await _take(facade, alerts, caller(request, emitter))
    _note(request, alerts, results)
    taken: AlertsTaken = {
        "alerts": list(_documents(alerts, results)),
        "truncated_alerts": alerts.truncated,
    }
    return answer(taken, position=position).response()


async def _take(facade: Facade, alerts: Alerts, by: Caller) -> tuple[dict[int, SignalResult], int]:
    """Take alerts in by their times, some at a time: give what became of each by its place, and the position then."""
    now = facade.clock.now()
    good = [(place, item) for place, item in enumerate(alerts.items) if isinstance(item, ReportedSignal)]
    good.sort(key=lambda placed: placed[1].happened(now))
    results: dict[int, SignalResult] = {}
    position = 0
    for batch in list(batches(good, BATCH)) or [[]]:
        reported = [item for _, item in batch]

        def act(log: Log, reported: Sequence[ReportedSignal] = reported) -> tuple[list[SignalResult], int]:
            return facade.commands.signals.take_together(log, reported=reported, caller=by), log.position

        try:
            taken, position = await facade.runner.run(act, reads=list(_ids(reported)))
        except ConcurrentChange as error:
            # Alertmanager would drop what is answered with a conflict.
            raise Busy(str(error)) from None
        results.update(zip((place for place, _ in batch), taken, strict=True))
    return results, position


def _ids(reported: Sequence[ReportedSignal]) -> Iterator[UUID]:
    """Name what alerts are about."""
    for item in reported:
        yield Signal.id_of(item.source, item.fingerprint)
    for key in {item.component for item in reported if item.component}:
        yield Component.id_of(key)


def _documents(alerts: Alerts, results: dict[int, SignalResult]) -> Iterator[AlertTaken | AlertRefused]:
    for place, item in enumerate(alerts.items):
        if isinstance(item, ReportedSignal):
            yield {"fingerprint": item.fingerprint, **signal_taken(results[place])}
        else:
            yield item


def _note(request: Request, alerts: Alerts, results: dict[int, SignalResult]) -> None:
    """Write a line, and count, for what an operator has to look after."""
    metrics: Metrics = request.app.state.metrics
    request_id = request.scope["request_id"]
    for place, item in enumerate(alerts.items):
        if isinstance(item, ReportedSignal):
            note_outcome(request, item, results[place])
        else:
            metrics.alerts_refused.inc()
            log.warning("alert_refused", request_id=request_id, index=place, detail=item["detail"])
    if alerts.truncated:
        metrics.alerts_truncated.inc(alerts.truncated)
        log.warning("alerts_truncated", request_id=request_id, count=alerts.truncated)
