"""The settings of the public pages, and what they may be."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import category
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

WEB = ("http", "https")
MAIL = re.compile(r"[^@\s<>,;:]+@[^@\s<>,;:]+")
COLOUR = re.compile("#[0-9a-fA-F]{6}")
PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp")
LARGEST_LOGO = 64 * 1024
BREAKING = frozenset({"Cc", "Zl", "Zp"})
"""The categories (Unicode, 4.5) of what ends a line, or steers a terminal."""
READABLE = 4.5
"""The least contrast of a text with its background (WCAG 2.2, 1.4.3)."""


class SiteFields(BaseSettings):
    """How the public pages present themselves."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    site_url: str = ""
    """Where your site is reached from outside, as in `https://status.example.com`; `http://HOST:PORT` by default. Every
    absolute address begins with it."""
    site_name: str = Field(default="Status", min_length=1, max_length=80)
    """What your pages are called."""
    site_logo: Path | None = None
    """A file with your logo (SVG, PNG, JPEG or WebP, up to 64 KiB)."""
    site_accent: str | None = None
    """The colour of links and headings on a light background, as in `#0b57d0`; its contrast with white is at least
    4.5 to 1."""
    site_imprint_url: str | None = None
    """The page that says who is responsible for your site."""
    site_contact: str | None = Field(default=None, min_length=3, max_length=320)
    """Where readers can ask: an address of e-mail, or the URL of a page."""

    @field_validator("site_name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.strip() or any(category(character) in BREAKING for character in value):
            raise ValueError("write a name on one line")
        return value.strip()

    @field_validator("site_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (
            parts.scheme in WEB and parts.hostname and not (parts.query or parts.fragment or parts.username)
        ):
            raise ValueError("write an address without a query, as in https://status.example.com")
        return value.rstrip("/")

    @field_validator("site_imprint_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not (urlsplit(value).scheme in WEB and urlsplit(value).hostname):
            raise ValueError("write an address that begins with https:// or http://")
        return value

    @field_validator("site_contact")
    @classmethod
    def _mail_or_web(cls, value: str | None) -> str | None:
        is_mail = value is not None and MAIL.fullmatch(value) is not None
        return value if is_mail else cls._web_address(value)

    @field_validator("site_accent")
    @classmethod
    def _readable_accent(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if COLOUR.fullmatch(value) is None:
            raise ValueError("write a colour as in #0b57d0")
        if (contrast := contrast_with_white(value)) < READABLE:
            raise ValueError(f"its contrast with white is {contrast:.2f} to 1; it has to be at least {READABLE} to 1")
        return value.lower()

    @field_validator("site_logo")
    @classmethod
    def _small_picture(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if value.suffix.lower() not in PICTURES:
            raise ValueError(f"name a file that ends in one of {', '.join(PICTURES)}")
        try:
            size = value.stat().st_size
        except OSError:
            raise ValueError(f"there is no file {value} that can be read") from None
        if size > LARGEST_LOGO:
            raise ValueError(f"the file has {size} bytes; a logo may have {LARGEST_LOGO}")
        return value


def contrast_with_white(colour: str) -> float:
    """Give the contrast of a colour (``#rrggbb``) with white, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of sRGB
        for value in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
