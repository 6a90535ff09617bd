"""The integration hub: the whole product down for four hours, in seven markets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration
from application.demo.hub_requests import HubRequests
from application.facade import Service
from application.log import Log
from application.maintenance.commands import WindowNews
from application.maintenance.timetables import Times
from application.targets import Target
from domain.impact import EVERYWHERE, Status
from domain.ledger.request_policy import Disposition, RequestPolicy
from domain.maintenance import Audience, Contact, Guidance, MarketZone, Plan
from domain.text import Text

OPERATOR = Caller(actor="token:demo-operator", source="demo", request_id="demo-hub")

COMPONENTS: tuple[tuple[str, Text], ...] = (
    ("hub-orders", {"en": "Orders into the hub", "es": "Pedidos del integrador", "pt": "Pedidos do integrador"}),
    ("hub-stock", {"en": "Stock and prices", "es": "Existencias y precios", "pt": "Estoque e preços"}),
    ("hub-api", {"en": "API of the hub", "es": "API del integrador", "pt": "API do integrador"}),
)

MARKETS = (
    MarketZone(market="MX", zone="America/Mexico_City"),
    MarketZone(market="PE", zone="America/Lima"),
    MarketZone(market="CO", zone="America/Bogota"),
    MarketZone(market="CL", zone="America/Santiago"),
    MarketZone(market="BR", zone="America/Sao_Paulo"),
    MarketZone(market="AR", zone="America/Argentina/Buenos_Aires"),
    MarketZone(market="UY", zone="America/Montevideo"),
)

TITLE: Text = {
    "en": "Upgrade of the whole platform",
    "es": "Actualización de toda la plataforma",
    "pt": "Atualização de toda a plataforma",
}
REASON: Text = {
    "en": "We make room for growth, in the hours in which the least data flows.",
    "es": "Preparamos la plataforma para crecer, en las horas con menos tráfico de datos.",
    "pt": "Preparamos a plataforma para crescer, nas horas com menos tráfego de dados.",
}
DESCRIPTION: Text = {
    "en": "For four hours nothing is reachable and nothing is processed, routines of our own included. Our team is at"
    " work all the time, and whatever arrives meanwhile is kept and checked afterwards.",
    "es": "Durante cuatro horas nada está accesible ni se procesa nada, tampoco nuestras propias rutinas. El equipo"
    " trabaja todo el tiempo, y lo que llegue mientras tanto se guarda y se revisa después.",
    "pt": "Durante quatro horas nada fica acessível e nada é processado, nem as nossas próprias rotinas. A nossa equipe"
    " trabalha o tempo todo, e o que chegar nesse período é guardado e conferido depois.",
}
HALFWAY: Text = {
    "en": "The new servers are up; we are moving the last accounts.",
    "es": "Los servidores nuevos ya funcionan; estamos trasladando las últimas cuentas.",
    "pt": "Os novos servidores já funcionam; estamos movendo as últimas contas.",
}

AUDIENCES = {
    "customers": Audience(
        restrictions=(
            {
                "en": "No order of a marketplace, an ERP or a shop is imported.",
                "es": "No se importa ningún pedido de marketplaces, ERP ni tiendas.",
                "pt": "Nenhum pedido de marketplaces, ERPs ou lojas é importado.",
            },
        ),
        guidance=Guidance(
            before=(
                {
                    "en": "Switch off the campaigns that are planned for these hours.",
                    "es": "Desactive las campañas previstas para esas horas.",
                    "pt": "Desative as campanhas previstas para esse horário.",
                },
            ),
            during=(
                {
                    "en": "Your listings stay active.",
                    "es": "Sus publicaciones siguen activas.",
                    "pt": "Os seus anúncios continuam ativos.",
                },
            ),
            after=(
                {
                    "en": "Check your marketplace orders again; load your stock anew if you also sell elsewhere.",
                    "es": "Revise los pedidos de sus marketplaces; recargue su stock si también vende fuera.",
                    "pt": "Confira os pedidos dos marketplaces; recarregue o estoque se também vende fora.",
                },
            ),
        ),
    ),
    "marketplace_partners": Audience(
        restrictions=(
            {
                "en": "Sales that you try to create meanwhile fail.",
                "es": "Las ventas que intente crear mientras tanto fallan.",
                "pt": "As vendas que tentar criar nesse período falham.",
            },
        ),
        guidance=Guidance(
            after=(
                {
                    "en": "Try failed sales again, and notify us of every sale of these hours.",
                    "es": "Reintente las ventas fallidas y notifíquenos todas las ventas de esas horas.",
                    "pt": "Tente de novo as vendas que falharam e notifique todas as vendas desse horário.",
                },
            )
        ),
    ),
    "erp_partners": Audience(
        guidance=Guidance(
            after=(
                {
                    "en": "Send the prices and stock of these hours again; we never force them, lest they count twice.",
                    "es": "Reenvíe los precios y el stock de esas horas; no los forzamos, contarían dos veces.",
                    "pt": "Reenvie os preços e o estoque desse horário; não os forçamos, contariam duas vezes.",
                },
                {
                    "en": "Do not block our callbacks because some failed meanwhile.",
                    "es": "No bloquee nuestras notificaciones porque algunas fallaran mientras tanto.",
                    "pt": "Não bloqueie os nossos callbacks porque alguns falharam nesse período.",
                },
            )
        ),
    ),
}


def plan() -> Plan:
    """Give the plan of the night."""
    return Plan(
        title=TITLE,
        reason=REASON,
        description=DESCRIPTION,
        components={EVERYWHERE: Status.MAJOR_OUTAGE},
        audiences=AUDIENCES,
        contacts=(
            Contact(
                audience=None,
                channel="support",
                address="https://support.example.com",
                note={
                    "en": "By the channel of your plan.",
                    "es": "Por el canal de su plan.",
                    "pt": "Pelo canal do seu plano.",
                },
            ),
        ),
        request_policies={
            "order": RequestPolicy(policy=Disposition.REPROCESS),
            "stock_change": RequestPolicy(policy=Disposition.SOURCE_RESENDS),
            "price_change": RequestPolicy(policy=Disposition.SOURCE_RESENDS),
            "sale_notification": RequestPolicy(policy=Disposition.SOURCE_RETRIES),
        },
    )


def steps(service: Service) -> Iterator[tuple[datetime, Callable[[Log], Any]]]:
    """Give the commands of the case, each with its time (UTC)."""
    windows: list[UUID] = []

    def announce(log: Log) -> None:
        times = Times(
            zone="America/Sao_Paulo",
            start=datetime.fromisoformat("2024-07-28T01:00"),
            duration=timedelta(hours=4),
            markets=MARKETS,
        )
        window = service.windows.plan(log, plan=plan(), times=times, announced=True, caller=OPERATOR)
        windows.append(window.id)

    def report(log: Log) -> None:
        target = Target(id=windows[0], expected_version=None, caller=OPERATOR)
        service.windows.update(log, target=target, news=WindowNews(message=HALFWAY, components={}))

    for place, (key, name) in enumerate(COMPONENTS):
        registration = Registration(key=key, name=name, group="hub", description={}, position=100 + place)
        yield (
            datetime(2024, 7, 15, 12, tzinfo=UTC),
            partial(service.components.register, registration=registration, caller=OPERATOR),
        )
    yield datetime(2024, 7, 19, 15, tzinfo=UTC), announce
    yield datetime(2024, 7, 28, 6, 10, tzinfo=UTC), report
    yield from HubRequests(service, windows).steps()
