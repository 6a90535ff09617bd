"""What the provider of identities says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from application.access.provider import ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/.well-known/openid-configuration"
BY_BODY, BY_HEADER = "client_secret_post", "client_secret_basic"
WANTED_SCOPES = ("profile", "email")


@dataclass(frozen=True, kw_only=True)
class ProviderMetadata:
    """Where the provider does what, and what it can do."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    scopes: tuple[str, ...]
    """What is asked for beside ``openid``, as far as the provider knows it."""
    names_issuer: bool
    """Whether each reply names the issuer (RFC 9207)."""
    sends_secret_in_body: bool

    @classmethod
    def read(cls, document: Mapping[str, Any], issuer: str, role_claim: str) -> ProviderMetadata:
        """Read what was fetched from the provider ``issuer``.

        Raises:
            ProviderUnavailable: if it says to be another one, or names no endpoint, or one without TLS.
        """
        if document.get("issuer") != issuer:
            raise ProviderUnavailable(f"the provider at {issuer} says that it is another one; check the issuer")
        methods = _texts(document.get("token_endpoint_auth_methods_supported"))
        known = _texts(document.get("scopes_supported"))
        return cls(
            authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
            token_endpoint=_endpoint(document, "token_endpoint", issuer),
            jwks_uri=_endpoint(document, "jwks_uri", issuer),
            userinfo_endpoint=_optional(document, "userinfo_endpoint", issuer),
            end_session_endpoint=_optional(document, "end_session_endpoint", issuer),
            scopes=tuple(each for each in dict.fromkeys((*WANTED_SCOPES, role_claim)) if each in known),
            names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
            sends_secret_in_body=BY_BODY in methods and BY_HEADER not in methods,
        )


def _optional(document: Mapping[str, Any], name: str, issuer: str) -> str | None:
    return None if document.get(name) is None else _endpoint(document, name, issuer)


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    value = document.get(name)
    # Without TLS only where the issuer, too, is on the same machine: its setting is checked.
    schemes = {"https"} if issuer.startswith("https:") else {"https", "http"}
    try:
        parts = urlsplit(value) if isinstance(value, str) and value.isprintable() else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in schemes or not parts.hostname or parts.fragment:
        raise ProviderUnavailable(f"the provider at {issuer} names no {name} that can be used")
    return parts.geturl()


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
