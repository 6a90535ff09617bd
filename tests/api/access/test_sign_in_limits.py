"""How often somebody may try to sign in, by the network and by the name, and what is written of those who may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from application.errors import Forbidden, NotAuthenticated, TooManyRequests
from domain.access.keyring import Role
from tests.api.access.browser import Browser
from tests.api.client import Site
from tests.api.console.visitor import Visitor

OF_NETWORK, OF_NAME = 60, 30
UNKNOWN = "bita_unknown"


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """The service on one store: what is counted is in memory."""
    with Site(sqlite_url) as site:
        yield site


def tries(browser: Browser, secret: str = UNKNOWN) -> None:
    with pytest.raises(NotAuthenticated):
        browser.sign_in(secret)


def refused(browser: Browser, secret: str = UNKNOWN) -> TooManyRequests:
    before = browser.site.last_position()
    with pytest.raises(TooManyRequests) as caught:
        browser.sign_in(secret)
    assert browser.site.last_position() == before
    return caught.value


def counted(site: Site, result: str) -> float:
    line = f'bitacora_sign_ins_total{{how="token",result="{result}"}} '
    found = [each for each in site.operator.get("/metrics").text.splitlines() if each.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0


class TestNetwork:
    def test_may_try_so_often_and_then_waits(self, site: Site) -> None:
        browser = Browser(site, "198.51.100.7")
        for _ in range(OF_NETWORK):
            tries(browser)

        assert refused(browser).facts["retry_after"] == 5
        assert refused(Browser(site, "198.51.100.200"), str(site.operator.token)).facts["retry_after"] == 5
        site.clock.moment += timedelta(seconds=5)
        tries(browser)

    def test_holds_up_no_other(self, site: Site) -> None:
        for _ in range(OF_NETWORK):
            tries(Browser(site, "198.51.100.7"))

        Browser(site, "203.0.113.7").sign_in(str(site.operator.token))

    def test_is_answered_by_the_page_with_when_to_try_again(self, site: Site) -> None:
        visitor = Visitor(site).opens("/console/sign-in")
        for _ in range(OF_NETWORK):
            visitor.request("POST", "/console/sign-in", "token=bita_unknown")

        visitor.sends("/console/sign-in", {"token": "bita_unknown"}, status=429)

        assert visitor.answer.headers["Retry-After"] == "5"
        visitor.reads("You have tried too often. Wait 5 seconds, and try again.")


def test_name_may_sign_in_so_often_from_wherever(site: Site) -> None:
    secret = str(site.operator.token)
    for number in range(OF_NAME):
        Browser(site, f"198.51.{number}.7").sign_in(secret)

    assert refused(Browser(site, "203.0.113.7"), secret).facts["retry_after"] == 20
    Browser(site, "203.0.113.7").sign_in(str(site.auditor.token))


@pytest.mark.parametrize("role", [Role.EMITTER, Role.READER])
def test_machine_is_refused(site: Site, role: Role) -> None:
    with pytest.raises(Forbidden, match=f"is {role}"):
        Browser(site).sign_in(str(site.a(role).token))


class TestLog:
    def test_names_the_reason_and_where_from_and_never_the_secret(self, site: Site) -> None:
        site.issue(Role.OPERATOR, "ana-laptop")
        caller = site.issue(Role.OPERATOR, "eva-laptop")
        site.revoke("eva-laptop")

        with capture_logs() as lines:
            tries(Browser(site))
            tries(Browser(site), str(caller.token))

        found = [each for each in lines if each["event"] == "sign_in_refused"]
        assert [(each["reason"], each["token"], each["client"]) for each in found] == [
            ("unknown token", None, "198.51.100.7"),
            ("revoked token", "eva-laptop", "198.51.100.7"),
        ]
        assert "bita_" not in str(found)

    def test_cannot_be_filled_by_strangers(self, site: Site) -> None:
        with capture_logs() as lines:
            for number in range(200):
                tries(Browser(site, f"198.51.{number}.7"))

        assert len([each for each in lines if each["event"] == "sign_in_refused"]) == 30


def test_metrics_count_what_came_of_it(site: Site) -> None:
    browser = Browser(site)
    browser.sign_in(str(site.operator.token))
    for _ in range(OF_NETWORK - 1):
        tries(browser)
    refused(browser)

    assert [counted(site, result) for result in ("signed_in", "refused", "throttled")] == [1, OF_NETWORK - 1, 1]
