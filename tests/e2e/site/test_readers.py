"""The cases, walked by those who read of them, from the address of the site on: a shop owner, and a seller."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.e2e.site.browser import Setting
from tests.e2e.site.reader import Reader, a_reader

NO_LABELS = (
    "El transportista A responde con un error a las peticiones de etiquetas. Lo ha confirmado y trabaja en ello. "
    "Crea las etiquetas urgentes con otro transportista; las que han fallado hay que crearlas de nuevo después."
)


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
            "Transportista A: interrupción grave. Hemos detectado el problema y lo estamos investigando.",
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
            " después de 1 hora y 30 minutos.",
            "El problema no se ha repetido; lo damos por resuelto.",
        )
        owner.follows("Estado")
        owner.reads(
            "Todo funciona",
            "Problemas de los últimos 7 días",
            "Transportista A: interrupción grave",
            "28 de noviembre de 2025, 11:00 – 12:30 UTC+1 · resuelto en 1 hora y 30 minutos",
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
            "This data stands still until August 3, 2025, 03:00 UTC+2. What looks old then is not broken.",
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
            "This data stands still until the maintenance is over. What looks old then is not broken.",
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
            "This data stood still until August 3, 2025, 03:12 UTC+2.",
            "Labels are created and lockers open again: everything works.",
        )
