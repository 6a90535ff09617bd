"""Localized text: a sentence per language."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]
"""Language (BCP 47) to text."""
MOST_LANGUAGES = 20
"""In how many languages a text can be."""
