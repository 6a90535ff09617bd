"""What the relay gets is read by a mail program as it was meant, whatever people have written."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from api.notifications.letters.site_letters import SiteLetters
from application.notifications.letters import MANAGE, UNSUBSCRIBE
from application.subscriptions.recipients import LinkPurpose
from domain.subscriptions.values import Channel, Rhythm
from infrastructure.clock import SystemClock
from infrastructure.delivery.fields import DeliveryFields
from infrastructure.delivery.leased_delivery import CONFIRMATION, LeasedDelivery
from infrastructure.delivery.recipients import ALREADY_SUBSCRIBED, CONFIRM_HERE, write_link
from infrastructure.delivery.wire.addresses import Mailbox
from infrastructure.delivery.wire.answers import WireOutcome, one_line
from infrastructure.delivery.wire.mail_message import LONGEST_SUBJECT
from infrastructure.delivery.wire.smtp_address import SmtpAddress
from infrastructure.delivery.wires import Wires
from tests.api.client import Site
from tests.api.notifications.announced import ALL_LANGUAGES, announced, beside, composed
from tests.api.site.hostile_world import SETTINGS, fill
from tests.mail_relay import relay_listening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.databases import SQLiteFiles
    from tests.interop.environments import Runner
    from tests.mail_relay import Received

ADDRESS, SENDER, NAME = "łucja@example.org", "status@example.com", 'Acmé "Status" <x@example.net>, Inc.'
SITE, PAGES = "https://bücher.example", "https://xn--bcher-kva.example"
FIRST = "f" * 32
SECRET = "sesame"
MARKERS = {LinkPurpose.MANAGE: MANAGE, LinkPurpose.UNSUBSCRIBE: UNSUBSCRIBE, LinkPurpose.CONFIRM: CONFIRM_HERE}
MAIL = LeasedDelivery(
    id="",
    subscription="0197f0aa-1111-7222-8333-123456789abc",
    notification="n",
    thing="t",
    kind="instant",
    channel=Channel.EMAIL,
    language="en",
    host="relay",
    attempts=1,
    planned_at=datetime(2026, 3, 4, 11, 20, tzinfo=UTC),
    body="",
    address=ADDRESS,
    generation=1,
    first=FIRST,
)


@pytest.fixture(scope="module", name="mails")
def _mails(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Sequence[LeasedDelivery]:
    """One of each announcement, of all of them, digests, and the answers to who asks, in each language."""
    with Site(sqlite_files.migrated(tmp_path_factory.mktemp("mails")), **SETTINGS) as site:
        fill(site)
        facade = site.bitacora.facade
        every, letters = announced(facade, site.tick()), SiteLetters(facade)
        kinds = [composed(facade, each) for each in every]
        seen = max(each.position for each in every)
        kinds += [beside(lambda each=each: letters.compose_digest(every, seen, each)) for each in Rhythm]
        bodies = [
            *(
                (each.write(Channel.EMAIL, language), language, "instant")
                for each in kinds
                for language in ALL_LANGUAGES
            ),
            *(
                (json.dumps(letters.write_confirmation(language, CONFIRM_HERE)), language, CONFIRMATION)
                for language in ALL_LANGUAGES
            ),
            *(
                (json.dumps(letters.write_already_subscribed(language, MANAGE)), language, ALREADY_SUBSCRIBED)
                for language in ALL_LANGUAGES
            ),
        ]
    return [
        replace(MAIL, id=f"{number:032x}", body=body, language=language, kind=kind)
        for number, (body, language, kind) in enumerate(bodies)
    ]


@pytest.fixture(scope="module", name="readings")
def _readings(mails: Sequence[LeasedDelivery], in_node: Runner) -> Sequence[tuple[LeasedDelivery, dict[str, Any]]]:
    """Each mail, and what was read of the bytes that the relay got."""
    contents = (b64encode(each.content).decode() for each in sent(mails))
    return [(mail, in_node.ask("mail", content=content)) for mail, content in zip(mails, contents, strict=True)]


def test_each_mail_is_read_as_it_was_meant(readings: Sequence[tuple[LeasedDelivery, dict[str, Any]]]) -> None:
    for mail, found in readings:
        letter = json.loads(mail.body)
        assert found["subject"] == one_line(letter["subject"])[:LONGEST_SUBJECT].rstrip()
        assert (found["from"], found["to"]) == ([[NAME, SENDER]], [["", ADDRESS]])
        assert (found["id"], found["replies"]) == (f"<{mail.id}@example.com>", f"<{FIRST}@example.com>")
        assert found["references"] == f"<{FIRST}@example.com>"
        assert found["date"] == "2026-03-04T11:20:00.000Z"
        assert (found["automatic"], found["language"]) == ("auto-generated", mail.language)
        assert (found["type"], found["attachments"]) == ("multipart/alternative", 0)
        assert len(set(found["headers"])) == len(found["headers"])
        assert unlinked(found["text"], mail) == letter["text"].strip()
        assert unlinked(found["html"], mail) == letter["html"].strip()


def test_each_mail_but_the_first_ends_a_subscription_with_one_click(
    readings: Sequence[tuple[LeasedDelivery, dict[str, Any]]],
) -> None:
    for mail, found in readings:
        assert found["list"]["id"] == {"name": "updates.example.com"}
        if mail.kind == CONFIRMATION:
            assert set(found["list"]) == {"id"}
            continue
        url = found["list"]["unsubscribe"]["url"]
        assert url.startswith(f"{PAGES}/{mail.language}/subscriptions/")
        assert url in found["text"] or mail.kind == ALREADY_SUBSCRIBED
        assert found["list"]["unsubscribe-post"] == {"name": "List-Unsubscribe=One-Click"}


def sent(mails: Sequence[LeasedDelivery]) -> Sequence[Received]:
    """Send them to a relay, and give what it got."""

    async def run(port: int) -> set[WireOutcome]:
        relay = SmtpAddress.parse(f"smtp://127.0.0.1:{port}")
        fields = DeliveryFields(smtp_url=relay, mail_from=Mailbox(SENDER, NAME))
        wires = Wires(fields, SystemClock(), site=SITE, secret=SECRET)
        try:
            return {(await wires.mail(each)).outcome for each in mails}
        finally:
            await wires.close()

    with relay_listening(enable_SMTPUTF8=True) as relay:
        assert asyncio.run(run(relay.port)) == {WireOutcome.ACCEPTED}
        return relay.mails


def unlinked(text: str, mail: LeasedDelivery) -> str:
    """Put back what stands for the links of one subscriber."""
    for purpose, marker in MARKERS.items():
        secret = write_link(SECRET, mail.subscription, purpose, mail.generation)
        text = text.replace(f"{PAGES}/{mail.language}/subscriptions/{secret}", marker)
    return text.strip()
