"""The carrier hub: a day of incidents on a shipping platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration
from application.facade import Service
from application.incidents.commands import News
from application.incidents.signal_intake import Reported
from application.log import Log
from application.targets import Target
from domain.impact import Status
from domain.incidents import Progress
from domain.incidents.signal import Cause
from domain.text import Text

MONITORING = Caller(actor="token:demo-emitter", source="monitoring", request_id="demo")
OPERATOR = Caller(actor="token:demo-operator", source="demo", request_id="demo")

COMPONENTS: tuple[tuple[str, str, Text], ...] = (
    ("labels", "platform", {"en": "Label printing", "es": "Etiquetas", "pl": "Etykiety", "pt": "Etiquetas"}),
    (
        "order-import",
        "platform",
        {"en": "Order import", "es": "Importación de pedidos", "pl": "Import zamówień", "pt": "Importação de pedidos"},
    ),
    (
        "tracking",
        "platform",
        {"en": "Tracking pages", "es": "Seguimiento", "pl": "Śledzenie przesyłek", "pt": "Rastreamento"},
    ),
    (
        "carrier-a",
        "carriers",
        {"en": "Carrier A", "es": "Transportista A", "pl": "Przewoźnik A", "pt": "Transportadora A"},
    ),
    (
        "carrier-b",
        "carriers",
        {"en": "Carrier B", "es": "Transportista B", "pl": "Przewoźnik B", "pt": "Transportadora B"},
    ),
    (
        "carrier-c-lockers",
        "carriers",
        {
            "en": "Carrier C, lockers",
            "es": "Transportista C, taquillas",
            "pl": "Przewoźnik C, automaty",
            "pt": "Transportadora C, cacifos",
        },
    ),
    ("shop-x", "integrations", {"en": "Shop system X", "es": "Tienda X", "pl": "System sklepowy X", "pt": "Loja X"}),
    ("shop-y", "integrations", {"en": "Shop system Y", "es": "Tienda Y", "pl": "System sklepowy Y", "pt": "Loja Y"}),
)

IDENTIFIED: Text = {
    "en": "Carrier A answers label requests with an error. They have confirmed it and work on it.",
    "es": "El transportista A responde con un error a las peticiones de etiquetas. Lo ha confirmado y trabaja en ello.",
    "pl": "Przewoźnik A odpowiada błędem na żądania etykiet. Potwierdził problem i nad nim pracuje.",
    "pt": "A transportadora A responde com um erro aos pedidos de etiquetas. Confirmou o problema e está a resolvê-lo.",
}
FIXED: Text = {
    "en": "Carrier A has deployed a fix; labels are created again. We keep watching.",
    "es": "El transportista A ha aplicado una corrección; las etiquetas se crean de nuevo. Seguimos atentos.",
    "pl": "Przewoźnik A wdrożył poprawkę; etykiety powstają znowu. Obserwujemy dalej.",
    "pt": "A transportadora A aplicou uma correção; as etiquetas voltam a ser criadas. Continuamos atentos.",
}


def steps(service: Service, day: date) -> Iterator[tuple[datetime, Callable[[Log], Any]]]:
    """Give the commands of the day, each with its time (UTC)."""
    incident: list[UUID] = []

    def at(hour: int, minute: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)

    def signal(state: str, component: str, status: Status, cause: Cause | None = None) -> Callable[[Log], Any]:
        reported = Reported(
            source="monitoring",
            fingerprint=f"{component}-errors",
            firing=state == "fires",
            component=component,
            status=status,
            cause=cause,
            summary="error rate above 20 %",
        )

        def take(log: Log) -> None:
            taken = service.signals.take(log, reported=reported, caller=MONITORING)
            if taken.incident is not None and component == "carrier-a" and not incident:
                incident.append(taken.incident)

        return take

    def update(state: Progress, message: Text, expected: timedelta | None = None) -> Callable[[Log], Any]:
        def write(log: Log) -> None:
            target = Target(id=incident[0], expected_version=None, caller=OPERATOR)
            expected_at = None if expected is None else log.now + expected
            news = News(message=message, state=state, components={}, expected_at=expected_at)
            service.incidents.update(log, target=target, news=news)

        return write

    for place, (key, group, name) in enumerate(COMPONENTS):
        registration = Registration(key=key, name=name, group=group, description={}, position=place)
        yield at(8, 0), partial(service.components.register, registration=registration, caller=OPERATOR)
    labels, imports = Status.MAJOR_OUTAGE, Status.PARTIAL_OUTAGE
    yield at(10, 0), signal("fires", "carrier-a", labels)
    yield at(10, 35), signal("fires", "order-import", imports, Cause.CODE_CHANGE)
    yield at(10, 50), update(Progress.IDENTIFIED, IDENTIFIED, timedelta(minutes=40))
    yield at(11, 4), signal("clears", "carrier-a", labels)
    yield at(11, 5), update(Progress.MONITORING, FIXED)
    yield at(11, 13), signal("fires", "carrier-a", labels)
    yield at(11, 19), signal("clears", "carrier-a", labels)
    yield at(11, 20), update(Progress.MONITORING, FIXED)
    yield at(11, 40), signal("clears", "order-import", imports)
    yield at(12, 0), signal("fires", "carrier-a", labels)
    yield at(12, 5), signal("clears", "carrier-a", labels)
