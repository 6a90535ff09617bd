"""A delivery has the same id and the same text at each attempt, whatever the address of the site is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from standardwebhooks import Webhook

from domain.subscriptions.values import Channel
from infrastructure.clock import SystemClock
from infrastructure.delivery.fields import DeliveryFields
from infrastructure.delivery.leased_delivery import CONFIRMATION, LeasedDelivery
from infrastructure.delivery.recipients import CONFIRM_HERE
from infrastructure.delivery.wire.addresses import Mailbox, token_of
from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome
from infrastructure.delivery.wire.smtp_address import SmtpAddress
from infrastructure.delivery.wire.standard_webhooks import new_secret
from infrastructure.delivery.wires import Wires
from tests.contracts.delivery.receivers import receiving, saying
from tests.mail_relay import PeerRelay, relay_listening

ID, FIRST = "0123456789abcdef" * 2, "fedcba9876543210" * 2
CLOCK = SystemClock()
LETTER = {"subject": "Payments are slow", "text": "Slow.\nhttps://unsubscribe.invalid/\n", "html": "<p>Slow.</p>\n"}
DELIVERY = LeasedDelivery(
    id=ID,
    subscription="0197f0aa-1111-7222-8333-123456789abc",
    notification="n",
    thing="t",
    kind="incident.updated",
    channel=Channel.EMAIL,
    language="en",
    host="relay",
    attempts=1,
    planned_at=CLOCK.now(),
    body=json.dumps(LETTER),
    address="ana@example.org",
    generation=1,
    first=FIRST,
)
SITES = [
    "https://status.example.com",
    "http://[::1]:8080",
    "https://BÜCHER.example:8443",
    "http://my_host",
    "http://localhost:8080",
]


class TestMails:
    @pytest.mark.parametrize("site", SITES)
    def test_are_the_same_at_each_attempt(self, site: str) -> None:
        with relay_listening() as relay:
            answers = mailed(relay, [DELIVERY, replace(DELIVERY, attempts=2)], site)

        first, second = relay.mails
        assert {each.outcome for each in answers} == {WireOutcome.ACCEPTED}
        assert first.content == second.content
        assert token_of(first.sender) == ID
        assert first.message["Message-ID"] == f"<{ID}@example.com>"
        assert first.message["In-Reply-To"] == f"<{FIRST}@example.com>"
        assert first.message["List-Id"] == "<updates.example.com>"
        url = first.message["List-Unsubscribe"].strip("<>")
        assert url.startswith(f"{site.replace('BÜCHER', 'xn--bcher-kva')}/en/subscriptions/")
        assert url in first.content.replace(b"=\r\n", b"").decode()

    def test_that_ask_for_a_confirmation_end_nothing(self) -> None:
        letter = LETTER | {"text": f"Confirm: {CONFIRM_HERE}"}
        asking = replace(DELIVERY, kind=CONFIRMATION, first=None, body=json.dumps(letter))
        with relay_listening() as relay:
            mailed(relay, [asking], SITES[0])

        (mail,) = relay.mails
        assert mail.message["List-Unsubscribe"] is mail.message["In-Reply-To"] is None
        assert f"{SITES[0]}/en/subscriptions/".encode() in mail.content

    def test_without_a_relay_wait(self) -> None:
        answer = asyncio.run(Wires(DeliveryFields(), CLOCK, site=SITES[0], secret="s").mail(DELIVERY))

        assert answer.outcome is WireOutcome.LATER


class TestWebhooks:
    def test_are_signed_with_each_secret(self) -> None:
        secrets = [new_secret(), new_secret()]
        answer, request = posted(Channel.WEBHOOK, secrets)

        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, value in lines}
        assert answer.outcome is WireOutcome.ACCEPTED
        assert headers["webhook-id"] == f"msg_{ID}"
        assert headers["content-type"] == "application/json"
        for each in secrets:
            assert Webhook(each).verify(body, headers) == LETTER

    @pytest.mark.parametrize("channel", [Channel.SLACK, Channel.TEAMS])
    def test_to_channels_of_others_are_not_signed(self, channel: Channel) -> None:
        answer, request = posted(channel, [])

        assert answer.outcome is WireOutcome.ACCEPTED
        assert b"webhook-" not in request
        assert json.loads(request.partition(b"\r\n\r\n")[2]) == LETTER


def mailed(relay: PeerRelay, deliveries: Sequence[LeasedDelivery], site: str) -> list[WireAnswer]:
    """Send e-mails, one after the other."""

    async def run() -> list[WireAnswer]:
        relay_address = SmtpAddress.parse(f"smtp://127.0.0.1:{relay.port}")
        fields = DeliveryFields(smtp_url=relay_address, mail_from=Mailbox("status@example.com", "Acme"))
        wires = Wires(fields, CLOCK, site=site, secret="sesame")
        try:
            return [await wires.by_channel()[Channel.EMAIL](each) for each in deliveries]
        finally:
            await wires.close()

    return asyncio.run(run())


def posted(channel: Channel, secrets: Sequence[str]) -> tuple[WireAnswer, bytes]:
    """Post a delivery to a receiver, and give what that got."""

    async def run() -> tuple[WireAnswer, bytes]:
        async with receiving(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as receiver:
            wires = Wires(DeliveryFields(webhook_allow_private=True), CLOCK, site=SITES[0], secret="sesame")
            address = f"http://127.0.0.1:{receiver.port}/hook"
            delivery = replace(DELIVERY, channel=channel, address=address, secrets=secrets)
            answer = await wires.by_channel()[channel](delivery)
            return answer, receiver.requests[0]

    return asyncio.run(run())
