"""Readers who ask for subscriptions, and the mailboxes in which they find links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from api.subscriptions.network_limits import NetworkLimits
from application.subscriptions.recipients import LinkPurpose
from tests.api.client import Site
from tests.mail_relay import PeerRelay, relay_listening

if TYPE_CHECKING:
    import httpx

PATH = "/v1/subscriptions"
SITE_URL = "https://status.example.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN = {"Sec-Fetch-Site": "same-origin"}
WISH: dict[str, str | list[str]] = {"what": "everything", "impact": "none", "language": "en", "rhythm": "instant"}
LINK = re.compile(rf"{SITE_URL}(/\w+/subscriptions/\w+)")
MAIL: dict[str, Any] = {"site_url": SITE_URL, "mail_from": "Acme <status@example.com>"}

_numbers = count(1)


def an_address() -> str:
    """Give an address that nobody else has."""
    return f"reader-{next(_numbers)}@example.com"


@dataclass
class MailedSite:
    """A site with a relay that takes its mails."""

    site: Site
    relay: PeerRelay

    def ask(self, address: str, **more: object) -> httpx.Response:
        """Ask for a subscription, from a network that has not asked too often."""
        self.site.app.state.network_limits = NetworkLimits()
        return self.site.reader.post(PATH, {"address": address, **more})

    def mails_to(self, address: str, number: int = 1) -> Sequence[str]:
        """Wait until an address has so many mails, and give their texts."""
        found: list[str] = []
        for each in range(1, 1_000):
            mails = self.relay.wait_for(each)
            found = [_text(mail) for mail in mails if mail.recipient == address]
            if len(found) >= number:
                return found
        raise AssertionError(found)

    def links_in_mail(self, address: str, number: int = 1) -> Sequence[str]:
        """Give the paths of the links in the last mail to an address."""
        return LINK.findall(self.mails_to(address, number)[-1])

    def confirms(self, address: str, **more: object) -> Subscribed:
        """Ask, and confirm from the mailbox."""
        self.ask(address, **more)
        (link,) = self.links_in_mail(address)
        answer = self.sends(link, {"form": "confirm"})
        assert answer.status_code == 303, answer.text
        return Subscribed(self, address, link, answer.headers["Location"])

    def sends(
        self, path: str, fields: Mapping[str, str | Sequence[str]], headers: Mapping[str, str] = OWN
    ) -> httpx.Response:
        """Send a form, as a browser does."""
        self.site.app.state.network_limits = NetworkLimits()
        content = urlencode(fields, doseq=True).encode()
        return self.site.reader.send("POST", path, content=content, headers={**FORM, **headers})

    def found(self, address: str) -> list[dict[str, Any]]:
        """Give what operators read of an address."""
        found: list[dict[str, Any]] = self.site.operator.get(PATH, params={"address": address}).json()["data"]
        return found


@dataclass(frozen=True)
class Subscribed:
    """Somebody who has confirmed, with the links to confirm and to manage."""

    mailed: MailedSite
    address: str
    confirm: str
    manage: str

    @property
    def site(self) -> Site:
        """The site."""
        return self.mailed.site

    @property
    def id(self) -> str:
        """The id of the subscription."""
        return str(self.document["id"])

    @property
    def document(self) -> dict[str, Any]:
        """What operators read of it."""
        return self.mailed.found(self.address)[-1]

    @property
    def unsubscribe(self) -> str:
        """The path of the link to unsubscribe, as it stands in each mail."""
        secret = self.site.bitacora.facade.recipients.link(UUID(self.id), LinkPurpose.UNSUBSCRIBE)
        return f"/en/subscriptions/{secret}"

    def events(self) -> list[dict[str, Any]]:
        """Give what happened to it."""
        found: list[dict[str, Any]] = self.site.auditor.get(f"/v1/aggregates/{self.id}/events").json()["data"]
        return found


@contextmanager
def mailed_site(database: str, **settings: Any) -> Iterator[MailedSite]:  # noqa: ANN401 - what ``Site`` takes
    """Open a site on a store, with a relay."""
    with (
        relay_listening() as relay,
        Site(database, **{**MAIL, "smtp_url": f"smtp://127.0.0.1:{relay.port}", **settings}) as site,
    ):
        yield MailedSite(site, relay)


def secret_in(path: str) -> str:
    """Give the secret of a link."""
    return urlsplit(path).path.rpartition("/")[2]


def _text(mail: Any) -> str:  # noqa: ANN401 - as the relay keeps it
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
