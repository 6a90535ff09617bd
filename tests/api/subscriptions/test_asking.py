"""Asking for a subscription: a mail with a link, the same answer for every address, and limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.subscriptions.network_limits import NetworkLimits
from tests.api.client import Site, problem
from tests.api.subscriptions.mailbox import PATH, MailedSite, an_address, mailed_site


@pytest.fixture(scope="module")
def mailed(shared_database: str) -> Iterator[MailedSite]:
    """A site with a relay, a component that readers see and one that they do not."""
    with mailed_site(shared_database) as mailed:
        mailed.site.component("labels")
        mailed.site.component("secret-engine", public=False, group="hidden-group")
        yield mailed


class TestAsking:
    def test_sends_a_mail_with_a_link_and_records_nothing(self, mailed: MailedSite) -> None:
        address, position = an_address(), mailed.site.last_position()

        answer = mailed.ask(address, scope={"components": ["labels"], "impact": "major"}, language="es")

        assert (answer.status_code, answer.json()) == (202, {"state": "asked"})
        (link,) = mailed.links_in_mail(address)
        assert link.startswith("/es/subscriptions/")
        assert mailed.site.last_position() == position
        (found,) = mailed.found(address)
        assert (found["state"], found["language"], found["rhythm"]) == ("asked", "es", "instant")
        assert found["scope"] == {
            "components": ["labels"],
            "groups": [],
            "audiences": [],
            "panels": [],
            "impact": "major",
        }

    def test_is_answered_alike_whatever_is_known_of_the_address(self, mailed: MailedSite) -> None:
        new, asked, gone = an_address(), an_address(), an_address()
        mailed.ask(asked)
        active = mailed.confirms(an_address()).address
        mailed.site.bitacora.facade.suppressions.suppress(gone, "bounce")

        answers = [mailed.ask(address) for address in (new, asked, active, gone)]

        assert len({(each.status_code, each.content, str(each.headers)) for each in answers}) == 1
        assert answers[0].headers["Cache-Control"] == "no-store"

    def test_of_a_subscriber_leads_to_the_subscription(self, mailed: MailedSite) -> None:
        subscribed = mailed.confirms(an_address())
        mailed.site.set_clock(mailed.site.clock.now() + timedelta(minutes=11))

        mailed.ask(subscribed.address)

        text = mailed.mails_to(subscribed.address, 2)[-1]
        assert "It is subscribed already, so nothing has changed." in text
        assert mailed.links_in_mail(subscribed.address, 2) == [subscribed.manage]

    def test_keeps_an_address_in_one_form(self, mailed: MailedSite) -> None:
        address = an_address()
        mailed.ask(f" {address.replace('example.com', 'ExAmple.COM')} ")

        assert [each["address"] for each in mailed.found(address)] == [address]

    def test_takes_no_idempotency_key_and_is_not_hurt_by_one(self, mailed: MailedSite) -> None:
        mailed.site.app.state.network_limits = NetworkLimits()
        body = {"address": an_address()}
        for _ in range(2):
            answer = mailed.site.reader.post(PATH, body, key="the-same")
            assert answer.status_code == 202
            assert "Idempotent-Replayed" not in answer.headers


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"address": "ana"}, "/address"),
    ({"address": "ana@"}, "/address"),
    ({"address": "a@b@example.com"}, "/address"),
    ({"address": "ana@localhost"}, "/address"),
    ({"address": "ana@[192.0.2.1]"}, "/address"),
    ({"address": '"ana"@example.com'}, "/address"),
    ({"address": "ana(x)@example.com"}, "/address"),
    ({"address": "ana\r\nBcc: eve@example.com"}, "/address"),
    ({"address": "ana\0@example.com"}, "/address"),
    ({"address": f"{'a' * 250}@example.com"}, "/address"),
    ({"address": 7}, "/address"),
    ({"address": None}, "/address"),
    ({"language": "de"}, "/language"),
    ({"language": "x y"}, "/language"),
    ({"rhythm": "weekly"}, "/rhythm"),
    ({"channel": "webhook"}, "/channel"),
    ({"url": "https://hooks.example.com"}, "/url"),
    ({"scope": {"impact": "huge"}}, "/scope/impact"),
    ({"scope": {"components": ["label"]}}, "/scope/components/0"),
    ({"scope": {"components": "labels"}}, "/scope/components"),
    ({"scope": {"components": ["labels"] * 101}}, "/scope/components"),
    ({"scope": {"groups": ["platform", "no-group"]}}, "/scope/groups/1"),
    ({"scope": {"audiences": ["sellers"]}}, "/scope/audiences/0"),
    ({"scope": {"panels": ["panel-a"]}}, "/scope/panels/0"),
]


class TestAFault:
    @pytest.mark.parametrize(("part", "pointer"), FAULTS)
    def test_is_named_and_nothing_is_sent(self, mailed: MailedSite, part: dict[str, Any], pointer: str) -> None:
        address = an_address()

        answer = mailed.site.reader.post(PATH, {"address": address, **part})

        document = problem(answer, 422, "invalid")
        assert document["errors"][0]["pointer"] == pointer
        assert mailed.found(address) == []

    def test_names_the_nearest_key_that_readers_know(self, mailed: MailedSite) -> None:
        answer = mailed.ask(an_address(), scope={"components": ["label"]})

        assert "did you mean labels?" in answer.json()["detail"]

    @pytest.mark.parametrize(("member", "key"), [("components", "secret-engine"), ("groups", "hidden-group")])
    def test_is_the_same_for_what_is_private_and_what_is_not_there(
        self, mailed: MailedSite, member: str, key: str
    ) -> None:
        other = key.replace("e", "x")
        answers = [mailed.ask(an_address(), scope={member: [each]}) for each in (key, other)]

        assert answers[0].status_code == answers[1].status_code == 422
        assert answers[0].text.replace(key, "?") == answers[1].text.replace(other, "?")

    def test_counts_for_no_limit(self, mailed: MailedSite) -> None:
        mailed.site.app.state.network_limits = NetworkLimits()
        for _ in range(12):
            assert mailed.site.reader.post(PATH, {"address": "ana"}).status_code == 422


class TestANetwork:
    def test_asks_ten_times_and_once_more_every_six_minutes(self, mailed: MailedSite) -> None:
        mailed.site.app.state.network_limits = NetworkLimits()
        statuses = [mailed.site.reader.post(PATH, {"address": an_address()}).status_code for _ in range(10)]

        refused = mailed.site.reader.post(PATH, {"address": (late := an_address())})

        assert statuses == [202] * 10
        problem(refused, 429, "too_many_requests")
        assert refused.headers["Retry-After"] == "360"
        assert mailed.found(late) == []
        mailed.site.set_clock(mailed.site.clock.now() + timedelta(minutes=6))
        assert mailed.site.reader.post(PATH, {"address": late}).status_code == 202
        assert mailed.site.reader.post(PATH, {"address": late}).status_code == 429


def test_nobody_subscribes_without_a_relay(site: Site) -> None:
    answer = site.reader.post(PATH, {"address": an_address()})

    assert "no mail relay" in problem(answer, 409, "mail_not_configured")["detail"]
