"""A reader who subscribes by e-mail, on a site with the mail relay of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.api.client import Site
from tests.api.panel_steps import registered
from tests.api.subscriptions.mailbox import MAIL, MailedSite
from tests.e2e.site.browser import served
from tests.mail_relay import relay_listening

COMPONENTS = {
    "order-import": ("orders", "Order import", "Importación de pedidos"),
    "labels": ("orders", "Shipping labels", "Etiquetas de envío"),
    "offers": ("marketplaces", "Offers", "Ofertas"),
    "prices": ("marketplaces", "Price synchronization with every marketplace", "Sincronización de precios"),
}


@dataclass(frozen=True)
class Mailing:
    """A site that sends mails, and its address."""

    mailed: MailedSite
    root: str

    def address(self, language: str, path: str) -> str:
        """Give the whole address of a page."""
        return f"{self.root}/{language}/{path}"

    def link_in_mail(self, address: str, number: int = 1) -> str:
        """Give the link of the last mail to an address, which leads to the site of the test."""
        (path,) = self.mailed.links_in_mail(address, number)
        return f"{self.root}{path}"


@contextmanager
def mailing(url: str) -> Iterator[Mailing]:
    """Open such a site on an empty store, with components, a panel and an audience."""
    with (
        relay_listening() as relay,
        Site(url, **MAIL, smtp_url=f"smtp://127.0.0.1:{relay.port}", site_name="Acme") as site,
        served(site) as root,
    ):
        for key, (group, name, translated) in COMPONENTS.items():
            site.component(key, group=group, name={"en": name, "es": translated})
        registered(site, "panel-a", name={"en": "Panel A"})
        site.operator.send("PUT", "/v1/audiences/sellers", json={"name": {"en": "Sellers", "pl": "Sprzedawcy"}})
        site.tick()
        yield Mailing(MailedSite(site, relay), root)
