"""A webhook that was captured on the wire is verified by the library of others, and none that somebody changed."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.subscriptions.values import Channel
from infrastructure.clock import SystemClock
from infrastructure.delivery.fields import DeliveryFields
from infrastructure.delivery.leased_delivery import LeasedDelivery
from infrastructure.delivery.wire.standard_webhooks import new_secret
from infrastructure.delivery.wires import Wires
from tests.contracts.delivery.receivers import receiving, saying

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.interop.environments import Runner

NOTIFICATION = {"type": "incident.updated", "data": {"title": {"pl": "Błąd płatności \u2028 😀"}}}
CLOCK = SystemClock()
SECRET = "sesame"


@dataclass(frozen=True)
class Captured:
    """A request that a receiver got, and the secrets that signed it."""

    headers: Mapping[str, str]
    body: bytes
    secrets: Sequence[str]

    def read_by(self, in_node: Runner, secret: str) -> dict[str, Any]:
        """Let the library verify it."""
        body = b64encode(self.body).decode()
        found: dict[str, Any] = in_node.ask("standard_webhook", secret=secret, headers=self.headers, body=body)
        return found


@pytest.fixture(name="captured")
def _captured() -> Captured:
    secrets = [new_secret(), new_secret()]

    async def run() -> bytes:
        async with receiving(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as receiver:
            wires = Wires(DeliveryFields(webhook_allow_private=True), CLOCK, site="https://a.example", secret=SECRET)
            await wires.webhook(
                LeasedDelivery(
                    id="0123456789abcdef" * 2,
                    subscription="0197f0aa-1111-7222-8333-123456789abc",
                    notification="n",
                    thing="t",
                    kind="instant",
                    channel=Channel.WEBHOOK,
                    language="pl",
                    host="127.0.0.1",
                    attempts=1,
                    planned_at=CLOCK.now(),
                    body=json.dumps(NOTIFICATION, ensure_ascii=False),
                    address=f"http://127.0.0.1:{receiver.port}/hook",
                    generation=1,
                    secrets=secrets,
                )
            )
            return receiver.requests[0]

    head, _, body = asyncio.run(run()).partition(b"\r\n\r\n")
    lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return Captured({name.lower(): value for name, value in lines}, body, secrets)


def test_a_webhook_is_verified_with_each_of_its_secrets(captured: Captured, in_node: Runner) -> None:
    for secret in captured.secrets:
        assert captured.read_by(in_node, secret) == {"verified": NOTIFICATION}


def test_a_webhook_is_not_verified_with_another_secret(captured: Captured, in_node: Runner) -> None:
    assert captured.read_by(in_node, new_secret()) == {"refused": "No matching signature found"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg_another"),
        ("webhook-timestamp", str(int(CLOCK.now().timestamp()) + 60)),
        ("webhook-signature", "v1,AAAA"),
    ],
    ids=["id", "timestamp", "signature"],
)
def test_a_webhook_with_another_header_is_refused(captured: Captured, in_node: Runner, name: str, value: str) -> None:
    changed = replace(captured, headers={**captured.headers, name: value})

    assert changed.read_by(in_node, captured.secrets[0]) == {"refused": "No matching signature found"}


def test_a_webhook_with_another_body_is_refused(captured: Captured, in_node: Runner) -> None:
    changed = replace(captured, body=captured.body.replace(b"updated", b"resolved"))

    assert changed.read_by(in_node, captured.secrets[0]) == {"refused": "No matching signature found"}


def test_a_webhook_that_comes_once_more_later_is_refused(captured: Captured, in_node: Runner) -> None:
    old = str(int(captured.headers["webhook-timestamp"]) - 600)
    changed = replace(captured, headers={**captured.headers, "webhook-timestamp": old})

    assert changed.read_by(in_node, captured.secrets[0]) == {"refused": "Message timestamp too old"}
