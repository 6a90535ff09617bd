"""The marketplace: a night without delivery options, told to each audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration
from application.facade import Service
from application.log import Log
from application.maintenance.commands import Said
from application.maintenance.timetables import Times
from application.targets import Target
from domain.impact import Status
from domain.maintenance import Audience, Contact, Freeze, MarketZone, Outcome, Plan
from domain.text import Text

OPERATOR = Caller(actor="token:demo-operator", source="demo", request_id="demo-marketplace")
ZONE = "Europe/Warsaw"
MARKETS = (MarketZone(market="PL", zone=ZONE), MarketZone(market="ES", zone="Europe/Madrid"))

COMPONENTS: tuple[tuple[str, Text], ...] = (
    ("delivery", {"en": "Delivery options", "pl": "Opcje dostawy", "es": "Opciones de entrega"}),
    ("pickup-points", {"en": "Pick-up points", "pl": "Punkty odbioru", "es": "Puntos de recogida"}),
    ("order-api", {"en": "Order API", "pl": "API zamówień", "es": "API de pedidos"}),
)

PLAN = Plan(
    title={
        "en": "Maintenance of delivery options",
        "pl": "Prace przy opcjach dostawy",
        "es": "Mantenimiento de las opciones de entrega",
    },
    reason={
        "en": "We renew the systems that talk to carriers and lockers.",
        "pl": "Odnawiamy systemy, które łączą nas z przewoźnikami i automatami.",
        "es": "Renovamos los sistemas que hablan con transportistas y taquillas.",
    },
    description={
        "en": "For three hours parcels can be neither sent nor collected. We tell you here how the work goes.",
        "pl": "Przez trzy godziny nie można nadawać ani odbierać paczek. O postępach informujemy tutaj.",
        "es": "Durante tres horas no se pueden enviar ni recoger paquetes. Aquí contamos cómo avanza el trabajo.",
    },
    components={
        "delivery": Status.MAJOR_OUTAGE,
        "pickup-points": Status.MAJOR_OUTAGE,
        "order-api": Status.PARTIAL_OUTAGE,
    },
    covers=("delivery", "pickup-points", "order-api"),
    audiences={
        "sellers": Audience(
            restrictions=(
                {"en": "No shipping labels.", "pl": "Brak etykiet nadawczych.", "es": "Sin etiquetas de envío."},
                {"en": "No courier pickups.", "pl": "Brak zamówień kuriera.", "es": "Sin recogidas por mensajero."},
                {
                    "en": "Orders and returns are neither handed in nor collected at pick-up points.",
                    "pl": "W punktach nie można nadać ani odebrać zamówień i zwrotów.",
                    "es": "Los puntos no admiten ni entregan pedidos ni devoluciones.",
                },
            ),
        ),
        "buyers": Audience(
            restrictions=(
                {
                    "en": "No parcel is redirected.",
                    "pl": "Bez przekierowań paczek.",
                    "es": "Sin redirección de paquetes.",
                },
                {"en": "No return codes.", "pl": "Bez kodów zwrotu.", "es": "Sin códigos de devolución."},
                {
                    "en": "No return parcel is taken.",
                    "pl": "Bez przyjmowania zwrotów.",
                    "es": "No se admiten devoluciones.",
                },
                {
                    "en": "Lockers do not open remotely.",
                    "pl": "Automaty nie otwierają się zdalnie.",
                    "es": "Las taquillas no se abren a distancia.",
                },
            ),
        ),
        "couriers": Audience(
            restrictions=(
                {
                    "en": "Parcels cannot be handled.",
                    "pl": "Nie można obsługiwać paczek.",
                    "es": "No se gestionan paquetes.",
                },
                {
                    "en": "Set-up of machines and reports of faults are off.",
                    "pl": "Instalacja automatów i zgłoszenia awarii są wyłączone.",
                    "es": "La instalación de máquinas y los avisos de averías están desactivados.",
                },
            ),
        ),
        "integrators": Audience(
            restrictions=(
                {
                    "en": "The API does not manage orders, nor do the systems attached to it.",
                    "pl": "API nie obsługuje zamówień, tak jak i podłączone do niego systemy.",
                    "es": "La API no gestiona pedidos, ni tampoco los sistemas conectados.",
                },
            ),
        ),
    },
    freezes=(
        Freeze(
            data="parcel_statuses",
            note={
                "en": "They stand still until 03:00: what is old is not broken.",
                "pl": "Stoją w miejscu do 03:00: stare nie znaczy zepsute.",
                "es": "No cambian hasta las 03:00: lo antiguo no está averiado.",
            },
        ),
    ),
    contacts=(Contact(audience=None, channel="form", address="https://help.example.com", note={}),),
    request_policies={},
)

BACK: Text = {
    "en": "Labels print and lockers open: all is back.",
    "pl": "Etykiety się drukują, automaty działają.",
    "es": "Se imprimen etiquetas y se abren las taquillas: todo ha vuelto.",
}

NEXT = Plan(
    title={
        "en": "Carrier B: new label format",
        "es": "Transportista B: nuevo formato de etiqueta",
        "pl": "Przewoźnik B: nowy format etykiety",
        "pt": "Transportadora B: novo formato de etiqueta",
    },
    reason={},
    description={},
    components={"carrier-b": Status.UNDER_MAINTENANCE},
    covers=("carrier-b",),
    audiences={},
    request_policies={},
)


def steps(service: Service, day: date) -> Iterator[tuple[datetime, Callable[[Log], Any]]]:
    """Give the commands of the case, each with its time (UTC); and a window that is still to come after ``day``."""
    windows: list[UUID] = []

    def plan(log: Log, what: Plan, start: datetime, length: timedelta) -> None:
        times = Times(zone=ZONE, start=start, end=start + length, markets=MARKETS)
        window = service.windows.plan(log, plan=what, times=times, announced=True, caller=OPERATOR)
        windows.append(window.id)

    def hold(log: Log) -> None:
        service.windows.hold(log, target=target(), reason="We look at the first labels before we say that it is over.")

    def complete(log: Log) -> None:
        said = Said(message=BACK)
        service.windows.complete(log, target=target(), outcome=Outcome.DONE, said=said)

    def target() -> Target:
        return Target(id=windows[0], expected_version=None, caller=OPERATOR)

    for place, (key, name) in enumerate(COMPONENTS):
        registration = Registration(key=key, name=name, group="marketplace", description={}, position=200 + place)
        yield (
            datetime(2025, 7, 20, 9, tzinfo=UTC),
            partial(service.components.register, registration=registration, caller=OPERATOR),
        )
    night = datetime.fromisoformat("2025-08-03T00:00")
    yield datetime(2025, 7, 28, 9, tzinfo=UTC), partial(plan, what=PLAN, start=night, length=timedelta(hours=3))
    yield datetime(2025, 8, 2, 22, 30, tzinfo=UTC), hold
    yield datetime(2025, 8, 3, 1, 12, tzinfo=UTC), complete
    # In winter and summer alike, clocks show four in the morning just once.
    soon = datetime.fromisoformat(f"{day}T04:00") + timedelta(days=5)
    yield (
        datetime(day.year, day.month, day.day, 17, tzinfo=UTC),
        partial(plan, what=NEXT, start=soon, length=timedelta(hours=2)),
    )
