"""Alertmanager's webhook (version 4, as Alertmanager 0.25 sends it; later ones add members, which are ignored).

Each alert counts by its own fingerprint, status and times; the status of the group says nothing of its members. A
batch with a bad alert takes the good ones: Alertmanager would drop all of them for a 4xx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.config import JsonDict
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, Emitter, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import tells
from api.http.values import Name, parse_instant
from api.incidents.signal_bodies import SUMMARY_LIMIT, InstantText
from application.incidents.signal_documents import AlertRefused, AlertsTaken, AlertTaken, SignalState, signal_taken
from application.incidents.signal_intake import ReportedSignal
from domain.impact import Status
from domain.incidents.signal import SignalCause

if TYPE_CHECKING:
    from application.facade import Facade
    from application.incidents.signal_intake import SignalResult
    from application.log import Log

router = APIRouter(prefix="/v1/ingest", tags=["signals"])

ALERTS = 10_000
"""How many alerts one body may have."""
ZERO = "0001-01-01T00:00:00Z"
"""How Go writes a time that is not set."""


ALERTS_TAKEN = (
    "Of each alert, `status` (firing or resolved), `fingerprint`, `labels`, `startsAt` and `endsAt` count, and the"
    " annotation `summary`. One that cannot be read is refused alone."
)
EXAMPLE: JsonDict = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "fingerprint": "5ef77f1f8a3ecfb8",
            "labels": {"alertname": "NoOrders", "component": "order-import", "severity": "critical"},
            "annotations": {"summary": "No order for ten minutes."},
            "startsAt": "2025-03-04T09:00:00.123456789Z",
            "endsAt": ZERO,
        }
    ],
}


class Webhook(BaseModel):
    """The body of the webhook of Alertmanager, version 4: of all its members, only the alerts count."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [EXAMPLE]})

    alerts: Annotated[list[Any], Field(max_length=ALERTS, description=ALERTS_TAKEN)]


# PostgreSQL cannot store this character in a text.
Label = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]


class Alert(BaseModel):
    """One alert of it."""

    model_config = ConfigDict(extra="ignore")

    status: Annotated[str, StringConstraints(pattern="^(firing|resolved)$")]
    fingerprint: Name
    labels: dict[str, Label]
    annotations: dict[str, str] = {}
    startsAt: InstantText  # noqa: N815 - as the sender names it
    endsAt: InstantText | None = None  # noqa: N815 - as the sender names it

    def to_reported_signal(self, source: str, facade: Facade) -> ReportedSignal:
        """Convert it to a signal: one that fires occurred at its start, one that is resolved at its end."""
        state = SignalState.FIRING if self.status == "firing" else SignalState.CLEAR
        text = self.startsAt if state is SignalState.FIRING else self.endsAt
        when = None if text in {None, ZERO} else text
        severity = self.labels.get("severity", "")
        return ReportedSignal(
            source=source,
            fingerprint=self.fingerprint,
            firing=state is SignalState.FIRING,
            component=self.labels.get(facade.settings.alert_component_label, "")[:255] or None,
            status=facade.settings.alert_severities.get(severity, Status.DEGRADED_PERFORMANCE),
            cause=SignalCause.CODE_CHANGE if self.labels.get("cause") == SignalCause.CODE_CHANGE else None,
            summary=self.annotations.get("summary", "")[:SUMMARY_LIMIT] or None,
            occurred_at=parse_instant(when) if when else None,
            reported_at=when,
        )


@router.post("/alertmanager", responses=tells(AlertsTaken, tagged=False))
async def take_alerts(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    emitter: Emitter,
    body: Webhook,
    source: Annotated[
        Name, Query(description="The name of this Alertmanager; the members of a pair have the same.")
    ] = "alertmanager",
) -> Response:
    """Receive the alerts of an Alertmanager webhook; the answer says, in order, what became of each."""
    emitter.require_source(source)
    by = caller(request, emitter)
    read = [_read(alert, source, facade) for alert in body.alerts]

    def act(log: Log) -> Answer:
        good = [item for item in read if isinstance(item, ReportedSignal)]
        signals = iter(facade.commands.signals.take_together(log, reported=good, caller=by))
        alerts = [_alert_document(item, next(signals)) if isinstance(item, ReportedSignal) else item for item in read]
        results: AlertsTaken = {"alerts": alerts}
        return answer(results, position=log.position)

    return await execute(emitter, act)


def _alert_document(reported: ReportedSignal, result: SignalResult) -> AlertTaken:
    return {"fingerprint": reported.fingerprint, **signal_taken(result)}


def _read(alert: Any, source: str, facade: Facade) -> ReportedSignal | AlertRefused:  # noqa: ANN401 - whatever was sent
    try:
        return Alert.model_validate(alert).to_reported_signal(source, facade)
    except ValidationError as error:
        fault = error.errors()[0]
        where = "".join(f"/{part}" for part in fault["loc"])
        fingerprint = alert.get("fingerprint") if isinstance(alert, dict) else None
        return {
            "fingerprint": _sendable(fingerprint) if isinstance(fingerprint, str) else None,
            "outcome": "refused",
            "code": "invalid",
            "detail": _sendable(f"{where}: {fault['msg']}".replace("Value error, ", "")),
        }


def _sendable(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can name them, and no answer can hold them."""
    return text.encode(errors="replace").decode()
