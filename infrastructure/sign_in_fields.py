"""The settings of signing in."""

from __future__ import annotations

import json
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from application.durations import parse_duration
from domain.access.keyring import Role

LONGEST_SESSION = timedelta(days=30)
ISSUER = "oidc_issuer"
LONGEST_CLAIM = 100


def read_duration(value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
    """Read a duration that is written as text; anything else is left to the type."""
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]


def lasting(*, least: timedelta | None = None, most: timedelta | None = None) -> AfterValidator:
    """Refuse shorter and longer durations in words; pydantic would write the bounds as Python does."""

    def check(value: timedelta) -> timedelta:
        if least is not None and value < least:
            raise ValueError(f"it must be at least {_words_of(least)}")
        if most is not None and value > most:
            raise ValueError(f"it must be at most {_words_of(most)}")
        return value

    return AfterValidator(check)


def _require_some(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("it must be longer than nothing")
    return value


def _words_of(bound: timedelta) -> str:
    number, unit = (bound.days, "day") if bound.days else (round(bound.total_seconds()), "second")
    return f"{number:,} {unit}{'s' if number != 1 else ''}"


Wait = Annotated[Duration, AfterValidator(_require_some)]
ClaimedValue = Annotated[str, Field(min_length=1)]
ALWAYS = Field(default=None, validate_default=True, min_length=1, max_length=1_000)


class SignInFields(BaseSettings):
    """How people sign in, and for how long."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    session_idle: Annotated[Wait, lasting(most=LONGEST_SESSION)] = timedelta(minutes=30)
    """After how long a session ends that nobody uses."""
    session_max: Annotated[Wait, lasting(most=LONGEST_SESSION)] = timedelta(hours=12)
    """How long a session lasts at most, however much it is used."""
    oidc_issuer: str | None = None
    """The provider of identities (OpenID Connect) at which people sign in, by its issuer, as in
    `https://id.example.com`. It needs the four settings below. What needs four eyes then needs a sign-in there."""
    oidc_client_id: str | None = ALWAYS
    """What the provider calls this service. Its redirect URI is `/console/oidc/callback` on your site."""
    oidc_client_secret: SecretStr | None = Field(default=None, validate_default=True, min_length=1, max_length=1_000)
    """The secret that the provider and this service share."""
    oidc_role_claim: str | None = Field(default=None, validate_default=True, min_length=1, max_length=LONGEST_CLAIM)
    """The claim of the ID token that says what somebody may do, as in `groups`: a text, or a list of them."""
    oidc_roles: Annotated[dict[ClaimedValue, Role] | None, NoDecode] = Field(
        default=None, validate_default=True, min_length=1
    )
    """Which role each value of that claim gives, as in `sre=operator,audit=auditor`, or as a JSON object. Who has none
    of them cannot sign in."""
    oidc_person_claim: str = Field(default="sub", min_length=1, max_length=LONGEST_CLAIM)
    """The claim that names the person. Choose one that people cannot change themselves: tokens of the same person are
    the same pair of eyes."""

    @field_validator("oidc_issuer")
    @classmethod
    def _sound_issuer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            is_secure = parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts.hostname or ""))
        except ValueError:
            raise ValueError("write the address of the issuer, as in https://id.example.com") from None
        if not (is_secure and parts.hostname) or parts.query or parts.fragment or parts.username is not None:
            raise ValueError(
                "write the address of the issuer, which begins with https://, as in https://id.example.com"
            )
        return value

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _role_pairs(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("{"):
            return json.loads(value)
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        return {claimed.strip(): role.strip() for claimed, _, role in pairs}

    @field_validator("oidc_client_id", "oidc_client_secret", "oidc_role_claim", "oidc_roles")
    @classmethod
    def _whole(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - of several fields
        has_issuer = info.data.get(ISSUER) is not None
        if has_issuer and value is None:
            raise ValueError("it is missing, and BITACORA_OIDC_ISSUER needs it")
        if not has_issuer and value is not None and ISSUER in info.data:
            raise ValueError("it needs BITACORA_OIDC_ISSUER, which is missing")
        return value


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
