"""A provider of identities under the hand of a test: it signs whatever the test wants, right or wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import JWSRegistry

from tests.api.client import Site
from tests.api.console.visitor import Visitor
from tests.http_peer import PeerAnswer, peer

CLIENT, SECRET = "bitacora", "a secret of the two"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
ANY_ALGORITHM = JWSRegistry(algorithms=list(JWSRegistry.algorithms))


@dataclass
class Provider:
    """What the provider answers; each part can be changed."""

    url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"}))
    published: list[Any] | None = None
    """The keys that it publishes; None for the one that it signs with."""
    id_token: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """What it says of a person whom a browser brings."""
    userinfo: dict[str, Any] | None = None
    is_away: bool = False
    token_error: str | None = None
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """Path, form and ``Authorization`` of each request."""

    def settings(self) -> dict[str, Any]:
        """Give the settings of a service that trusts it."""
        return {
            "oidc_issuer": self.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_role_claim": "groups",
            "oidc_roles": "sre=operator,desk=reviewer",
        }

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> PeerAnswer:
        """Answer as a provider does."""
        path = urlsplit(request.path).path
        if path == "/authorize":
            return self.lead_back(dict(parse_qsl(urlsplit(request.path).query)))
        self.asked.append((path, dict(parse_qsl(body.decode())), request.headers.get("Authorization", "")))
        if self.is_away:
            return HTTPStatus.BAD_GATEWAY, {}, b"away"
        if path == "/token" and self.token_error is not None:
            return _json({"error": self.token_error}, HTTPStatus.BAD_REQUEST)
        keys = self.published if self.published is not None else [self.key.as_dict(private=False)]
        documents = {
            "/.well-known/openid-configuration": self.description(),
            "/jwks": {"keys": keys},
            "/token": {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token},
            "/userinfo": self.userinfo,
        }
        document = documents.get(path)
        return (HTTPStatus.NOT_FOUND, {}, b"") if document is None else _json(document)

    def lead_back(self, asked: Mapping[str, str]) -> PeerAnswer:
        """Sign the browser in without a question, and lead it back."""
        claims = {"iss": self.url, "aud": CLIENT, "nonce": asked["nonce"], **self.claims}
        self.id_token = self.sign(claims)
        query = urlencode({"code": "c", "state": asked["state"], "iss": self.url})
        return HTTPStatus.FOUND, {"Location": f"{asked['redirect_uri']}?{query}"}, b""

    def description(self) -> dict[str, Any]:
        """Say where everything is."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/logout",
            "scopes_supported": ["openid", "profile", "groups"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def requests(self, path: str) -> int:
        """Count the requests for a path."""
        return sum(each[0] == path for each in self.asked)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:  # noqa: ANN401 - any JSON
        """Sign claims with the key of now."""
        said = {"alg": "ES256", "kid": "k1", **header}
        return jwt.encode({n: v for n, v in said.items() if v is not None}, claims, self.key, registry=ANY_ALGORITHM)

    def sign_as_it_is(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Sign claims behind any header, by hand."""
        signed = b".".join(urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims))
        private = self.key.private_key
        assert private is not None
        r, s = decode_dss_signature(private.sign(signed, ECDSA(SHA256())))
        signature = urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=")
        return (signed + b"." + signature).decode()

    def sign_with_secret(self, claims: dict[str, Any]) -> str:
        """Sign claims with the secret that the client has, too."""
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), registry=ANY_ALGORITHM)


@contextmanager
def a_provider() -> Iterator[Provider]:
    """Run one."""
    provider = Provider()
    with peer(provider.answer) as url:
        provider.url = url
        yield provider


class SigningIn:
    """Somebody who signs in at the provider, step by step."""

    def __init__(self, site: Site, provider: Provider) -> None:
        self.site, self.provider = site, provider
        self.visitor = Visitor(site)
        self.asked: dict[str, str] = {}

    def begin(self, path: str = "/console/sign-in") -> dict[str, str]:
        """Press the button, and give what the provider is asked for."""
        self.visitor.opens(path).sends("/console/sign-in/oidc")
        return self.read_where_it_leads()

    def read_where_it_leads(self) -> dict[str, str]:
        """Give what the provider is asked for by the page that is open."""
        (address,) = {
            word.partition('"')[0]
            for word in self.visitor.answer.text.split('href="')
            if word.startswith(f"{self.provider.url}/authorize")
        }
        self.asked = dict(parse_qsl(urlsplit(address.replace("&amp;", "&")).query))
        return self.asked

    def claims(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Give the claims of an ID token about this sign-in; None leaves one out."""
        now = int(self.site.clock.now().timestamp())
        said: dict[str, Any] = {
            "iss": self.provider.url,
            "aud": CLIENT,
            "sub": "ana",
            "nonce": self.asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "groups": ["sre", "cooks"],
            "sid": "s-1",
            **more,
        }
        return {name: value for name, value in said.items() if value is not None}

    def reply(self, **more: str) -> dict[str, str]:
        """Give what the provider puts into the address of the callback."""
        return {"code": "c", "state": self.asked["state"], "iss": self.provider.url, **more}

    def come_back(self, *, status: int = HTTPStatus.OK, **reply: str) -> Visitor:
        """Come back with what the provider has signed."""
        query = "&".join(f"{name}={value}" for name, value in self.reply(**reply).items() if value)
        return self.visitor.opens(f"/console/oidc/callback?{query}", status=status)

    def sign_in(self, **claims: Any) -> Visitor:  # noqa: ANN401 - any JSON
        """Do all of it."""
        self.begin()
        self.provider.id_token = self.provider.sign(self.claims(**claims))
        return self.come_back()


def challenge_of(verifier: str) -> str:
    """Give the challenge of a verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _json(document: object, status: int = HTTPStatus.OK) -> PeerAnswer:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()
