"""Signing in at a real provider of identities: ``oidc-provider`` for Node, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from domain.access.keyring import Role
from infrastructure.clock import SystemClock
from tests.api.client import Caller, Site, made
from tests.api.console.html_forms import forms_of
from tests.api.console.visitor import FORM, Visitor
from tests.http_peer import PeerAnswer, peer
from tests.interop.environments import CLIENTS, modules_of
from tests.interop.ports import free_port

CALLBACK = "http://127.0.0.1:8080/console/oidc/callback"
SECRET = "a secret of the two, which is long enough"
BACKCHANNEL = "/console/oidc/backchannel-logout"
START_SECONDS = 60
GROUPS = {"ana": ["sre", "cooks"], "eva": ["desk"], "zoe": ["cooks"]}


@dataclass
class NodeProvider:
    """The provider, on a port that stays while its keys change."""

    node: str
    environment: Mapping[str, str]
    port: int
    logout_uri: str = "http://127.0.0.1:9/nowhere"
    process: subprocess.Popen[str] | None = None
    keys: list[ECKey] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *key_ids: str) -> None:
        """Start it anew, with new keys of these names."""
        self.stop()
        self.keys = [ECKey.generate_key("P-256", {"kid": id, "use": "sig", "alg": "ES256"}) for id in key_ids]
        client = {
            "client_secret": SECRET,
            "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": ["http://127.0.0.1:8080/console/sign-in"],
            "backchannel_logout_uri": self.logout_uri,
            "backchannel_logout_session_required": True,
        }
        settings = {
            "port": self.port,
            "keys": [key.as_dict(private=True) for key in self.keys],
            "clients": [{**client, "client_id": id} for id in ("bitacora", "another")],
            "groups": GROUPS,
        }
        self.process = subprocess.Popen(
            [self.node, CLIENTS / "oidc_provider.js", json.dumps(settings)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            with self.process:
                self.process.terminate()
                self.process.wait(START_SECONDS)
            self.process = None


class ProviderBrowser:
    """The browser of a person at the provider: it follows where it is led, and fills in what it is asked."""

    def __init__(self) -> None:
        self._cookies = httpx.Cookies()

    @contextmanager
    def _open(self) -> Iterator[httpx.Client]:
        with httpx.Client(trust_env=False, timeout=START_SECONDS, cookies=self._cookies) as client:
            yield client
            self._cookies = client.cookies

    def go(self, address: str, person: str) -> str:
        """Sign in and consent, and give the address of ours to which the browser is sent."""
        with self._open() as client:
            answer = client.get(address)
            for _ in range(20):
                if answer.is_redirect:
                    address = urljoin(str(answer.url), answer.headers["Location"])
                    if address.startswith(CALLBACK):
                        return address
                    answer = client.get(address)
                    continue
                assert answer.status_code == HTTPStatus.OK, answer.text
                (form, *_) = [each for each in forms_of(answer.text) if each.method == "post"]
                said = {"login": person, "password": "any"}
                body = dict(form.fields) | {name: value for name, value in said.items() if name in form.names}
                answer = client.post(urljoin(str(answer.url), form.action), data=body)
        raise AssertionError("the provider leads round and round")

    def sign_out(self, address: str) -> None:
        """Sign out, and confirm it."""
        with self._open() as client:
            answer = client.get(address)
            (form, *_) = forms_of(answer.text)
            body = dict(form.fields) | {"logout": "yes"}
            answer = client.post(urljoin(str(answer.url), form.action), data=body)
            assert answer.is_redirect, answer.text


@pytest.fixture(scope="session")
def provider_process(npm: str, process_environment: dict[str, str]) -> Iterator[NodeProvider]:
    """The provider, which each test may start anew."""
    environment = {**process_environment, "NODE_PATH": str(modules_of(npm, process_environment))}
    provider = NodeProvider("node", environment, free_port())
    yield provider
    provider.stop()


@pytest.fixture
def provider(provider_process: NodeProvider) -> NodeProvider:
    """The provider, with a key of its own."""
    provider_process.start("k1")
    return provider_process


@contextmanager
def a_site(database: str, provider: NodeProvider, **more: str) -> Iterator[Site]:
    """A site at which people sign in there, by the clock of today."""
    settings: dict[str, Any] = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": "bitacora",
        "oidc_client_secret": SECRET,
        "oidc_role_claim": "groups",
        "oidc_roles": "sre=operator,desk=reviewer",
        **more,
    }
    with Site(database, now=SystemClock().now(), **settings) as site:
        yield site


@pytest.fixture
def site(sqlite_url: str, provider: NodeProvider) -> Iterator[Site]:
    """A site with that provider."""
    with a_site(sqlite_url, provider) as site:
        yield site


def address_of(visitor: Visitor, issuer: str) -> str:
    """Begin to sign in, and give the address of the provider to which the page leads."""
    visitor.opens("/console/sign-in").sends("/console/sign-in/oidc")
    found = re.findall(r'href="([^"]+)"', visitor.answer.text)
    (address,) = [each.replace("&amp;", "&") for each in found if each.startswith(f"{issuer}/")]
    return str(address)


def come_back(visitor: Visitor, address: str, *, status: int = HTTPStatus.OK) -> Visitor:
    """Open the address of ours to which the provider has sent the browser."""
    parts = urlsplit(address)
    return visitor.opens(f"{parts.path}?{parts.query}", status=status)


def asking(address: str, **other: str) -> str:
    """Ask the provider for something else."""
    path, _, query = address.partition("?")
    return f"{path}?{urlencode(dict(parse_qsl(query)) | other)}"


def sign_in(site: Site, provider: NodeProvider, person: str, browser: ProviderBrowser | None = None) -> Visitor:
    """Sign in at the provider, and come back."""
    visitor = Visitor(site)
    back = (browser or ProviderBrowser()).go(address_of(visitor, provider.issuer), person)
    return come_back(visitor, back)


def sessions(site: Site) -> list[dict[str, Any]]:
    """List all sessions."""
    found: list[dict[str, Any]] = made(site.a(Role.ADMIN).get("/v1/sessions"))["data"]
    return found


def refuses(visitor: Visitor, address: str) -> None:
    """Hold that nobody is signed in by an address."""
    come_back(visitor, address, status=403)
    assert visitor.cookies == {}
    assert sessions(visitor.site) == []


@pytest.mark.parametrize(("person", "roles"), [("ana", ["operator"]), ("eva", ["reviewer"])])
def test_begins_a_session_with_the_roles_of_the_groups(
    site: Site, provider: NodeProvider, person: str, roles: list[str]
) -> None:
    sign_in(site, provider, person).reads("Now")

    (session,) = sessions(site)
    assert (session["person"], session["roles"], session["issuer"]) == (person, roles, provider.issuer)


def test_is_refused_without_a_group_that_has_a_role(site: Site, provider: NodeProvider) -> None:
    visitor = Visitor(site)

    refuses(visitor, ProviderBrowser().go(address_of(visitor, provider.issuer), "zoe"))


def test_is_refused_with_a_code_for_another_sign_in(site: Site, provider: NodeProvider) -> None:
    visitor = Visitor(site)
    address = address_of(visitor, provider.issuer)

    refuses(visitor, ProviderBrowser().go(asking(address, nonce="another"), "ana"))


def test_is_refused_with_a_code_that_somebody_else_asked_for(site: Site, provider: NodeProvider) -> None:
    visitor = Visitor(site)
    challenge = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}

    refuses(visitor, ProviderBrowser().go(asking(address_of(visitor, provider.issuer), **challenge), "ana"))


def test_is_refused_with_a_code_for_another_service(site: Site, provider: NodeProvider) -> None:
    visitor = Visitor(site)

    refuses(visitor, ProviderBrowser().go(asking(address_of(visitor, provider.issuer), client_id="another"), "ana"))


def test_is_refused_with_a_code_that_was_used(site: Site, provider: NodeProvider) -> None:
    visitor = Visitor(site)
    address = address_of(visitor, provider.issuer)
    begun = dict(visitor.cookies)
    back = ProviderBrowser().go(address, "ana")
    come_back(visitor, back).sends("/console/sign-out")

    visitor.cookies = begun

    come_back(visitor, back, status=403)
    assert sessions(site) == []


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(minutes=-2)], ids=["expired", "from the future"])
def test_is_refused_where_what_was_signed_is_not_of_now(site: Site, provider: NodeProvider, ahead: timedelta) -> None:
    site.clock.moment += ahead
    visitor = Visitor(site)

    refuses(visitor, ProviderBrowser().go(address_of(visitor, provider.issuer), "ana"))


def test_takes_what_a_new_key_signed(site: Site, provider: NodeProvider) -> None:
    sign_in(site, provider, "ana")
    provider.start("k2", "k3")
    site.clock.moment += timedelta(minutes=2)

    sign_in(site, provider, "eva").reads("Now")

    assert {each["person"] for each in sessions(site)} == {"ana", "eva"}


def test_trusts_no_provider_of_another_name(sqlite_url: str, provider: NodeProvider) -> None:
    with a_site(sqlite_url, provider, oidc_issuer=f"http://localhost:{provider.port}") as site:
        Visitor(site).opens("/console/sign-in").sends("/console/sign-in/oidc", status=503)


def test_says_that_the_provider_does_not_know_the_secret(sqlite_url: str, provider: NodeProvider) -> None:
    with a_site(sqlite_url, provider, oidc_client_secret="another") as site:
        visitor = Visitor(site)
        back = ProviderBrowser().go(address_of(visitor, provider.issuer), "ana")

        come_back(visitor, back, status=503)


def test_ends_when_the_person_signs_out_at_the_provider(sqlite_url: str, provider_process: NodeProvider) -> None:
    sent: list[int] = []
    sites: list[Site] = []

    def relay(_request: BaseHTTPRequestHandler, body: bytes) -> PeerAnswer:
        """Hand what the provider sends to the service, which has no port of its own here."""
        answer = Caller(sites[0], None).send("POST", BACKCHANNEL, headers={"Content-Type": FORM}, content=body)
        sent.append(answer.status_code)
        return answer.status_code, {}, answer.content

    with peer(relay) as url:
        provider_process.logout_uri = f"{url}{BACKCHANNEL}"
        provider_process.start("k1")
        with a_site(sqlite_url, provider_process) as site:
            sites.append(site)
            browser = ProviderBrowser()
            visitor = sign_in(site, provider_process, "ana", browser)
            sign_in(site, provider_process, "eva")
            elsewhere = Visitor(site)
            elsewhere.cookies = dict(visitor.cookies)
            visitor.sends("/console/sign-out")
            # She signs in once more: the provider knows her still.
            again = sign_in(site, provider_process, "ana", browser)
            (address,) = [
                each.replace("&amp;", "&")
                for each in re.findall(r'href="([^"]+)"', visitor.answer.text)
                if each.startswith(provider_process.issuer)
            ]

            browser.sign_out(address)

            assert sent == [HTTPStatus.OK]
            assert [each["person"] for each in sessions(site)] == ["eva"]
            assert again.opens("/console").path.startswith("/console/sign-in")
    assert parse_qs(urlsplit(address).query)["client_id"] == ["bitacora"]
