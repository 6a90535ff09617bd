"""Sessions: whom a cookie identifies and for how long, and that it is worth nothing anywhere but in the console."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest

from application.access.identity import Identity
from application.errors import NotAuthenticated
from domain.access.keyring import Role
from domain.access.session import SessionEnd
from domain.errors import Invalid
from domain.provenance import SignInMethod
from tests.api.access.browser import Browser, InProcess
from tests.api.client import BY_HAND, Caller, Site, made, problem
from tests.api.ledger_steps import to_check

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)


@pytest.fixture
def browser(site: Site) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser(site)


def secret_of(caller: Caller) -> str:
    """Give the secret of the token that somebody has."""
    assert caller.token is not None
    return caller.token


def sign_in(browser: Browser, role: Role = Role.OPERATOR, name: str = "ana-laptop", person: str = "ana") -> None:
    browser.sign_in(secret_of(browser.site.issue(role, name, person)))


class TestSigningInWithToken:
    def test_identifies_the_person_of_the_token(self, browser: Browser) -> None:
        sign_in(browser)

        found = browser.now()

        assert found.identity == Identity(
            name="ana-laptop",
            roles=frozenset({Role.OPERATOR}),
            person="ana",
            expires_at=browser.site.clock.now() + LONGEST,
            session=found.session,
            signed_in=SignInMethod.TOKEN,
        )
        assert found.began_at == browser.site.clock.now()

    def test_is_recorded_with_who_and_how_and_without_the_secret(self, browser: Browser) -> None:
        sign_in(browser)

        (event,) = browser.site.auditor.get(f"/v1/aggregates/{browser.now().session}/events").json()["data"]

        assert (event["type"], event["actor"], event["source"]) == ("session.began", "session:ana", "console")
        assert event["data"]["sign_in"]["token"] == "ana-laptop"
        assert browser.cookies["bitacora_session"] not in str(event)

    @pytest.mark.parametrize("secret", ["", "bita_unknown", "\x00", "é" * 10_000])
    def test_is_refused_without_a_token(self, browser: Browser, secret: str) -> None:
        before = browser.site.last_position()

        with pytest.raises(NotAuthenticated):
            browser.sign_in(secret)

        assert browser.site.last_position() == before
        assert browser.cookies == {}

    def test_is_refused_with_a_token_that_was_revoked(self, browser: Browser) -> None:
        caller = browser.site.issue(Role.OPERATOR, "ana-laptop", "ana")
        browser.site.revoke("ana-laptop")

        with pytest.raises(NotAuthenticated):
            browser.sign_in(secret_of(caller))

    def test_is_refused_with_a_token_that_has_expired(self, browser: Browser) -> None:
        until = browser.site.clock.now() + timedelta(hours=1)
        caller = browser.site.issue(Role.OPERATOR, "ana-laptop", "ana", expires_at=until)
        browser.site.set_clock(until)

        with pytest.raises(NotAuthenticated):
            browser.sign_in(secret_of(caller))

    def test_gives_another_secret_each_time(self, browser: Browser) -> None:
        caller = browser.site.issue(Role.OPERATOR, "ana-laptop", "ana")
        browser.sign_in(secret_of(caller))
        first = dict(browser.cookies)

        browser.sign_in(secret_of(caller))

        assert browser.cookies != first

    def test_ends_the_session_that_the_browser_had(self, browser: Browser) -> None:
        sign_in(browser)
        before, first = dict(browser.cookies), browser.now().session

        sign_in(browser, name="eva-laptop", person="eva")

        assert browser.now().identity.person == "eva"
        browser.cookies = before
        assert browser.signed_in() is None
        assert browser.site.events(str(first)) == ["session.began", "session.ended"]

    @pytest.mark.parametrize("planted", ["A" * 43, "not a secret", ""])
    def test_never_makes_a_planted_secret_good(self, browser: Browser, planted: str) -> None:
        browser.cookies = {"bitacora_session": planted}

        sign_in(browser)

        assert browser.cookies["bitacora_session"] != planted
        browser.cookies = {"bitacora_session": planted}
        assert browser.signed_in() is None

    def test_ends_the_first_of_too_many_sessions(self, browser: Browser) -> None:
        caller = browser.site.issue(Role.OPERATOR, "ana-laptop", "ana")
        browser.sign_in(secret_of(caller))
        for _ in range(20):
            browser.site.clock.moment += timedelta(seconds=1)
            Browser(browser.site).sign_in(secret_of(caller))

        assert browser.signed_in() is None


class TestCookie:
    def test_is_kept_from_scripts_and_other_sites(self, browser: Browser) -> None:
        cookie = browser.sign_in(secret_of(browser.site.operator))["bitacora_session"]

        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert (cookie["secure"], cookie["domain"], cookie["max-age"]) == ("", "", "")

    def test_is_bound_to_the_host_over_https(self, sqlite_url: str) -> None:
        with Site(sqlite_url, site_url="https://status.example.com") as site:
            browser = Browser(site)

            cookie = browser.sign_in(secret_of(site.operator))["__Host-bitacora_session"]

            assert cookie["secure"] is True
            assert browser.signed_in() is not None
            browser.cookies = {"bitacora_session": browser.cookies["__Host-bitacora_session"]}
            assert browser.signed_in() is None

    def test_is_removed_by_signing_out(self, browser: Browser) -> None:
        sign_in(browser)

        browser.sign_out()

        assert browser.cookies == {}

    @pytest.mark.parametrize("path", ["/v1/tokens", "/v1/incidents", "/v1/held-requests", "/v1/status"])
    def test_identifies_nobody_to_other_routes(self, browser: Browser, path: str) -> None:
        sign_in(browser, Role.ADMIN)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

        answer = browser.site.reader.get(path, headers={"Cookie": cookie})

        assert answer.content == browser.site.reader.get(path).content
        assert "Bitacora-Position" not in answer.headers


class TestSession:
    def test_ends_when_nobody_has_used_it_for_long(self, browser: Browser) -> None:
        sign_in(browser)

        browser.site.clock.moment += IDLE

        assert browser.signed_in() is None

    def test_goes_on_while_it_is_used(self, browser: Browser) -> None:
        sign_in(browser)

        for _ in range(3):
            browser.site.clock.moment += IDLE - timedelta(minutes=1)
            assert browser.signed_in() is not None

    def test_ends_at_its_time_however_much_it_is_used(self, browser: Browser) -> None:
        sign_in(browser)
        session = browser.now().session
        end = browser.site.clock.now() + LONGEST

        while browser.site.clock.now() + timedelta(minutes=20) < end:
            browser.site.clock.moment += timedelta(minutes=20)
            assert browser.signed_in() is not None
        browser.site.set_clock(end)

        assert browser.signed_in() is None
        assert browser.site.events(str(session)) == ["session.began", "session.ended"]

    def test_ends_with_its_token(self, browser: Browser) -> None:
        until = browser.site.clock.now() + timedelta(minutes=10)
        browser.sign_in(secret_of(browser.site.issue(Role.OPERATOR, "ana-laptop", "ana", expires_at=until)))
        assert browser.now().expires_at == until

        browser.site.clock.moment = until

        assert browser.signed_in() is None

    def test_ends_with_the_revocation_of_its_token(self, browser: Browser) -> None:
        sign_in(browser)
        session = browser.now().session

        browser.site.revoke("ana-laptop")

        assert browser.signed_in() is None
        ended = browser.site.auditor.get(f"/v1/aggregates/{session}/events").json()["data"][-1]
        assert (ended["type"], ended["data"]) == ("session.ended", {"reason": "token_revoked"})

    def test_that_was_signed_out_is_good_no_longer(self, browser: Browser) -> None:
        sign_in(browser)
        replayed = dict(browser.cookies)
        browser.sign_out()

        browser.cookies = replayed

        assert browser.signed_in() is None

    def test_is_not_signed_out_by_another_one(self, browser: Browser) -> None:
        sign_in(browser)
        other = Browser(browser.site)
        sign_in(other, name="eva-laptop", person="eva")

        other.sign_out(browser.now().session)

        assert browser.signed_in() is not None

    def test_keeps_a_zone(self, browser: Browser) -> None:
        browser.sign_in(secret_of(browser.site.operator), "Europe/Warsaw")

        assert browser.now().zone == "Europe/Warsaw"

    def test_keeps_no_zone_that_there_is_not(self, browser: Browser) -> None:
        browser.sign_in(secret_of(browser.site.operator), "Europe/Nowhere")

        assert browser.now().zone is None


class TestZone:
    def test_can_be_chosen(self, browser: Browser) -> None:
        sign_in(browser)

        browser.choose_zone("America/Sao_Paulo")

        assert browser.now().zone == "America/Sao_Paulo"

    def test_is_refused_if_there_is_none(self, browser: Browser) -> None:
        sign_in(browser)

        with pytest.raises(Invalid, match="Europe/Nowhere"):
            browser.choose_zone("Europe/Nowhere")


class TestAskingOnBehalf:
    def test_acts_as_the_person(self, browser: Browser) -> None:
        sign_in(browser)
        body = {"key": "labels", "name": "Labels", "group": "carriers"}

        answer = browser.ask("POST", "/v1/components", json=body)

        assert answer.status_code == HTTPStatus.CREATED
        event = browser.site.auditor.get("/v1/events", params={"type": "component.registered"}).json()["data"][0]
        assert event["actor"] == "session:ana"

    def test_is_refused_what_the_role_may_not(self, browser: Browser) -> None:
        sign_in(browser, Role.AUDITOR)

        answer = browser.ask("POST", "/v1/components", json={})

        assert "ana is auditor" in problem(answer, 403, "forbidden")["detail"]

    def test_has_all_roles_of_the_person(self, site: Site) -> None:
        both = InProcess(
            site,
            Identity(name="session of ana", roles=frozenset({Role.REVIEWER, Role.AUDITOR}), person="ana"),
        )

        assert both.get("/v1/events").is_success
        assert both.get("/v1/held-requests").is_success
        problem(both.get("/v1/tokens"), 403, "forbidden")

    def test_uses_idempotency_keys_of_its_own(self, browser: Browser) -> None:
        sign_in(browser)
        body = {"key": "labels", "name": "Labels", "group": "carriers"}
        made(browser.ask("POST", "/v1/components", json=body, key="k"))

        again = browser.ask("POST", "/v1/components", json=body, key="k")

        assert again.headers["Idempotent-Replayed"] == "true"

    def test_releases_what_was_claimed_when_the_token_is_revoked(self, browser: Browser) -> None:
        sign_in(browser, Role.REVIEWER)
        request = to_check(browser.site).id
        claimed = made(browser.ask("POST", f"/v1/held-requests/{request}/claim"))
        assert claimed["claim"]["person"] == "ana"

        browser.site.revoke("ana-laptop")

        assert made(browser.site.auditor.get(f"/v1/held-requests/{request}"))["claim"] is None


def test_end_of_all_sessions_of_a_person_leaves_those_of_others(site: Site) -> None:
    mine, theirs = Browser(site), Browser(site)
    sign_in(mine)
    sign_in(theirs, name="eva-laptop", person="eva")

    site.bitacora.writer.call(
        lambda log: site.bitacora.facade.commands.sessions.end_all(
            log, person=" ANA ", reason=SessionEnd.SIGNED_OUT_EVERYWHERE, caller=BY_HAND
        )
    )

    assert mine.signed_in() is None
    assert theirs.signed_in() is not None
