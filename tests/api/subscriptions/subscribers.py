"""A subscription, whether or not there is a relay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.caller import Caller
from domain.subscriptions.values import Preferences
from tests.api.command import a_key

if TYPE_CHECKING:
    from tests.api.client import Site

READER = Caller(actor="reader", source="site", request_id="")


def a_subscription(site: Site) -> str:
    """Let a reader ask and confirm, and give the path of the subscription."""
    facade, wanted, address = site.bitacora.facade, Preferences(language="en"), f"{a_key()}@example.com"
    facade.recipients.ask(address, wanted)
    (recipient,) = facade.recipients.find_address(address)
    id = recipient.subscription
    confirm = facade.commands.subscriptions.confirm
    site.bitacora.writer.call(lambda log: confirm(log, id=id, preferences=wanted, caller=READER))
    facade.recipients.confirm(id)
    return f"/v1/subscriptions/{id}"
