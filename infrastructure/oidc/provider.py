"""Signs people in at a provider of identities: authorization code with PKCE (RFC 7636)."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from application.access.provider import ProviderLogout, ProviderUnavailable, SignInRefused
from domain.access.session import SignIn
from domain.provenance import SignInMethod
from infrastructure.oidc.discovery import PATH, ProviderMetadata
from infrastructure.oidc.fetching import ProviderRefused, fetch_json
from infrastructure.oidc.people import ClaimedPeople
from infrastructure.oidc.signed_claims import LOGOUT_VALID_FOR, ClaimsReader, name_in, require_logout, require_time
from infrastructure.oidc.signing_keys import SigningKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.access.provider import ProviderReply, SignInFlow
    from application.ports import Clock
    from infrastructure.settings import Settings

KEPT = timedelta(hours=1)
"""How long it is remembered what the provider says of itself."""
AGAIN_AFTER = timedelta(seconds=3)
"""How long a provider is left alone that did not answer: nobody waits for it behind all others."""


class OidcProvider:
    """Implements ``IdentityProvider``; see there for what each method gives and raises."""

    def __init__(self, *, issuer: str, client_id: str, secret: str, people: ClaimedPeople, clock: Clock) -> None:
        """Sign in at ``issuer``, as the client that it knows by this id and this secret."""
        self._issuer, self._client_id, self._secret = issuer, client_id, secret
        self._people, self._clock = people, clock
        self._claims = ClaimsReader(issuer=issuer, client_id=client_id, keys=SigningKeys(clock))
        self._metadata: tuple[datetime, ProviderMetadata] | None = None
        self._failed_at: datetime | None = None
        self._lock = asyncio.Lock()

    @property
    def issuer(self) -> str:
        """Its name."""
        return self._issuer

    async def address_to_sign_in(self, flow: SignInFlow, *, returns_to: str) -> str:
        """Give the address."""
        metadata = await self._described()
        challenge = urlsafe_b64encode(sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": returns_to,
            "scope": " ".join(("openid", *metadata.scopes)),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with(metadata.authorization_endpoint, asked)

    async def complete(self, flow: SignInFlow, reply: ProviderReply, *, returns_to: str) -> SignIn:
        """Learn who signed in."""
        if reply.state is None or not compare_digest(reply.state.encode(), flow.state.encode()):
            raise SignInRefused("the answer is to another sign-in")
        metadata = await self._described()
        if (reply.issuer is not None or metadata.names_issuer) and reply.issuer != self._issuer:
            # An answer that another provider gave would bring a code that is none of ours (RFC 9207).
            raise SignInRefused("the answer names another issuer")
        if reply.error is not None or reply.code is None:
            raise SignInRefused("the provider did not let the person sign in")
        granted = await self._exchange(metadata, flow, reply.code, returns_to)
        token = granted.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused("the provider does not say who signed in")
        claims = await self._claims.read(token, metadata.jwks_uri)
        require_time(claims, self._clock.now())
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not compare_digest(nonce.encode("utf-8", "replace"), flow.nonce.encode()):
            raise SignInRefused("what was signed is about another sign-in")
        subject = name_in(claims, "sub")
        if subject is None:
            raise SignInRefused("the provider names no subject")
        known = await self._completed(metadata, claims, granted.get("access_token"))
        return SignIn(
            person=self._people.person_of(known),
            roles=self._people.roles_of(known),
            method=SignInMethod.OIDC,
            issuer=self._issuer,
            subject=subject,
            provider_session=name_in(claims, "sid"),
        )

    async def read_logout(self, token: str) -> ProviderLogout:
        """Read a logout token."""
        metadata = await self._described()
        claims = await self._claims.read(token, metadata.jwks_uri)
        issued_at = require_time(claims, self._clock.now(), valid_for=LOGOUT_VALID_FOR)
        require_logout(claims)
        return ProviderLogout(
            issuer=self._issuer,
            subject=name_in(claims, "sub"),
            provider_session=name_in(claims, "sid"),
            issued_at=issued_at,
        )

    async def address_to_sign_out(self, *, returns_to: str) -> str | None:
        """Give the address. It has no hint of an ID token, which is not kept: the provider asks the person."""
        try:
            metadata = await self._described()
        except ProviderUnavailable:
            return None
        if metadata.end_session_endpoint is None:
            return None
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": returns_to}
        return _with(metadata.end_session_endpoint, asked)

    async def _described(self) -> ProviderMetadata:
        async with self._lock:
            now = self._clock.now()
            if self._failed_at is not None and abs(now - self._failed_at) < AGAIN_AFTER:
                raise ProviderUnavailable(f"the provider at {self._issuer} did not answer just now")
            if self._metadata is None or abs(now - self._metadata[0]) >= KEPT:
                self._failed_at = now
                try:
                    document = await fetch_json("GET", self._issuer.rstrip("/") + PATH)
                except ProviderRefused as error:
                    raise ProviderUnavailable(f"the provider at {self._issuer} does not describe itself") from error
                self._metadata = now, ProviderMetadata.read(document, self._issuer, self._people.role_claim)
                self._failed_at = None
            return self._metadata[1]

    async def _exchange(
        self, metadata: ProviderMetadata, flow: SignInFlow, code: str, returns_to: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": returns_to,
            "code_verifier": flow.verifier,
        }
        login: tuple[str, str] | None = None
        if metadata.sends_secret_in_body:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        else:
            # Each part is written as in a form first (RFC 6749, 2.3.1).
            login = quote(self._client_id, safe=""), quote(self._secret, safe="")
        try:
            return await fetch_json("POST", metadata.token_endpoint, form=form, login=login)
        except ProviderRefused as error:
            if error.code == "invalid_client":
                raise ProviderUnavailable(
                    "the provider of identities does not know this service; check its id and its secret"
                ) from None
            raise SignInRefused("the provider takes the code no more") from None

    async def _completed(self, metadata: ProviderMetadata, claims: Mapping[str, Any], access: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON
        """Add what only the user info says (OpenID Connect Core 1.0, 5.3), if the ID token does not say all."""
        if self._people.is_complete(claims) or metadata.userinfo_endpoint is None or not isinstance(access, str):
            return claims
        try:
            more = await fetch_json("GET", metadata.userinfo_endpoint, bearer=access)
        except ProviderRefused:
            return claims
        if more.get("sub") != claims.get("sub"):
            raise SignInRefused("the provider speaks of two subjects")
        return {**more, **claims}


def provider_of(settings: Settings, clock: Clock) -> OidcProvider | None:
    """Give the provider that the settings name; None if they name none."""
    secret, roles = settings.oidc_client_secret, settings.oidc_roles
    issuer, client_id, role_claim = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_role_claim
    if issuer is None or client_id is None or secret is None or roles is None or role_claim is None:
        return None
    people = ClaimedPeople(person_claim=settings.oidc_person_claim, role_claim=role_claim, roles=roles)
    return OidcProvider(
        issuer=issuer, client_id=client_id, secret=secret.get_secret_value(), people=people, clock=clock
    )


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
