"""The cases, walked by those who read of them, from the address of the site: a shop owner, a seller and a partner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser

from tests.e2e.site.browser import Setting, looking
from tests.e2e.site.reader import Reader

NO_LABELS = (
    "El transportista A responde con un error a las peticiones de etiquetas. Lo ha confirmado y trabaja en ello. "
    "Crea las etiquetas urgentes con otro transportista; las que han fallado hay que crearlas de nuevo después."
)


@contextmanager
def a_reader(browser: Browser, root: str, setting: Setting, language: str) -> Iterator[Reader]:
    """Arrive with a browser in one language, and choose that of the reader."""
    with looking(browser, setting) as page:
        reader = Reader(page, language)
        reader.arrives(root)
        yield reader


class TestShopOwner:
    """She cannot create labels of carrier A; she reads Spanish, on her phone."""

    def test_reads_since_when_until_when_what_to_do_and_how_it_ended(self, browser: Browser, demo: str) -> None:
        with a_reader(browser, demo, Setting("en", 390, "light"), "es") as owner:
            owner.reads("Everything works")
            owner.follows("Español")
            owner.reads("Todo funciona")

            self.before_it_is_public(owner)
            self.while_it_is_broken(owner)
            self.when_it_is_over(owner)

    def before_it_is_public(self, owner: Reader) -> None:
        """Trouble of 25 minutes is not public yet."""
        owner.goes_to("2025-11-28T11:25")

        owner.reads(
            "Estás viendo el pasado. Esto es lo que decía esta página el 28 de noviembre de 2025, 11:25 UTC+1."
            " Ver cómo está ahora",
            "Todo funciona",
            "A fecha de 28 de noviembre de 2025, 11:25 UTC+1",
        )

    def while_it_is_broken(self, owner: Reader) -> None:
        """The board says what is broken; the page of the incident says it whole, and where to ask."""
        owner.goes_to("2025-11-28T11:55")
        owner.reads(
            "No funciona: Transportista A",
            "A fecha de 28 de noviembre de 2025, 11:55 UTC+1",
            "Qué falla ahora",
            "Importación de pedidos: interrupción parcial",
            "En investigación · desde el 28 de noviembre de 2025, 11:35 UTC+1",
            "Transportista A: interrupción grave",
            "Causa identificada · desde el 28 de noviembre de 2025, 11:00 UTC+1",
            "Esperamos resolverlo para el 28 de noviembre de 2025, 12:30 UTC+1.",
            NO_LABELS,
            "Última novedad: 28 de noviembre de 2025, 11:50 UTC+1",
            "Transportistas",
            "Transportista A",
            "Interrupción grave",
            "Transportista B",
            "Funciona",
        )

        owner.follows("Transportista A: interrupción grave")

        owner.reads(
            "Transportista A: interrupción grave",
            "Causa identificada",
            "Empezó el 28 de noviembre de 2025, 11:00 UTC+1 y todavía no está resuelto.",
            "Esperamos resolverlo para el 28 de noviembre de 2025, 12:30 UTC+1.",
            "Qué está afectado",
            "Interrupción grave: desde el 28 de noviembre de 2025, 11:00 UTC+1",
            "Dónde preguntar",
            "Correo electrónico: help@carrier-hub.example",
            "Indica el número del pedido.",
            "Novedades",
            "Causa identificada",
            NO_LABELS,
            "En investigación",
            "28 de noviembre de 2025, 11:30 UTC+1",
            "Hemos detectado un problema y lo estamos investigando: Transportista A: interrupción grave.",
        )

    def when_it_is_over(self, owner: Reader) -> None:
        """The next change brings the fix; by now it is solved, and the board tells it as past."""
        owner.follows("Ver la página después de este cambio")
        owner.reads(
            "Solución aplicada, en observación",
            "Empezó el 28 de noviembre de 2025, 11:00 UTC+1 y todavía no está resuelto.",
            "El transportista A ha aplicado una corrección; las etiquetas se crean de nuevo. Seguimos atentos.",
        )

        owner.follows("Ver cómo está ahora")
        owner.reads(
            "Transportista A: interrupción grave",
            "Resuelto",
            "Empezó el 28 de noviembre de 2025, 11:00 UTC+1 y se resolvió el 28 de noviembre de 2025, 12:30 UTC+1,"
            " después de 1 hora 30 minutos.",
            "El problema no se ha repetido; lo damos por resuelto.",
        )
        owner.follows("Estado")
        owner.reads(
            "Todo funciona",
            "Problemas de los últimos 7 días",
            "Transportista A: interrupción grave",
            "28 de noviembre de 2025, 11:00 – 12:30 UTC+1 · resuelto en 1 hora 30 minutos",
        )


class TestSeller:
    """He sells at the marketplace whose delivery options are renewed in a night; he reads English, at his desk."""

    def test_reads_what_he_cannot_do_until_when_and_what_to_do_in_each_phase(self, browser: Browser, demo: str) -> None:
        with a_reader(browser, demo, Setting("en", 1280, "dark"), "en") as seller:
            seller.follows("Maintenance")
            seller.follows("Sellers")

            self.before(seller)
            self.during(seller)
            self.after(seller)

    def before(self, seller: Reader) -> None:
        """He prepares for the night."""
        seller.goes_to("2025-08-01T18:00")

        seller.reads(
            "Sellers",
            "In progress now",
            "Nothing is in progress.",
            "Planned maintenance",
            "Maintenance of delivery options",
            "Planned",
            "Sunday, August 3, 2025, 00:00 – 03:00 (UTC+2)",
            "Affects Delivery options, Pick-up points, and Order API.",
            "What is not possible meanwhile",
            "Shipping labels cannot be created.",
            "Courier pickups cannot be ordered.",
            "Orders and returns can be neither handed in nor collected at pick-up points.",
            "Now, before the maintenance",
            "Create labels for Sunday morning and order couriers by Saturday evening.",
            "What is wrong now",
            "There is no open problem.",
        )

    def during(self, seller: Reader) -> None:
        """He waits; what looks old is not broken."""
        seller.goes_to("2025-08-03T00:30")
        seller.reads(
            "In progress now",
            "Maintenance of delivery options",
            "In progress",
            "Sunday, August 3, 2025, 00:00 – 03:00 (UTC+2)",
            "Shipping labels cannot be created.",
            "Now, during the maintenance",
            "Wait until the maintenance is over. Nothing of what you did before is lost.",
            "What stands still",
            "These data stand still until August 3, 2025, 03:00 UTC+2. What looks old then is not broken.",
            "Parcel statuses",
            "A parcel can be further than its status says.",
            "Where to ask",
            "Contact form: https://help.example.com",
            "What is wrong now",
            "Apart from the maintenance, there is no open problem.",
        )

        seller.follows("Status")

        seller.reads(
            "Does not work: Delivery options and Pick-up points",
            "Maintenance",
            "Maintenance of delivery options",
            "In progress: August 3, 2025, 00:00 – 03:00 UTC+2",
        )

    def after(self, seller: Reader) -> None:
        """It takes twelve minutes more; then he catches up."""
        seller.follows("Maintenance of delivery options")
        seller.goes_to("2025-08-03T03:05")
        seller.reads(
            "Maintenance of delivery options",
            "Being checked",
            "It was planned to end on August 3, 2025, 03:00 UTC+2 and takes longer."
            " It is not over until we have checked everything.",
            "We renew the systems that talk to carriers and lockers.",
            "What stands still",
            "These data stand still until the maintenance is over. What looks old then is not broken.",
        )

        seller.follows("See it as it is now")
        seller.reads(
            "Completed",
            "It was completed on August 3, 2025, 03:12 UTC+2.",
            "Sellers",
            "What was not possible meanwhile",
            "Shipping labels cannot be created.",
            "Now, after the maintenance",
            "Create the labels and order the couriers that failed during the night.",
            "These data stood still until August 3, 2025, 03:12 UTC+2.",
            "Labels are created and lockers open: everything is back.",
        )


class TestPartner:
    """His ERP sends stock and prices to the hub, which is down for four hours; he reads Portuguese, on his phone."""

    def test_reads_when_it_is_in_his_country_what_is_kept_and_what_he_sends_again(
        self, browser: Browser, demo: str
    ) -> None:
        with a_reader(browser, demo, Setting("en", 390, "dark"), "pt") as partner:
            partner.follows("Português")
            partner.follows("Manutenção")
            partner.follows("Parceiros de ERP e plataformas")

            self.before(partner)
            self.during(partner)
            self.after(partner)

    def before(self, partner: Reader) -> None:
        """He learns of it the evening before."""
        partner.goes_to("2024-07-27T20:00")

        partner.reads(
            "Manutenção planeada",
            "Atualização de toda a plataforma",
            "Planeado",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Hora local de São Paulo",
            "No fuso horário desta página: 28 de julho de 2024, 06:00 – 10:00 UTC+2",
            "Afeta tudo.",
            "O que não é possível entretanto",
            "O estoque e os preços que enviar nesse período não são processados."
            " Guardamos cada pedido e conferimos tudo à mão depois.",
            "Depois da manutenção",
            "Reenvie os preços e o estoque desse horário."
            " Nunca os carregamos nós mesmos, porque uma alteração poderia contar duas vezes.",
            "Não bloqueie as nossas notificações porque algumas falharam durante a manutenção.",
            "Onde perguntar",
            "Apoio: https://support.example.com",
            "Pelo canal do seu plano.",
            "O que falha agora",
            "Não há nenhum problema em aberto.",
        )

    def during(self, partner: Reader) -> None:
        """Nothing is reachable; the page of the window says when it ends in each country, and how the work goes."""
        partner.goes_to("2024-07-28T08:30")
        partner.reads(
            "Em curso agora",
            "Atualização de toda a plataforma",
            "Em curso",
            "Afeta tudo. Interrupção grave",
            "Além da manutenção, não há nenhum problema em aberto.",
        )

        partner.follows("Atualização de toda a plataforma")

        partner.reads(
            "Em curso",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Durante quatro horas nada fica acessível e nada é processado, nem as nossas próprias rotinas."
            " A nossa equipe trabalha o tempo todo, e o que chegar nesse período é guardado e conferido depois.",
            "Quando é no seu país",
            "México",
            "sábado, 27 de julho de 2024, 22:00 – domingo, 28 de julho de 2024, 02:00 (UTC-6)",
            "Peru e Colômbia",
            "sábado, 27 de julho de 2024, 23:00 – domingo, 28 de julho de 2024, 03:00 (UTC-5)",
            "Chile",
            "domingo, 28 de julho de 2024, 00:00 – 04:00 (UTC-4)",
            "Brasil, Argentina e Uruguai",
            "domingo, 28 de julho de 2024, 01:00 – 05:00 (UTC-3)",
            "Atualizações",
            "28 de julho de 2024, 08:10 UTC+2",
            "Os novos servidores já funcionam; estamos movendo as últimas contas.",
        )

    def after(self, partner: Reader) -> None:
        """It has ended; now he sends again what he sent in vain."""
        partner.goes_to("2024-07-28T10:30")
        partner.reads("Concluído", "Terminou em 28 de julho de 2024, 10:00 UTC+2.", "Afetou tudo.")

        partner.follows("Parceiros de ERP e plataformas")

        partner.reads(
            "Em curso agora",
            "Não há nenhuma em curso.",
            "Manutenção anterior",
            "Atualização de toda a plataforma",
            "Concluído",
            "Terminou em 28 de julho de 2024, 10:00 UTC+2.",
            "O que não foi possível entretanto",
            "Agora, depois da manutenção",
            "Reenvie os preços e o estoque desse horário."
            " Nunca os carregamos nós mesmos, porque uma alteração poderia contar duas vezes.",
            "Não bloqueie as nossas notificações porque algumas falharam durante a manutenção.",
        )
