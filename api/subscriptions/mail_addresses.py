"""Addresses of e-mail in bodies."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from application.subscriptions.mail_address import LONGEST_ADDRESS, parse_address

MailAddress = Annotated[
    str,
    StringConstraints(max_length=LONGEST_ADDRESS),
    AfterValidator(parse_address),
    Field(description="An address of e-mail.", examples=["ana@example.com"], json_schema_extra={"format": "email"}),
]
"""An address, in the form in which it is kept."""
