"""Signing in at a provider of identities: who comes back is who was sent, and everything that is signed is checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from joserfc.jwk import ECKey
from structlog.testing import capture_logs

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.identity_provider import (
    CLIENT,
    LOGOUT,
    Provider,
    SigningIn,
    a_provider,
    challenge_of,
)
from tests.api.console.visitor import FORM, Visitor, signed_in
from tests.databases import SQLiteFiles

CALLBACK = "http://127.0.0.1:8080/console/oidc/callback"
BACKCHANNEL = "/console/oidc/backchannel-logout"
AWAY = "The provider at which you sign in does not answer. Try again in a minute, or sign in with a token."


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of identities."""
    with a_provider() as provider:
        yield provider


@pytest.fixture
def site(sqlite_url: str, provider: Provider) -> Iterator[Site]:
    """A site at which people sign in there."""
    with Site(sqlite_url, **provider.settings()) as site:
        yield site


@pytest.fixture
def ana(site: Site, provider: Provider) -> SigningIn:
    """Somebody who wants to sign in."""
    return SigningIn(site, provider)


@contextmanager
def a_shared_site(files: SQLiteFiles, folders: pytest.TempPathFactory) -> Iterator[SigningIn]:
    with a_provider() as provider, Site(files.migrated(folders.mktemp("provider")), **provider.settings()) as site:
        yield SigningIn(site, provider)


# The tests of a module that share a site sign in at most thirty times: then people have to wait a while.
@pytest.fixture(scope="module")
def of_claims(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SigningIn]:
    """Somebody who is refused for what the provider says, at a site that nothing changes."""
    with a_shared_site(sqlite_files, tmp_path_factory) as shared:
        yield shared


@pytest.fixture(scope="module")
def of_answers(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SigningIn]:
    """Somebody who is refused for how they come back, at a site that nothing changes."""
    with a_shared_site(sqlite_files, tmp_path_factory) as shared:
        yield shared


@pytest.fixture(scope="module")
def signed_in_already(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SigningIn]:
    """Somebody who has signed in at a site that nothing changes."""
    with a_shared_site(sqlite_files, tmp_path_factory) as shared:
        shared.sign_in()
        yield shared


def sessions(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made(site.a(Role.ADMIN).get("/v1/sessions"))["data"]
    return found


class TestBeginning:
    def test_asks_for_a_code_with_a_challenge_that_only_this_browser_can_meet(self, ana: SigningIn) -> None:
        asked = ana.begin()

        assert {name: asked[name] for name in ("response_type", "client_id", "redirect_uri", "scope")} == {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "scope": "openid profile groups",
        }
        assert asked["code_challenge_method"] == "S256"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3

    def test_asks_for_something_else_each_time(self, ana: SigningIn) -> None:
        first, second = ana.begin(), ana.begin()

        assert not {first["state"], first["nonce"], first["code_challenge"]} & set(second.values())

    def test_keeps_what_it_needs_in_a_cookie_for_ten_minutes(self, ana: SigningIn) -> None:
        visitor = ana.visitor.opens("/console/sign-in")

        answer = visitor.request("POST", "/console/sign-in/oidc", "")

        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("bitacora_oidc=")
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")

    def test_is_refused_from_another_site(self, ana: SigningIn) -> None:
        answer = ana.visitor.request("POST", "/console/sign-in/oidc", "", **{"Sec-Fetch-Site": "cross-site"})

        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "Set-Cookie" not in answer.headers

    def test_is_no_mere_link(self, ana: SigningIn) -> None:
        ana.visitor.opens("/console/sign-in/oidc")

        assert ana.visitor.path == "/console/sign-in"
        assert ana.visitor.cookies == {}

    def test_says_that_the_provider_is_away_and_leaves_the_token(self, ana: SigningIn, provider: Provider) -> None:
        provider.is_away = True

        ana.visitor.opens("/console/sign-in").sends("/console/sign-in/oidc", status=503)

        ana.visitor.reads(AWAY)
        ana.visitor.sends("/console/sign-in", {"token": str(ana.site.operator.token)})
        ana.visitor.reads("Now")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"issuer": "https://id.example.com"},
            {"issuer": None},
            {"authorization_endpoint": None},
            {"token_endpoint": "ftp://127.0.0.1/token"},
            {"jwks_uri": "javascript:alert(1)"},
        ],
    )
    def test_trusts_no_provider_that_describes_itself_wrongly(
        self, ana: SigningIn, provider: Provider, wrong: dict[str, Any]
    ) -> None:
        provider.metadata = wrong

        ana.visitor.opens("/console/sign-in").sends("/console/sign-in/oidc", status=503)

    def test_is_not_offered_without_a_provider(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            visitor = Visitor(site).opens("/console/sign-in")

            assert [form.action for form in visitor.forms] == ["/console/sign-in"]
            assert visitor.request("POST", "/console/sign-in/oidc", "").status_code == HTTPStatus.NOT_FOUND
            assert visitor.request("GET", "/console/oidc/callback").status_code == HTTPStatus.NOT_FOUND
            assert visitor.request("POST", BACKCHANNEL, "").status_code == HTTPStatus.NOT_FOUND


class TestComingBack:
    def test_begins_a_session_of_the_person(self, ana: SigningIn) -> None:
        ana.sign_in().reads("Now")

        (session,) = sessions(ana.site)
        assert {name: session[name] for name in ("person", "roles", "method", "token", "issuer")} == {
            "person": "ana",
            "roles": ["operator"],
            "method": "oidc",
            "token": None,
            "issuer": ana.provider.url,
        }
        assert set(ana.visitor.cookies) == {"bitacora_session"}

    def test_proves_that_the_code_is_exchanged_by_who_asked_for_it(self, ana: SigningIn) -> None:
        ana.sign_in()

        ((_, form, login),) = [each for each in ana.provider.asked if each[0] == "/token"]
        assert (form["grant_type"], form["code"], form["redirect_uri"]) == ("authorization_code", "c", CALLBACK)
        assert challenge_of(form["code_verifier"]) == ana.asked["code_challenge"]
        assert login.startswith("Basic ")
        assert "client_secret" not in form

    def test_sends_the_secret_in_the_form_to_who_wants_it_there(self, ana: SigningIn) -> None:
        ana.provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

        ana.sign_in()

        ((_, form, login),) = [each for each in ana.provider.asked if each[0] == "/token"]
        assert (form["client_id"], form["client_secret"], login) == (CLIENT, "a secret of the two", "")

    def test_leads_to_the_screen_that_was_asked_for(self, ana: SigningIn) -> None:
        ana.begin("/console?x=1")
        ana.provider.id_token = ana.provider.sign(ana.claims())

        ana.come_back()

        assert ana.visitor.path == "/console?x=1"

    def test_gives_all_roles_that_the_claim_names(self, ana: SigningIn) -> None:
        ana.sign_in(groups=["desk", "sre", 7, None])

        assert sessions(ana.site)[0]["roles"] == ["operator", "reviewer"]

    def test_reads_a_claim_that_is_one_text(self, ana: SigningIn) -> None:
        ana.sign_in(groups="desk")

        assert sessions(ana.site)[0]["roles"] == ["reviewer"]

    def test_asks_for_what_the_id_token_does_not_say(self, ana: SigningIn) -> None:
        ana.provider.userinfo = {"sub": "ana", "groups": ["desk"]}

        ana.sign_in(groups=None)

        assert sessions(ana.site)[0]["roles"] == ["reviewer"]

    def test_ends_the_session_that_the_browser_had(self, ana: SigningIn) -> None:
        ana.begin()
        begun = dict(ana.visitor.cookies)
        ana.visitor.opens("/console/sign-in").sends("/console/sign-in", {"token": str(ana.site.operator.token)})
        before = ana.visitor.cookies["bitacora_session"]
        ana.visitor.cookies |= begun
        ana.provider.id_token = ana.provider.sign(ana.claims())

        ana.come_back()

        assert [each["person"] for each in sessions(ana.site)] == ["ana"]
        assert ana.visitor.cookies["bitacora_session"] != before

    def test_takes_keys_that_were_rotated(self, ana: SigningIn) -> None:
        ana.sign_in()
        ana.provider.key = ECKey.generate_key("P-256", {"kid": "k2"})
        ana.site.clock.moment += timedelta(minutes=2)
        ana.visitor.cookies.clear()
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims(), kid="k2")

        ana.come_back().reads("Now")

        assert ana.provider.requests("/jwks") == 2

    def test_takes_a_rotated_key_without_a_name(self, ana: SigningIn) -> None:
        ana.sign_in()
        ana.provider.key = ECKey.generate_key("P-256")
        ana.site.clock.moment += timedelta(minutes=2)
        ana.visitor.cookies.clear()
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims(), kid=None)

        ana.come_back().reads("Now")

    def test_finds_its_key_among_some_that_it_cannot_use(self, ana: SigningIn) -> None:
        ana.provider.published = [
            {"kty": "oct", "kid": "k1", "k": "c2VjcmV0"},
            {"kty": "EC", "kid": "k1", "crv": "P-256", "x": "?", "y": "?"},
            {"kty": "new", "kid": "k1"},
            {"kty": ["EC"], "kid": "k1"},
            "no key",
            ana.provider.key.as_dict(private=False),
        ]

        ana.sign_in().reads("Now")

    def test_takes_what_never_expires(self, ana: SigningIn) -> None:
        ana.sign_in(exp=253_402_300_799).reads("Now")


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.example.com"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
    "several audiences without a party": {"aud": [CLIENT, "another"]},
    "another party": {"azp": "another"},
    "another sign-in": {"nonce": "n"},
    "no sign-in": {"nonce": None},
    "an end that has passed": {"exp": 1_741_075_200 - 60},
    "no end": {"exp": None},
    "an end that is no number": {"exp": True},
    "an end that is no moment": {"exp": 1e300},
    "a beginning to come": {"iat": 1_741_075_200 + 60},
    "no beginning": {"iat": None},
    "a time before which it is not valid": {"nbf": 1_741_075_200 + 60},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 7},
    "no group that has a role": {"groups": ["cooks"]},
    "no group": {"groups": None},
    "groups in another shape": {"groups": {"sre": True}},
}


class TestRefusal:
    def refused(self, ana: SigningIn, reply: dict[str, str] | None = None, *, status: int = 403) -> None:
        before = ana.site.last_position()

        ana.come_back(status=status, **(reply or {}))

        assert ana.site.last_position() == before
        assert ana.visitor.cookies == {}
        assert ana.provider.id_token not in ana.visitor.answer.text or not ana.provider.id_token

    @pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
    def test_is_of_claims_about(self, of_claims: SigningIn, wrong: dict[str, Any]) -> None:
        eva = SigningIn(of_claims.site, of_claims.provider)
        eva.begin()
        eva.provider.id_token = eva.provider.sign(eva.claims(**wrong))

        self.refused(eva)

        eva.visitor.reads("Sign in", "Token")

    def test_is_of_what_a_key_signed_that_is_none_of_the_provider(self, ana: SigningIn) -> None:
        ana.provider.published = [ana.provider.key.as_dict(private=False)]
        ana.provider.key = ECKey.generate_key("P-256", {"kid": "k1"})
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims())

        self.refused(ana)

    def test_is_of_what_names_a_key_that_there_is_not_and_asks_once(self, ana: SigningIn) -> None:
        for _ in range(3):
            ana.begin()
            ana.provider.id_token = ana.provider.sign(ana.claims(), kid="k9")
            self.refused(ana)

        assert ana.provider.requests("/jwks") == 1

    def test_is_of_what_the_shared_secret_signed(self, ana: SigningIn) -> None:
        ana.provider.published = [{"kty": "oct", "k": "YSBzZWNyZXQgb2YgdGhlIHR3bw", "use": "sig"}]
        ana.begin()
        ana.provider.id_token = ana.provider.sign_with_secret(ana.claims())

        self.refused(ana)

    def test_is_of_what_nobody_signed(self, ana: SigningIn) -> None:
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims())
        _, claims, _ = ana.provider.id_token.split(".")
        ana.provider.id_token = f"eyJhbGciOiJub25lIn0.{claims}."

        self.refused(ana)

    def test_is_of_a_header_that_has_to_be_understood(self, ana: SigningIn) -> None:
        ana.begin()
        ana.provider.id_token = ana.provider.sign_as_it_is({"alg": "ES256", "crit": ["x"], "x": 1}, ana.claims())

        self.refused(ana)

    @pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "\u00e9", "a" * 70_000, "..", "e30.e30.e30"])
    def test_is_of_what_cannot_be_read(self, of_answers: SigningIn, token: str) -> None:
        eva = SigningIn(of_answers.site, of_answers.provider)
        eva.begin()
        eva.provider.id_token = token

        eva.come_back(status=403)

        assert eva.visitor.cookies == {}

    @pytest.mark.parametrize(
        "reply",
        [
            {"state": "another"},
            {"state": ""},
            {"iss": "https://id.example.com"},
            {"iss": ""},
            {"code": ""},
            {"error": "access_denied"},
        ],
    )
    def test_is_of_an_answer_to_something_else(self, of_answers: SigningIn, reply: dict[str, str]) -> None:
        eva = SigningIn(of_answers.site, of_answers.provider)
        asked_before = eva.provider.requests("/token")
        eva.begin()
        eva.provider.id_token = eva.provider.sign(eva.claims())

        self.refused(eva, reply)

        assert eva.provider.requests("/token") == asked_before

    def test_is_of_an_answer_that_comes_twice(self, ana: SigningIn) -> None:
        ana.sign_in()
        ana.visitor.cookies.clear()

        self.refused(ana)

        assert ana.provider.requests("/token") == 1

    def test_is_of_an_answer_in_another_browser(self, ana: SigningIn) -> None:
        eve = SigningIn(ana.site, ana.provider)
        eve.begin()
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims())
        eve.asked = ana.asked

        self.refused(eve)

    def test_is_of_an_answer_that_took_too_long(self, ana: SigningIn) -> None:
        ana.begin()
        ana.site.clock.moment += timedelta(minutes=10)
        ana.provider.id_token = ana.provider.sign(ana.claims())

        self.refused(ana)

        ana.visitor.reads("Signing in took too long, or it began in another browser. Try again.")

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_is_of_a_cookie_that_was_changed(self, of_answers: SigningIn, part: int) -> None:
        eva = SigningIn(of_answers.site, of_answers.provider)
        eva.begin()
        eva.provider.id_token = eva.provider.sign(eva.claims())
        parts = eva.visitor.cookies["bitacora_oidc"].split(".")
        parts[part] = {0: "1741075201", 1: "A" * 43, 2: "L2NvbnNvbGU"}[part]
        eva.visitor.cookies["bitacora_oidc"] = ".".join(parts)

        self.refused(eva)

    def test_is_of_a_code_that_the_provider_takes_no_more(self, ana: SigningIn) -> None:
        ana.begin()
        ana.provider.token_error = "invalid_grant"

        self.refused(ana)

    def test_says_that_the_provider_is_away(self, ana: SigningIn) -> None:
        ana.begin()
        ana.provider.is_away = True

        self.refused(ana, status=503)

        ana.visitor.reads(AWAY)

    def test_is_of_user_info_about_somebody_else(self, ana: SigningIn) -> None:
        ana.provider.userinfo = {"sub": "eva", "groups": ["desk"]}
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims(groups=None))

        self.refused(ana)

    @pytest.mark.parametrize("verified", [None, False, "true"])
    def test_is_of_an_address_that_nobody_has_verified(self, sqlite_url: str, verified: object) -> None:
        with a_provider() as provider, Site(sqlite_url, **provider.settings(), oidc_person_claim="email") as site:
            ana = SigningIn(site, provider)
            ana.begin()
            provider.id_token = provider.sign(ana.claims(email="ana@example.com", email_verified=verified))

            self.refused(ana)

            ana.begin()
            provider.id_token = provider.sign(ana.claims(email="ana@example.com", email_verified=True))
            ana.come_back()
            assert sessions(site)[0]["person"] == "ana@example.com"

    def test_is_counted_and_logged_without_what_is_secret(self, ana: SigningIn) -> None:
        ana.begin()
        ana.provider.id_token = ana.provider.sign(ana.claims(aud="another"))

        with capture_logs() as lines:
            self.refused(ana)

        page = ana.site.operator.get("/metrics").text
        assert 'bitacora_sign_ins_total{how="oidc",result="refused"} 1.0' in page
        (line,) = [each for each in lines if each["event"] == "sign_in_refused"]
        assert (line["how"], line["reason"]) == ("oidc", "what was signed is for another service")
        written = str(lines)
        for secret in (ana.provider.id_token, ana.asked["state"], ana.asked["nonce"], "a secret of the two"):
            assert secret not in written


class TestFormThatWasSentAfterTheSessionEnded:
    def typed(self, ana: SigningIn) -> Visitor:
        """Type the declaration of an incident, and send it when the session has ended."""
        ana.site.component("orders")
        ana.sign_in()
        window = ana.visitor.opens("/console/incidents/new")
        ana.site.clock.moment += timedelta(hours=1)
        typed = {"title.en": "Orders <fail>", "message.en": "We look.\nSoon more.", "components.orders": "major_outage"}
        window.sends("declare", typed, status=401)
        return window.again()

    def signed_in_beside(self, ana: SigningIn, window: Visitor) -> None:
        """Sign in at the provider in another window of the same browser."""
        ana.visitor = window.again()
        ana.visitor.sends("/console/sign-in/oidc")
        ana.read_where_it_leads()
        ana.provider.id_token = ana.provider.sign(ana.claims())
        ana.come_back()
        window.cookies = dict(ana.visitor.cookies)

    def test_is_filled_in_again_once_the_person_is_back(self, ana: SigningIn) -> None:
        window = self.typed(ana)
        self.signed_in_beside(ana, window)
        ana.visitor.reads(
            "You are signed in",
            "What you typed is in the other window. Close this one, and choose “Go back to the form” there.",
        )

        window.presses("Go back to the form").reads("Declare an incident")

        form = window.form("declare")
        assert (form.value("title.en"), form.value("components.orders")) == ("Orders <fail>", "major_outage")
        assert form.value("message.en") == "We look.\nSoon more."
        assert made(ana.site.operator.get("/v1/incidents"))["data"] == []
        window.sends("declare").reads("The incident is declared.")

    def test_is_in_no_address_and_in_no_cookie(self, ana: SigningIn) -> None:
        window = self.typed(ana)

        self.signed_in_beside(ana, window)

        assert "Orders" not in "".join(
            (str(ana.asked), ana.visitor.path, str(ana.visitor.cookies), str(ana.provider.asked))
        )

    def test_is_still_there_if_the_person_goes_on_too_early(self, ana: SigningIn) -> None:
        window = self.typed(ana)

        window.presses("Go back to the form", status=401)

        self.signed_in_beside(ana, window)
        assert window.presses("Go back to the form").form("declare").value("title.en") == "Orders <fail>"

    def test_waits_for_a_token_as_well(self, ana: SigningIn) -> None:
        window = self.typed(ana)

        window.sends("/console/sign-in", {"token": str(ana.site.operator.token)}).presses("Go back to the form")

        assert window.form("declare").value("title.en") == "Orders <fail>"


class TestSigningOut:
    def test_shows_where_to_sign_out_of_the_provider_too(self, ana: SigningIn) -> None:
        ana.sign_in().sends("/console/sign-out")

        ana.visitor.reads("You are signed out", "Sign out at your provider", "Sign in again")
        back = "http%3A%2F%2F127.0.0.1%3A8080%2Fconsole%2Fsign-in"
        address = f"{ana.provider.url}/logout?client_id=bitacora&amp;post_logout_redirect_uri={back}"
        assert f'href="{address}"' in ana.visitor.answer.text
        assert sessions(ana.site) == []

    def test_with_a_token_is_as_before(self, site: Site) -> None:
        visitor = signed_in(site, site.operator).sends("/console/sign-out")

        assert visitor.path == "/console/sign-in"


class TestSession:
    def test_ends_when_the_provider_is_trusted_no_longer(self, ana: SigningIn, sqlite_url: str) -> None:
        ana.sign_in()

        with Site(sqlite_url) as site:
            visitor = Visitor(site)
            visitor.cookies = dict(ana.visitor.cookies)

            assert visitor.opens("/console").path.startswith("/console/sign-in")

    def test_is_that_of_one_person_with_a_token_of_the_same_name(self, ana: SigningIn) -> None:
        ana.sign_in()
        signed_in(ana.site, ana.site.issue(Role.OPERATOR, "ana-laptop", "ANA"))

        ana.visitor.opens("/console/settings/session")

        assert len([line for line in ana.visitor.lines if "It ends at" in line]) == 2

    def test_is_begun_so_often_and_then_after_a_while(self, ana: SigningIn) -> None:
        ana.visitor.opens("/console/sign-in")
        for _ in range(60):
            ana.visitor.request("POST", "/console/sign-in/oidc", "")

        ana.visitor.sends("/console/sign-in/oidc", status=429)

        assert ana.visitor.answer.headers["Retry-After"] == "5"


class TestLogoutByProvider:
    def token(self, ana: SigningIn, **more: Any) -> str:  # noqa: ANN401 - any JSON
        said = {"nonce": None, "groups": None, "jti": "j", "events": {LOGOUT: {}}, **more}
        return ana.provider.sign(ana.claims(**said), typ="logout+jwt")

    def sent(self, ana: SigningIn, token: str) -> int:
        answer = ana.site.reader.send(
            "POST", BACKCHANNEL, headers={"Content-Type": FORM}, content=f"logout_token={token}"
        )
        return answer.status_code

    def test_ends_the_session_there(self, ana: SigningIn) -> None:
        ana.sign_in()
        other = SigningIn(ana.site, ana.provider)
        other.sign_in(sid="s-2")

        assert self.sent(ana, self.token(ana)) == HTTPStatus.OK

        (left,) = sessions(ana.site)
        ended = made(ana.site.auditor.get("/v1/events", params={"type": "session.ended"}))["data"]
        assert [(each["data"], each["actor"]) for each in ended] == [({"reason": "provider_logout"}, "policy:access")]
        assert left["id"] != ended[0]["aggregate"]["id"]
        ana.visitor.opens("/console")
        assert ana.visitor.path.startswith("/console/sign-in")

    def test_ends_all_of_a_subject(self, ana: SigningIn) -> None:
        ana.sign_in()
        SigningIn(ana.site, ana.provider).sign_in(sid="s-2")

        assert self.sent(ana, self.token(ana, sid=None)) == HTTPStatus.OK

        assert sessions(ana.site) == []

    def test_that_is_sent_again_ends_nothing_that_began_since(self, ana: SigningIn) -> None:
        ana.sign_in()
        token = self.token(ana)
        assert self.sent(ana, token) == HTTPStatus.OK
        ana.site.clock.moment += timedelta(seconds=30)
        ana.sign_in()

        assert self.sent(ana, token) == HTTPStatus.OK

        assert len(sessions(ana.site)) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"events": None},
            {"events": {LOGOUT: None}},
            {"events": {"http://example.com": {}}},
            {"nonce": "n"},
            {"jti": None},
            {"sub": None, "sid": None},
            {"sub": 7},
            {"aud": "another"},
            {"iss": "https://id.example.com"},
            {"exp": 1},
            {"exp": None},
            {"iat": 1_741_075_200 - 600},
        ],
        ids=str,
    )
    def test_is_refused_with_a_claim_that_is_wrong(self, signed_in_already: SigningIn, wrong: dict[str, Any]) -> None:
        ana, before = signed_in_already, sessions(signed_in_already.site)

        assert self.sent(ana, self.token(ana, **wrong)) == HTTPStatus.BAD_REQUEST

        assert sessions(ana.site) == before != []

    def test_ends_many_at_once(self, ana: SigningIn) -> None:
        ana.sign_in()
        token = self.token(ana)

        assert {self.sent(ana, token) for _ in range(100)} == {HTTPStatus.OK}

    def test_is_refused_with_an_id_token(self, ana: SigningIn) -> None:
        ana.sign_in()

        assert self.sent(ana, ana.provider.id_token) == HTTPStatus.BAD_REQUEST

    def test_is_refused_with_what_somebody_else_signed(self, ana: SigningIn) -> None:
        ana.sign_in()
        ana.provider.key = ECKey.generate_key("P-256", {"kid": "k1"})
        ana.provider.published = []

        assert self.sent(ana, self.token(ana)) == HTTPStatus.BAD_REQUEST

        assert len(sessions(ana.site)) == 1
