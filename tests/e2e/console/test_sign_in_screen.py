"""Signing in with Chromium, with a token and at a provider of identities, and the screen of one's sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.identity_provider import Provider, a_provider
from tests.api.console.visitor import signed_in
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import faults, faults_in, looking, served
from tests.interop.ports import free_port


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of identities."""
    with a_provider() as provider:
        yield provider


@pytest.fixture
def with_provider(sqlite_url: str, provider: Provider) -> Iterator[Console]:
    """A console at which people sign in there."""
    port = free_port()
    settings = provider.settings() | {"site_url": f"http://127.0.0.1:{port}", "site_name": "Acme"}
    with Site(sqlite_url, **settings) as site, served(site, port) as root:
        now = int(site.clock.now().timestamp())
        provider.claims = {"sub": "ana", "groups": ["sre"], "iat": now, "exp": now + 300}
        yield Console(site, root)


class TestSignIn:
    def test_has_no_fault(self, browser: Browser, with_provider: Console) -> None:
        with looking(browser, SETTINGS[0]) as page:
            page.goto(f"{with_provider.root}/console")

            assert faults_in(page, SETTINGS) == []

    def test_takes_a_token(self, browser: Browser, console: Console) -> None:
        with looking(browser, SETTINGS[1]) as page:
            page.goto(f"{console.root}/console/sign-in")
            page.get_by_label("Token").fill(console.site.operator.token or "")
            page.get_by_role("button", name="Sign in", exact=True).click()

            page.wait_for_url(f"{console.root}/console")
            expect(page.get_by_role("heading", level=1)).to_have_text("Now")

    def test_leads_to_the_provider_and_back(self, browser: Browser, with_provider: Console) -> None:
        with looking(browser, SETTINGS[1]) as page:
            page.goto(f"{with_provider.root}/console/settings/session")

            page.get_by_role("button", name="Sign in at your provider").click()

            expect(page.get_by_role("heading", name="Your sessions")).to_be_visible()
            expect(page.get_by_text("signed in at the provider of your organization")).to_be_visible()
            page.get_by_role("button", name="Sign out", exact=True).click()
            expect(page.get_by_role("link", name="Sign out at your provider")).to_be_visible()
            assert faults(page) == []
        assert made(with_provider.site.a(Role.ADMIN).get("/v1/sessions"))["data"] == []


class TestSessions:
    def test_has_no_fault(self, browser: Browser, console: Console) -> None:
        caller = console.site.operator
        signed_in(console.site, caller)
        with console.opened(browser, caller, SETTINGS[0]) as page:
            page.goto(f"{console.root}/console/settings/session")

            expect(page.get_by_role("button", name="End this session")).to_have_count(1)
            assert faults_in(page, SETTINGS) == []

    def test_signs_out_everywhere(self, browser: Browser, console: Console) -> None:
        caller = console.site.operator
        with console.opened(browser, caller) as other, console.opened(browser, caller) as page:
            other.goto(f"{console.root}/console/settings/session")
            page.goto(f"{console.root}/console/settings/session")

            page.get_by_role("button", name="Sign out everywhere").click()

            expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
            other.reload()
            expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
