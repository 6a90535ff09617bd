"""The settings of signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from application.durations import parse_duration


def read_duration(value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
    """Read a duration that is written as text; anything else is left to the type."""
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Wait = Annotated[Duration, Field(gt=timedelta())]


class SignInFields(BaseSettings):
    """How people sign in, and for how long."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    session_idle: Annotated[Wait, Field(le=timedelta(days=30))] = timedelta(minutes=30)
    """After how long a session ends that nobody uses."""
    session_max: Annotated[Wait, Field(le=timedelta(days=30))] = timedelta(hours=12)
    """How long a session lasts at most, however much it is used."""
