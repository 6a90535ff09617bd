"""What the provider of identities signs: ID tokens and logout tokens, and what has to be true of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry, extract_compact

from application.access.provider import SignInRefused
from infrastructure.oidc.signing_keys import UnknownKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from joserfc.jwk import Key

    from infrastructure.oidc.signing_keys import SigningKeys

ALGORITHMS = (*("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),)
"""Those with a key that only the provider has. Neither ``none`` nor one with a shared key (``HS256``) is among them."""
LARGEST_TOKEN = 64 * 1024
LEEWAY = timedelta(seconds=30)
"""How much the clock of the provider may differ from ours."""
LONGEST_NAME = 255
"""Characters of a subject (OpenID Connect Core 1.0, 2), and of the name of a session."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_VALID_FOR = timedelta(minutes=2)
"""How old a logout token may be (OpenID Connect Back-Channel Logout 1.0, 4)."""
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""What a later moment is read as, so that one can add to it."""
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True, kw_only=True)
class ClaimsReader:
    """Reads what a provider has signed for one client."""

    issuer: str
    client_id: str
    keys: SigningKeys

    async def read(self, token: str, jwks_uri: str) -> Mapping[str, Any]:
        """Give the claims of a token with a good signature, from this provider, for this client.

        Raises:
            SignInRefused: if it is not.
            ProviderUnavailable: if the keys cannot be fetched.
        """
        id = _key_id(token)
        try:
            claims = _verified(token, await self.keys.find(jwks_uri, id))
            if claims is None:
                claims = _verified(token, await self.keys.find(jwks_uri, id, anew=True))
        except UnknownKey:
            raise SignInRefused("what the provider signed names no key that it has") from None
        if claims is None:
            raise SignInRefused("the signature of the provider is wrong")
        self._require_parties(claims)
        return claims

    def _require_parties(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self.issuer:
            raise SignInRefused("what was signed names another issuer")
        audience, party = claims.get("aud"), claims.get("azp")
        audiences = audience if isinstance(audience, list) else [audience]
        if self.client_id not in audiences:
            raise SignInRefused("what was signed is for another service")
        if party != self.client_id and (party is not None or len(audiences) > 1):
            raise SignInRefused("what was signed was asked for by another service")


def require_time(claims: Mapping[str, Any], now: datetime, *, valid_for: timedelta | None = None) -> datetime:
    """Give when a token was signed.

    Raises:
        SignInRefused: if it has expired, comes from the future, is older than ``valid_for``, or does not say when.
    """
    issued_at, expires_at = _moment(claims, "iat"), _moment(claims, "exp")
    if now >= expires_at + LEEWAY or (valid_for is not None and now >= issued_at + valid_for + LEEWAY):
        raise SignInRefused("what was signed has expired")
    if issued_at > now + LEEWAY or ("nbf" in claims and _moment(claims, "nbf") > now + LEEWAY):
        raise SignInRefused("what was signed comes from the future; compare the clocks")
    return issued_at


def name_in(claims: Mapping[str, Any], name: str) -> str | None:
    """Give a claim that is a name of something; None if it is missing.

    Raises:
        SignInRefused: if it is no name.
    """
    value = claims.get(name)
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()):
        raise SignInRefused(f"the claim {name} is no name")
    return value


def require_logout(claims: Mapping[str, Any]) -> None:
    """Refuse what is no logout token (OpenID Connect Back-Channel Logout 1.0, 2.6).

    Raises:
        SignInRefused: if it is none; an ID token is none, because it has a nonce.
    """
    events = claims.get("events")
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise SignInRefused("what was signed is no logout")
    if name_in(claims, "jti") is None or (name_in(claims, "sub") is None and name_in(claims, "sid") is None):
        raise SignInRefused("the logout does not say whose")


def _key_id(token: str) -> str | None:
    try:
        if len(token) > LARGEST_TOKEN:
            raise SignInRefused("what was signed is too large")
        header = extract_compact(token.encode(), registry=_REGISTRY).headers()
    except (JoseError, ValueError, TypeError):
        raise SignInRefused("what the provider signed cannot be read") from None
    if "crit" in header:
        raise SignInRefused("what was signed has a header that has to be understood, and is not")
    id = header.get("kid")
    return id if isinstance(id, str) else None


def _verified(token: str, keys: Sequence[Key]) -> Mapping[str, Any] | None:
    for key in keys:
        try:
            return jwt.decode(token, key, algorithms=ALGORITHMS, registry=_REGISTRY).claims
        except (JoseError, ValueError, TypeError):
            # Of another kind, or the wrong one: perhaps the next one fits.
            continue
    return None


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return min(datetime.fromtimestamp(value, UTC), LATEST)
    except (ValueError, OverflowError, OSError):
        pass
    raise SignInRefused(f"the claim {name} is no moment")
