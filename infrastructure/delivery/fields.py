"""The settings of what is sent: e-mails, and webhooks."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from infrastructure.delivery.wire.addresses import Mailbox, verp
from infrastructure.delivery.wire.smtp_address import SmtpAddress

LONGEST_TOKEN = "0" * 40


class DeliveryFields(BaseSettings):
    """By which way deliveries go, and how fast."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    smtp_url: Annotated[SmtpAddress | None, NoDecode] = None
    """The relay that sends e-mails: `smtp://user:password@host:587`, with STARTTLS if the relay offers it, or
    `smtps://…`. A login is only sent over TLS, except to a relay on the same machine. Without a port it is 465 with
    `smtps`, 587 with a login, and otherwise 25. By default no e-mail is sent."""
    mail_from: Annotated[Mailbox | None, NoDecode] = Field(default=None, validate_default=True)
    """The sender of e-mails, as in `Acme Status <status@example.com>`; a relay needs it. Bounces come to
    `status+<token>@example.com`."""
    webhook_allow_private: bool = False
    """Whether endpoints of webhooks may be in your own network, or on the same machine."""
    send_concurrency: int = Field(default=16, ge=1, le=500)
    """How many e-mails and webhooks each process sends at the same time. One host gets at most three quarters of
    them, and a second one half of the rest, so that two that hang keep nobody else waiting."""
    send_rate: float = Field(default=50, ge=0.1, le=10_000, allow_inf_nan=False)
    """How many a second each process sends to one host: the relay, or the host of an endpoint."""

    @field_validator("smtp_url", mode="before")
    @classmethod
    def _relay(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        return (SmtpAddress.parse(value) if value else None) if isinstance(value, str) else value

    @field_validator("mail_from", mode="before")
    @classmethod
    def _mailbox(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment says
        return (Mailbox.parse(value) if value else None) if isinstance(value, str) else value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: Mailbox | None, info: ValidationInfo) -> Mailbox | None:
        if value is None:
            if info.data.get("smtp_url") is not None:
                raise ValueError("with BITACORA_SMTP_URL, write the sender of e-mails, as in status@example.com")
            return None
        if not value.address.isascii():
            raise ValueError("the sender of e-mails has only ASCII before the @")
        verp(value, LONGEST_TOKEN)
        return value
