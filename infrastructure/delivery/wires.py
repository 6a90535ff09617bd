"""Sends one leased delivery: an e-mail with the links of its recipient, or a post to an endpoint."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from application.notifications.letters import MANAGE, UNSUBSCRIBE
from application.subscriptions.mail_address import to_ascii_host
from application.subscriptions.recipients import LinkPurpose
from domain.subscriptions.values import Channel
from infrastructure.delivery.leased_delivery import CONFIRMATION
from infrastructure.delivery.recipients import CONFIRM_HERE, write_link
from infrastructure.delivery.wire.addresses import verp
from infrastructure.delivery.wire.answers import later
from infrastructure.delivery.wire.guarded_post import GuardedPost
from infrastructure.delivery.wire.mail_message import MailParts, write_mail
from infrastructure.delivery.wire.smtp_relay import MailRelay
from infrastructure.delivery.wire.standard_webhooks import signed_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.notifications.letters import MailLetter
    from application.ports import Clock
    from infrastructure.delivery.fields import DeliveryFields
    from infrastructure.delivery.leased_delivery import LeasedDelivery
    from infrastructure.delivery.outbox import Wire
    from infrastructure.delivery.wire.addresses import Mailbox
    from infrastructure.delivery.wire.answers import WireAnswer

JSON = {"Content-Type": "application/json", "User-Agent": "Bitacora"}
MESSAGE = "msg_"
"""How the id of a message to an endpoint begins."""
LINKS = {MANAGE: LinkPurpose.MANAGE, UNSUBSCRIBE: LinkPurpose.UNSUBSCRIBE}
CONFIRMATION_LINKS = {CONFIRM_HERE: LinkPurpose.CONFIRM}
"""The links that stand in the place of each blank: what is not confirmed has nothing to change or to end."""


class Wires:
    """The ways that deliveries go, by their channels; they are used from one loop."""

    def __init__(self, settings: DeliveryFields, clock: Clock, *, site: str, secret: str) -> None:
        """Send as ``settings`` say; links lead to ``site``, and follow from the ``secret`` of the store."""
        self._clock, self._secret = clock, secret
        self._site = _in_ascii(site)
        self._sender = settings.mail_from
        self._relay: MailRelay | None = None
        if settings.smtp_url is not None and settings.mail_from is not None:
            self._relay = MailRelay(
                settings.smtp_url, connections=settings.send_concurrency, hello_name=_domain(settings.mail_from)
            )
        self._post = GuardedPost(now=clock.now, allow_private=settings.webhook_allow_private)

    def by_channel(self) -> Mapping[Channel, Wire[LeasedDelivery]]:
        """Give what sends a delivery of each channel."""
        return {
            Channel.EMAIL: self.mail,
            Channel.WEBHOOK: self.webhook,
            Channel.SLACK: self.post,
            Channel.TEAMS: self.post,
        }

    async def mail(self, delivery: LeasedDelivery) -> WireAnswer:
        """Hand an e-mail over to the relay; each attempt has the same id."""
        if self._relay is None or self._sender is None:
            return later("No relay is configured: set BITACORA_SMTP_URL.")
        mail = write_mail(self._parts(delivery, self._sender))
        return await self._relay.send(mail, verp(self._sender, delivery.id), delivery.address)

    async def webhook(self, delivery: LeasedDelivery) -> WireAnswer:
        """Post a signed message: the same id and body at each attempt, with the time and the signature of this one."""
        body = delivery.body.encode()
        signed = signed_headers(f"{MESSAGE}{delivery.id}", self._clock.now(), body, delivery.secrets)
        return await self._post.send(delivery.address, {**JSON, **signed}, body)

    async def post(self, delivery: LeasedDelivery) -> WireAnswer:
        """Post a message to a channel of Slack or Teams."""
        return await self._post.send(delivery.address, JSON, delivery.body.encode())

    async def close(self) -> None:
        """End the connections."""
        if self._relay is not None:
            await self._relay.close()

    def _parts(self, delivery: LeasedDelivery, sender: Mailbox) -> MailParts:
        letter = _letter(delivery.body)
        is_confirmation = delivery.kind == CONFIRMATION
        wanted = CONFIRMATION_LINKS if is_confirmation else LINKS
        links = {blank: self._link(delivery, purpose) for blank, purpose in wanted.items()}
        # That of the site may be an address, or have letters outside of ASCII.
        domain = _domain(sender)
        return MailParts(
            sender=sender,
            recipient=delivery.address,
            subject=letter["subject"],
            text=letter["text"],
            html=letter["html"],
            blanks=links,
            message_id=f"{delivery.id}@{domain}",
            in_reply_to=None if delivery.first is None else f"{delivery.first}@{domain}",
            list_id=f"updates.{domain}",
            unsubscribe_url=None if is_confirmation else links[UNSUBSCRIBE],
            language=delivery.language,
            date=delivery.planned_at,
        )

    def _link(self, delivery: LeasedDelivery, purpose: LinkPurpose) -> str:
        secret = write_link(self._secret, delivery.subscription, purpose, delivery.generation)
        return f"{self._site}/{delivery.language}/subscriptions/{secret}"


@lru_cache(maxsize=64)
def _letter(body: str) -> MailLetter:
    """Read a letter, which many get."""
    found: MailLetter = json.loads(body)
    return found


def _in_ascii(site: str) -> str:
    """Write the host of the site as a header may have it."""
    if site.isascii():
        return site
    parts = urlsplit(site)
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(netloc=f"{to_ascii_host(parts.hostname or '')}{port}").geturl()


def _domain(mailbox: Mailbox) -> str:
    return mailbox.address.rpartition("@")[2]
